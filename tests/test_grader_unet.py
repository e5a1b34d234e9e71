"""The grader of lesson 7: right answers pass, whatever their style; wrong ones do not."""

import pytest
from grading_helpers import checks, grader, passes, run_check, solution, with_answer

TOPIC = "unet"
both_frameworks = pytest.mark.parametrize("framework", ["torch", "tensorflow"])

# All answers of the lesson, written in another way.
ANSWERS = {
    # Classes; convolutions with a bias; the U as blocks inside blocks, what comes from below first;
    # kernels of 3; the encoder switched at each call, its maps taken without gradients.
    "torch-classes": """
import torch
import torch.nn.functional as F


class double_conv(nn.Module):
    def __init__(self, in_channels, out_channels):
        super().__init__()
        self.conv2 = nn.Conv2d(out_channels, out_channels, 3, padding="same")
        self.conv1 = nn.Conv2d(in_channels, out_channels, 3, padding="same")
        self.norm1 = nn.BatchNorm2d(out_channels, eps=1e-3, momentum=0.01)
        self.norm2 = nn.BatchNorm2d(out_channels, eps=1e-3, momentum=0.01)

    def forward(self, x):
        x = F.relu(self.norm1(self.conv1(x)), inplace=True)
        return self.norm2(self.conv2(x)).clamp(min=0)


class Level(nn.Module):
    def __init__(self, before, channels, depth):
        super().__init__()
        self.down = double_conv(before, channels)
        self.below = Level(channels, 2 * channels, depth - 1) if depth > 1 else double_conv(
            channels, 2 * channels
        )
        self.enlarge = nn.ConvTranspose2d(2 * channels, channels, 2, 2, bias=False)
        self.up = double_conv(2 * channels, channels)

    def forward(self, x):
        skip = self.down(x)
        below = self.enlarge(self.below(F.max_pool2d(skip, 2)))
        return self.up(torch.cat((below, skip), 1))


def UNet(num_classes, width=64, depth=4):
    return nn.Sequential(Level(3, width, depth), nn.Conv2d(width, num_classes, 1, bias=False))


class upsample_block(nn.Module):
    def __init__(self, in_channels, out_channels, dropout=False):
        super().__init__()
        self.conv = nn.ConvTranspose2d(
            in_channels, out_channels, 3, 2, padding=1, output_padding=1, bias=False
        )
        self.conv.weight.data.normal_(0, 0.02)
        self.norm = nn.BatchNorm2d(out_channels)
        self.dropout = dropout

    def forward(self, x):
        x = F.relu(self.norm(self.conv(x)))
        return F.dropout(x, 0.5, self.training) if self.dropout else x


class MobileUNet(nn.Module):
    def __init__(self, num_classes, encoder):
        super().__init__()
        was_training = encoder.training
        with torch.inference_mode():
            maps = encoder.eval()(torch.randn(2, 3, 32, 32))
        encoder.train(was_training)
        c1, c2, c3, c4, c5 = [len(x[0]) for x in maps]
        self.up4 = upsample_block(c5, 64)
        self.up3 = upsample_block(64 + c4, 32)
        self.up2 = upsample_block(32 + c3, 16)
        self.up1 = upsample_block(16 + c2, 16)
        self.last = nn.ConvTranspose2d(16 + c1, num_classes, 3, 2, 1, output_padding=1, bias=False)
        self.encoder = encoder

    def forward(self, x):
        with torch.no_grad():
            c1, c2, c3, c4, c5 = self.encoder.eval()(x)
        x = torch.cat((c4, self.up4(c5)), 1)
        x = torch.cat((c3, self.up3(x)), 1)
        x = torch.cat((c2, self.up2(x)), 1)
        return self.last(torch.cat((c1, self.up1(x)), 1))
""",
    # Channels found at the first call; stages made in another order; kernels of 2 and 5; whole
    # channels dropped; a `train` that returns nothing.
    "torch-lazy": """
import torch


def double_conv(in_channels, out_channels):
    def layers():
        return [
            nn.LazyConv2d(out_channels, (3, 3), padding=(1, 1)),
            nn.LazyBatchNorm2d(),
            nn.ReLU(inplace=True),
        ]

    return nn.Sequential(*layers(), *layers())


class UNet(nn.Module):
    def __init__(self, num_classes, width=64, depth=4):
        super().__init__()
        self.parts = nn.ModuleDict({"score": nn.LazyConv2d(num_classes, 1)})
        for level in reversed(range(depth)):
            c = width << level
            self.parts[f"up{level}"] = double_conv(None, c)
            self.parts[f"enlarge{level}"] = nn.LazyConvTranspose2d(c, 2, stride=2)
            self.parts[f"down{level}"] = double_conv(None, c)
        self.parts["bottom"] = double_conv(None, width << depth)
        self.depth = depth

    def forward(self, x):
        found = {}
        for level in range(self.depth):
            found[level] = self.parts[f"down{level}"](x)
            x = found[level].unfold(2, 2, 2).unfold(3, 2, 2).amax(dim=(4, 5))
        x = self.parts["bottom"](x)
        for level in reversed(range(self.depth)):
            x = self.parts[f"enlarge{level}"](x)
            x = self.parts[f"up{level}"](torch.cat([x, found[level]], dim=1))
        return self.parts["score"](x)


def upsample_block(in_channels, out_channels, dropout=False):
    conv = nn.ConvTranspose2d(in_channels, out_channels, 2, stride=2, bias=False)
    conv.weight = nn.Parameter(0.02 * torch.randn(conv.weight.shape))
    drop = nn.Dropout2d(0.5) if dropout else nn.Identity()
    return nn.Sequential(conv, nn.BatchNorm2d(out_channels), drop, nn.ReLU(inplace=True))


class MobileUNet(nn.Module):
    def __init__(self, num_classes, encoder):
        super().__init__()
        for weight in encoder.parameters():
            weight.requires_grad = False
        self.base = encoder
        self.train()
        channels = [x.size(1) for x in encoder(torch.zeros(1, 3, 32, 32))]
        widths, x = [40, 30, 20, 10], channels.pop()
        self.blocks = nn.ModuleList()
        for width in widths:
            self.blocks.append(upsample_block(x, width))
            x = width + channels.pop()
        self.last = nn.ConvTranspose2d(x, num_classes, 5, stride=2, padding=2, output_padding=1)

    def train(self, mode=True):
        for name, module in self.named_children():
            module.train(mode and name != "base")

    def forward(self, x):
        maps = list(self.base(x))
        x = maps[4]
        for skip, block in zip(maps[3::-1], self.blocks):
            x = torch.concat([block(x), skip], 1)
        return self.last(x)
""",
    # Subclasses of `keras.Layer` and `keras.Model`, whose layers make their weights at the first
    # call; what comes from below first; kernels of 3; gradients stopped behind the encoder.
    "tensorflow-subclass": """
import tensorflow as tf


class double_conv(keras.Layer):
    def __init__(self, out_channels):
        super().__init__()
        self.convs = [layers.Conv2D(out_channels, 3, padding="same") for _ in range(2)]
        self.norms = [layers.BatchNormalization(momentum=0.5) for _ in range(2)]

    def call(self, x, training=None):
        for conv, norm in zip(self.convs, self.norms):
            x = tf.nn.relu(norm(conv(x), training=training))
        return x


class UNet(keras.Model):
    def __init__(self, num_classes, width=64, depth=4):
        super().__init__()
        sizes = [width << level for level in range(depth)]
        self.ups = [double_conv(c) for c in sizes]
        self.enlarging = [layers.Conv2DTranspose(c, 2, 2, use_bias=False) for c in sizes]
        self.downs = [double_conv(c) for c in sizes]
        self.bottom = double_conv(width << depth)
        self.last = layers.Conv2D(num_classes, 1, use_bias=False)

    def call(self, x):
        skips = []
        for down in self.downs:
            skips.append(down(x))
            x = tf.nn.max_pool2d(skips[-1], 2, 2, "VALID")
        x = self.bottom(x)
        for enlarge, up, skip in list(zip(self.enlarging, self.ups, skips))[::-1]:
            x = up(tf.concat([enlarge(x), skip], axis=-1))
        return self.last(x)


class upsample_block(keras.Layer):
    def __init__(self, out_channels, dropout=False):
        super().__init__()
        start = keras.initializers.RandomNormal(stddev=0.02)
        self.conv = layers.Conv2DTranspose(
            out_channels, 3, 2, "same", use_bias=False, kernel_initializer=start
        )
        self.norm = layers.BatchNormalization(scale=False)
        self.drop = layers.SpatialDropout2D(0.5) if dropout else layers.Identity()

    def call(self, x, training=None):
        x = tf.maximum(self.norm(self.conv(x), training=training), 0)
        return self.drop(x, training=training)


class MobileUNet(keras.Model):
    def __init__(self, num_classes, encoder):
        super().__init__()
        self.encoder = encoder
        self.blocks = [upsample_block(c) for c in (40, 30, 20, 10)]
        self.last = layers.Conv2DTranspose(num_classes, 3, 2, "same", use_bias=False)

    def call(self, images, training=None):
        maps = [tf.stop_gradient(x) for x in self.encoder(images, training=False)]
        x = maps.pop()
        for block in self.blocks:
            x = tf.concat([maps.pop(), block(x, training=training)], axis=-1)
        return self.last(x)
""",
    # Functions on tensors where there are layers, one model without models inside; kernels of 2,
    # and of 4 that are cut by hand; the encoder's own layers become layers of the network.
    "tensorflow-functional": """
import keras.ops as ops


def double_conv(out_channels):
    block = keras.Sequential()
    for _ in range(2):
        block.add(layers.Conv2D(out_channels, (3, 3), padding="same"))
        block.add(layers.BatchNormalization(epsilon=1e-5, scale=False))
        block.add(layers.Activation("relu"))
    return block


def UNet(num_classes, width=64, depth=4):
    image = layers.Input((None, None, 3))

    def level(x, c, left):
        x = double_conv(c)(x)
        if not left:
            return x
        below = level(layers.MaxPool2D()(x), 2 * c, left - 1)
        enlarged = layers.Conv2DTranspose(c, (2, 2), strides=(2, 2), padding="same")(below)
        return double_conv(c)(layers.concatenate([enlarged, x]))

    return keras.Model(image, layers.Conv2D(num_classes, 1)(level(image, width, depth)))


def upsample_block(out_channels, dropout=False):
    start = keras.initializers.RandomNormal(0, 0.02)
    conv = layers.Conv2DTranspose(
        out_channels, 2, 2, use_bias=False, kernel_initializer=start
    )
    norm = layers.BatchNormalization(momentum=0.9)
    drops = [layers.Dropout(0.5)] * dropout
    return keras.Sequential([conv, norm, layers.ReLU(), *drops])


def MobileUNet(num_classes, encoder):
    for layer in encoder.layers:
        layer.trainable = False
    x = encoder.outputs[-1]
    for c, skip in zip((32, 16, 8, 8), encoder.outputs[-2::-1]):
        x = ops.concatenate([skip, upsample_block(c)(x)], axis=-1)
    logits = layers.Conv2DTranspose(num_classes, 4, strides=2)(x)[:, 1:-1, 1:-1]
    return keras.Model(encoder.inputs, logits)
""",
}


