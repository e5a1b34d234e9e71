"""The grader of lesson 5: right answers pass, whatever their style; wrong ones do not."""

import pytest
from grading_helpers import (
    answers_in,
    cheap_answers,
    failures,
    grade,
    grader,
    passes,
    run_check,
    solution,
    with_answer,
)

TOPIC = "fcn"
both_frameworks = pytest.mark.parametrize("framework", ["torch", "tensorflow"])

OTHERS = {
    "torch": {
        "fc_to_conv": [
            """
def fc_to_conv(weight, kernel_size):
    return weight.unflatten(1, (-1, kernel_size, kernel_size))
""",
            """
def fc_to_conv(weight, kernel_size):
    outputs, inputs = weight.shape
    channels = inputs // kernel_size ** 2
    kernel = weight.new_zeros(outputs, channels, kernel_size, kernel_size)
    for c in range(channels):
        for i in range(kernel_size):
            for j in range(kernel_size):
                kernel[:, c, i, j] = weight[:, (c * kernel_size + i) * kernel_size + j]
    return kernel
""",
        ],
    },
    "tensorflow": {
        "fc_to_conv": [
            """
def fc_to_conv(weight, kernel_size):
    channels = weight.shape[0] // kernel_size ** 2
    return keras.ops.reshape(weight, [kernel_size, kernel_size, channels, weight.shape[1]])
""",
            """
def fc_to_conv(weight, kernel_size):
    rows = tf.split(weight, kernel_size, axis=0)
    return tf.stack([tf.stack(tf.split(row, kernel_size, axis=0)) for row in rows])
""",
        ],
    },
}


@pytest.mark.parametrize(("framework", "exercise", "code"), answers_in(OTHERS))
def test_a_right_answer_in_another_style_passes(framework: str, exercise: str, code: str) -> None:
    result = grade(TOPIC, framework, with_answer(TOPIC, framework, code), exercise)
    assert result.status == "passed", failures(result)


