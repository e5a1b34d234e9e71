"""SegNet as users of torchvision have it."""

from torch import Tensor, nn
from torchvision.models import vgg
from torchvision.ops import Conv2dNormActivation


class VGG16SegNet(nn.Module):
    """SegNet by hand: torchvision's VGG16 with batch norm, then its mirror image.

    Badrinarayanan, Kendall and Cipolla (2017), https://arxiv.org/abs/1511.00561, figure 2. Height
    and width must be multiples of 32.
    """

    def __init__(self, num_classes: int, width: int = 64) -> None:
        super().__init__()
        # Configuration D is VGG16: with 64 channels at first, `torchvision.models.vgg16_bn`.
        channels = [c if isinstance(c, str) else c * width // 64 for c in vgg.cfgs["D"]]
        self.encoder = vgg.make_layers(channels, batch_norm=True)
        for layer in self.encoder:
            if isinstance(layer, nn.Conv2d):
                layer.bias = None  # without effect before a batch norm; only VGG16 has them
            elif isinstance(layer, nn.MaxPool2d):
                layer.return_indices = True
        self.decoder = nn.ModuleList(
            [
                mirrored_stage(8 * width, 8 * width, num_convs=3),
                mirrored_stage(8 * width, 4 * width, num_convs=3),
                mirrored_stage(4 * width, 2 * width, num_convs=3),
                mirrored_stage(2 * width, width, num_convs=2),
                mirrored_stage(width, width, num_convs=1),
            ]
        )
        self.unpool = nn.MaxUnpool2d(2)
        self.score = nn.Conv2d(width, num_classes, 3, padding=1)

    def forward(self, x: Tensor) -> Tensor:
        """Turn (N, 3, H, W) images into (N, K, H, W) logits."""
        indices = []
        for layer in self.encoder:
            if isinstance(layer, nn.MaxPool2d):
                x, places = layer(x)
                indices.append(places)
            else:
                x = layer(x)
        for stage in self.decoder:
            x = stage(self.unpool(x, indices.pop()))
        return self.score(x)


def mirrored_stage(in_channels: int, out_channels: int, num_convs: int) -> nn.Sequential:
    """Convolutions of which only the last changes the channels."""
    return nn.Sequential(
        *(Conv2dNormActivation(in_channels, in_channels) for _ in range(num_convs - 1)),
        Conv2dNormActivation(in_channels, out_channels),
    )
