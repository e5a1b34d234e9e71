"""U-Net over a frozen MobileNetV2, as users of torchvision and of Segmentation Models have it."""

import torch
from torch import Tensor, nn
from torchvision.models import MobileNetV2
from torchvision.models.feature_extraction import create_feature_extractor

MAPS = {
    "2.conv.0": "1/2",
    "4.conv.0": "1/4",
    "7.conv.0": "1/8",
    "14.conv.0": "1/16",
    "17.conv.2": "1/32",
}
"""Where torchvision's MobileNetV2 is cut, and the size of the map there.

In four blocks that halve the size, behind the first 1×1 convolution with its batch norm and ReLU6;
in the last block, behind the last convolution, before its batch norm.
"""


class MobileNetV2UNet(nn.Module):
    """The decoder of TensorFlow's tutorial over torchvision's MobileNetV2, which stays as it is.

    Height and width must be multiples of 32. The tutorial is the one that `mobile_unet_tensorflow`
    names.
    """

    def __init__(self, num_classes: int, width: int = 64) -> None:
        super().__init__()
        features = MobileNetV2(width_mult=width / 64).features
        self.encoder = create_feature_extractor(features, MAPS).requires_grad_(False)
        with torch.no_grad():
            channels = [x.shape[1] for x in self.encoder(torch.zeros(1, 3, 64, 64)).values()]
        self.up16 = upsample(channels[4], 512)
        self.up8 = upsample(512 + channels[3], 256)
        self.up4 = upsample(256 + channels[2], 128)
        self.up2 = upsample(128 + channels[1], 64)
        self.last = nn.ConvTranspose2d(64 + channels[0], num_classes, 4, stride=2, padding=1)

    def train(self, mode: bool = True) -> "MobileNetV2UNet":
        """Set the mode of all but the encoder, whose batch norms keep their statistics."""
        super().train(mode)
        self.encoder.eval()
        return self

    def forward(self, x: Tensor) -> Tensor:
        """Turn (N, 3, H, W) images into (N, K, H, W) logits."""
        maps = self.encoder(x)
        x = torch.cat([self.up16(maps["1/32"]), maps["1/16"]], dim=1)
        x = torch.cat([self.up8(x), maps["1/8"]], dim=1)
        x = torch.cat([self.up4(x), maps["1/4"]], dim=1)
        x = torch.cat([self.up2(x), maps["1/2"]], dim=1)
        return self.last(x)


def upsample(in_channels: int, out_channels: int) -> nn.Sequential:
    """pix2pix's step up: transposed convolution, batch norm, ReLU."""
    return nn.Sequential(
        nn.ConvTranspose2d(in_channels, out_channels, 4, stride=2, padding=1, bias=False),
        nn.BatchNorm2d(out_channels),
        nn.ReLU(inplace=True),
    )


def smp_mobilenet_v2_unet(num_classes: int, width: int = 64) -> nn.Module:
    """Segmentation Models' U-Net over its MobileNetV2, with the encoder frozen."""
    import segmentation_models_pytorch as smp

    if width != 64:
        raise ValueError(f"smp.Unet's MobileNetV2 has a width of 64, not {width}")
    network = smp.Unet("mobilenet_v2", encoder_weights=None, classes=num_classes)
    network.freeze_encoder()
    return network