# All of the lesson's networks, written in another way.
NETWORKS = {
    # Sizes rounded down; whole channels dropped; transposed convolutions without padding, of which
    # the middle is cut out; maps that are too small are resized; a list comes back.
    "torch-middle": """
import torch


class VGG16Encoder(nn.Module):
    def __init__(self, width=64):
        super().__init__()
        layers, channels = [], 3
        for step in [1, 1, "M", 2, 2, "M", 4, 4, 4, "M", 8, 8, 8, "M", 8, 8, 8, "M"]:
            if step == "M":
                layers.append(nn.MaxPool2d(2))
            else:
                layers += [nn.Conv2d(channels, step * width, 3, padding=1), nn.ReLU(inplace=True)]
                channels = step * width
        self.features = nn.Sequential(*layers)
        self.classifier = nn.Sequential(
            nn.Conv2d(channels, 64 * width, 7, padding=3),
            nn.ReLU(inplace=True),
            nn.Dropout2d(),
            nn.Conv2d(64 * width, 64 * width, 1),
            nn.ReLU(inplace=True),
            nn.Dropout2d(),
        )

    def forward(self, x):
        pooled = []
        for layer in self.features:
            x = layer(x)
            if isinstance(layer, nn.MaxPool2d):
                pooled.append(x)
        return [pooled[2], pooled[3], self.classifier(x)]


def enlarging(channels, factor):
    layer = nn.ConvTranspose2d(channels, channels, 2 * factor, stride=factor, bias=False)
    row = 1 - (torch.arange(2 * factor) - factor + 0.5).abs() / factor
    kernel = torch.zeros(channels, channels, 2 * factor, 2 * factor)
    for i in range(channels):
        kernel[i, i] = torch.outer(row, row)
    layer.weight.data.copy_(kernel)
    return layer


def to_size(x, like):
    h, w = like.shape[2:]
    if x.shape[2] < h or x.shape[3] < w:
        return F.interpolate(x, size=(h, w), mode="bilinear", align_corners=False)
    top, left = (x.shape[2] - h) // 2, (x.shape[3] - w) // 2
    return x[:, :, top : top + h, left : left + w]


class FCN32s(nn.Module):
    def __init__(self, num_classes, width=64):
        super().__init__()
        self.score_fr = nn.Conv2d(64 * width, num_classes, kernel_size=1)
        self.up = enlarging(num_classes, 32)
        self.base = VGG16Encoder(width=width)

    def forward(self, x):
        return to_size(self.up(self.score_fr(self.base(x)[2])), x)


class FCN16s(FCN32s):
    def __init__(self, num_classes, width=64):
        super().__init__(num_classes, width)
        self.score_pool4 = nn.Conv2d(8 * width, num_classes, kernel_size=1)
        self.twice = enlarging(num_classes, 2)
        self.up = enlarging(num_classes, 16)

    def forward(self, x):
        _, pool4, fc7 = self.base(x)
        coarse = self.twice(self.score_fr(fc7))
        return to_size(self.up(to_size(coarse, pool4) + self.score_pool4(pool4)), x)


class FCN8s(FCN16s):
    def __init__(self, num_classes, width=64):
        super().__init__(num_classes, width)
        self.score_pool3 = nn.Conv2d(4 * width, num_classes, kernel_size=1)
        self.twice_again = enlarging(num_classes, 2)
        self.up = enlarging(num_classes, 8)

    def forward(self, x):
        pool3, pool4, fc7 = self.base(x)
        coarse = to_size(self.twice(self.score_fr(fc7)), pool4) + self.score_pool4(pool4)
        finer = to_size(self.twice_again(coarse), pool3) + self.score_pool3(pool3)
        return to_size(self.up(finer), x)
""",
    # Images padded to a multiple of 32; layers made in another order, channels found at the first
    # call; each class enlarged by itself, by functions; FCN-32s in five steps; scores without bias.
    "torch-functional": """
import torch


class VGG16Encoder(nn.Module):
    def __init__(self, width=64):
        super().__init__()
        self.fc7 = nn.LazyConv2d(64 * width, 1)
        self.fc6 = nn.LazyConv2d(64 * width, 7, padding="same")
        self.convs = nn.ModuleDict()
        for stage, (factor, count) in reversed(
            list(enumerate([(1, 2), (2, 2), (4, 3), (8, 3), (8, 3)]))
        ):
            self.convs[str(stage)] = nn.ModuleList(
                nn.LazyConv2d(factor * width, 3, padding="same") for _ in range(count)
            )

    def forward(self, x):
        pools = []
        for stage in range(5):
            for conv in self.convs[str(stage)]:
                x = conv(x).clamp(min=0)
            x = F.max_pool2d(x, 2)
            pools.append(x)
        x = F.dropout(F.relu(self.fc6(x)), 0.3, training=self.training)
        x = F.relu(F.dropout(self.fc7(x), 0.5, self.training))
        return pools[2], pools[3], x


class Double(nn.Module):
    def __init__(self, channels, factor=2):
        super().__init__()
        self.factor = factor
        row = 1 - (torch.arange(2 * factor) - factor + 0.5).abs() / factor
        kernel = torch.outer(row, row).repeat(channels, 1, 1, 1)
        self.kernel = nn.Parameter(kernel)

    def forward(self, x):
        f = self.factor
        return F.conv_transpose2d(x, self.kernel, stride=f, padding=f // 2, groups=x.shape[1])


def padded(x):
    h, w = x.shape[2:]
    return F.pad(x, (0, -w % 32, 0, -h % 32))


class FCN32s(nn.Module):
    def __init__(self, num_classes, width=64):
        super().__init__()
        self.encoder = VGG16Encoder(width)
        self.score_fr = nn.Conv2d(64 * width, num_classes, 1, bias=False)
        self.up = nn.Sequential(*[Double(num_classes) for _ in range(5)])

    def forward(self, x):
        _, _, fc7 = self.encoder(padded(x))
        return self.up(self.score_fr(fc7))[:, :, : x.shape[2], : x.shape[3]]


class FCN16s(nn.Module):
    def __init__(self, num_classes, width=64):
        super().__init__()
        self.encoder = VGG16Encoder(width)
        self.score_fr = nn.Conv2d(64 * width, num_classes, 1, bias=False)
        self.score_pool4 = nn.Conv2d(8 * width, num_classes, 1, bias=False)
        self.up = Double(num_classes)
        self.last = Double(num_classes, 16)

    def forward(self, x):
        _, pool4, fc7 = self.encoder(padded(x))
        logits = self.last(torch.add(self.up(self.score_fr(fc7)), self.score_pool4(pool4)))
        return logits[:, :, : x.shape[2], : x.shape[3]]


class FCN8s(nn.Module):
    def __init__(self, num_classes, width=64):
        super().__init__()
        self.encoder = VGG16Encoder(width)
        self.score_fr = nn.Conv2d(64 * width, num_classes, 1, bias=False)
        self.score_pool4 = nn.Conv2d(8 * width, num_classes, 1, bias=False)
        self.score_pool3 = nn.Conv2d(4 * width, num_classes, 1, bias=False)
        self.up = nn.ModuleList([Double(num_classes), Double(num_classes), Double(num_classes, 8)])

    def forward(self, x):
        pool3, pool4, fc7 = self.encoder(padded(x))
        sum4 = sum([self.up[0](self.score_fr(fc7)), self.score_pool4(pool4)])
        sum3 = sum([self.up[1](sum4), self.score_pool3(pool3)])
        return self.up[2](sum3)[:, :, : x.shape[2], : x.shape[3]]
""",
    # Subclasses of `keras.Model`, whose layers make their weights at the first call; sizes rounded
    # down; the kernel from an initializer; maps that are too small are resized; a list comes back.
    "tensorflow-subclass": """
import numpy as np


def tent(shape, dtype=None):
    size, factor = shape[0], shape[0] // 2
    row = 1 - np.abs(np.arange(size) - factor + 0.5) / factor
    kernel = np.zeros(shape, "float32")
    for i in range(shape[2]):
        kernel[:, :, i, i] = np.outer(row, row)
    return tf.constant(kernel)


class VGG16Encoder(keras.Model):
    def __init__(self, width=64):
        super().__init__()
        self.stages = [
            [layers.Conv2D(m * width, 3, padding="same", activation="relu") for _ in range(n)]
            for m, n in [(1, 2), (2, 2), (4, 3), (8, 3), (8, 3)]
        ]
        self.convs = [conv for stage in self.stages for conv in stage]
        self.fc6 = layers.Conv2D(64 * width, 7, padding="same")
        self.fc7 = layers.Conv2D(64 * width, 1)
        self.drop6, self.drop7 = layers.SpatialDropout2D(0.5), layers.Dropout(0.2)

    def call(self, x, training=False):
        pools = []
        for stage in self.stages:
            for conv in stage:
                x = conv(x)
            x = tf.nn.max_pool2d(x, 2, 2, "VALID")
            pools.append(x)
        x = self.drop6(tf.nn.relu(self.fc6(x)), training=training)
        x = self.drop7(tf.nn.relu(self.fc7(x)), training=training)
        return [pools[2], pools[3], x]


class FCN(keras.Model):
    def __init__(self, num_classes, width, skips):
        super().__init__()
        self.encoder = VGG16Encoder(width)
        self.score_fr = layers.Conv2D(num_classes, 1, name="score_fr")
        self.scores = [layers.Conv2D(num_classes, 1, name=name) for name in skips]
        self.ups = [
            layers.Conv2DTranspose(
                num_classes, 2 * f, f, "same", use_bias=False, kernel_initializer=tent
            )
            for f in [2] * len(skips) + [32 // 2 ** len(skips)]
        ]

    def call(self, images):
        pool3, pool4, fc7 = self.encoder(images)
        x = self.score_fr(fc7)
        for up, score, pool in zip(self.ups, self.scores, (pool4, pool3)):
            x = tf.image.resize(up(x), tf.shape(pool)[1:3]) + score(pool)
        return tf.image.resize(self.ups[-1](x), tf.shape(images)[1:3])


def FCN32s(num_classes, width=64):
    return FCN(num_classes, width, [])


def FCN16s(num_classes, width=64):
    return FCN(num_classes, width, ["score_pool4"])


class FCN8s(FCN):
    def __init__(self, num_classes, width=64):
        super().__init__(num_classes, width, ["score_pool4", "score_pool3"])
""",
    # One functional model without models inside; transposed convolutions without padding, of which
    # the middle is cut out.
    "tensorflow-functional": """
def features(x, width):
    pools = []
    for m, n in [(1, 2), (2, 2), (4, 3), (8, 3), (8, 3)]:
        for _ in range(n):
            x = layers.Conv2D(m * width, 3, padding="same", kernel_initializer="he_uniform")(x)
            x = layers.Activation("relu")(x)
        x = layers.MaxPool2D(padding="same")(x)
        pools.append(x)
    for size in (7, 1):
        x = layers.ReLU()(layers.Conv2D(64 * width, size, padding="same")(x))
        x = layers.Dropout(0.5)(x)
    return pools[2], pools[3], x


def VGG16Encoder(width=64):
    image = layers.Input((None, None, 3))
    return keras.Model(inputs=image, outputs=list(features(image, width)))


def up(x, factor):
    layer = bilinear_upsampling(x.shape[-1], factor)
    layer.padding = "valid"
    return layer(x)


def middle(x, like):
    def cut(maps):
        x, like = maps
        h, w = tf.shape(like)[1], tf.shape(like)[2]
        top, left = (tf.shape(x)[1] - h) // 2, (tf.shape(x)[2] - w) // 2
        return x[:, top : top + h, left : left + w]

    shape = (None, None, None, x.shape[-1])
    return layers.Lambda(cut, output_shape=shape[1:])([x, like])


def fcn(num_classes, width, names):
    image = layers.Input((None, None, 3))
    pool3, pool4, x = features(image, width)
    x = layers.Conv2D(num_classes, 1, name="score_fr")(x)
    for name, pool in zip(names, (pool4, pool3)):
        score = layers.Conv2D(num_classes, 1, name=name, use_bias=False)(pool)
        x = layers.Add()([middle(up(x, 2), pool), score])
    return keras.Model(image, middle(up(x, 32 // 2 ** len(names)), image))


def FCN32s(num_classes, width=64):
    return fcn(num_classes, width, ())


def FCN16s(num_classes, width=64):
    return fcn(num_classes, width, ("score_pool4",))


def FCN8s(num_classes, width=64):
    return fcn(num_classes, width, ("score_pool4", "score_pool3"))
""",
}


