"""The grader of lesson 6: right answers pass, whatever their style; wrong ones do not."""

import pytest
from grading_helpers import (
    checks,
    exercises,
    grader,
    mistakes,
    passes,
    run_check,
    solution,
    with_answer,
)

from pixelwise.grading.grader import Grader

TOPIC = "segnet"
both_frameworks = pytest.mark.parametrize("framework", ["torch", "tensorflow"])


@pytest.fixture(autouse=True)
def no_mistakes(monkeypatch: pytest.MonkeyPatch) -> None:
    """What fails is not compared with every known mistake, which would cost most of the time."""
    monkeypatch.setattr(Grader, "_mistakes", ())


# All of the lesson's answers, written in another way.
ANSWERS = {
    # Blocks as classes; poolings and nearest-neighbour upsampling in the autoencoder; layers of
    # PyTorch's own for pooling and unpooling; in the decoder's stage the ReLU comes before the
    # norm; SegNet without any of the stages.
    "torch-classes": """
import torch
from torch.nn import functional as F


class Autoencoder(nn.Module):
    def __init__(self, channels=3, width=16):
        super().__init__()
        down, up, before = [], [], channels
        for after in (width, 2 * width, 2 * width, 4 * width):
            down += [nn.Conv2d(before, after, 3, padding=1), nn.BatchNorm2d(after)]
            down += [nn.LeakyReLU(inplace=True), nn.MaxPool2d(2)]
            up = [nn.Upsample(scale_factor=2), nn.Conv2d(after, before, 3, padding=1), *up]
            if before != channels:
                up = [nn.Identity(), *up]
            before = after
        self.encoder = nn.Sequential(*down)
        self.decoder = nn.Sequential(nn.Conv2d(before, before, 1), nn.ELU(), *up)

    def forward(self, images):
        code = self.encoder(images)
        return self.decoder(code)


class encoder_stage(nn.Module):
    def __init__(self, in_channels, out_channels, num_convs):
        super().__init__()
        self.norms = nn.ModuleList([nn.BatchNorm2d(out_channels) for _ in range(num_convs)])
        channels = [in_channels] + [out_channels] * num_convs
        self.convs = nn.ModuleList(
            nn.Conv2d(a, b, 3, padding="same") for a, b in zip(channels, channels[1:])
        )

    def forward(self, x):
        for conv, norm in zip(self.convs, self.norms):
            x = torch.relu(norm(conv(x)))
        return list(F.max_pool2d(x, 2, return_indices=True))


class decoder_stage(nn.Module):
    def __init__(self, in_channels, out_channels, num_convs):
        super().__init__()
        self.layers = nn.Sequential()
        for c in [in_channels] * (num_convs - 1) + [out_channels]:
            self.layers.append(nn.Conv2d(in_channels, c, 3, padding=1))
            self.layers.append(nn.ReLU(inplace=True))
            self.layers.append(nn.BatchNorm2d(c, eps=1e-3, momentum=0.01))
        self.unpool = nn.MaxUnpool2d(2)

    def forward(self, x, indices, size):
        return self.layers(self.unpool(x, indices, output_size=size))


def block(before, after):
    return [nn.Conv2d(before, after, 3, padding=1), nn.BatchNorm2d(after), nn.ReLU(True)]


class SegNet(nn.Module):
    def __init__(self, num_classes, width=64):
        super().__init__()
        plan, before = [], 3
        for channels in ([1, 1], [2, 2], [4, 4, 4], [8, 8, 8], [8, 8, 8]):
            plan.append([])
            for c in channels:
                plan[-1].append((before, c * width))
                before = c * width
        self.down = nn.ModuleList(
            nn.Sequential(*[layer for pair in stage for layer in block(*pair)]) for stage in plan
        )
        plan[0][0] = (num_classes, width)
        mirror = [[(b, a) for a, b in reversed(stage)] for stage in reversed(plan)]
        self.up = nn.ModuleList(
            nn.Sequential(*[layer for pair in stage for layer in block(*pair)]) for stage in mirror
        )
        self.up[-1] = self.up[-1][:-2]
        self.pool = nn.MaxPool2d(2, return_indices=True)
        self.unpool = nn.MaxUnpool2d(2)

    def forward(self, x):
        kept = []
        for stage in self.down:
            x, indices = self.pool(stage(x))
            kept.insert(0, indices)
        for stage, indices in zip(self.up, kept):
            x = stage(self.unpool(x, indices))
        return x
""",
    # Indices in another form: masks as large as the map, which keep an odd last row or column;
    # channels found at the first call; an autoencoder that folds pixels into channels.
    "torch-masks": """
import torch
from torch.nn import functional as F


def max_pool_with_indices(x):
    h, w = x.shape[2:]
    padded = F.pad(x, (0, w % 2, 0, h % 2), value=-torch.inf)
    cells = padded.unflatten(3, (-1, 2)).unflatten(2, (-1, 2)).transpose(3, 4).flatten(4)
    return cells.max(dim=4).values, F.one_hot(cells.argmax(dim=4), 4).bool()


def max_unpool(pooled, indices, size):
    cells = torch.where(indices, pooled[..., None], 0).unflatten(4, (2, 2))
    x = cells.transpose(3, 4).flatten(4, 5).flatten(2, 3)
    return x[:, :, : size[0], : size[1]]


class Autoencoder(nn.Module):
    def __init__(self, channels=3, width=16):
        super().__init__()
        self.encoder = nn.Sequential(
            nn.PixelUnshuffle(4), nn.LazyConv2d(width, 3, padding=1), nn.GELU(),
            nn.PixelUnshuffle(4), nn.LazyConv2d(2 * width, 3, padding=1), nn.Tanh(),
        )
        self.decoder = nn.Sequential(
            nn.LazyConv2d(16 * width, 3, padding=1), nn.PixelShuffle(4), nn.GELU(),
            nn.LazyConv2d(16 * channels, 3, padding=1), nn.PixelShuffle(4),
        )

    def forward(self, x):
        return self.decoder(self.encoder(x))


def convs(channels):
    layers = []
    for c in channels:
        layers += [nn.LazyConv2d(c, 3, padding=1), nn.LazyBatchNorm2d(), nn.ReLU()]
    return nn.Sequential(*layers)


class Down(nn.Module):
    def __init__(self, channels):
        super().__init__()
        self.convs = convs(channels)

    def forward(self, x):
        return max_pool_with_indices(self.convs(x))


class Up(nn.Module):
    def __init__(self, channels):
        super().__init__()
        self.convs = convs(channels)

    def forward(self, x, indices, size):
        return self.convs(max_unpool(x, indices, size))


def encoder_stage(in_channels, out_channels, num_convs):
    return Down([out_channels] * num_convs)


def decoder_stage(in_channels, out_channels, num_convs):
    return Up([in_channels] * (num_convs - 1) + [out_channels])


class SegNet(nn.Module):
    def __init__(self, num_classes, width=64):
        super().__init__()
        plan = [(3, 1, 2), (1, 2, 2), (2, 4, 3), (4, 8, 3), (8, 8, 3)]
        for number, (a, b, n) in enumerate(plan):
            self.add_module(f"down{number}", encoder_stage(a * width, b * width, n))
            up = decoder_stage(b * width, a * width, n) if number else Up([width])
            self.add_module(f"up{number}", up)
        self.classifier = nn.Conv2d(width, num_classes, 3, padding=1, bias=False)

    def forward(self, x):
        def through(x, number):
            if number == 5:
                return x
            pooled, indices = self.get_submodule(f"down{number}")(x)
            below = through(pooled, number + 1)
            return self.get_submodule(f"up{number}")(below, indices, x.shape[2:])

        return self.classifier(through(x, 0))
""",
    # Subclasses of `keras.Model`; indices that count within an image; in the decoder's stage the
    # ReLU comes before the norm.
    "tensorflow-subclass": """
def max_pool_with_indices(x):
    return tf.nn.max_pool_with_argmax(x, 2, 2, "VALID")


def max_unpool(pooled, indices, size):
    H, W = size
    C = pooled.shape[-1]

    def one(values, places):
        values, places = (tf.reshape(part, (-1,)) for part in (values, places))
        return tf.reshape(tf.scatter_nd(places[:, None], values, [H * W * C]), [H, W, C])

    indices = tf.cast(indices, tf.int32)
    images = zip(tf.unstack(pooled), tf.unstack(indices), strict=True)
    return tf.stack([one(values, places) for values, places in images])


class Autoencoder(keras.Model):
    def __init__(self, channels=3, width=16):
        super().__init__()
        down, up = [], [layers.Conv2D(4 * width, 1)]
        for c in (width, 2 * width, 2 * width, 4 * width):
            down += [layers.Conv2D(c, 3, padding="same"), layers.BatchNormalization()]
            down += [layers.LeakyReLU(), layers.MaxPooling2D()]
        for c in (2 * width, 2 * width, width, channels):
            up += [layers.ELU(), layers.UpSampling2D(), layers.Conv2D(c, 3, padding="same")]
        self.first = keras.Sequential(down, name="encoder")
        self.second = keras.Sequential(up, name="decoder")

    def call(self, images, training=False):
        return self.second(self.first(images, training=training), training=training)


class encoder_stage(keras.Model):
    def __init__(self, out_channels, num_convs):
        super().__init__()
        self.steps = [layers.Conv2D(out_channels, 3, padding="same") for _ in range(num_convs)]
        self.norms = [layers.BatchNormalization(scale=False) for _ in range(num_convs)]

    def call(self, x, training=False):
        for conv, norm in zip(self.steps, self.norms):
            x = tf.nn.relu(norm(conv(x), training=training))
        pooled, indices = max_pool_with_indices(x)
        return [pooled, indices]


class decoder_stage(layers.Layer):
    def __init__(self, out_channels, num_convs):
        super().__init__()
        self.out_channels, self.num_convs = out_channels, num_convs

    def build(self, shape):
        self.steps = []
        for c in [shape[-1]] * (self.num_convs - 1) + [self.out_channels]:
            self.steps.append(layers.Conv2D(c, 3, padding="same", activation="relu"))
            self.steps.append(layers.BatchNormalization())

    def call(self, x, indices, size, training=False):
        x = max_unpool(x, indices, size)
        for layer in self.steps:
            x = layer(x, training=training) if "norm" in layer.name else layer(x)
        return x


class SegNet(keras.Model):
    def __init__(self, num_classes, width=64):
        super().__init__()
        self.down = [encoder_stage(c * width, n) for c, n in zip((1, 2, 4, 8, 8), (2, 2, 3, 3, 3))]
        self.up = []
        for channels in ([8, 8, 8], [8, 8, 4], [4, 4, 2], [2, 1], [1]):
            self.up.append([decoder_stage(channels[0] * width, 1)])
            for c in channels[1:]:
                conv = layers.Conv2D(c * width, 3, padding="same", use_bias=False)
                self.up[-1].append((conv, layers.BatchNormalization()))
        self.flat = [layer for stage in self.up for pair in stage[1:] for layer in pair]
        self.firsts = [stage[0] for stage in self.up]
        self.last = layers.Conv2D(num_classes, 3, padding="same")

    def call(self, x, training=None):
        kept = []
        for stage in self.down:
            size = x.shape[1:3]
            x, indices = stage(x, training=training)
            kept.append((indices, size))
        for first, *others in self.up:
            indices, size = kept.pop()
            x = first(x, indices, size=size, training=training)
            for conv, norm in others:
                x = tf.nn.relu(norm(conv(x), training=training))
        return self.last(x)
""",
    # Functional models, with layers for the pooling and the unpooling only.
    "tensorflow-functional": """
def Autoencoder(channels=3, width=16):
    image = x = layers.Input((None, None, channels))
    for c in (width, width, 2 * width, 2 * width):
        x = layers.Conv2D(c, 5, strides=2, padding="same", activation="tanh")(x)
    encoder = keras.Model(image, x, name="encoder")
    code = x = layers.Input((None, None, 2 * width))
    for c in (2 * width, width, width):
        x = layers.Conv2DTranspose(c, 2, strides=2, activation="relu")(x)
    decoder = keras.Model(code, layers.Conv2DTranspose(channels, 2, strides=2)(x), name="decoder")
    return keras.Model(image, decoder(encoder(image)))


def convs(x, channels):
    for c in channels:
        x = layers.Conv2D(c, 3, padding="same", kernel_initializer="he_normal")(x)
        x = layers.Activation("relu")(layers.BatchNormalization()(x))
    return x


class Pool(layers.Layer):
    def call(self, x):
        return max_pool_with_indices(x)


class Unpool(layers.Layer):
    def call(self, x, indices, like):
        return max_unpool(x, indices, tf.shape(like)[1:3])


class Stage(layers.Layer):
    def __init__(self, channels, num_convs):
        super().__init__()
        self.channels, self.num_convs = channels, num_convs

    def build(self, shape):
        x = layers.Input((None, None, shape[-1]))
        inside = (self.num_convs - 1) * [self.inner(shape)] + [self.channels]
        self.net = keras.Model(x, convs(x, inside))
        self.built = True


class Down(Stage):
    def inner(self, shape):
        return self.channels

    def call(self, x):
        return max_pool_with_indices(self.net(x))


class Up(Stage):
    def inner(self, shape):
        return shape[-1]

    def call(self, x, indices, size=None):
        return self.net(max_unpool(x, indices, size))


def encoder_stage(out_channels, num_convs):
    return Down(out_channels, num_convs)


def decoder_stage(out_channels, num_convs):
    return Up(out_channels, num_convs)


def SegNet(num_classes, width=64):
    image = x = keras.Input((None, None, 3))
    kept = []
    for channels in ([1, 1], [2, 2], [4, 4, 4], [8, 8, 8], [8, 8, 8]):
        before = x
        x, indices = Pool()(convs(x, [c * width for c in channels]))
        kept.append((indices, before))
    for channels in ([8, 8, 8], [8, 8, 4], [4, 4, 2], [2, 1], [1]):
        x = convs(Unpool()(x, *kept.pop()), [c * width for c in channels])
    return keras.Model(image, layers.Conv2D(num_classes, 3, padding="same")(x))
""",
}


