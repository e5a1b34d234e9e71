"""Reference answers of lesson 5, PyTorch: fully convolutional networks."""

import torch.nn.functional as F
from torch import Tensor, nn

from .upsampling_torch import bilinear_upsampling


def fc_to_conv(weight: Tensor, kernel_size: int) -> Tensor:
    """The weight of a fully connected layer as the kernel of the convolution that equals it.

    The layer sees a map of kernel_size × kernel_size cells with C channels, flattened.

    Args:
        weight: (out, C·k·k), the inputs flattened as C, k, k.
        kernel_size: the height and width of the map, k.

    Returns:
        (out, C, k, k).
    """
    return weight.reshape(len(weight), -1, kernel_size, kernel_size)


def _conv(in_channels: int, out_channels: int, kernel_size: int) -> nn.Conv2d:
    """A convolution that keeps the size, with initial weights for a ReLU behind it."""
    conv = nn.Conv2d(in_channels, out_channels, kernel_size, padding=kernel_size // 2)
    # He et al. (2015), https://arxiv.org/abs/1502.01852: the signal stays strong through all 15
    # layers. By PyTorch's default it fades from layer to layer, and without pretrained weights
    # learning starts late.
    nn.init.kaiming_normal_(conv.weight, nonlinearity="relu")
    return conv


def _stage(number: int, in_channels: int, out_channels: int, num_convs: int) -> nn.Sequential:
    """A stage of VGG16: 3×3 convolutions with a ReLU each, then pooling to half the size."""
    stage = nn.Sequential()
    for i in range(1, num_convs + 1):
        stage.add_module(f"conv{number}_{i}", _conv(in_channels, out_channels, 3))
        stage.add_module(f"relu{number}_{i}", nn.ReLU())
        in_channels = out_channels
    # An odd size is rounded up, as the authors' framework, Caffe, does: no pixel is lost.
    stage.add_module(f"pool{number}", nn.MaxPool2d(2, ceil_mode=True))
    return stage


class VGG16Encoder(nn.Module):
    """VGG16 up to its last hidden layer, with convolutions in place of fully connected layers.

    The network is from Simonyan and Zisserman (2015), https://arxiv.org/abs/1409.1556, the
    convolutions in place of fully connected layers from Long et al. (2015),
    https://arxiv.org/abs/1411.4038.

    Args:
        width: channels of the first stage; 64 is the published network.
    """

    # Where this leaves Long et al.: they pad the image by 100 pixels on every side, because their
    # fc6 has no padding and would shrink a small map to nothing. Here every convolution is padded
    # by half of its kernel, fc6 by 3, so each cell of a map stays above the pixels it came from.

    def __init__(self, width: int = 64) -> None:
        super().__init__()
        self.stage1 = _stage(1, 3, width, num_convs=2)
        self.stage2 = _stage(2, width, 2 * width, num_convs=2)
        self.stage3 = _stage(3, 2 * width, 4 * width, num_convs=3)
        self.stage4 = _stage(4, 4 * width, 8 * width, num_convs=3)
        self.stage5 = _stage(5, 8 * width, 8 * width, num_convs=3)
        self.fc6 = _conv(8 * width, 64 * width, kernel_size=7)
        self.drop6 = nn.Dropout(0.5)
        self.fc7 = _conv(64 * width, 64 * width, kernel_size=1)
        self.drop7 = nn.Dropout(0.5)

    def forward(self, x: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        """Turn images into feature maps of three sizes.

        Args:
            x: (N, 3, H, W) images.

        Returns:
            `(pool3, pool4, fc7)`: (N, 4·width, H/8, W/8), (N, 8·width, H/16, W/16) and
            (N, 64·width, H/32, W/32), sizes rounded up or down.
        """
        # Each stage halves the size; the channels double until there are 8·width.
        pool1 = self.stage1(x)  # (N, width, H/2, W/2)
        pool2 = self.stage2(pool1)  # (N, 2·width, H/4, W/4)
        pool3 = self.stage3(pool2)  # (N, 4·width, H/8, W/8)
        pool4 = self.stage4(pool3)  # (N, 8·width, H/16, W/16)
        pool5 = self.stage5(pool4)  # (N, 8·width, H/32, W/32)

        # The former fully connected layers, now at every cell of the map.
        fc6 = self.drop6(F.relu(self.fc6(pool5)))  # (N, 64·width, H/32, W/32)
        fc7 = self.drop7(F.relu(self.fc7(fc6)))  # (N, 64·width, H/32, W/32)
        return pool3, pool4, fc7


def _score(in_channels: int, num_classes: int) -> nn.Conv2d:
    """The scoring layer: one number a class at every cell, of either sign, so without a ReLU."""
    score = nn.Conv2d(in_channels, num_classes, 1)
    # Zero, as in the paper: all classes start equally likely, and a skip that is added to a trained
    # network leaves its predictions as they are until the skip has learned something.
    for parameter in score.parameters():  # weight and bias
        nn.init.zeros_(parameter)
    return score


def _cut_like(x: Tensor, like: Tensor) -> Tensor:
    """What of `x` lies above `like`.

    Pooling rounds sizes up, so an enlarged map can be too large, always at the lower and right
    edge. Cut there, it stays in place; cut to its centre, it would be shifted.
    """
    H, W = like.shape[-2:]
    return x[..., :H, :W]


class FCN32s(nn.Module):
    """FCN-32s: scores at 1/32 of the size, enlarged in one step.

    Long et al. (2015), https://arxiv.org/abs/1411.4038, figure 3.

    Its scoring layer, a 1×1 convolution, is named `score_fr`.

    Args:
        num_classes: the number of classes, K.
        width: channels of the encoder's first stage; 64 is the published network.
    """

    def __init__(self, num_classes: int, width: int = 64) -> None:
        super().__init__()
        self.encoder = VGG16Encoder(width)
        self.score_fr = _score(64 * width, num_classes)
        self.upscore = bilinear_upsampling(num_classes, factor=32)

    def forward(self, x: Tensor) -> Tensor:
        """Turn (N, 3, H, W) images, H and W from 32 up, into (N, K, H, W) logits."""
        # What the encoder knows about each cell of 32×32 pixels …
        _, _, fc7 = self.encoder(x)  # (N, 64·width, H/32, W/32)
        # … becomes one score a class.
        score_fr = self.score_fr(fc7)  # (N, K, H/32, W/32)
        # One big step back to the size of the image.
        return _cut_like(self.upscore(score_fr), x)  # (N, K, H, W)


class FCN16s(nn.Module):
    """FCN-16s: FCN-32s with a skip from pool4, so that edges are found at 1/16 of the size.

    Long et al. (2015), https://arxiv.org/abs/1411.4038, figure 3.

    Its scoring layers, 1×1 convolutions, are named `score_fr` and `score_pool4`.

    Args:
        num_classes: the number of classes, K.
        width: channels of the encoder's first stage; 64 is the published network.
    """

    def __init__(self, num_classes: int, width: int = 64) -> None:
        super().__init__()
        self.encoder = VGG16Encoder(width)
        self.score_fr = _score(64 * width, num_classes)
        self.upscore2 = bilinear_upsampling(num_classes, factor=2)
        self.score_pool4 = _score(8 * width, num_classes)
        self.upscore16 = bilinear_upsampling(num_classes, factor=16)

    def forward(self, x: Tensor) -> Tensor:
        """Turn (N, 3, H, W) images, H and W from 32 up, into (N, K, H, W) logits."""
        _, pool4, fc7 = self.encoder(x)  # (N, 8·width, H/16, W/16), (N, 64·width, H/32, W/32)

        # The coarsest scores: sure of what is there, vague about where.
        score_fr = self.score_fr(fc7)  # (N, K, H/32, W/32)

        # Twice as large, they are added to the scores of pool4, which knows better where.
        upscore2 = _cut_like(self.upscore2(score_fr), pool4)  # (N, K, H/16, W/16)
        score_pool4 = self.score_pool4(pool4)  # (N, K, H/16, W/16)
        fuse_pool4 = upscore2 + score_pool4  # (N, K, H/16, W/16)

        # Back to the size of the image.
        return _cut_like(self.upscore16(fuse_pool4), x)  # (N, K, H, W)


class FCN8s(nn.Module):
    """FCN-8s: FCN-16s with one more skip, from pool3, so that edges are found at 1/8 of the size.

    Long et al. (2015), https://arxiv.org/abs/1411.4038, figure 3.

    Its scoring layers, 1×1 convolutions, are named `score_fr`, `score_pool4` and `score_pool3`.

    Args:
        num_classes: the number of classes, K.
        width: channels of the encoder's first stage; 64 is the published network.
    """

    # Where this leaves the authors' network: its upsampling layers stay bilinear for ever; here
    # they only start so, and learn.

    def __init__(self, num_classes: int, width: int = 64) -> None:
        super().__init__()
        self.encoder = VGG16Encoder(width)
        self.score_fr = _score(64 * width, num_classes)
        self.upscore2 = bilinear_upsampling(num_classes, factor=2)
        self.score_pool4 = _score(8 * width, num_classes)
        self.upscore_pool4 = bilinear_upsampling(num_classes, factor=2)
        self.score_pool3 = _score(4 * width, num_classes)
        self.upscore8 = bilinear_upsampling(num_classes, factor=8)

    def forward(self, x: Tensor) -> Tensor:
        """Turn (N, 3, H, W) images, H and W from 32 up, into (N, K, H, W) logits."""
        # (N, 4·width, H/8, W/8), (N, 8·width, H/16, W/16), (N, 64·width, H/32, W/32)
        pool3, pool4, fc7 = self.encoder(x)

        # The coarsest scores: sure of what is there, vague about where.
        score_fr = self.score_fr(fc7)  # (N, K, H/32, W/32)

        # Twice as large, they are added to the scores of pool4, which knows better where.
        upscore2 = _cut_like(self.upscore2(score_fr), pool4)  # (N, K, H/16, W/16)
        score_pool4 = self.score_pool4(pool4)  # (N, K, H/16, W/16)
        fuse_pool4 = upscore2 + score_pool4  # (N, K, H/16, W/16)

        # The same again with pool3, which is finer still.
        upscore_pool4 = _cut_like(self.upscore_pool4(fuse_pool4), pool3)  # (N, K, H/8, W/8)
        score_pool3 = self.score_pool3(pool3)  # (N, K, H/8, W/8)
        fuse_pool3 = upscore_pool4 + score_pool3  # (N, K, H/8, W/8)

        # Back to the size of the image.
        return _cut_like(self.upscore8(fuse_pool3), x)  # (N, K, H, W)