@pytest.mark.parametrize("name", NETWORKS)
def test_right_networks_in_another_style_pass(name: str) -> None:
    framework = name.partition("-")[0]
    grading = grader(TOPIC, framework, with_answer(TOPIC, framework, NETWORKS[name]))
    asked = [check for check in grading.checks if check.exercise != "fc_to_conv"]
    results = [grading.run(check) for check in asked if check.tier != "training"]
    wrong = [result for result in results if result.status != "passed"]
    assert not wrong, "\n\n".join(f"{result.name}\n{result.message}" for result in wrong)


@both_frameworks
def test_a_kernel_without_thought_fails(framework: str) -> None:
    for name, text in cheap_answers(TOPIC, framework, "fc_to_conv").items():
        assert not passes(TOPIC, framework, text, "fc_to_conv"), name


CHEAP_NETWORKS = {
    "torch": {
        "none": "return None",
        "number": "return 0.0",
        "layer": "return nn.Conv2d(3, num_classes, 1)",
        "function": "return lambda x: x.new_zeros(len(x), num_classes, *x.shape[2:])",
        "image": "return nn.Identity()",
        "resized": """return nn.Sequential(
        nn.Upsample((32, 32)), nn.Conv2d(3, num_classes, 1), nn.Upsample((64, 96)))""",
    },
    "tensorflow": {
        "none": "return None",
        "number": "return 0.0",
        "layer": "return keras.Sequential([keras.Input((None, None, 3)), layers.Conv2D(5, 1)])",
        "function": "return lambda x, training=False: tf.zeros((*x.shape[:3], num_classes))",
        "image": "return keras.Sequential([keras.Input((None, None, 3)), layers.Identity()])",
        "resized": """return keras.Sequential([
        layers.Resizing(32, 32), layers.Conv2D(num_classes, 1), layers.Resizing(64, 96)])""",
    },
}