@pytest.mark.parametrize("name", ANSWERS)
def test_right_answers_in_another_style_pass(name: str) -> None:
    framework = name.partition("-")[0]
    grading = grader(TOPIC, framework, with_answer(TOPIC, framework, ANSWERS[name]))
    results = [grading.run(check) for check in grading.checks]
    wrong = [result for result in results if result.status != "passed"]
    assert not wrong, "\n\n".join(f"{result.name}\n{result.message}" for result in wrong)


CHEAP = {
    "torch": {
        "none": "return None",
        "number": "return 0.0",
        "layer": "return nn.Conv2d(3, 5, 1)",
        "function": "return lambda x, *others: (x, x)",
        "echo": "return nn.Identity()",
        "pooling": "return nn.MaxPool2d(2, return_indices=True)",
        "resized": """return nn.Sequential(
        nn.Upsample((32, 32)), nn.Conv2d(3, 5, 1), nn.Upsample((64, 96)))""",
    },
    "tensorflow": {
        "none": "return None",
        "number": "return 0.0",
        "layer": "return layers.Conv2D(5, 1)",
        "function": "return lambda x, *others, **options: (x, x)",
        "echo": "return keras.Sequential([keras.Input((None, None, 3)), layers.Identity()])",
        "pooling": "return layers.MaxPooling2D(2)",
        "resized": """return keras.Sequential([
        layers.Resizing(32, 32), layers.Conv2D(5, 1), layers.Resizing(64, 96)])""",
    },
}


