"""FCN-8s as users of torchvision have it."""

from torch import Tensor, nn
from torchvision.models import vgg
from torchvision.models.segmentation import fcn_resnet50


class VGG16FCN8s(nn.Module):
    """FCN-8s by hand: torchvision's VGG16, then plain layers.

    Long et al. (2015), https://arxiv.org/abs/1411.4038, figure 3. Pooling in torchvision rounds
    sizes down, so height and width must be multiples of 32.
    """

    def __init__(self, num_classes: int, width: int = 64) -> None:
        super().__init__()
        # Configuration D is VGG16: with 64 channels at first, `torchvision.models.vgg16`.
        channels = [c if isinstance(c, str) else c * width // 64 for c in vgg.cfgs["D"]]
        features = vgg.make_layers(channels)
        self.to_pool3, self.to_pool4, self.to_pool5 = features[:17], features[17:24], features[24:]
        # The classifier of VGG16, Linear, ReLU and Dropout twice, as convolutions.
        self.classifier = nn.Sequential(
            nn.Conv2d(8 * width, 64 * width, 7, padding=3),
            nn.ReLU(inplace=True),
            nn.Dropout(),
            nn.Conv2d(64 * width, 64 * width, 1),
            nn.ReLU(inplace=True),
            nn.Dropout(),
        )
        K = num_classes
        self.score_fr = nn.Conv2d(64 * width, K, 1)
        self.upscore2 = nn.ConvTranspose2d(K, K, 4, stride=2, padding=1, bias=False)
        self.score_pool4 = nn.Conv2d(8 * width, K, 1)
        self.upscore_pool4 = nn.ConvTranspose2d(K, K, 4, stride=2, padding=1, bias=False)
        self.score_pool3 = nn.Conv2d(4 * width, K, 1)
        self.upscore8 = nn.ConvTranspose2d(K, K, 16, stride=8, padding=4, bias=False)

    def forward(self, x: Tensor) -> Tensor:
        """Turn (N, 3, H, W) images into (N, K, H, W) logits."""
        pool3 = self.to_pool3(x)  # (N, 4·width, H/8, W/8)
        pool4 = self.to_pool4(pool3)  # (N, 8·width, H/16, W/16)
        pool5 = self.to_pool5(pool4)  # (N, 8·width, H/32, W/32)
        scores = self.score_fr(self.classifier(pool5))  # (N, K, H/32, W/32)
        scores = self.upscore2(scores) + self.score_pool4(pool4)  # (N, K, H/16, W/16)
        scores = self.upscore_pool4(scores) + self.score_pool3(pool3)  # (N, K, H/8, W/8)
        return self.upscore8(scores)  # (N, K, H, W)


class FCNResNet50(nn.Module):
    """torchvision's FCN: a ResNet-50 with dilated convolutions, enlarged from 1/8 in one step."""

    def __init__(self, num_classes: int, width: int = 64) -> None:
        super().__init__()
        if width != 64:
            raise ValueError(f"fcn_resnet50 has a width of 64, not {width}")
        self.fcn = fcn_resnet50(weights=None, weights_backbone=None, num_classes=num_classes)

    def forward(self, x: Tensor) -> Tensor:
        """Turn (N, 3, H, W) images into (N, K, H, W) logits."""
        return self.fcn(x)["out"]