@pytest.mark.parametrize("name", ANSWERS)
def test_right_answers_in_another_style_pass(name: str) -> None:
    framework = name.partition("-")[0]
    grading = grader(TOPIC, framework, with_answer(TOPIC, framework, ANSWERS[name]))
    results = [grading.run(check) for check in checks(TOPIC, framework)]
    wrong = [result for result in results if result.status != "passed"]
    assert not wrong, "\n\n".join(f"{result.name}\n{result.message}" for result in wrong)


PARAMETERS = {
    "torch": {
        "double_conv": "in_channels, out_channels",
        "UNet": "num_classes, width=64, depth=4",
        "upsample_block": "in_channels, out_channels, dropout=False",
        "MobileUNet": "num_classes, encoder",
    },
    "tensorflow": {
        "double_conv": "out_channels",
        "UNet": "num_classes, width=64, depth=4",
        "upsample_block": "out_channels, dropout=False",
        "MobileUNet": "num_classes, encoder",
    },
}

CHEAP_BLOCKS = {
    "torch": {
        "none": "return None",
        "number": "return 0.0",
        "input": "return nn.Identity()",
        "resized": "return nn.Upsample(scale_factor=2)",
        "convolution": "return nn.Conv2d(in_channels, out_channels, 1)",
        "transposed": "return nn.ConvTranspose2d(in_channels, out_channels, 2, stride=2)",
        "zeros": """return nn.Sequential(
        nn.ConvTranspose2d(in_channels, out_channels, 2, stride=2), nn.Threshold(1e9, 0))""",
    },
    "tensorflow": {
        "none": "return None",
        "number": "return 0.0",
        "input": "return layers.Identity()",
        "resized": "return layers.UpSampling2D(2)",
        "convolution": "return layers.Conv2D(out_channels, 1)",
        "transposed": "return layers.Conv2DTranspose(out_channels, 2, 2)",
        "zeros": """return keras.Sequential([
        layers.Conv2DTranspose(out_channels, 2, 2), layers.ReLU(threshold=1e9)])""",
    },
}