@both_frameworks
@pytest.mark.parametrize("exercise", ["VGG16Encoder", "FCN32s", "FCN16s", "FCN8s"])
def test_a_network_without_thought_fails(framework: str, exercise: str) -> None:
    parameters = "width=64" if exercise == "VGG16Encoder" else "num_classes, width=64"
    before = "    num_classes = 5\n" if exercise == "VGG16Encoder" else ""
    for name, code in CHEAP_NETWORKS[framework].items():
        answer = f"def {exercise}({parameters}):\n{before}    {code}\n"
        text = with_answer(TOPIC, framework, answer)
        assert not passes(TOPIC, framework, text, exercise), name


# Networks with all layers that are asked for, which do not do what is asked: the check that must
# fail, the framework, the answer.
FAULTS = [
    # The logits come from the image, the encoder is only there.
    (
        "fcn8s_by_hand",
        "torch",
        """
class FCN8s(nn.Module):
    def __init__(self, num_classes, width=64):
        super().__init__()
        self.encoder = VGG16Encoder(width)
        self.score_fr = nn.Conv2d(64 * width, num_classes, 1)
        self.score_pool4 = nn.Conv2d(8 * width, num_classes, 1)
        self.score_pool3 = nn.Conv2d(4 * width, num_classes, 1)
        self.ups = nn.ModuleList(bilinear_upsampling(num_classes, f) for f in (2, 2, 8))
        self.num_classes = num_classes

    def forward(self, x):
        return x.mean(1, keepdim=True).repeat(1, self.num_classes, 1, 1)
""",
    ),
    (
        "fcn8s_by_hand",
        "tensorflow",
        """
class FCN8s(keras.Model):
    def __init__(self, num_classes, width=64):
        super().__init__()
        self.encoder = VGG16Encoder(width)
        self.score_fr = layers.Conv2D(num_classes, 1, name="score_fr")
        self.score_pool4 = layers.Conv2D(num_classes, 1, name="score_pool4")
        self.score_pool3 = layers.Conv2D(num_classes, 1, name="score_pool3")
        self.ups = [bilinear_upsampling(num_classes, f) for f in (2, 2, 8)]
        self.num_classes = num_classes

    def call(self, x):
        pool3, pool4, fc7 = self.encoder(x)
        self.score_fr(fc7), self.score_pool4(pool4), self.score_pool3(pool3)
        return tf.repeat(tf.reduce_mean(x, -1, keepdims=True), self.num_classes, -1)
""",
    ),
    # The image is brought to one size first: the right answer for images of that size only.
    (
        "fcn32s_bilinear",
        "torch",
        """
class FCN32s(nn.Module):
    def __init__(self, num_classes, width=64):
        super().__init__()
        self.encoder = VGG16Encoder(width)
        self.score_fr = nn.Conv2d(64 * width, num_classes, 1)
        self.up = bilinear_upsampling(num_classes, 32)

    def forward(self, x):
        resized = F.interpolate(x, (160, 576), mode="bilinear")
        logits = self.up(self.score_fr(self.encoder(resized)[2]))
        return F.interpolate(logits, x.shape[2:], mode="bilinear")
""",
    ),
    # Two layers of the encoder have the same weights.
    (
        "encoder_layers",
        "torch",
        """
class VGG16Encoder(nn.Module):
    def __init__(self, width=64):
        super().__init__()
        convs, channels = [], 3
        for step, count in [(1, 2), (2, 2), (4, 3), (8, 3), (8, 3)]:
            first = nn.Conv2d(channels, step * width, 3, padding=1)
            channels = step * width
            stage = [first, nn.ReLU()]
            stage += [nn.Conv2d(channels, channels, 3, padding=1), nn.ReLU()] * (count - 1)
            convs.append(nn.Sequential(*stage, nn.MaxPool2d(2)))
        self.stages = nn.ModuleList(convs)
        self.fc6 = nn.Conv2d(8 * width, 64 * width, 7, padding=3)
        self.fc7 = nn.Conv2d(64 * width, 64 * width, 1)

    def forward(self, x):
        maps = []
        for stage in self.stages:
            x = stage(x)
            maps.append(x)
        x = F.dropout(F.relu(self.fc6(x)), training=self.training)
        return maps[2], maps[3], F.dropout(F.relu(self.fc7(x)), training=self.training)
""",
    ),
    # The name is the variable's, not the layer's.
    (
        "fcn32s_scores",
        "tensorflow",
        """
def FCN32s(num_classes, width=64):
    image = keras.Input((None, None, 3))
    _, _, fc7 = VGG16Encoder(width)(image)
    score_fr = layers.Conv2D(num_classes, 1)(fc7)
    return keras.Model(image, CutLike()(bilinear_upsampling(num_classes, 32)(score_fr), image))
""",
    ),
    # One size of images only.
    (
        "fcn32s_form",
        "tensorflow",
        """
def FCN32s(num_classes, width=64):
    image = keras.Input((160, 576, 3))
    _, _, fc7 = VGG16Encoder(width)(image)
    score_fr = layers.Conv2D(num_classes, 1, name="score_fr")(fc7)
    return keras.Model(image, bilinear_upsampling(num_classes, 32)(score_fr))
""",
    ),
    # In Keras, a subclass does not know its dropout unless it is told the mode.
    (
        "encoder_dropout",
        "tensorflow",
        """
class VGG16Encoder(keras.Model):
    def __init__(self, width=64):
        super().__init__()
        self.stages = [
            [layers.Conv2D(m * width, 3, padding="same", activation="relu") for _ in range(n)]
            for m, n in [(1, 2), (2, 2), (4, 3), (8, 3), (8, 3)]
        ]
        self.fc6 = layers.Conv2D(64 * width, 7, padding="same", activation="relu")
        self.fc7 = layers.Conv2D(64 * width, 1, activation="relu")
        self.drop6, self.drop7 = layers.Dropout(0.5), layers.Dropout(0.5)

    def call(self, x):
        pools = []
        for stage in self.stages:
            for conv in stage:
                x = conv(x)
            pools.append(layers.MaxPooling2D()(x))
            x = pools[-1]
        x = self.drop6(self.fc6(x), training=False)
        return pools[2], pools[3], self.drop7(self.fc7(x), training=False)
""",
    ),
]


