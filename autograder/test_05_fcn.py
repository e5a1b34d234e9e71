"""Checks of lesson 5: fully convolutional networks.

Initial weights are the learner's own affair. Checks give a network known weights, by the shapes of
its kernels and by the names of its scoring layers, and leave the upsampling layers as they are.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from pixelwise.grading.checks import check
from pixelwise.grading.failure import Shown
from pixelwise.grading.learner import Answer, Learner, Network
from pixelwise.grading.smoke import require_learning
from pixelwise.grading.values import Array, Dense, Kernel, Map, Tensor, kernel_list
from pixelwise.messages import _

WRONG_WITH_KNOWN_WEIGHTS = _("With weights that the grader has set, the output is wrong.")


def some_images(seed: int, count: int, height: int, width: int) -> Array:
    """Images (N, H, W, 3) of values of both signs."""
    return np.random.default_rng(seed).normal(size=(count, height, width, 3)).astype(np.float32)


def grey_images(seed: int, count: int, height: int, width: int) -> Array:
    """Images (N, H, W, 3) of positive values, three equal channels."""
    brightness = np.random.default_rng(seed).uniform(0.1, 2, (count, height, width, 1))
    return np.repeat(brightness, 3, axis=-1).astype(np.float32)


# --- fc_to_conv ------------------------------------------------------------------------------


def some_weight(seed: int, kernel_size: int, channels: int, outputs: int) -> Array:
    """Weights (k, k, C, out) of a fully connected layer that sees a map."""
    shape = (kernel_size, kernel_size, channels, outputs)
    return np.random.default_rng(seed).normal(size=shape).astype(np.float32)


@check(
    "fc_to_conv",
    tier="form",
    hint=_(
        "No weight is lost and none is new: C·k·k inputs become C channels of k × k cells. PyTorch "
        "keeps a kernel as (out, C, k, k), TensorFlow as (k, k, C, out)."
    ),
)
def test_fc_to_conv_form(learner: Learner) -> None:
    """The weight becomes a kernel with the axes of the framework's convolution, still float32."""
    answer = learner.call("fc_to_conv", Dense(some_weight(0, 3, 5, 4)), 3)
    answer.has(Kernel, (3, 3, 5, 4), "float32")


@check(
    "fc_to_conv",
    tier="values",
    hint=_(
        "The weights of one output lie in a row in the order in which the map was flattened: in "
        "PyTorch channel after channel, in TensorFlow cell after cell. Write the numbers 0 to 11 "
        "down in that order and see where each belongs."
    ),
)
def test_fc_to_conv_by_hand(learner: Learner) -> None:
    """The weights 0, 1, 2, … of a map of 2 x 2 cells and 3 channels all come to their place."""
    weight = np.arange(12).reshape(2, 2, 3, 1)
    if learner.framework == "torch":  # flattened as C, k, k
        weight = np.arange(12).reshape(3, 2, 2, 1).transpose(1, 2, 0, 3)
    learner.call("fc_to_conv", Dense(weight), 2).equals(Kernel(weight), atol=1e-6)


@check(
    "fc_to_conv",
    tier="properties",
    hint=_(
        "At one place, a convolution multiplies each cell of the map with the weight above it and "
        "adds up: what the fully connected layer did. So the weight of row i, column j and channel "
        "c has to stay the weight of exactly this input. Nothing is turned round, and rows are not "
        "exchanged with columns."
    ),
)
def test_fc_to_conv_values(learner: Learner) -> None:
    """On a map as large as the kernel, the convolution equals the fully connected layer."""
    weight = some_weight(1, 3, 4, 5)
    learner.call("fc_to_conv", Dense(weight), 3).equals(Kernel(weight), atol=1e-6)


@check(
    "fc_to_conv",
    tier="properties",
    hint=_(
        "VGG16's first fully connected layer sees a map of 7 × 7 cells, other networks' layers see "
        "other maps: the size is an argument."
    ),
)
def test_fc_to_conv_sizes(learner: Learner) -> None:
    """Any kernel size is possible, and any numbers of channels and outputs."""
    for kernel_size, channels, outputs in ((7, 2, 3), (5, 1, 2), (4, 3, 1)):
        weight = some_weight(kernel_size, kernel_size, channels, outputs)
        answer = learner.call("fc_to_conv", Dense(weight), kernel_size)
        answer.equals(Kernel(weight), atol=1e-6)


@check(
    "fc_to_conv",
    tier="edge",
    hint=_(
        "VGG16's second fully connected layer comes after the first and sees a single cell: its "
        "kernel is 1 × 1, and both axes of length 1 have to be there."
    ),
)
def test_fc_to_conv_one(learner: Learner) -> None:
    """With kernel size 1, the kernel holds the same numbers, with two axes of length 1."""
    weight = some_weight(2, 1, 6, 4)
    learner.call("fc_to_conv", Dense(weight), 1).equals(Kernel(weight), atol=1e-6)


# --- networks --------------------------------------------------------------------------------

NUM_CLASSES = 5
"""No kernel of an encoder of width 1 has as many channels, so upsampling kernels can be told."""

SCORES = {
    "FCN32s": ("score_fr",),
    "FCN16s": ("score_fr", "score_pool4"),
    "FCN8s": ("score_fr", "score_pool4", "score_pool3"),
}
"""The scoring layers of each network."""

STRIDE = {"score_fr": 32, "score_pool4": 16, "score_pool3": 8}
"""How many pixels of the image a cell of the scored map is wide."""

CHANNELS = {"score_fr": 64, "score_pool4": 8, "score_pool3": 4}
"""The channels of the scored map, as multiples of the width."""


@dataclass(frozen=True)
class Kernels:
    """The kernels of a network by name, (k, k, in, out), sorted by what they are for.

    Attributes:
        encoder: those of the encoder's convolutions.
        scores: those of scoring layers; the names are those of the layers, such as ``score_fr``.
        upsampling: those of transposed convolutions.
        names: the full name of each scoring layer's kernel.
        biases: the names and sizes of all that is a vector, without those of scoring layers.
        score_biases: the names of those.
    """

    encoder: dict[str, Array]
    scores: dict[str, Array]
    upsampling: dict[str, Array]
    names: dict[str, str]
    biases: dict[str, int]
    score_biases: tuple[str, ...]