@both_frameworks
@pytest.mark.parametrize("exercise", exercises(TOPIC))
def test_an_answer_without_thought_fails(framework: str, exercise: str) -> None:
    for name, code in CHEAP[framework].items():
        answer = f"def {exercise}(*arguments, **options):\n    {code}\n"
        text = with_answer(TOPIC, framework, answer)
        assert not passes(TOPIC, framework, text, exercise), name


CONSTANT = {
    "torch": {
        "Autoencoder": ("return self.decoder(self.encoder(x))", "return 0 * x"),
        "encoder_stage": (
            "return max_pool_with_indices(x)  #",
            "return max_pool_with_indices(0 * x)  #",
        ),
        "decoder_stage": ("return self.convs(x)  #", "return 0 * self.convs(x)  #"),
        "SegNet": ("return self.score(x)", "return 0 * self.score(x) + 1"),
    },
    "tensorflow": {
        "Autoencoder": ("decoder(encoder(image))", "0 * decoder(encoder(image))"),
        "encoder_stage": (
            "return max_pool_with_indices(x)  #",
            "return max_pool_with_indices(0 * x)  #",
        ),
        "decoder_stage": (
            "return self.convs(x, training=training)",
            "return 0 * self.convs(x, training=training)",
        ),
        "SegNet": ("return self.score(x)", "return 0 * self.score(x) + 1"),
    },
}