CHEAP_NETWORKS = {
    "torch": {
        "none": "return None",
        "number": "return 0.0",
        "image": "return nn.Identity()",
        "convolution": "return nn.Conv2d(3, num_classes, 1)",
        "function": "return lambda x: x.new_zeros(len(x), num_classes, *x.shape[2:])",
        "resized": """return nn.Sequential(
        nn.MaxPool2d(32), nn.Conv2d(3, num_classes, 1), nn.Upsample(scale_factor=32))""",
    },
    "tensorflow": {
        "none": "return None",
        "number": "return 0.0",
        "image": "return keras.Sequential([keras.Input((None, None, 3)), layers.Identity()])",
        "convolution": """return keras.Sequential([
        keras.Input((None, None, 3)), layers.Conv2D(num_classes, 1)])""",
        "function": "return lambda x, training=False: 0 * x[..., :1]",
        "resized": """return keras.Sequential([keras.Input((None, None, 3)),
        layers.MaxPooling2D(32), layers.Conv2D(num_classes, 1), layers.UpSampling2D(32)])""",
    },
}


@both_frameworks
@pytest.mark.parametrize("exercise", ["double_conv", "UNet", "upsample_block", "MobileUNet"])
def test_an_answer_without_thought_fails(framework: str, exercise: str) -> None:
    is_network = exercise in ("UNet", "MobileUNet")
    cheap = (CHEAP_NETWORKS if is_network else CHEAP_BLOCKS)[framework]
    for name, code in cheap.items():
        answer = f"def {exercise}({PARAMETERS[framework][exercise]}):\n    {code}\n"
        text = with_answer(TOPIC, framework, answer)
        assert not passes(TOPIC, framework, text, exercise), name