def kernels_of(network: Network) -> Kernels:
    """The kernels of an encoder of width 1 or more, or of a network of `NUM_CLASSES` classes."""
    found = Kernels({}, {}, {}, {}, {}, ())
    score_biases = []
    for name, answer in network.weights().items():
        weight = answer.numpy(Kernel)
        score = next((part for part in name.split(".") if part in STRIDE), None)
        if weight.ndim != 4:
            if score:
                score_biases.append(name)
            elif weight.ndim == 1:
                found.biases[name] = weight.size
        elif score:
            found.scores[score] = weight
            found.names[score] = name
        elif set(weight.shape[2:]) in ({NUM_CLASSES}, {1, NUM_CLASSES}):
            found.upsampling[name] = weight
        else:
            found.encoder[name] = weight
    return Kernels(
        found.encoder,
        found.scores,
        found.upsampling,
        found.names,
        found.biases,
        tuple(score_biases),
    )


def _seeded(*numbers: int) -> np.random.Generator:
    return np.random.default_rng([8, *numbers])


def set_encoder(
    network: Network,
    make_kernel: Callable[[tuple[int, ...]], Array],
    make_bias: Callable[[int], Array] = np.zeros,
) -> None:
    """Give all convolutions of the encoder weights that depend on their shape alone.

    Then it does not matter in which order and under which names the learner made them.
    """
    kernels = kernels_of(network)
    # A vector with an entry for each class may be the bias of an upsampling layer.
    biases = {name: size for name, size in kernels.biases.items() if size != NUM_CLASSES}
    network.assign(
        {name: Kernel(make_kernel(kernel.shape)) for name, kernel in kernels.encoder.items()}
        | {name: Tensor(make_bias(size)) for name, size in biases.items()}
    )


def set_scores(network: Network, make_kernel: Callable[[str, tuple[int, ...]], Array]) -> None:
    """Give the scoring layers kernels that depend on their name and shape, and biases of zero."""
    kernels = kernels_of(network)
    network.assign(
        {
            kernels.names[layer]: Kernel(make_kernel(layer, kernel.shape))
            for layer, kernel in kernels.scores.items()
        }
        | {name: Tensor(np.zeros(NUM_CLASSES)) for name in kernels.score_biases}
    )