@both_frameworks
@pytest.mark.parametrize("exercise", exercises(TOPIC))
def test_right_layers_with_constant_output_fail(framework: str, exercise: str) -> None:
    reference = solution(TOPIC, framework)
    old, zero = CONSTANT[framework][exercise]
    assert reference.count(old) == 1
    for new in (zero, zero.replace("0 * ", "float('nan') * ")):
        assert not passes(TOPIC, framework, reference.replace(old, new), exercise), new


# The reference answer with something changed: the check that must fail, the framework, what is
# replaced by what.
FAULTS = [
    # The names are the variables', not the layers'.
    ("autoencoder_parts", "tensorflow", {'        name="encoder",\n': ""}),
    # The decoder remembers a map of the encoder.
    (
        "autoencoder_composition",
        "torch",
        {
            "nn.Conv2d(channels, width,": "Remembering(channels, width,",
            "        self.decoder = nn.Seq": """        first = self.encoder[0]
        self.decoder = nn.Seq""",
            "# No ReLU behind it": "Adding(first),\n            # No ReLU behind it",
            "class Autoencoder": """class Remembering(nn.Conv2d):
    def forward(self, x):
        self.kept = super().forward(x)
        return self.kept


class Adding(nn.Module):
    def __init__(self, first):
        super().__init__()
        self.get = lambda: first.kept

    def forward(self, x):
        return x + self.get()


class Autoencoder""",
        },
    ),
    # The decoder does not look at the code.
    (
        "autoencoder_gradients",
        "tensorflow",
        {"layers.ReLU(),\n            _double(4": "layers.Rescaling(0.0),\n            _double(4"},
    ),
    # Values are dropped in inference mode.
    (
        "autoencoder_batch",
        "torch",
        {"self.decoder(self.encoder(x))": "self.decoder(nn.functional.dropout(self.encoder(x)))"},
    ),
    # The whole batch is scaled together.
    (
        "autoencoder_batch",
        "tensorflow",
        {
            "decoder(encoder(image))": "decoder(Scaled()(encoder(image)))",
            "def Autoencoder": """class Scaled(layers.Layer):
    def call(self, x):
        return x / tf.math.reduce_std(x)


def Autoencoder""",
        },
    ),
    (
        "autoencoder_sizes",
        "torch",
        {"        return self.dec": "        assert x.shape[2] >= 32\n        return self.dec"},
    ),
    # Only the encoder is linear, or only the decoder.
    (
        "autoencoder_activations",
        "tensorflow",
        {
            '_halve(channels: int, activation: str | None = "relu"': "_halve(channels, activation="
            "None"
        },
    ),
    (
        "autoencoder_activations",
        "torch",
        {
            '\n    def forward(self, x: Tensor) -> Tensor:\n        """Rebuild': """
        convs = [layer for layer in self.decoder if not isinstance(layer, nn.ReLU)]
        self.decoder = nn.Sequential(*convs)

    def forward(self, x: Tensor) -> Tensor:
        \"""Rebuild""",
        },
    ),
    # One layer is called several times.
    (
        "encoder_stage_layers",
        "tensorflow",
        {
            "for _ in range(num_convs)]\n": """for _ in range(1)]
        self.other = keras.Sequential(_conv_norm_relu(out_channels))
        self.times = num_convs - 1
""",
            "x = self.convs(x, training=training)": """x = self.convs(x, training=training)
        for _ in range(self.times):
            x = self.other(x, training=training)""",
        },
    ),
    # The places are those of the map after the first convolution.
    (
        "encoder_stage_indices",
        "torch",
        {
            "x = self.convs(x)": "first, x = self.convs[0](x), self.convs(x)",
            "return max_pool_with_indices(x)": """return (
            max_pool_with_indices(x)[0], max_pool_with_indices(first)[1]
        )""",
        },
    ),
    ("encoder_stage_gradients", "torch", {"x = self.convs(x)": "x = self.convs(x).detach()"}),
    # An odd row is dropped before the convolutions.
    (
        "encoder_stage_odd",
        "torch",
        {"x = self.convs(x)": "x = self.convs(x[:, :, : x.shape[2] // 2 * 2])"},
    ),
    # The columns are forgotten, the rows are not.
    (
        "decoder_stage_moved_peak",
        "torch",
        {"max_unpool(x, indices, size)": "max_unpool(x, indices // 2 * 2, size)"},
    ),
    # All channels get the places of the first one, or all images those of the first one.
    (
        "decoder_stage_values",
        "torch",
        {"max_unpool(x, indices, size)": "max_unpool(x, indices[:, :1].expand_as(x), size)"},
    ),
    (
        "decoder_stage_values",
        "torch",
        {"max_unpool(x, indices, size)": "max_unpool(x, indices[:1].expand_as(x), size)"},
    ),
    (
        "decoder_stage_gradients",
        "torch",
        {"return self.convs(x)": "return self.convs(x).detach()"},
    ),
    # The decoder's first stage has the weights of the encoder's last one.
    (
        "segnet_layers",
        "torch",
        {
            "        self.score = ": "        self.decoder[0].convs = self.encoder[4].convs\n"
            "        self.score = "
        },
    ),
    # Layers in a plain list are not found.
    ("segnet_layers", "torch", {"self.decoder = nn.ModuleList(": "self.decoder = list("}),
    # The image is brought to one size first.
    (
        "segnet_by_hand",
        "tensorflow",
        {
            "        places = []": "        whole, x = x, tf.image.resize(x, (32, 32))\n"
            "        places = []",
            "return self.score(x)": "return tf.image.resize(self.score(x), tf.shape(whole)[1:3])",
        },
    ),
    # The last stage copies values to all of the cell; the others use their indices.
    (
        "segnet_moved_peak",
        "torch",
        {
            "            x = stage(x, *places.pop())": """            indices, size = places.pop()
            if places:
                x = stage(x, indices, size)
            else:
                x = stage.convs(x.repeat_interleave(2, 2).repeat_interleave(2, 3))"""
        },
    ),
    # The decoder's batch norms use the batch, in inference mode, too.
    ("segnet_modes", "tensorflow", {"size=size, training=training)": "size=size, training=True)"}),
    (
        "segnet_sizes",
        "torch",
        {"        places = []": "        assert x.shape[2] >= 64\n        places = []"},
    ),
]