@pytest.mark.parametrize(("check", "framework", "code"), FAULTS)
def test_a_fault_is_found(check: str, framework: str, code: str) -> None:
    result = run_check(TOPIC, framework, with_answer(TOPIC, framework, code), check)
    assert result.status == "failed"


@both_frameworks
def test_a_wrong_encoder_costs_its_own_points_only(framework: str) -> None:
    """FCNs that use it are then graded with the reference answer's encoder."""
    code = "def VGG16Encoder(width=64):\n    return None\n"
    text = with_answer(TOPIC, framework, code)
    assert not passes(TOPIC, framework, text, "VGG16Encoder")
    assert run_check(TOPIC, framework, text, "fcn8s_by_hand").status == "passed"


@both_frameworks
def test_feedback_says_what_came_back_in_place_of_a_network(framework: str) -> None:
    code = "def FCN32s(num_classes, width=64):\n    return num_classes\n"
    result = run_check(TOPIC, framework, with_answer(TOPIC, framework, code), "fcn32s_form")
    expected = {"torch": "`nn.Module`", "tensorflow": "`keras.Model`"}[framework]
    assert result.message.startswith("A network should have come back.")
    assert "FCN32s(num_classes=5, width=1)" in result.message
    assert expected in result.message


@both_frameworks
def test_feedback_lists_the_convolutions(framework: str) -> None:
    reference = solution(TOPIC, framework)
    old = {
        "torch": "2 * width, 4 * width, num_convs=3",
        "tensorflow": "pool2, 3, 4 * width, num_convs=3",
    }
    assert reference.count(old[framework]) == 1
    text = reference.replace(old[framework], old[framework].replace("3)", "2)")[:-1] + "2")
    result = run_check(TOPIC, framework, text, "encoder_layers")
    assert result.status == "failed"
    assert "VGG16Encoder(width=1)" in result.message
    expected, _got, got = result.message.partition("Got:")
    assert "2 × (3×3: 4 → 4)" in expected
    assert "1 × (3×3: 4 → 4)" in got