# Answers with all layers that are asked for, which do not do what is asked: the check that must
# fail, the framework, the answer.
FAULTS = [
    # The logits come from the image, the U is only there.
    (
        "unet_gradients",
        "torch",
        """
class Reference(nn.Module):
    def __init__(self, num_classes, width, depth):
        super().__init__()
        *channels, deepest = (width * 2**i for i in range(depth + 1))
        self.down = nn.ModuleList(double_conv(a, b) for a, b in pairwise([3, *channels]))
        self.bottom = double_conv(channels[-1], deepest)
        self.enlarge = nn.ModuleList(nn.ConvTranspose2d(2 * c, c, 2, 2) for c in channels)
        self.up = nn.ModuleList(double_conv(2 * c, c) for c in channels)
        self.score = nn.Conv2d(width, num_classes, 1)

    def forward(self, x):
        return self.score(x.mean(1, keepdim=True).repeat(1, self.score.in_channels, 1, 1))


def UNet(num_classes, width=64, depth=4):
    return Reference(num_classes, width, depth)
""",
    ),
    # Every level is joined, but one stage up is used for all of them at the finest level.
    (
        "unet_levels",
        "torch",
        """
class UNet(nn.Module):
    def __init__(self, num_classes, width=64, depth=4):
        super().__init__()
        *channels, deepest = (width * 2**i for i in range(depth + 1))
        self.down = nn.ModuleList(double_conv(a, b) for a, b in pairwise([3, *channels]))
        self.bottom = double_conv(channels[-1], deepest)
        self.enlarge = nn.ModuleList(nn.ConvTranspose2d(2 * c, c, 2, 2) for c in channels[::-1])
        self.up = nn.ModuleList(double_conv(2 * c, c) for c in channels[::-1])
        self.score = nn.Conv2d(width, num_classes, 1)

    def forward(self, x):
        skips = []
        for stage in self.down:
            x = stage(x)
            skips.append(x)
            x = nn.functional.max_pool2d(x, 2)
        x = self.bottom(x)
        for enlarge, stage in zip(self.enlarge, self.up):
            skip = skips.pop()
            x = stage(torch.cat([skip, nn.functional.interpolate(enlarge(x[:, :, :1, :1]),
                                                                 skip.shape[2:])], dim=1))
        return self.score(x)
""",
    ),
    # In Keras, a functional model inside a functional model follows the mode of the outer one.
    (
        "mobile_unet_statistics",
        "tensorflow",
        """
def MobileUNet(num_classes, encoder):
    image = keras.Input((None, None, 3))
    *skips, x = encoder(image, training=False)
    for out_channels in (64, 32, 16, 8):
        x = upsample_block(out_channels)(x)
        x = layers.Concatenate()([x, skips.pop()])
    return keras.Model(image, layers.Conv2DTranspose(num_classes, 4, 2, "same")(x))
""",
    ),
    # Batch norm that does not move is not batch norm that uses its statistics.
    (
        "mobile_unet_training",
        "torch",
        """
class MobileUNet(nn.Module):
    def __init__(self, num_classes, encoder):
        super().__init__()
        self.encoder = encoder.requires_grad_(False).eval()
        *skips, channels = [x.shape[1] for x in encoder(torch.zeros(1, 3, 32, 32))]
        for module in encoder.modules():
            if isinstance(module, nn.BatchNorm2d):
                module.momentum = 0.0
        self.up = nn.ModuleList()
        for out_channels in (64, 32, 16, 8):
            self.up.append(upsample_block(channels, out_channels))
            channels = out_channels + skips.pop()
        self.score = nn.ConvTranspose2d(channels, num_classes, 4, 2, 1)

    def forward(self, x):
        *skips, x = self.encoder(x)
        for block in self.up:
            x = torch.cat([block(x), skips.pop()], dim=1)
        return self.score(x)
""",
    ),
    # The weights of the encoder are made new.
    (
        "mobile_unet_same_encoder",
        "tensorflow",
        """
def MobileUNet(num_classes, encoder):
    for weight in encoder.weights:
        weight.assign(keras.random.normal(weight.shape))
    encoder.trainable = False
    image = keras.Input((None, None, 3))
    *skips, x = encoder(image)
    for out_channels in (64, 32, 16, 8):
        x = upsample_block(out_channels)(x)
        x = layers.Concatenate()([x, skips.pop()])
    return keras.Model(image, layers.Conv2DTranspose(num_classes, 4, 2, "same")(x))
""",
    ),
    # A truncated normal distribution of the same parameter is narrower, a uniform one has no tails.
    (
        "upsample_block_start",
        "tensorflow",
        """
def upsample_block(out_channels, dropout=False):
    start = keras.initializers.TruncatedNormal(0.0, 0.02)
    conv = layers.Conv2DTranspose(
        out_channels, 4, 2, "same", use_bias=False, kernel_initializer=start
    )
    return keras.Sequential([conv, layers.BatchNormalization(), layers.ReLU()])
""",
    ),
    (
        "upsample_block_start",
        "torch",
        """
def upsample_block(in_channels, out_channels, dropout=False):
    conv = nn.ConvTranspose2d(in_channels, out_channels, 4, 2, 1, bias=False)
    nn.init.uniform_(conv.weight, -0.02 * 3**0.5, 0.02 * 3**0.5)
    return nn.Sequential(conv, nn.BatchNorm2d(out_channels), nn.ReLU())
""",
    ),
    # Batch norm in one mode for good.
    (
        "double_conv_training",
        "tensorflow",
        """
class double_conv(keras.Layer):
    def __init__(self, out_channels):
        super().__init__()
        self.convs = [layers.Conv2D(out_channels, 3, padding="same") for _ in range(2)]
        self.norms = [layers.BatchNormalization() for _ in range(2)]

    def call(self, x):
        for conv, norm in zip(self.convs, self.norms):
            x = keras.ops.relu(norm(conv(x), training=False))
        return x
""",
    ),
    (
        "double_conv_training",
        "torch",
        """
class double_conv(nn.Module):
    def __init__(self, in_channels, out_channels):
        super().__init__()
        self.a = nn.Sequential(nn.Conv2d(in_channels, out_channels, 3, padding=1),
                               nn.BatchNorm2d(out_channels), nn.ReLU())
        self.b = nn.Sequential(nn.Conv2d(out_channels, out_channels, 3, padding=1),
                               nn.BatchNorm2d(out_channels), nn.ReLU())

    def forward(self, x):
        return self.b.eval()(self.a.eval()(x))
""",
    ),
]