@pytest.mark.parametrize(("check", "framework", "changes"), FAULTS)
def test_a_fault_is_found(check: str, framework: str, changes: dict[str, str]) -> None:
    text = solution(TOPIC, framework)
    for old, new in changes.items():
        assert text.count(old) == 1, old
        text = text.replace(old, new)
    result = run_check(TOPIC, framework, text, check)
    assert result.status == "failed"


# The same, where SegNet has layers of its own: a stage with a fault would be replaced.
FAULTS_OF_LAYERS = [
    # A batch norm stays behind the scores.
    ("segnet_layers", {"self.up[-1] = self.up[-1][:-2]": "self.up[-1] = self.up[-1][:-1]"}),
    ("segnet_relu", {", nn.ReLU(True)]": ", nn.Identity()]"}),
    # The statistics are those of the batch, in inference mode, too.
    (
        "segnet_modes",
        {"Norm2d(after), nn.ReLU": "Norm2d(after, track_running_stats=False), nn.ReLU"},
    ),
]


@pytest.mark.parametrize(("check", "changes"), FAULTS_OF_LAYERS)
def test_a_fault_in_layers_of_its_own_is_found(check: str, changes: dict[str, str]) -> None:
    code = ANSWERS["torch-classes"]
    for old, new in changes.items():
        assert code.count(old) == 1, old
        code = code.replace(old, new)
    result = run_check(TOPIC, "torch", with_answer(TOPIC, "torch", code), check)
    assert result.status == "failed"


