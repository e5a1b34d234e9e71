"""U-Net as users of torchvision and of Segmentation Models have it."""

import torch
from torch import Tensor, nn
from torchvision.ops import Conv2dNormActivation


class ConvNormActivationUNet(nn.Module):
    """U-Net by hand, from torchvision's blocks of convolution, batch norm and ReLU.

    Ronneberger, Fischer and Brox (2015), https://arxiv.org/abs/1505.04597, figure 1, with padding.
    Height and width must be multiples of 16.
    """

    def __init__(self, num_classes: int, width: int = 64) -> None:
        super().__init__()
        w = width
        self.pool = nn.MaxPool2d(2)
        self.conv1 = two_convs(3, w)
        self.conv2 = two_convs(w, 2 * w)
        self.conv3 = two_convs(2 * w, 4 * w)
        self.conv4 = two_convs(4 * w, 8 * w)
        self.conv5 = two_convs(8 * w, 16 * w)
        self.enlarge4 = nn.ConvTranspose2d(16 * w, 8 * w, 2, stride=2)
        self.enlarge3 = nn.ConvTranspose2d(8 * w, 4 * w, 2, stride=2)
        self.enlarge2 = nn.ConvTranspose2d(4 * w, 2 * w, 2, stride=2)
        self.enlarge1 = nn.ConvTranspose2d(2 * w, w, 2, stride=2)
        self.up4 = two_convs(16 * w, 8 * w)
        self.up3 = two_convs(8 * w, 4 * w)
        self.up2 = two_convs(4 * w, 2 * w)
        self.up1 = two_convs(2 * w, w)
        self.score = nn.Conv2d(w, num_classes, 1)

    def forward(self, x: Tensor) -> Tensor:
        """Turn (N, 3, H, W) images into (N, K, H, W) logits."""
        x1 = self.conv1(x)  # (N, width, H, W)
        x2 = self.conv2(self.pool(x1))  # (N, 2·width, H/2, W/2)
        x3 = self.conv3(self.pool(x2))  # (N, 4·width, H/4, W/4)
        x4 = self.conv4(self.pool(x3))  # (N, 8·width, H/8, W/8)
        x5 = self.conv5(self.pool(x4))  # (N, 16·width, H/16, W/16)
        x = self.up4(torch.cat([x4, self.enlarge4(x5)], dim=1))
        x = self.up3(torch.cat([x3, self.enlarge3(x)], dim=1))
        x = self.up2(torch.cat([x2, self.enlarge2(x)], dim=1))
        x = self.up1(torch.cat([x1, self.enlarge1(x)], dim=1))
        return self.score(x)


def two_convs(in_channels: int, out_channels: int) -> nn.Sequential:
    """Twice 3×3 convolution, batch norm, ReLU."""
    return nn.Sequential(
        Conv2dNormActivation(in_channels, out_channels),
        Conv2dNormActivation(out_channels, out_channels),
    )


def resnet34_unet(num_classes: int, width: int = 64) -> nn.Module:
    """What Segmentation Models offers under the name of U-Net: one over a ResNet-34."""
    import segmentation_models_pytorch as smp

    if width != 64:
        raise ValueError(f"smp.Unet's ResNet-34 has a width of 64, not {width}")
    return smp.Unet("resnet34", encoder_weights=None, classes=num_classes)