@pytest.mark.parametrize(("check", "framework", "code"), FAULTS)
def test_a_fault_is_found(check: str, framework: str, code: str) -> None:
    text = with_answer(TOPIC, framework, code)
    assert run_check(TOPIC, framework, text, check, recognise=False).status == "failed"


@both_frameworks
def test_a_wrong_block_costs_its_own_points_only(framework: str) -> None:
    """Networks that use it are then graded with the reference answer's block."""
    code = f"def double_conv({PARAMETERS[framework]['double_conv']}):\n    return None\n"
    text = with_answer(TOPIC, framework, code)
    assert not passes(TOPIC, framework, text, "double_conv")
    assert run_check(TOPIC, framework, text, "unet_by_hand").status == "passed"


@both_frameworks
def test_feedback_says_what_came_back_in_place_of_a_block(framework: str) -> None:
    code = f"def double_conv({PARAMETERS[framework]['double_conv']}):\n    return 3\n"
    text = with_answer(TOPIC, framework, code)
    result = run_check(TOPIC, framework, text, "double_conv_form", recognise=False)
    expected = {"torch": "`nn.Module`", "tensorflow": "`keras.Layer`"}[framework]
    assert result.message.startswith("A part of a network should have come back.")
    assert expected in result.message


@both_frameworks
def test_feedback_about_the_encoder_quotes_the_call_and_names_what_changed(framework: str) -> None:
    old, new = {
        "torch": ("        self.encoder.eval()\n", ""),
        "tensorflow": ("    encoder.trainable = False\n", ""),
    }[framework]
    reference = solution(TOPIC, framework)
    assert reference.count(old) == 1
    text = reference.replace(old, new)
    result = run_check(TOPIC, framework, text, "mobile_unet_statistics", recognise=False)
    assert result.status == "failed"
    assert "MobileUNet(num_classes=5, encoder=encoder)" in result.message
    assert "given_norm1.mean" in result.message
    assert "given_conv1" not in result.message