def test_every_check_is_seen_to_fail() -> None:
    seen = {check for check, *_rest in (*FAULTS, *FAULTS_OF_LAYERS)}
    seen |= {mistake.check for _framework, mistake in mistakes(TOPIC)}
    assert {check.name for check in checks(TOPIC, "torch")} <= seen


# --- The machinery that this lesson needs -----------------------------------------------------


@both_frameworks
def test_a_wrong_stage_costs_its_own_points_only(framework: str) -> None:
    """A SegNet that uses it is then graded with the reference answer's stage."""
    code = "def encoder_stage(*arguments, **options):\n    return None\n"
    text = with_answer(TOPIC, framework, code)
    assert not passes(TOPIC, framework, text, "encoder_stage")
    assert run_check(TOPIC, framework, text, "segnet_by_hand").status == "passed"


GIVEN = {
    "torch": "from .upsampling_torch import max_pool_with_indices, max_unpool\n",
    "tensorflow": "from .upsampling_tensorflow import max_pool_with_indices, max_unpool\n",
}


@both_frameworks
def test_who_does_without_the_given_functions_is_graded_with_them(framework: str) -> None:
    text = solution(TOPIC, framework)
    assert text.count(GIVEN[framework]) == 1
    pools = {
        "torch": "nn.functional.max_pool2d(x, 2, return_indices=True)",
        "tensorflow": "tf.nn.max_pool_with_argmax(x, 2, 2, 'VALID', include_batch_in_index=True)",
    }
    text = text.replace(GIVEN[framework], "").replace("max_pool_with_indices(x)", pools[framework])
    grading = grader(TOPIC, framework, text)
    (check,) = (check for check in grading.checks if check.name == "encoder_stage_indices")
    assert grading.run(check).status == "passed"


