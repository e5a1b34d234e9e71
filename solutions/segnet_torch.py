"""Reference answers of lesson 6, PyTorch: from autoencoder to SegNet."""

from torch import Tensor, nn

from .upsampling_torch import max_pool_with_indices, max_unpool


class Autoencoder(nn.Module):
    """An autoencoder: it squeezes an image into a code and rebuilds the image from it.

    Its parts are named `encoder` and `decoder`; the output is `decoder(encoder(x))`. The idea is
    from Hinton and Salakhutdinov (2006), https://doi.org/10.1126/science.1127647.

    Args:
        channels: of the image.
        width: channels of the first stage. With the default the code holds one sixth of an RGB
            image's numbers.
    """

    def __init__(self, channels: int = 3, width: int = 16) -> None:
        super().__init__()
        self.encoder = nn.Sequential(  # (N, channels, H, W)
            nn.Conv2d(channels, width, kernel_size=4, stride=2, padding=1),
            nn.ReLU(),  # (N, width, H/2, W/2)
            nn.Conv2d(width, 2 * width, kernel_size=4, stride=2, padding=1),
            nn.ReLU(),  # (N, 2·width, H/4, W/4)
            nn.Conv2d(2 * width, 4 * width, kernel_size=4, stride=2, padding=1),
            nn.ReLU(),  # (N, 4·width, H/8, W/8)
            nn.Conv2d(4 * width, 8 * width, kernel_size=4, stride=2, padding=1),
        )  # the code, (N, 8·width, H/16, W/16)
        self.decoder = nn.Sequential(
            nn.ReLU(),
            nn.ConvTranspose2d(8 * width, 4 * width, kernel_size=4, stride=2, padding=1),
            nn.ReLU(),  # (N, 4·width, H/8, W/8)
            nn.ConvTranspose2d(4 * width, 2 * width, kernel_size=4, stride=2, padding=1),
            nn.ReLU(),  # (N, 2·width, H/4, W/4)
            nn.ConvTranspose2d(2 * width, width, kernel_size=4, stride=2, padding=1),
            nn.ReLU(),  # (N, width, H/2, W/2)
            # No ReLU behind it: a normalised image has values of either sign.
            nn.ConvTranspose2d(width, channels, kernel_size=4, stride=2, padding=1),
        )  # (N, channels, H, W)

    def forward(self, x: Tensor) -> Tensor:
        """Rebuild (N, channels, H, W) images, H and W multiples of 16, from their code."""
        return self.decoder(self.encoder(x))


def _conv_norm_relu(in_channels: int, out_channels: int) -> nn.Sequential:
    """3×3 convolution, batch norm, ReLU."""
    return nn.Sequential(
        # No bias: batch norm would subtract it again, and has a shift of its own.
        nn.Conv2d(in_channels, out_channels, kernel_size=3, padding=1, bias=False),
        nn.BatchNorm2d(out_channels),
        nn.ReLU(),
    )


class EncoderStage(nn.Module):
    """What `encoder_stage` returns."""

    def __init__(self, in_channels: int, out_channels: int, num_convs: int) -> None:
        super().__init__()
        self.convs = nn.Sequential(
            _conv_norm_relu(in_channels, out_channels),
            *(_conv_norm_relu(out_channels, out_channels) for _ in range(num_convs - 1)),
        )

    def forward(self, x: Tensor) -> tuple[Tensor, Tensor]:
        """Convolve (N, in_channels, H, W) maps, then pool them."""
        x = self.convs(x)  # (N, out_channels, H, W)
        return max_pool_with_indices(x)  # each (N, out_channels, H/2, W/2)


def encoder_stage(in_channels: int, out_channels: int, num_convs: int) -> nn.Module:
    """A stage of SegNet's encoder: convolutions, then pooling that remembers its places.

    Args:
        in_channels: of the map that comes in.
        out_channels: of every convolution's output.
        num_convs: how many times 3×3 convolution, batch norm and ReLU follow each other.

    Returns:
        A module that maps (N, in_channels, H, W) to `(pooled, indices)`, the results of
        `max_pool_with_indices`, each (N, out_channels, H/2, W/2).
    """
    return EncoderStage(in_channels, out_channels, num_convs)


class DecoderStage(nn.Module):
    """What `decoder_stage` returns."""

    def __init__(self, in_channels: int, out_channels: int, num_convs: int) -> None:
        super().__init__()
        # The mirror image of an encoder's stage: only the last convolution changes the channels.
        self.convs = nn.Sequential(
            *(_conv_norm_relu(in_channels, in_channels) for _ in range(num_convs - 1)),
            _conv_norm_relu(in_channels, out_channels),
        )

    def forward(self, x: Tensor, indices: Tensor, size: tuple[int, int]) -> Tensor:
        """Unpool (N, in_channels, h, w) maps to the size (H, W), then convolve them."""
        x = max_unpool(x, indices, size)  # (N, in_channels, H, W), zero except where maxima stood
        return self.convs(x)  # (N, out_channels, H, W)


def decoder_stage(in_channels: int, out_channels: int, num_convs: int) -> nn.Module:
    """A stage of SegNet's decoder: unpooling, then convolutions that fill the gaps.

    Args:
        in_channels: of the map that comes in, as many as its indices have.
        out_channels: of the last convolution's output.
        num_convs: how many times 3×3 convolution, batch norm and ReLU follow each other.

    Returns:
        A module that is called as `stage(x, indices, size)` and maps (N, in_channels, h, w) to
        (N, out_channels, H, W), where `size` is `(H, W)`.
    """
    return DecoderStage(in_channels, out_channels, num_convs)


class SegNet(nn.Module):
    """SegNet: VGG16's convolutions, and their mirror image with unpooling by stored indices.

    Badrinarayanan, Kendall and Cipolla (2017), https://arxiv.org/abs/1511.00561, figure 2.

    Args:
        num_classes: the number of classes, K.
        width: channels of the first stage; 64 is the published network.
    """

    def __init__(self, num_classes: int, width: int = 64) -> None:
        super().__init__()
        self.encoder = nn.ModuleList(
            [
                encoder_stage(3, width, num_convs=2),
                encoder_stage(width, 2 * width, num_convs=2),
                encoder_stage(2 * width, 4 * width, num_convs=3),
                encoder_stage(4 * width, 8 * width, num_convs=3),
                encoder_stage(8 * width, 8 * width, num_convs=3),
            ]
        )
        self.decoder = nn.ModuleList(
            [
                decoder_stage(8 * width, 8 * width, num_convs=3),
                decoder_stage(8 * width, 4 * width, num_convs=3),
                decoder_stage(4 * width, 2 * width, num_convs=3),
                decoder_stage(2 * width, width, num_convs=2),
                decoder_stage(width, width, num_convs=1),
            ]
        )
        # The mirror image of the very first convolution: scores, so no batch norm and no ReLU.
        self.score = nn.Conv2d(width, num_classes, kernel_size=3, padding=1)

    def forward(self, x: Tensor) -> Tensor:
        """Turn (N, 3, H, W) images, H and W multiples of 32, into (N, K, H, W) logits."""
        # Down: each stage halves the map, and leaves behind where its maxima stood.
        places = []
        for stage in self.encoder:
            size = x.shape[-2:]
            x, indices = stage(x)
            places.append((indices, size))  # (N, C, H/2, W/2) of an (H, W) map

        # Up, in reverse: each maximum returns to where it stood.
        for stage in self.decoder:
            x = stage(x, *places.pop())
        return self.score(x)  # (N, K, H, W)