def with_changes(framework: str, *changes: tuple[str, str]) -> str:
    """The reference answers with texts replaced that stand there once."""
    text = solution(TOPIC, framework)
    for old, new in changes:
        assert text.count(old) == 1
        text = text.replace(old, new)
    return text


@both_frameworks
def test_a_copy_of_the_encoder_is_told_from_a_relu_at_the_end(framework: str) -> None:
    old = {
        "torch": "        self.encoder = encoder.requires_grad_(False).eval()\n",
        "tensorflow": "    encoder.trainable = False\n",
    }[framework]
    indent = old[: len(old) - len(old.lstrip())]
    copying = f"{indent}import copy\n{indent}encoder = copy.deepcopy(encoder)\n{old}"
    text = with_changes(framework, (old, copying))
    result = run_check(TOPIC, framework, text, "mobile_unet_maps")
    assert result.mistake == "copy_of_the_encoder"


@pytest.mark.parametrize(
    ("framework", "last"),
    [
        ("torch", "self.up.append(upsample_block(in_channels, out_channels, len(self.up) == 3))"),
        ("tensorflow", "x = upsample_block(out_channels, out_channels == 64)(x)"),
    ],
)
def test_dropout_in_a_single_block_is_recognised(framework: str, last: str) -> None:
    old = {
        "torch": "self.up.append(upsample_block(in_channels, out_channels))",
        "tensorflow": "x = upsample_block(out_channels)(x)",
    }[framework]
    text = with_changes(framework, (old, last))
    result = run_check(TOPIC, framework, text, "mobile_unet_dropout")
    assert result.mistake == "blocks_with_dropout"