@both_frameworks
def test_feedback_quotes_the_call_of_a_stage(framework: str) -> None:
    text = solution(TOPIC, framework).replace(
        "max_unpool(x, indices, size)", "max_unpool(x, indices, size[::-1])"
    )
    result = run_check(TOPIC, framework, text, "decoder_stage_form")
    made = {
        "torch": "decoder_stage(in_channels=4, out_channels=3, num_convs=2)",
        "tensorflow": "decoder_stage(out_channels=3, num_convs=2)",
    }
    assert f"{made[framework]}(x, indices=…, size=(8, 12))" in result.message


@both_frameworks
def test_feedback_names_the_part_that_is_missing(framework: str) -> None:
    reference = solution(TOPIC, framework)
    text = {
        "torch": reference.replace("self.decoder = nn.S", "self.up = nn.S").replace(
            "self.decoder(self.enc", "self.up(self.enc"
        ),
        "tensorflow": reference.replace('name="decoder"', 'name="up"'),
    }[framework]
    result = run_check(TOPIC, framework, text, "autoencoder_parts")
    assert result.message.startswith("The network has no part named `decoder`.")


@both_frameworks
def test_feedback_lists_the_convolutions(framework: str) -> None:
    reference = solution(TOPIC, framework)
    old = {
        "torch": "decoder_stage(8 * width, 8 * width, num_convs=3)",
        "tensorflow": "decoder_stage(8 * width, num_convs=3)",
    }[framework]
    assert reference.count(old) == 1
    text = reference.replace(old, old.replace("=3", "=2"))
    result = run_check(TOPIC, framework, text, "segnet_layers")
    expected, _got, got = result.message.partition("Got:")
    assert "10 × (3×3: 24 → 24)" in expected
    assert "9 × (3×3: 24 → 24)" in got