def centre_only(shape: tuple[int, ...]) -> Array:
    """A kernel that makes the mean of the channels at one place."""
    height, width, channels, _outputs = shape
    kernel = np.zeros(shape)
    kernel[height // 2, width // 2] = 1 / channels
    return kernel


def mean(shape: tuple[int, ...]) -> Array:
    """A kernel that makes the mean of all that it sees."""
    return np.full(shape, 1 / np.prod(shape[:3]))


def uneven_mean(shape: tuple[int, ...]) -> Array:
    """A kernel of positive weights that differ."""
    return _seeded(*shape).uniform(0.5, 1.5, shape) * mean(shape)


def pass_on(network: Network, scores: dict[str, Array] | None = None) -> None:
    """Let the encoder only pool: with a grey image every map is the largest brightness of a cell.

    Args:
        network: gets its weights set; upsampling layers stay as they are.
        scores: what each scoring layer makes of brightness 1; layers not given make 0.
    """
    given = scores or {}
    set_encoder(network, centre_only)
    set_scores(
        network, lambda layer, shape: centre_only(shape) * given.get(layer, np.zeros(NUM_CLASSES))
    )


def vgg16(width: int) -> list[tuple[int, int, int]]:
    """Kernel size, channels in and channels out of the encoder's 15 convolutions, in order."""
    channels = [3] + [width * multiple for multiple in (1, 1, 2, 2, 4, 4, 4, *6 * [8], 64, 64)]
    sizes = [*13 * [3], 7, 1]
    return list(zip(sizes, channels[:-1], channels[1:], strict=True))


def require_vgg16(network: Network, width: int) -> None:
    """Fail unless the encoder's convolutions are those of VGG16, biases included."""
    kernels = kernels_of(network)
    expected = vgg16(width)
    wanted = [(size, size, before, after) for size, before, after in expected]
    # In this order, whatever the order in which the layers were made; what is not wanted is last.
    got = sorted(
        (kernel.shape for kernel in kernels.encoder.values()),
        key=lambda shape: (wanted.index(shape) if shape in wanted else len(wanted), shape),
    )
    if got != wanted:
        network.fail(
            _("The convolutions of the encoder are not those of VGG16."),
            expected=Shown(words=kernel_list(wanted)),
            got=Shown(np.array(got).reshape(-1, 4), words=kernel_list(got)),
        )
    biases = sorted(size for size in kernels.biases.values() if size != NUM_CLASSES)
    if biases != sorted(after for _size, _before, after in expected):
        network.fail(
            _("Each of the 15 convolutions should have a bias, and nothing else a vector."),
            expected=Shown(words=str(sorted(after for _size, _before, after in expected))),
            got=Shown(np.array(biases), words=str(biases)),
        )


def require_gradients(network: Network, images: Array) -> None:
    """Fail unless every weight takes part in what comes out and can be trained."""
    set_encoder(network, mean)
    set_scores(network, lambda _layer, shape: np.full(shape, 0.5))
    gradients = network.weight_gradients(Map(images))
    moved = np.array([bool(np.any(gradient)) for gradient in gradients.values()])
    if not moved.all():
        still = [name for name, used in zip(gradients, moved, strict=True) if not used]
        network.fail(
            _("No gradient reaches some of the weights: training would never change them."),
            got=Shown(moved, words="\n".join(still)),
        )


def fails_by(
    network: Network, headline: object, expected: dict[str, bool], got: dict[str, bool]
) -> None:
    """Fail with what was found out about the network, unless it is as expected."""
    if got != expected:
        network.fail(
            headline,  # type: ignore[arg-type]
            expected=Shown(words="\n".join(f"{name}: {fact}" for name, fact in expected.items())),
            got=Shown(
                np.array(list(got.values())),
                words="\n".join(f"{name}: {fact}" for name, fact in got.items()),
            ),
        )


# --- VGG16Encoder ----------------------------------------------------------------------------

LEVELS = ((8, 4), (16, 8), (32, 64))
"""Stride and channels, as multiples of the width, of the maps of the encoder."""


def random_kernel(shape: tuple[int, ...]) -> Array:
    """A kernel that depends on its shape alone; signals stay as strong behind its ReLU."""
    scale = np.sqrt(2 / np.prod(shape[:3]))
    return _seeded(*shape).normal(scale=scale, size=shape).astype(np.float32)


def random_bias(size: int) -> Array:
    """A bias that depends on its size alone."""
    return _seeded(size).normal(scale=0.2, size=size).astype(np.float32)


def convolved(x: Array, kernel: Array, bias: Array) -> Array:
    """A convolution of (N, H, W, C) that keeps the size, and a ReLU."""
    size = len(kernel)
    margin = size // 2
    padded = np.pad(x, ((0, 0), (margin, margin), (margin, margin), (0, 0)))
    windows = np.lib.stride_tricks.sliding_window_view(padded, (size, size), axis=(1, 2))
    values: Array = np.einsum("nhwcij,ijco->nhwo", windows, kernel, optimize=True) + bias
    return np.maximum(values, 0)


def cell_maxima(x: Array, size: int) -> Array:
    """The largest value of each size × size cell of (N, H, W, C); sizes must divide."""
    images, height, width, channels = x.shape
    cells = x.reshape(images, height // size, size, width // size, size, channels)
    maxima: Array = cells.max(axis=(2, 4))
    return maxima


def encoded(images: Array, width: int) -> list[Array]:
    """pool3, pool4 and fc7 of VGG16 with the weights of `random_kernel` and `random_bias`."""
    x = images.astype(np.float64)
    maps = []
    for number, (size, before, after) in enumerate(vgg16(width), start=1):
        x = convolved(x, random_kernel((size, size, before, after)), random_bias(after))
        if number in (2, 4, 7, 10, 13):  # the last convolution of each stage
            x = cell_maxima(x, 2)
        if number in (7, 10, 15):
            maps.append(x)
    return maps


def maps_of(network: Network, images: Array, *, training: bool = False) -> list[Answer]:
    """The three maps, their shapes checked; the images' sizes must be multiples of 32."""
    count, height, width, _channels = images.shape
    maps = network(Map(images), training=training).parts(3)
    for found, (stride, _multiple) in zip(maps, LEVELS, strict=True):
        channels = found.numpy(Map).shape[-1]
        found.has(Map, (count, height // stride, width // stride, channels))
    return maps


@check(
    "VGG16Encoder",
    tier="form",
    hint=_(
        "Three maps come back, the finest first: what pool3 gives, what pool4 gives and what comes "
        "after fc7. If the channels differ, look where `width` comes in. If the sizes differ: each "
        "pooling halves them, and fc6 and fc7 keep them. How much padding does a kernel of 7 × 7 "
        "need for that?"
    ),
)
def test_encoder_form(learner: Learner) -> None:
    """Three maps come back: 1/8, 1/16 and 1/32 of the size; 4, 8 and 64 times `width` channels."""
    encoder = learner.build("VGG16Encoder", width=2)
    maps = encoder(Map(some_images(0, 2, 64, 96))).parts(3)
    for found, (stride, multiple) in zip(maps, LEVELS, strict=True):
        found.has(Map, (2, 64 // stride, 96 // stride, 2 * multiple), "float32")


@check(
    "VGG16Encoder",
    tier="form",
    hint=_(
        "VGG16 has 2, 2, 3, 3 and 3 convolutions of 3 × 3 in its five stages, with 1, 2, 4, 8 and "
        "8 times `width` channels, then one of 7 × 7 and one of 1 × 1 with 64 times `width`. If "
        "yours are fewer, was one layer made once and used several times? Each needs weights of "
        "its own."
    ),
)
def test_encoder_layers(learner: Learner) -> None:
    """It has the 15 convolutions of VGG16, each with its own weights, at any width."""
    for width in (1, 3):
        require_vgg16(learner.build("VGG16Encoder", width=width), width)


@check(
    "VGG16Encoder",
    tier="values",
    hint=_(
        "Here the grader's convolutions pass the brightness on, so only the pooling is left. Three "
        "poolings of 2 × 2, one after the other, give the largest value of 8 × 8 pixels. Not their "
        "mean, and not the map before it is pooled. If the numbers change from run to run, a "
        "dropout is active in inference mode."
    ),
)
def test_encoder_pooling(learner: Learner) -> None:
    """If convolutions pass a grey image on, a cell is the largest of 8×8, 16×16 or 32×32 pixels."""
    encoder = learner.build("VGG16Encoder", width=1)
    pass_on(encoder)
    images = grey_images(1, 1, 64, 96)
    for found, (stride, multiple) in zip(maps_of(encoder, images), LEVELS, strict=True):
        expected = cell_maxima(images[..., :1], stride)
        found.equals(
            Map(np.repeat(expected, multiple, axis=-1)),
            atol=1e-3,
            headline=WRONG_WITH_KNOWN_WEIGHTS,
        )


@check(
    "VGG16Encoder",
    tier="properties",
    hint=_(
        "A ReLU leaves nothing negative. One follows every convolution, also the last one of a "
        "stage, before the pooling, and those in place of the fully connected layers."
    ),
)
def test_encoder_relu(learner: Learner) -> None:
    """None of the maps has a negative value: a ReLU comes after every convolution."""
    encoder = learner.build("VGG16Encoder", width=2)
    set_encoder(encoder, random_kernel, random_bias)
    for found in maps_of(encoder, some_images(2, 2, 64, 96)):
        values = found.numpy(Map)
        if (values < 0).any():
            found.equals(
                Map(np.maximum(values, 0)), headline=_("The map has values that are negative.")
            )


@check(
    "VGG16Encoder",
    tier="properties",
    hint=_(
        "The grader computed the same network by hand: convolution, ReLU, and so on, a pooling at "
        "the end of each of the five stages. If the first map is right and a later one is wrong, "
        "the fault lies between them: a layer is skipped or used twice, a ReLU is missing."
    ),
)
def test_encoder_values(learner: Learner) -> None:
    """With random weights, the three maps are what VGG16 gives."""
    encoder = learner.build("VGG16Encoder", width=2)
    set_encoder(encoder, random_kernel, random_bias)
    images = some_images(3, 2, 64, 96)
    for found, expected in zip(maps_of(encoder, images), encoded(images, 2), strict=True):
        found.equals(Map(expected), atol=1e-3, headline=WRONG_WITH_KNOWN_WEIGHTS)


@check(
    "VGG16Encoder",
    tier="properties",
    hint=_(
        "Each of these weights belongs to a layer that is made but not used, that is frozen, or "
        "whose result nobody takes further. Follow an image through your network and tick the "
        "layers off."
    ),
)
def test_encoder_gradients(learner: Learner) -> None:
    """Every weight takes part in the result and gets a gradient."""
    encoder = learner.build("VGG16Encoder", width=1)
    require_gradients(encoder, grey_images(4, 1, 64, 96))


@check(
    "VGG16Encoder",
    tier="properties",
    hint=_(
        "A prediction has to be the same each time: in inference mode dropout lets everything "
        "pass. A dropout that is called as a function has to be told the mode, a layer knows it."
    ),
)
def test_encoder_inference(learner: Learner) -> None:
    """In inference mode there is no dropout: the same image gives the same maps."""
    encoder = learner.build("VGG16Encoder", width=2)
    images = Map(some_images(5, 1, 64, 96))
    set_encoder(encoder, random_kernel, random_bias)
    first, again = (encoder(images).parts(3) for _run in range(2))
    same = [np.array_equal(one.array, two.array) for one, two in zip(first, again, strict=True)]
    names = ("pool3", "pool4", "fc7")
    fails_by(
        encoder,
        _("In inference mode, two runs on the same image differ."),
        dict.fromkeys(names, True),
        dict(zip(names, same, strict=True)),
    )


@check(
    "VGG16Encoder",
    tier="properties",
    hint=_(
        "VGG16 drops values at random in two places, after the ReLU of fc6 and after that of fc7, "
        "and only there, so that it does not learn its training images by heart. What comes back "
        "as the third map is what the second dropout leaves."
    ),
)
def test_encoder_dropout(learner: Learner) -> None:
    """In training mode, dropout is active after each of the last two convolutions, only there."""
    encoder = learner.build("VGG16Encoder", width=1)
    set_encoder(encoder, uneven_mean)
    images = grey_images(6, 2, 64, 96)
    with_dropout = maps_of(encoder, images, training=True)
    without = maps_of(encoder, images)
    kept, fc7 = with_dropout[2].numpy(Map), without[2].numpy(Map)
    # All of fc7 is positive. Values that a single dropout keeps are all enlarged by one factor; if
    # values of fc6 were dropped too, each is a sum over others.
    both = (kept > 0) & (fc7 > 0)
    factors = kept[both] / fc7[both]
    fails_by(
        encoder,
        _("In training mode, dropout is not where it should be."),
        {"pool3": False, "pool4": False, "fc6": True, "fc7": True},
        {
            "pool3": not np.array_equal(with_dropout[0].array, without[0].array),
            "pool4": not np.array_equal(with_dropout[1].array, without[1].array),
            "fc6": bool(factors.size and np.ptp(factors) > 1e-3 * factors.max()),
            "fc7": bool((kept[fc7 > 0] == 0).any()),
        },
    )


@check(
    "VGG16Encoder",
    tier="edge",
    hint=_(
        "Images of any size come, and an odd size has to be halved as well: the pooling may round "
        "down or up. A size that is written into the network, as an input size or when "
        "reshaping, is what fails here."
    ),
)
def test_encoder_sizes(learner: Learner) -> None:
    """Sizes that are no multiple of 32 are rounded, down or up."""
    encoder = learner.build("VGG16Encoder", width=1)
    for height, width in ((70, 101), (33, 47), (32, 32)):
        maps = encoder(Map(some_images(7, 1, height, width))).parts(3)
        for found, (stride, multiple) in zip(maps, LEVELS, strict=True):
            got = found.numpy(Map).shape[1:3] if found.array.ndim == 4 else ()
            rounded = [
                found_size if found_size == size // stride else -(-size // stride)
                for found_size, size in zip(got, (height, width), strict=False)
            ]
            found.has(Map, (1, *rounded, multiple))


@check(
    "VGG16Encoder",
    tier="edge",
    hint=_(
        "If all weights of a kernel are equal, or zero, all its channels compute the same and get "
        "the same gradient: they never become different. Scoring layers may start at zero, because "
        "what comes before them differs; the encoder has to start at random."
    ),
)
def test_encoder_start(learner: Learner) -> None:
    """The kernels start with random numbers, not at zero."""
    encoder = learner.build("VGG16Encoder", width=2)
    random = {
        f"{kernel.shape[0]}×{kernel.shape[1]}: {kernel.shape[2]} → {kernel.shape[3]}": bool(
            np.ptp(kernel) > 0
        )
        for kernel in kernels_of(encoder).encoder.values()
    }
    fails_by(
        encoder,
        _("Some kernels start with the same number everywhere."),
        dict.fromkeys(random, True),
        random,
    )


# --- what all three networks have ------------------------------------------------------------

MARGIN = 48
"""So far from the border of the image, in pixels, nothing of what lies beside it is seen."""

CONSTANTS = {
    "score_fr": np.array([-8, 8, -1, 3, 0.5]),
    "score_pool4": np.array([2, -4, 5, 0.25, -1]),
    "score_pool3": np.array([-1, -2, 6, -7, 0.125]),
}
"""What scoring layers make of brightness 1 at each class."""

SLOPES = np.array([-1, 0.5, 2, -0.25, 1])
"""What a scoring layer makes of brightness 1 where places are compared."""


def build(learner: Learner, name: str) -> Network:
    """A network of `NUM_CLASSES` classes and width 1."""
    return learner.build(name, NUM_CLASSES, width=1)


def require_scores(network: Network, name: str) -> None:
    """Fail unless the network has its scoring layers and no other, each a 1×1 convolution."""
    kernels = kernels_of(network)
    wanted, got = list(SCORES[name]), sorted(kernels.scores, key=list(STRIDE).index)
    if wanted != got:
        network.fail(
            _(
                "The scoring layers are not those that are asked for. In Keras, a layer whose "
                "result is used nowhere is no part of the model."
            ),
            expected=Shown(words=", ".join(wanted)),
            got=Shown(np.array([layer in got for layer in STRIDE]), words=", ".join(got) or "–"),
        )
    for layer in wanted:
        expected = (1, 1, CHANNELS[layer], NUM_CLASSES)
        shape = kernels.scores[layer].shape
        if shape != expected:
            height, width, before, after = shape
            network.fail(
                _("The kernel of {layer} has the wrong shape.", layer=f"`{layer}`"),
                expected=Shown(words=f"1×1: {expected[2]} → {expected[3]}"),
                got=Shown(np.array(shape), words=f"{height}×{width}: {before} → {after}"),
            )


def require_inside(answer: Answer, expected: Array, atol: float = 1e-4) -> None:
    """Fail unless the logits are `expected`, (N, H, W, C), away from the border."""
    middle = np.broadcast_to(expected, answer.numpy(Map).shape)[:, MARGIN:-MARGIN, MARGIN:-MARGIN]
    answer.inside(MARGIN).equals(Map(middle), atol=atol, headline=WRONG_WITH_KNOWN_WEIGHTS)


def logits_of(network: Network, images: Array, *, training: bool = False) -> Answer:
    """The logits of a network with `NUM_CLASSES` classes, their size checked."""
    answer = network(Map(images), training=training)
    return answer.has(Map, (*images.shape[:3], NUM_CLASSES))


def require_size(learner: Learner, name: str) -> None:
    """Fail unless the logits are as large as the images, and floats."""
    network = build(learner, name)
    answer = network(Map(some_images(10, 2, 64, 96)))
    answer.has(Map, (2, 64, 96, NUM_CLASSES), "float32")


def require_constants(learner: Learner, name: str) -> None:
    """Fail unless the logits of an even image are the sum of the scores."""
    network = build(learner, name)
    require_scores(network, name)
    pass_on(network, CONSTANTS)
    answer = logits_of(network, np.ones((1, 128, 160, 3)))
    total = np.sum([CONSTANTS[layer] for layer in SCORES[name]], axis=0)
    require_inside(answer, total, atol=1e-3)


def slopes(height: int, width: int) -> tuple[Array, Array]:
    """Two grey images that become brighter evenly, in opposite directions, and that brightness.

    From pixel to pixel it changes by 1 to the right or left and by 2 downwards or upwards.
    """
    rising = np.arange(width) + 2.0 * np.arange(height)[:, None]
    brightness = np.stack([rising, rising.max() - rising])[..., None] / 32
    return np.repeat(brightness, 3, axis=-1), brightness


def require_place(learner: Learner, name: str, layer: str) -> None:
    """Fail unless the scores of `layer`, all others being 0, are enlarged bilinearly, in place.

    The largest brightness of a cell is at one of its corners, so it is that of the cell's middle
    and half a cell more: for the image that rises and for the one that falls. A shift of the
    logits would raise one and lower the other. Less than half a cell is tolerated, because kernels
    of odd size have no middle between two pixels.
    """
    network = build(learner, name)
    require_scores(network, name)
    pass_on(network, {layer: SLOPES})
    images, brightness = slopes(160, 192)
    answer = logits_of(network, images)
    stride = STRIDE[layer]
    expected = (brightness + 3 * (stride - 1) / 2 / 32) * SLOPES

    middle = np.s_[MARGIN:-MARGIN, MARGIN:-MARGIN]
    off = [(answer.numpy(Map)[i] - expected[i])[middle] / SLOPES for i in (0, 1)]
    shift = float(np.median(off[0]) - np.median(off[1])) / 2
    if abs(shift) < 3 * 0.45 * stride / 32:
        expected = expected + np.array([shift, -shift])[:, None, None, None] * SLOPES
    require_inside(answer, expected, atol=0.01)


def require_encoder(learner: Learner, name: str) -> None:
    """Fail unless the network holds VGG16's convolutions."""
    require_vgg16(build(learner, name), 1)


def require_upsampling(learner: Learner, name: str) -> None:
    """Fail unless there is a transposed convolution for each enlargement."""
    network = build(learner, name)
    needed, found = len(SCORES[name]), kernels_of(network).upsampling
    if len(found) < needed:
        network.fail(
            _("There are too few transposed convolutions from classes to classes."),
            expected=Shown(words=f"≥ {needed}"),
            got=Shown(np.array(len(found)), words=str(len(found))),
        )


def require_trainable(learner: Learner, name: str) -> None:
    """Fail unless every weight gets a gradient."""
    require_gradients(build(learner, name), grey_images(11, 1, 64, 96))


def require_dropout(learner: Learner, name: str) -> None:
    """Fail unless two runs differ in training mode, and only there."""
    network = build(learner, name)
    require_scores(network, name)
    set_encoder(network, uneven_mean)
    set_scores(network, lambda _layer, shape: random_kernel(shape))
    images = grey_images(12, 1, 64, 96)
    differ = {}
    for mode, training in (("inference", False), ("training", True)):
        one, two = (logits_of(network, images, training=training) for _run in range(2))
        differ[mode] = not np.array_equal(one.array, two.array)
    fails_by(
        network,
        _("Two runs on the same image must differ in training mode and agree in inference mode."),
        {"inference": False, "training": True},
        differ,
    )


def require_sizes(learner: Learner, name: str) -> None:
    """Fail unless logits are as large as images of sizes that are no multiples of 32."""
    network = learner.build(name, 2, width=2)
    for height, width in ((45, 70), (33, 32), (32, 32), (70, 101)):
        images = Map(some_images(13, 1, height, width))
        network(images).has(Map, (1, height, width, 2))


def require_rough_place(learner: Learner, name: str) -> None:
    """Fail unless the logits of an image of odd size lie above it, within one coarse cell."""
    network = build(learner, name)
    require_scores(network, name)
    pass_on(network, dict.fromkeys(SCORES[name], SLOPES / len(SCORES[name])))
    images, brightness = slopes(167, 187)
    answer = logits_of(network, images)
    mean_stride = np.mean([STRIDE[layer] for layer in SCORES[name]])
    expected = (brightness + 3 * (mean_stride - 1) / 2 / 32) * SLOPES
    got = answer.numpy(Map)
    near = np.abs(got - expected) < 3 * np.abs(SLOPES)
    require_inside(answer, np.where(near, got, expected))


# --- FCN32s ----------------------------------------------------------------------------------


@check(
    "FCN32s",
    tier="form",
    hint=_(
        "The map of scores is 32 times smaller than the image, in height and in width. One step "
        "has to bring them back, and what comes out has one map for each class, `num_classes` of "
        "them. If height and width are exchanged, look at the place where you cut."
    ),
)
def test_fcn32s_form(learner: Learner) -> None:
    """The logits are float32, as high and as wide as the images, one map a class."""
    require_size(learner, "FCN32s")


@check(
    "FCN32s",
    tier="form",
    hint=_(
        "The scoring layer is a 1 × 1 convolution from the channels of fc7 to the classes, and it "
        "is found by its name, `score_fr`: in PyTorch the attribute, in TensorFlow the layer's "
        "`name`. Layers that this network does not use do not belong in it."
    ),
)
def test_fcn32s_scores(learner: Learner) -> None:
    """The one scoring layer is named `score_fr`, a 1×1 convolution from fc7 to the classes."""
    require_scores(build(learner, "FCN32s"), "FCN32s")


@check(
    "FCN32s",
    tier="values",
    hint=_(
        "An even image with the score -8 at every cell has the logit -8 at every pixel inside. If "
        "the negative ones are 0, a ReLU has cut them off; if those of a pixel add up to 1, a "
        "softmax is in the network, and the loss applies it once more. If all are off by a "
        "factor, does the upsampling layer start as bilinear interpolation?"
    ),
)
def test_fcn32s_by_hand(learner: Learner) -> None:
    """Where all cells have the same score, of either sign, so has every pixel inside."""
    require_constants(learner, "FCN32s")


@check(
    "FCN32s",
    tier="values",
    hint=_(
        "Here the image becomes brighter evenly, and the logits must change as evenly. Steps of 32 "
        "pixels mean that cells were only copied; the right slope in the wrong place means that "
        "too much was cut off on one side; anything else, that the upsampling layer does not start "
        "as bilinear interpolation."
    ),
)
def test_fcn32s_bilinear(learner: Learner) -> None:
    """In the beginning, the scores are enlarged bilinearly, and each stays above its cell."""
    require_place(learner, "FCN32s", "score_fr")


@check(
    "FCN32s",
    tier="properties",
    hint=_(
        "FCN-32s is the whole of VGG16 with a scoring layer on top. The easiest way is to use your "
        "`VGG16Encoder`, with the `width` that is asked for."
    ),
)
def test_fcn32s_encoder(learner: Learner) -> None:
    """Besides the scoring layers, the network has the 15 convolutions of VGG16 and no others."""
    require_encoder(learner, "FCN32s")


@check(
    "FCN32s",
    tier="properties",
    hint=_(
        "Resizing has nothing to learn. The upsampling layer is a transposed convolution: it "
        "starts as bilinear interpolation, and training may turn it into something better."
    ),
)
def test_fcn32s_upsampling(learner: Learner) -> None:
    """The scores are enlarged by a transposed convolution, from classes to classes."""
    require_upsampling(learner, "FCN32s")


@check(
    "FCN32s",
    tier="properties",
    hint=_(
        "Each of these weights belongs to a layer that is not used, that is frozen, or that is cut "
        "off from the loss. The upsampling layer only starts as bilinear interpolation; after that "
        "it learns like all others."
    ),
)
def test_fcn32s_gradients(learner: Learner) -> None:
    """Every weight gets a gradient, those of the encoder and of the upsampling layer, too."""
    require_trainable(learner, "FCN32s")


@check(
    "FCN32s",
    tier="properties",
    hint=_(
        "The encoder's dropout has to know the mode of the whole network. Was the encoder switched "
        "to one mode for good when it was called or built?"
    ),
)
def test_fcn32s_dropout(learner: Learner) -> None:
    """Dropout is active in training mode, and only there."""
    require_dropout(learner, "FCN32s")


@check(
    "FCN32s",
    tier="edge",
    hint=_(
        "Where the size is no multiple of 32, the pooling has rounded, and 32 times the rounded "
        "size is not the size of the image. Compare the sizes: cut off what is too much, or pad "
        "what is missing."
    ),
)
def test_fcn32s_sizes(learner: Learner) -> None:
    """The logits are as large as the image, whatever its size from 32 up and with two classes."""
    require_sizes(learner, "FCN32s")


@check(
    "FCN32s",
    tier="edge",
    hint=_(
        "What is too large is cut, so that what remains stays above its part of the image. The "
        "logits here belong to another part, more than 32 pixels away."
    ),
)
def test_fcn32s_place(learner: Learner) -> None:
    """At any size, each logit belongs to its own part of the image."""
    require_rough_place(learner, "FCN32s")


# --- FCN16s ----------------------------------------------------------------------------------


@check(
    "FCN16s",
    tier="form",
    hint=_(
        "Two steps bring the scores back: by 2 to the size of pool4, and by 16 to that of the "
        "image. Each class has its map at every step."
    ),
)
def test_fcn16s_form(learner: Learner) -> None:
    """The logits are float32, as high and as wide as the images, one map a class."""
    require_size(learner, "FCN16s")


@check(
    "FCN16s",
    tier="form",
    hint=_(
        "Two maps are scored, fc7 by `score_fr` and pool4 by `score_pool4`, both by a 1 × 1 "
        "convolution to the classes. The names are attributes in PyTorch and the layers' `name` in "
        "TensorFlow."
    ),
)
def test_fcn16s_scores(learner: Learner) -> None:
    """The scoring layers are named `score_fr` and `score_pool4`, both 1×1 convolutions."""
    require_scores(build(learner, "FCN16s"), "FCN16s")


@check(
    "FCN16s",
    tier="values",
    hint=_(
        "In an even image, the logit of a class is its score on fc7 plus its score on pool4: "
        "nothing is multiplied, averaged or joined. Negative scores have to stay negative, so no "
        "ReLU; and the loss wants logits, so no softmax."
    ),
)
def test_fcn16s_by_hand(learner: Learner) -> None:
    """Where all cells have the same scores, the logits are the plain sum of both scores."""
    require_constants(learner, "FCN16s")


@check(
    "FCN16s",
    tier="values",
    hint=_(
        "Only `score_fr` is different from zero here, and the image becomes brighter evenly: "
        "the logits must change as evenly. Steps mean that cells were copied; the right slope in "
        "the wrong place means that one side was cut too much. Look at each of the two "
        "enlargements by itself."
    ),
)
def test_fcn16s_bilinear(learner: Learner) -> None:
    """In the beginning, fc7's scores are enlarged bilinearly, and each stays above its cell."""
    require_place(learner, "FCN16s", "score_fr")


@check(
    "FCN16s",
    tier="properties",
    hint=_(
        "Now only `score_pool4` is different from zero. If the logits are zero, the skip is not "
        "there; if they are too small or too large, it is scaled; if they are shifted, look at the "
        "last enlargement."
    ),
)
def test_fcn16s_skip_pool4(learner: Learner) -> None:
    """The scores of pool4 are added unscaled, in their place, and enlarged bilinearly."""
    require_place(learner, "FCN16s", "score_pool4")


@check(
    "FCN16s",
    tier="properties",
    hint=_("FCN-16s has the encoder of FCN-32s, all of it: a skip adds a path, it replaces none."),
)
def test_fcn16s_encoder(learner: Learner) -> None:
    """Besides the scoring layers, the network has the 15 convolutions of VGG16 and no others."""
    require_encoder(learner, "FCN16s")


@check(
    "FCN16s",
    tier="properties",
    hint=_(
        "There are two enlargements, by 2 and by 16, and each is a transposed convolution with "
        "weights of its own: resizing has nothing to learn."
    ),
)
def test_fcn16s_upsampling(learner: Learner) -> None:
    """Scores are enlarged by two transposed convolutions, from classes to classes."""
    require_upsampling(learner, "FCN16s")


@check(
    "FCN16s",
    tier="properties",
    hint=_(
        "Each of these weights belongs to a layer that is not used, that is frozen, or that is cut "
        "off from the loss. Follow both paths, from fc7 and from pool4, back from the logits."
    ),
)
def test_fcn16s_gradients(learner: Learner) -> None:
    """Every weight gets a gradient."""
    require_trainable(learner, "FCN16s")


@check(
    "FCN16s",
    tier="properties",
    hint=_(
        "The encoder's dropout has to know the mode of the whole network. Was the encoder switched "
        "to one mode for good when it was called or built?"
    ),
)
def test_fcn16s_dropout(learner: Learner) -> None:
    """Dropout is active in training mode, and only there."""
    require_dropout(learner, "FCN16s")


@check(
    "FCN16s",
    tier="edge",
    hint=_(
        "Rounded sizes do not meet: 33 pixels make 3 cells of pool4 if sizes are rounded up, but "
        "twice fc7's 2 cells are 4. Bring the maps to one size before they are added, and the "
        "result to that of the image."
    ),
)
def test_fcn16s_sizes(learner: Learner) -> None:
    """The logits are as large as the image, whatever its size from 32 up and with two classes."""
    require_sizes(learner, "FCN16s")


@check(
    "FCN16s",
    tier="edge",
    hint=_(
        "Both scores have to lie above their part of the image before they are added. The logits "
        "here belong to another part, more than 32 pixels away."
    ),
)
def test_fcn16s_place(learner: Learner) -> None:
    """At any size, each logit belongs to its own part of the image."""
    require_rough_place(learner, "FCN16s")


# --- FCN8s -----------------------------------------------------------------------------------


@check(
    "FCN8s",
    tier="form",
    hint=_(
        "Three steps bring the scores back: by 2 to the size of pool4, by 2 to that of pool3, by 8 "
        "to that of the image. Each class has its map at every step."
    ),
)
def test_fcn8s_form(learner: Learner) -> None:
    """The logits are float32, as high and as wide as the images, one map a class."""
    require_size(learner, "FCN8s")


@check(
    "FCN8s",
    tier="form",
    hint=_(
        "Three maps are scored: fc7 by `score_fr`, pool4 by `score_pool4`, pool3 by `score_pool3`, "
        "each by a 1 × 1 convolution to the classes. The names are attributes in PyTorch and the "
        "layers' `name` in TensorFlow."
    ),
)
def test_fcn8s_scores(learner: Learner) -> None:
    """The scoring layers are named `score_fr`, `score_pool4`, `score_pool3`: 1×1 convolutions."""
    require_scores(build(learner, "FCN8s"), "FCN8s")


@check(
    "FCN8s",
    tier="values",
    hint=_(
        "In an even image, the logit of a class is the sum of its three scores: nothing is "
        "multiplied, averaged or joined. Negative scores have to stay negative, so no ReLU; and "
        "the loss wants logits, so no softmax."
    ),
)
def test_fcn8s_by_hand(learner: Learner) -> None:
    """Where all cells have the same scores, the logits are the plain sum of the three scores."""
    require_constants(learner, "FCN8s")


@check(
    "FCN8s",
    tier="values",
    hint=_(
        "Only `score_fr` is different from zero here, and the image becomes brighter evenly: "
        "the logits must change as evenly. Steps mean that cells were copied; the right slope in "
        "the wrong place means that one side was cut too much. Look at each of the three "
        "enlargements by itself."
    ),
)
def test_fcn8s_bilinear(learner: Learner) -> None:
    """In the beginning, fc7's scores are enlarged bilinearly, and each stays above its cell."""
    require_place(learner, "FCN8s", "score_fr")


@check(
    "FCN8s",
    tier="properties",
    hint=_(
        "Now only `score_pool4` is different from zero. If the logits are zero, the skip is not "
        "there; if they are too small or too large, it is scaled; if they are shifted, look at the "
        "two enlargements after it."
    ),
)
def test_fcn8s_skip_pool4(learner: Learner) -> None:
    """The scores of pool4 are added unscaled, in their place, and enlarged bilinearly."""
    require_place(learner, "FCN8s", "score_pool4")


@check(
    "FCN8s",
    tier="properties",
    hint=_(
        "Now only `score_pool3` is different from zero. It sees the finest cells and is enlarged "
        "once, by 8. If the logits are zero, the skip is not there; if they are too small or too "
        "large, it is scaled; if they are shifted, too much is cut off on one side."
    ),
)
def test_fcn8s_skip_pool3(learner: Learner) -> None:
    """The scores of pool3 are added unscaled, in their place, and enlarged bilinearly."""
    require_place(learner, "FCN8s", "score_pool3")


@check(
    "FCN8s",
    tier="properties",
    hint=_("FCN-8s has the encoder of FCN-32s, all of it: a skip adds a path, it replaces none."),
)
def test_fcn8s_encoder(learner: Learner) -> None:
    """Besides the scoring layers, the network has the 15 convolutions of VGG16 and no others."""
    require_encoder(learner, "FCN8s")


@check(
    "FCN8s",
    tier="properties",
    hint=_(
        "There are three enlargements, by 2, by 2 and by 8. Each is a transposed convolution with "
        "weights of its own: what is right for fc7's scores need not be right for the sum with "
        "pool4's."
    ),
)
def test_fcn8s_upsampling(learner: Learner) -> None:
    """Scores are enlarged by three transposed convolutions, from classes to classes."""
    require_upsampling(learner, "FCN8s")


@check(
    "FCN8s",
    tier="properties",
    hint=_(
        "Each of these weights belongs to a layer that is not used, that is frozen, or that is cut "
        "off from the loss. Follow all three paths, from fc7, pool4 and pool3, back from the "
        "logits."
    ),
)
def test_fcn8s_gradients(learner: Learner) -> None:
    """Every weight gets a gradient."""
    require_trainable(learner, "FCN8s")


@check(
    "FCN8s",
    tier="properties",
    hint=_(
        "The encoder's dropout has to know the mode of the whole network. Was the encoder switched "
        "to one mode for good when it was called or built?"
    ),
)
def test_fcn8s_dropout(learner: Learner) -> None:
    """Dropout is active in training mode, and only there."""
    require_dropout(learner, "FCN8s")


@check(
    "FCN8s",
    tier="edge",
    hint=_(
        "Rounded sizes do not meet: 45 pixels make 6 cells of pool3 and 3 of pool4 if sizes are "
        "rounded up, but twice fc7's 2 cells are 4. Bring the maps to one size before each sum, "
        "and the result to that of the image."
    ),
)
def test_fcn8s_sizes(learner: Learner) -> None:
    """The logits are as large as the image, whatever its size from 32 up and with two classes."""
    require_sizes(learner, "FCN8s")


@check(
    "FCN8s",
    tier="edge",
    hint=_(
        "All scores have to lie above their part of the image before they are added. The logits "
        "here belong to another part, more than 32 pixels away."
    ),
)
def test_fcn8s_place(learner: Learner) -> None:
    """At any size, each logit belongs to its own part of the image."""
    require_rough_place(learner, "FCN8s")


# --- Training: when an exercise passes all of its other checks --------------------------------


@check(
    "FCN32s",
    tier="training",
    hint=_(
        "If the loss stays where it began, the scores cannot change: is anything between the "
        "scoring layer and the logits, such as a ReLU or a softmax, or is a layer frozen? If the "
        "loss falls, look at where the logits lie: above the pixels that they belong to?"
    ),
)
def test_fcn32s_learns(learner: Learner) -> None:
    """Trained briefly, the network labels large things in scenes that it has not seen."""
    require_learning(learner, "FCN32s")


@check(
    "FCN16s",
    tier="training",
    hint=_(
        "Things of about 20 pixels are found with the help of pool4. Are its scores really added, "
        "and before the last enlargement? If the loss stays where it began, look for a ReLU or a "
        "softmax behind the scoring layers, and for frozen ones."
    ),
)
def test_fcn16s_learns(learner: Learner) -> None:
    """Trained briefly, the network labels large and middle things in scenes it has not seen."""
    require_learning(learner, "FCN16s")


@check(
    "FCN8s",
    tier="training",
    hint=_(
        "Things of 6 to 8 pixels are found with the help of pool3. Are both skips added, each at "
        "its own size? If the loss stays where it began, look for a ReLU or a softmax behind the "
        "scoring layers, and for frozen ones."
    ),
)
def test_fcn8s_learns(learner: Learner) -> None:
    """Trained briefly, the network labels large, middle and small things in scenes that are new."""
    require_learning(learner, "FCN8s")