UP_OF_UNET = (
    "self.up = nn.ModuleList(double_conv(2 * c, c) for c in reversed(channels))",
    "self.up = [double_conv(2 * c, c) for c in reversed(channels)]",
)
UP_OF_MOBILE_UNET = ("self.up = nn.ModuleList()", "self.up = []")


@pytest.mark.parametrize(
    ("check", "change"),
    [("unet_layers", UP_OF_UNET), ("mobile_unet_layers", UP_OF_MOBILE_UNET)],
)
def test_the_hint_speaks_of_python_lists_where_layers_are_not_found(
    check: str, change: tuple[str, str]
) -> None:
    text = with_changes("torch", change)
    result = run_check(TOPIC, "torch", text, check)
    assert result.status == "failed"
    assert "plain Python list" in result.hint


@both_frameworks
def test_a_block_without_its_second_batch_norm_is_told_so(framework: str) -> None:
    old, new = {
        "torch": (
            "        nn.BatchNorm2d(out_channels),\n        nn.ReLU(),\n    )",
            "        nn.ReLU(),\n    )",
        ),
        "tensorflow": (
            "            _batch_norm(),\n            layers.ReLU(),\n        ]",
            "            layers.ReLU(),\n        ]",
        ),
    }[framework]
    result = run_check(TOPIC, framework, with_changes(framework, (old, new)), "double_conv_layers")
    assert "the second one has none" in result.hint


def test_feedback_counts_only_the_layers_of_which_there_are_more_or_fewer() -> None:
    text = with_changes(
        "torch",
        (UP_OF_UNET[0], UP_OF_UNET[0].replace("2 * c, c", "c, c")),
        ("x = torch.cat([skips.pop(), x], dim=1)", "x = skips.pop() + x"),
    )
    message = run_check(TOPIC, "torch", text, "unet_layers", recognise=False).message
    expected, got = message.partition("Expected:")[2].split("Got:")
    assert "2 × (3×3: 8 → 8)" in expected
    assert "1 × (3×3: 16 → 8)" in expected
    assert "3 × (3×3: 8 → 8)" in got
    assert "0 × (3×3: 16 → 8)" in got
    assert "2×2" not in message
