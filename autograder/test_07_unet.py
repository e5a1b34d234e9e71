"""Checks of lesson 7: U-Net, and a U-Net over an encoder that is given.

Initial weights are the learner's own affair. Checks give a network known weights, by the shapes of
its kernels. What a concatenation puts first is free: kernels that see one treat both parts alike.
"""

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import pairwise, product

import numpy as np

from pixelwise.grading.checks import check
from pixelwise.grading.failure import Shown
from pixelwise.grading.learner import Answer, Learner, Network
from pixelwise.grading.networks import EPSILON, BatchNorm, Convolution, Layer, ReLU
from pixelwise.grading.smoke import require_learning
from pixelwise.grading.values import Array, Kernel, Map, Tensor
from pixelwise.messages import Message, _

WRONG_WITH_KNOWN_WEIGHTS = _("With weights that the grader has set, the output is wrong.")

MAX_NAMES = 8
"""How many names feedback lists."""


def some_maps(seed: int, count: int, height: int, width: int, channels: int = 3) -> Array:
    """Maps or images (N, H, W, C) of values of both signs."""
    shape = (count, height, width, channels)
    return np.random.default_rng([7, seed]).normal(size=shape).astype(np.float32)


def grey_images(seed: int, count: int, height: int, width: int) -> Array:
    """Images (N, H, W, 3) of positive values, three equal channels."""
    brightness = np.random.default_rng([7, seed]).uniform(0.1, 2, (count, height, width, 1))
    return np.repeat(brightness, 3, axis=-1).astype(np.float32)


# --- weights of networks and blocks ----------------------------------------------------------

NORM_KINDS = ("scale", "shift", "mean", "variance")


@dataclass(frozen=True)
class Weights:
    """What a network or block has learned or will learn, by name.

    Attributes:
        kernels: of convolutions, (k, k, in, out), and of transposed ones, (k, k, out, in).
        biases: of convolutions, and their sizes.
        norms: the vectors of batch norms by kind, one of `NORM_KINDS`, and their sizes.
    """

    kernels: dict[str, Array]
    biases: dict[str, int]
    norms: dict[str, dict[str, int]]


def weights_of(network: Network) -> Weights:
    """The weights of a network, without those of an encoder that the grader has given."""
    found = Weights({}, {}, {kind: {} for kind in NORM_KINDS})
    for name, answer in network.weights().items():
        weight = answer.numpy(Kernel)
        kind = name.rpartition(".")[2].partition("#")[0]
        if is_given(name):
            continue
        if weight.ndim == 4:
            found.kernels[name] = weight
        elif kind in NORM_KINDS:
            found.norms[kind][name] = weight.size
        elif weight.ndim == 1:
            found.biases[name] = weight.size
    return found


def set_weights(
    network: Network,
    make_kernel: Callable[[tuple[int, ...]], Array],
    make_bias: Callable[[int], Array] = np.zeros,
    make_norm: Callable[[str, int], Array] | None = None,
) -> None:
    """Give all convolutions and batch norms weights that depend on their shapes alone.

    Then it does not matter in which order and under which names the learner made them.
    """
    weights = weights_of(network)
    norm = make_norm or _neutral(bool(weights.norms["scale"]))
    network.assign(
        {name: Kernel(make_kernel(kernel.shape)) for name, kernel in weights.kernels.items()}
        | {name: Tensor(make_bias(size)) for name, size in weights.biases.items()}
        | {
            name: Tensor(norm(kind, size))
            for kind, sizes in weights.norms.items()
            for name, size in sizes.items()
        }
    )


def _neutral(has_scale: bool) -> Callable[[str, int], Array]:
    """A batch norm that changes nothing, wherever it stands and whatever it adds to a variance."""
    spread = 100.0 if has_scale else 1.0
    values = {"scale": spread, "shift": 0.0, "mean": 0.0, "variance": spread**2}
    return lambda kind, size: np.full(size, values[kind])


def _seeded(*numbers: int) -> np.random.Generator:
    return np.random.default_rng([9, *numbers])


def random_kernel(shape: tuple[int, ...]) -> Array:
    """A kernel that depends on its shape alone; signals stay about as strong behind its ReLU.

    One that may see a concatenation, with twice as many channels in as out, treats both halves
    alike.
    """
    height, width, channels_in, channels_out = shape
    if (height, channels_in) == (3, 2 * channels_out):
        half = random_kernel((height, width, channels_out, channels_out))
        return np.concatenate([half, half], axis=2) / np.sqrt(2)
    inputs = height * width * channels_in if height != 2 else channels_out
    return _seeded(*shape).normal(scale=np.sqrt(2 / inputs), size=shape)


def random_bias(size: int) -> Array:
    """A bias that depends on its size alone."""
    return _seeded(size).normal(scale=0.3, size=size)


def random_norm(kind: str, size: int) -> Array:
    """What a batch norm has learned; the variances are so large that its epsilon does not count."""
    rng = _seeded(size, NORM_KINDS.index(kind))
    ranges = {"scale": (5, 15), "shift": (-1, 1), "mean": (-1, 1), "variance": (50, 150)}
    return rng.uniform(*ranges[kind], size)


def centre_only(shape: tuple[int, ...]) -> Array:
    """A kernel that makes the mean of the channels at one place; of 2×2, at each of its places."""
    height, width, channels_in, channels_out = shape
    if height == 2:  # transposed: (k, k, out, in)
        return np.full(shape, 1 / channels_out)
    kernel = np.zeros(shape)
    kernel[height // 2, width // 2] = 1 / channels_in
    return kernel


def convolved(x: Array, kernel: Array) -> Array:
    """A convolution of (N, H, W, C) that keeps the size."""
    size = len(kernel)
    margin = size // 2
    padded = np.pad(x, ((0, 0), (margin, margin), (margin, margin), (0, 0)))
    windows = np.lib.stride_tricks.sliding_window_view(padded, (size, size), axis=(1, 2))
    values: Array = np.einsum("nhwcij,ijco->nhwo", windows, kernel, optimize=True)
    return values


def enlarged(x: Array, kernel: Array, cut: int = 0) -> Array:
    """A transposed convolution of stride 2 of (N, H, W, C), from which 2·H and 2·W are taken.

    Args:
        x: the map.
        kernel: (k, k, out, in).
        cut: how much is cut off at the top and at the left.
    """
    images, height, width, _channels = x.shape
    size, _size, channels, _in = kernel.shape
    whole = np.zeros((images, 2 * height + size, 2 * width + size, channels))
    for row, column in product(range(size), repeat=2):
        rows, columns = slice(row, row + 2 * height, 2), slice(column, column + 2 * width, 2)
        whole[:, rows, columns] += x @ kernel[row, column].T
    return whole[:, cut : cut + 2 * height, cut : cut + 2 * width]


def cuts(kernel_size: int) -> list[int]:
    """How much is cut at the top and left so that 2 times the size is left, in the middle.

    Kernels of an odd size have no exact middle, and both ways are right.
    """
    return sorted({(kernel_size - 2) // 2, (kernel_size - 1) // 2})


def pooled(x: Array) -> Array:
    """The largest value of each 2 × 2 cell of (N, H, W, C); sizes must be even."""
    images, height, width, channels = x.shape
    cells = x.reshape(images, height // 2, 2, width // 2, 2, channels)
    maxima: Array = cells.max(axis=(2, 4))
    return maxima


def copied(x: Array, factor: int) -> Array:
    """Each cell of (N, H, W, C) copied to factor × factor cells."""
    return x.repeat(factor, axis=1).repeat(factor, axis=2)


def listed(shapes: Sequence[tuple[int, ...]]) -> str:
    """Kernels as ``3×3: 64 → 128``, one a line; see `by_use` for the order of the channels."""
    return "\n".join(f"{k}×{k}: {before} → {after}" for k, _k, before, after in shapes) or "–"


def counted(shapes: Sequence[tuple[int, ...]], others: Sequence[tuple[int, ...]]) -> str:
    """Kernels as ``2 × (3×3: 64 → 128)``, those only of which `others` has more or fewer."""
    mine, theirs = Counter(shapes), Counter(others)
    both = sorted({*shapes, *others})
    lines = [
        f"{mine[shape]} × ({listed([shape])})" for shape in both if mine[shape] != theirs[shape]
    ]
    return "\n".join(lines if len(lines) == len(both) else [*lines, "…"])


def require_none(network: Network, headline: Message, faults: dict[str, bool]) -> None:
    """Fail with the names of those that have a fault, unless none has."""
    names = [name for name, faulty in faults.items() if faulty]
    if names:
        shown = names if len(names) <= MAX_NAMES else [*names[:MAX_NAMES], "…"]
        network.fail(headline, got=Shown(np.array(list(faults.values())), words="\n".join(shown)))


def require_gradients(network: Network, images: Array) -> None:
    """Fail unless every weight that is not given takes part in the output and can be trained."""
    gradients = network.weight_gradients(Map(images))
    weights = weights_of(network)
    trained = [*weights.kernels, *weights.biases, *weights.norms["scale"], *weights.norms["shift"]]
    require_none(
        network,
        _("No gradient reaches some of the weights: training would never change them."),
        {name: not np.any(gradients[name]) for name in trained},
    )


def require_moving_norms(network: Network, images: Array) -> None:
    """Fail unless training mode, and only training mode, changes all statistics of batch norms."""
    norms = weights_of(network).norms

    def statistics() -> dict[str, Array]:
        known = network.weights()
        return {name: known[name].array for kind in ("mean", "variance") for name in norms[kind]}

    start = statistics()
    network(Map(images))
    after_inference = statistics()
    network(Map(images), training=True)
    after_training = statistics()
    require_none(
        network,
        _("Statistics of batch norm changed in inference mode."),
        {name: not np.array_equal(start[name], after_inference[name]) for name in start},
    )
    require_none(
        network,
        _("Statistics of batch norm did not change in training mode."),
        {name: np.array_equal(start[name], after_training[name]) for name in start},
    )


def block(
    learner: Learner, name: str, channels_in: int, channels_out: int, **options: bool
) -> Network:
    """The learner's block; Keras finds out by itself how many channels come in."""
    leading = (channels_in,) if learner.framework == "torch" else ()
    example = Map(np.zeros((1, 4, 4, channels_in)))
    return learner.block(name, *leading, channels_out, x=example, **options)


# --- double_conv -----------------------------------------------------------------------------


def double_convolved(x: Array, channels: int, network: Network) -> Array:
    """What twice convolution, batch norm, ReLU makes of x, with the random weights from above."""
    weights = weights_of(network)
    bias = random_bias(channels) if weights.biases else np.zeros(channels)
    for channels_in in (x.shape[-1], channels):
        x = convolved(x, random_kernel((3, 3, channels_in, channels))) + bias
        x = np.maximum(normalised(x, weights), 0)
    return x


def normalised(x: Array, weights: Weights) -> Array:
    """Batch norm in inference mode, with the numbers of `random_norm`."""
    kinds = {kind: random_norm(kind, x.shape[-1]) for kind in NORM_KINDS}
    if not weights.norms["scale"]:
        kinds["scale"] = np.ones(x.shape[-1])
    if not weights.norms["shift"]:
        kinds["shift"] = np.zeros(x.shape[-1])
    centred: Array = (x - kinds["mean"]) / np.sqrt(kinds["variance"])
    return centred * kinds["scale"] + kinds["shift"]


@check(
    "double_conv",
    tier="form",
    hint=_(
        "A 3 × 3 kernel reaches one pixel over the border. Without padding there is nothing to "
        "reach, and each convolution takes 2 off the height and 2 off the width."
    ),
)
def test_double_conv_form(learner: Learner) -> None:
    """The map keeps its height and width and gets `out_channels` channels, float32."""
    found = block(learner, "double_conv", 3, 6)
    found(Map(some_maps(0, 2, 7, 10))).has(Map, (2, 7, 10, 6), "float32")


@check(
    "double_conv",
    tier="form",
    hint=_(
        "Two convolutions of 3 × 3, and behind each its own batch norm: four layers with weights. "
        "One layer that is called twice shares its weights, and a layer in a plain Python list is "
        "not found by PyTorch."
    ),
)
def test_double_conv_layers(learner: Learner) -> None:
    """It has two 3×3 convolutions and two batch norms, each with its own weights."""
    found = block(learner, "double_conv", 3, 6)
    weights = weights_of(found)
    wanted = [(3, 3, 3, 6), (3, 3, 6, 6)]
    got = sorted(kernel.shape for kernel in weights.kernels.values())
    if got != wanted:
        found.fail(
            _("The convolutions are not those that are asked for."),
            expected=Shown(words=listed(wanted)),
            got=Shown(np.array(got).reshape(-1, 4), words=listed(got)),
        )
    require_norms(found, [6, 6])


def require_norms(network: Network, wanted: list[int]) -> None:
    """Fail unless there are batch norms of these numbers of channels and no others."""
    got = sorted(weights_of(network).norms["mean"].values())
    if got != sorted(wanted):
        network.fail(
            _("The batch norms are not those that are asked for (numbers of channels)."),
            expected=Shown(words=", ".join(map(str, sorted(wanted)))),
            got=Shown(np.array(got), words=", ".join(map(str, got)) or "–"),
        )


@check(
    "double_conv",
    tier="values",
    hint=_(
        "Go through it with paper and pencil. The kernels multiply by −2, batch norm adds 3 and "
        "halves: −1 becomes 2, then 2.5; in the second round −5, then −1, and the ReLU makes it 0. "
        "Which of your numbers is the first to differ, and where would it come from?"
    ),
)
def test_double_conv_by_hand(learner: Learner) -> None:
    """On four numbers: convolution, then batch norm, then ReLU, and all once more."""
    found = block(learner, "double_conv", 1, 1)
    values = {"scale": 10.0, "shift": 0.0, "mean": -3.0, "variance": 400.0}
    set_weights(
        found,
        lambda shape: -2 * centre_only(shape),
        make_norm=_norm_of(values, bool(weights_of(found).norms["scale"])),
    )
    row = np.array([-1, 0.5, 2, 3]).reshape(1, 1, 4, 1)
    expected = np.array([0, 0.5, 1.5, 1.5]).reshape(1, 1, 4, 1)
    found(Map(row)).equals(Map(expected), atol=1e-2, headline=WRONG_WITH_KNOWN_WEIGHTS)


def _norm_of(values: dict[str, float], has_scale: bool) -> Callable[[str, int], Array]:
    """A batch norm of these numbers; one without a scale divides by less instead."""
    variance = values["variance"] if has_scale else values["variance"] / values["scale"] ** 2
    return lambda kind, size: np.full(size, variance if kind == "variance" else values[kind])


@check(
    "double_conv",
    tier="properties",
    hint=_(
        "The grader computed both rounds in NumPy, in inference mode. If only the border differs, "
        "look at the padding: what lies beyond the border counts as zero. If everything differs, "
        "look at the order of the layers, and whether batch norm uses its moving statistics."
    ),
)
def test_double_conv_values(learner: Learner) -> None:
    """With random weights, the result is that of convolution, batch norm, ReLU, twice."""
    found = block(learner, "double_conv", 3, 4)
    set_weights(found, random_kernel, random_bias, random_norm)
    x = some_maps(1, 2, 6, 9)
    found(Map(x)).equals(
        Map(double_convolved(x, 4, found)), atol=1e-3, headline=WRONG_WITH_KNOWN_WEIGHTS
    )


@check(
    "double_conv",
    tier="properties",
    hint=_(
        "While it is trained, batch norm uses the batch's own mean and variance and keeps a moving "
        "average of them; afterwards it uses that average. The mode comes from the network that "
        "the block is in: do not fix it in here."
    ),
)
def test_double_conv_training(learner: Learner) -> None:
    """In training mode batch norm keeps moving statistics; in inference mode it only uses them."""
    found = block(learner, "double_conv", 3, 4)
    require_moving_norms(found, some_maps(2, 4, 6, 9) + 1)


@check(
    "double_conv",
    tier="properties",
    hint=_(
        "Each of these weights belongs to a layer that is made but not used, that is frozen, or "
        "whose result is used nowhere."
    ),
)
def test_double_conv_gradients(learner: Learner) -> None:
    """Every weight gets a gradient."""
    found = block(learner, "double_conv", 3, 4)
    set_weights(found, lambda shape: np.full(shape, 1 / np.prod(shape[:3])))
    require_gradients(found, grey_images(3, 1, 6, 9))


@check(
    "double_conv",
    tier="edge",
    hint=_(
        "At the bottom of a U a map may be a single pixel, and on the way up fewer channels come "
        "out than go in. Nothing in the block may depend on the size of the map."
    ),
)
def test_double_conv_sizes(learner: Learner) -> None:
    """Any size of map will do, down to one pixel, and any numbers of channels."""
    for channels_in, channels_out, height, width in ((4, 4, 1, 1), (6, 2, 3, 1), (1, 5, 2, 9)):
        found = block(learner, "double_conv", channels_in, channels_out)
        answer = found(Map(some_maps(4, 1, height, width, channels_in)))
        answer.has(Map, (1, height, width, channels_out))


# --- UNet ------------------------------------------------------------------------------------

NUM_CLASSES = 5
"""No stage of a network of width 1 or 2 has as many channels, so the last layer can be told."""

SCORES = np.array([-8, 8, -1, 3, 0.5])
"""What the last layer makes of brightness 1 at each class."""

BIAS = np.array([1, -2, 0.25, 0, 4])
"""What it adds, if it has a bias."""


def unet_channels(width: int, depth: int) -> list[int]:
    """The channels of the stages on the way down, and of the bottom."""
    return [width * 2**level for level in range(depth + 1)]


def unet_kernels(width: int, depth: int, num_classes: int) -> list[tuple[int, int, int, int]]:
    """Kernel size (twice), channels in and channels out of all layers, from left to right."""
    channels = unet_channels(width, depth)
    found = []
    for before, after in pairwise([3, *channels]):
        found += [(3, 3, before, after), (3, 3, after, after)]
    for below, here in pairwise(reversed(channels)):
        found += [(2, 2, below, here), (3, 3, 2 * here, here), (3, 3, here, here)]
    return [*found, (1, 1, width, num_classes)]


def by_use(kernel: Array) -> tuple[int, int, int, int]:
    """The shape of a kernel with the channels that go in first; those of 2 × 2 are transposed."""
    height, width, third, fourth = kernel.shape
    return (height, width, fourth, third) if height == 2 else (height, width, third, fourth)


def require_unet(network: Network, width: int, depth: int) -> None:
    """Fail unless the layers are those of a U-Net."""
    wanted = unet_kernels(width, depth, NUM_CLASSES)
    # In this order, whatever the order in which the layers were made; what is not wanted is last.
    got = sorted(
        (by_use(kernel) for kernel in weights_of(network).kernels.values()),
        key=lambda shape: (wanted.index(shape) if shape in wanted else len(wanted), shape),
    )
    in_order = sorted(wanted, key=wanted.index)
    if got != in_order:
        network.fail(
            _("The layers are not those of a U-Net of this width and depth."),
            expected=Shown(words=counted(in_order, got)),
            got=Shown(np.array(got).reshape(-1, 4), words=counted(got, in_order)),
        )


def pass_on(network: Network, closed: int | None = None) -> None:
    """Let a U-Net only pool, copy and take means of channels, at last give each class its score.

    Args:
        network: gets its weights set.
        closed: nothing comes up from below to the stage of so many channels.
    """

    def kernel(shape: tuple[int, ...]) -> Array:
        if shape[3] == NUM_CLASSES:
            return centre_only(shape) * SCORES
        if shape[0] == 2 and shape[2] == closed:
            return np.zeros(shape)
        return centre_only(shape)

    set_weights(network, kernel, lambda size: BIAS if size == NUM_CLASSES else np.zeros(size))


def passed_on(network: Network, images: Array, depth: int, levels: int) -> Array:
    """The logits of such a network for grey images, if `levels` of its levels are open.

    Each joint takes the mean of the skip and of what comes from below.
    """
    brightness = images[..., :1].astype(np.float64)
    maps = [brightness]
    for _level in range(depth):
        maps.append(pooled(maps[-1]))
    total = np.zeros_like(brightness)
    for level, found in enumerate(maps[:levels]):
        share = 0.5 ** min(level + 1, depth)
        total = total + share * copied(found, 2**level)
    has_bias = NUM_CLASSES in weights_of(network).biases.values()
    return total * SCORES + BIAS * has_bias


@check(
    "UNet",
    tier="form",
    hint=_(
        "As often as the size was halved, it has to be doubled, so the logits are as high and as "
        "wide as the image. Each class gets a map of its own: `num_classes` says how many."
    ),
)
def test_unet_form(learner: Learner) -> None:
    """The logits are float32, as high and as wide as the images, one map a class."""
    network = learner.build("UNet", NUM_CLASSES, width=2, depth=2)
    network(Map(some_maps(10, 2, 32, 48))).has(Map, (2, 32, 48, NUM_CLASSES), "float32")


@check(
    "UNet",
    tier="form",
    hint=_(
        "Count channels, level by level: down, they double; up, the transposed convolution halves "
        "them, and beside its map lies the skip with just as many. So the first convolution "
        "behind a joint sees twice what it gives. Is one of yours narrower, or shared? Mind, too, "
        "that PyTorch does not find layers in a plain Python list."
    ),
)
def test_unet_layers(learner: Learner) -> None:
    """It has the layers of U-Net: `double_conv`s, 2×2 transposed convolutions up, a 1×1 at last."""
    for width, depth in ((1, 4), (2, 2)):
        network = learner.build("UNet", NUM_CLASSES, width=width, depth=depth)
        require_unet(network, width, depth)


@check(
    "UNet",
    tier="values",
    hint=_(
        "The image is the same grey everywhere, and the grader's weights pass it on as it is. Only "
        "the last layer changes something: brightness times a weight for each class, plus a bias. "
        "Negative logits have to stay negative, so no ReLU behind it; and the loss wants logits, "
        "so no softmax."
    ),
)
def test_unet_by_hand(learner: Learner) -> None:
    """If the image is one grey, the logits are what the last layer makes of its brightness."""
    network = learner.build("UNet", NUM_CLASSES, width=2, depth=2)
    pass_on(network)
    for brightness in (1, 2.5):
        images = np.full((1, 4, 8, 3), brightness)
        expected = passed_on(network, images, depth=2, levels=3)
        network(Map(images)).equals(Map(expected), atol=1e-2, headline=WRONG_WITH_KNOWN_WEIGHTS)


@check(
    "UNet",
    tier="values",
    hint=_(
        "Nothing comes from below here, only the skip of the first stage is left. It has the "
        "brightness of each pixel, as it was before any pooling. If you see squares of equal "
        "numbers, the skip was taken too late; if you see only zeros, it does not arrive."
    ),
)
def test_unet_finest_skip(learner: Learner) -> None:
    """The finest skip brings every pixel's brightness to its own place, unpooled."""
    network = learner.build("UNet", NUM_CLASSES, width=2, depth=2)
    pass_on(network, closed=2)
    images = grey_images(11, 2, 8, 12)
    expected = passed_on(network, images, depth=2, levels=1)
    network(Map(images)).equals(Map(expected), atol=1e-2, headline=WRONG_WITH_KNOWN_WEIGHTS)


@check(
    "UNet",
    tier="properties",
    hint=_(
        "A cell of level n is the largest brightness of 2ⁿ × 2ⁿ pixels. Here the levels are opened "
        "one after the other, the finest first. If it fails, a skip is missing, or a pooling does "
        "not take the maximum, or an enlargement puts its squares in the wrong place."
    ),
)
def test_unet_levels(learner: Learner) -> None:
    """Every level, down to the bottom, brings the maxima of its squares to their place."""
    network = learner.build("UNet", NUM_CLASSES, width=1, depth=3)
    images = grey_images(12, 2, 16, 24)
    for levels, closed in ((2, 2), (3, 4), (4, None)):
        pass_on(network, closed)
        expected = passed_on(network, images, depth=3, levels=levels)
        network(Map(images)).equals(Map(expected), atol=1e-2, headline=WRONG_WITH_KNOWN_WEIGHTS)


def unet_logits(images: Array, width: int, depth: int) -> Array:
    """What U-Net gives with the weights of `random_kernel`, neutral batch norms and no bias."""
    *channels, deepest = unet_channels(width, depth)
    x = images.astype(np.float64)

    def twice_convolved(x: Array, after: int) -> Array:
        for before in (x.shape[-1], after):
            x = np.maximum(convolved(x, random_kernel((3, 3, before, after))), 0)
        return x

    skips = []
    for after in channels:
        x = twice_convolved(x, after)
        skips.append(x)
        x = pooled(x)
    x = twice_convolved(x, deepest)
    for after in reversed(channels):
        x = enlarged(x, random_kernel((2, 2, after, 2 * after)))
        x = twice_convolved(np.concatenate([skips.pop(), x], axis=-1), after)
    return convolved(x, random_kernel((1, 1, width, NUM_CLASSES)))


@check(
    "UNet",
    tier="properties",
    hint=_(
        "The grader computed the same network in NumPy, with batch norms that change nothing. If "
        "the checks with simple weights pass and this one does not, look for a ReLU that is "
        "missing or one too many: a ReLU follows each 3 × 3 convolution, but neither a transposed "
        "convolution nor the last layer."
    ),
)
def test_unet_values(learner: Learner) -> None:
    """With random weights, the logits are what U-Net gives."""
    network = learner.build("UNet", NUM_CLASSES, width=2, depth=2)
    set_weights(network, random_kernel)
    images = some_maps(13, 2, 12, 20)
    expected = unet_logits(images, 2, 2)
    network(Map(images)).equals(Map(expected), atol=2e-2, headline=WRONG_WITH_KNOWN_WEIGHTS)


@check(
    "UNet",
    tier="properties",
    hint=_(
        "Build it from your `double_conv`: then each convolution of 3 × 3 brings its batch norm "
        "along, and the mode of the network reaches all of them."
    ),
)
def test_unet_norms(learner: Learner) -> None:
    """Each 3×3 convolution has its batch norm; training mode moves the statistics of all."""
    network = learner.build("UNet", NUM_CLASSES, width=2, depth=2)
    kernels = unet_kernels(2, 2, NUM_CLASSES)
    require_norms(network, [after for size, _size, _before, after in kernels if size == 3])
    require_moving_norms(network, some_maps(14, 2, 16, 24) + 1)


@check(
    "UNet",
    tier="properties",
    hint=_(
        "Each of these weights belongs to a layer that is made but not used, that is frozen, or "
        "whose result is used nowhere. Follow an image down one side of the U and up the "
        "other, and tick the layers off."
    ),
)
def test_unet_gradients(learner: Learner) -> None:
    """Every weight takes part in the result and gets a gradient."""
    network = learner.build("UNet", NUM_CLASSES, width=1, depth=2)
    set_weights(network, lambda shape: np.full(shape, 2 / np.prod(shape[:3])))
    require_gradients(network, grey_images(15, 1, 8, 12))


@check(
    "UNet",
    tier="edge",
    hint=_(
        "`depth` says how many times the size is halved: a U of depth 1 has one skip, one of depth "
        "5 has five. Write the stages in a loop; no number of stages may be written into the code."
    ),
)
def test_unet_depth(learner: Learner) -> None:
    """Any `depth` from 1 up makes a U-Net with as many levels."""
    for depth, width in ((1, 3), (3, 1), (5, 1)):
        network = learner.build("UNet", NUM_CLASSES, width=width, depth=depth)
        require_unet(network, width, depth)
        height = 2**depth  # as small as an image may be
        images = some_maps(16, 1, height, 3 * height)
        network(Map(images)).has(Map, (1, height, 3 * height, NUM_CLASSES))


@check(
    "UNet",
    tier="edge",
    hint=_(
        "Images come in all sizes that can be halved `depth` times, higher or wider, one or many. "
        "A size that is written into the network is what fails here; two classes, or a single one, "
        "are possible, too."
    ),
)
def test_unet_sizes(learner: Learner) -> None:
    """The logits have the image's size, whatever the multiple of `2**depth`, and K maps."""
    for num_classes, sizes in ((2, ((4, 4), (20, 8))), (1, ((12, 36),))):
        network = learner.build("UNet", num_classes, width=1, depth=2)
        for height, width in sizes:
            answer = network(Map(some_maps(17, 3, height, width)))
            answer.has(Map, (3, height, width, num_classes))


# --- upsample_block --------------------------------------------------------------------------


def the_kernel(found: Network, channels_in: int, channels_out: int) -> tuple[str, Array]:
    """The name and the values of the block's only kernel, that of a transposed convolution."""
    kernels = weights_of(found).kernels
    right = [
        kernel.shape[0] == kernel.shape[1] >= 2 and kernel.shape[2:] == (channels_out, channels_in)
        for kernel in kernels.values()
    ]
    if right != [True]:
        shapes = [kernel.shape for kernel in kernels.values()]
        found.fail(
            _("The only kernel should be that of one transposed convolution, 2×2 or larger."),
            expected=Shown(words=f"4×4: {channels_in} → {channels_out}"),
            got=Shown(
                np.array(shapes).reshape(-1, 4),
                words="\n".join(
                    f"{height}×{width}: {before} → {after}"
                    for height, width, after, before in shapes
                )
                or "–",
            ),
        )
    ((name, kernel),) = kernels.items()
    return name, kernel


@check(
    "upsample_block",
    tier="form",
    hint=_(
        "With stride 2, H cells make 2·(H − 1) + k rows if nothing is cut off, k being the "
        "kernel's size. The padding has to leave exactly 2·H of them: how much is too much with a "
        "kernel of 4?"
    ),
)
def test_upsample_block_form(learner: Learner) -> None:
    """The size doubles exactly, odd or even; `out_channels` channels come out, float32."""
    found = block(learner, "upsample_block", 3, 4)
    for height, width in ((4, 6), (3, 5)):
        answer = found(Map(some_maps(20, 2, height, width)))
        answer.has(Map, (2, 2 * height, 2 * width, 4), "float32")


@check(
    "upsample_block",
    tier="form",
    hint=_(
        "There are two layers with weights: the transposed convolution, which has nothing but its "
        "kernel, and the batch norm. A bias would be useless: batch norm takes away every "
        "constant, and adds a shift of its own."
    ),
)
def test_upsample_block_layers(learner: Learner) -> None:
    """It has one transposed convolution without bias and one batch norm."""
    for channels_in, channels_out in ((3, 4), (6, 2)):
        found = block(learner, "upsample_block", channels_in, channels_out)
        the_kernel(found, channels_in, channels_out)
        biases = weights_of(found).biases
        if biases:
            found.fail(
                _("The transposed convolution should have no bias."),
                got=Shown(np.array(list(biases.values())), words="\n".join(biases)),
            )
        require_norms(found, [channels_out])


@check(
    "upsample_block",
    tier="values",
    hint=_(
        "Every number of the enlarged map is −2 here, the same for all. Batch norm takes its mean "
        "away, divides by its standard deviation and adds its shift: in the first channel "
        "−2 − 0, divided by 1, plus 5. The ReLU comes last. With another order, or with a bias, "
        "you get other numbers."
    ),
)
def test_upsample_block_by_hand(learner: Learner) -> None:
    """On a single cell: transposed convolution, then batch norm, then ReLU."""
    found = block(learner, "upsample_block", 2, 3)
    values = {
        "scale": np.array([1, 1, 1]),
        "shift": np.array([5, 0.5, 1]),
        "mean": np.array([0, -4, 0]),
        "variance": np.array([1, 0.25, 1]),
    }
    set_weights(found, lambda shape: -np.ones(shape), make_norm=lambda kind, _size: values[kind])
    # −2 + 5; (−2 + 4) / 0.5 + 0.5; −2 + 1, which is negative
    expected = np.broadcast_to([3, 4.5, 0], (1, 2, 2, 3))
    answer = found(Map(np.ones((1, 1, 1, 2))))
    answer.equals(Map(expected), atol=2e-2, headline=WRONG_WITH_KNOWN_WEIGHTS)


@check(
    "upsample_block",
    tier="values",
    hint=_(
        "pix2pix starts from a normal distribution with mean 0 and standard deviation 0.02. Your "
        "framework starts from another one unless it is told. Mind the difference between a "
        "standard deviation and a variance."
    ),
)
def test_upsample_block_start(learner: Learner) -> None:
    """The weights start at random: normal, with mean 0 and standard deviation 0.02."""
    found = block(learner, "upsample_block", 64, 32)
    _name, kernel = the_kernel(found, 64, 32)
    far = np.mean(np.abs(kernel) > 0.04)  # 4.6 % of a normal distribution lie as far
    mean, deviation = kernel.mean(), kernel.std()
    if abs(mean) > 0.0015 or not 0.019 < deviation < 0.021 or not 0.03 < far < 0.065:
        found.fail(
            _("The weights do not start like normal ones of standard deviation 0.02."),
            expected=Shown(
                words=_("mean 0, standard deviation 0.02, 4.6 % of the numbers beyond ±0.04")
            ),
            got=Shown(
                np.round([mean, deviation, far], 3),
                words=_(
                    "mean {mean}, standard deviation {deviation}, {far} % of the numbers "
                    "beyond ±0.04",
                    mean=f"{mean:.4f}",
                    deviation=f"{deviation:.4f}",
                    far=f"{100 * far:.1f}",
                ),
            ),
        )


@check(
    "upsample_block",
    tier="properties",
    hint=_(
        "Each cell lays the kernel, times its value, over the larger map; its neighbour does so 2 "
        "cells further on, and what overlaps adds up. If your numbers are right but lie elsewhere, "
        "it was cut on one side only. If they are others, look at the order: convolution, batch "
        "norm, ReLU."
    ),
)
def test_upsample_block_values(learner: Learner) -> None:
    """With random weights: transposed convolution of stride 2, cut evenly, batch norm, ReLU."""
    found = block(learner, "upsample_block", 3, 4)
    _name, kernel = the_kernel(found, 3, 4)
    set_weights(found, _random_transposed, make_norm=random_norm)
    x = some_maps(22, 2, 3, 5)
    answer = found(Map(x))
    weights = weights_of(found)
    known = _random_transposed(kernel.shape)
    expected = [
        np.maximum(normalised(enlarged(x, known, cut), weights), 0) for cut in cuts(len(kernel))
    ]
    require_any(answer, expected, atol=1e-3)


def _random_transposed(shape: tuple[int, ...]) -> Array:
    return _seeded(*shape).normal(size=shape)


def matches(answer: Answer, expected: Array, atol: float) -> bool:
    """Whether the answer is as expected, each value within `atol`."""
    found = answer.numpy(Map)
    return found.shape == expected.shape and np.allclose(found, expected, rtol=0, atol=atol)


def require_any(answer: Answer, expected: list[Array], atol: float) -> None:
    """Fail unless the answer is one of those that are right; the last is what feedback shows."""
    if not any(matches(answer, wanted, atol) for wanted in expected):
        answer.equals(Map(expected[-1]), atol=atol, headline=WRONG_WITH_KNOWN_WEIGHTS)


@check(
    "upsample_block",
    tier="properties",
    hint=_(
        "Half of the values are dropped and the others doubled, but only if `dropout` asks for it "
        "and only while the network is trained. It comes behind batch norm: a zero that goes into "
        "batch norm does not come out as zero."
    ),
)
def test_upsample_block_dropout(learner: Learner) -> None:
    """With `dropout`, training mode sets half of the values to zero and doubles the others."""
    for dropout in (True, False):
        found = block(learner, "upsample_block", 2, 64, dropout=dropout)
        _only_shift(found, 3)
        # A single cell: every value of the enlarged map is the same product with a kernel of ones.
        answer = found(Map(np.ones((32, 1, 1, 2))), training=True)
        values = answer.numpy(Map)
        right = np.isclose(values, 3, atol=1e-2)
        if dropout:
            right = np.isclose(values, 6, atol=1e-2) | np.isclose(values, 0, atol=1e-2)
        share = float(np.mean(np.isclose(values, 0, atol=1e-2)))
        least, most = (0.35, 0.65) if dropout else (0.0, 0.0)
        if not right.all() or not least <= share <= most:
            answer.fail(
                _("In training mode, where all values are 3 without dropout, something is wrong."),
                expected=Shown(
                    words=_("half of them 0, the others 6") if dropout else _("all of them 3")
                ),
                got=Shown(
                    np.array([round(share, 1), *_distinct(values)]),
                    words=_(
                        "{share} % are 0; the values are {values}",
                        share=round(100 * share),
                        values=", ".join(f"{value:g}" for value in _distinct(values)),
                    ),
                ),
            )


def _only_shift(found: Network, shift: float) -> None:
    """Let batch norm turn maps that are 2 everywhere into maps that are `shift` everywhere."""
    values = {"scale": 1.0, "shift": shift, "mean": 2.0, "variance": 1.0}
    set_weights(found, np.ones, make_norm=lambda kind, size: np.full(size, values[kind]))


def _distinct(values: Array) -> list[float]:
    """The smallest few of the values that occur."""
    return [float(value) for value in np.unique(np.round(values, 1))[:5]]


@check(
    "upsample_block",
    tier="properties",
    hint=_(
        "A prediction has to be the same each time, so in inference mode dropout lets everything "
        "pass. A layer knows the mode of its network; a function has to be told."
    ),
)
def test_upsample_block_inference(learner: Learner) -> None:
    """In inference mode nothing is dropped, with `dropout` or without."""
    for dropout in (True, False):
        found = block(learner, "upsample_block", 2, 8, dropout=dropout)
        _only_shift(found, 3)
        answer = found(Map(np.ones((2, 1, 1, 2))))
        expected = Map(np.full((2, 2, 2, 8), 3))
        answer.equals(expected, atol=1e-2, headline=WRONG_WITH_KNOWN_WEIGHTS)


@check(
    "upsample_block",
    tier="properties",
    hint=_(
        "Batch norm must be able to learn, and it must follow the mode of the network: in training "
        "mode it keeps moving statistics, in inference mode it uses them. And the convolution's "
        "kernel only starts at random; it is trained like all others."
    ),
)
def test_upsample_block_training(learner: Learner) -> None:
    """Every weight gets a gradient, and training mode moves batch norm's statistics."""
    found = block(learner, "upsample_block", 3, 4)
    require_moving_norms(found, some_maps(25, 2, 4, 6) + 1)
    set_weights(found, np.ones)
    require_gradients(found, grey_images(25, 1, 4, 6))


@check(
    "upsample_block",
    tier="edge",
    hint=_(
        "The deepest map may be a single cell: it becomes 2 × 2. Nothing in the block may depend "
        "on the size of the map, and `dropout` is off unless it is asked for."
    ),
)
def test_upsample_block_sizes(learner: Learner) -> None:
    """Any size of map will do, down to one cell, and any numbers of channels."""
    for channels_in, channels_out, height, width in ((5, 5, 1, 1), (1, 3, 1, 4), (7, 1, 2, 9)):
        found = block(learner, "upsample_block", channels_in, channels_out, dropout=True)
        answer = found(Map(some_maps(26, 1, height, width, channels_in)))
        answer.has(Map, (1, 2 * height, 2 * width, channels_out))


# --- MobileUNet ------------------------------------------------------------------------------

PLAN = (3, 7, 4, 6, 2)
"""Channels of the maps of an encoder, the finest first."""

OTHER_PLAN = (8, 1, 3, 2, 9)


def is_given(name: str) -> bool:
    """Whether a weight is one of the encoder's that the grader has made."""
    return any(part.startswith("given_") for part in name.split("."))


def encoder_stages(channels: Sequence[int], *, with_norm: bool = False) -> list[list[Layer]]:
    """The stages of an encoder with random positive weights, so that no map is zero."""
    rng = _seeded(*channels)
    stages: list[list[Layer]] = []
    for number, (before, after) in enumerate(pairwise([3, *channels]), start=1):
        kernel = rng.uniform(0.2, 1, (1, 1, before, after)) / before
        bias = rng.uniform(0.2, 1, after)
        stage: list[Layer] = [
            Convolution(f"given_conv{number}", kernel.astype(np.float32), bias.astype(np.float32))
        ]
        if with_norm:
            mean, variance = rng.uniform(-1, 0, after), rng.uniform(0.5, 2, after)
            stage.append(
                BatchNorm(
                    f"given_norm{number}", mean.astype(np.float32), variance.astype(np.float32)
                )
            )
        stages.append([*stage, ReLU(f"given_relu{number}")])
    return stages


def encoded(images: Array, stages: Sequence[Sequence[Layer]]) -> list[Array]:
    """The maps of such an encoder, its batch norms in inference mode."""
    x = images.astype(np.float64)
    maps = []
    for stage in stages:
        x = pooled(x)
        for layer in stage:
            match layer:
                case Convolution(kernel=kernel, bias=bias):
                    x = convolved(x, kernel) + bias
                case BatchNorm(mean=mean, variance=variance):
                    x = (x - mean) / np.sqrt(variance + EPSILON)
                case ReLU():
                    x = np.maximum(x, 0)
        maps.append(x)
    return maps


def constant_stages(channels: Sequence[int], values: Sequence[float]) -> list[list[Layer]]:
    """The stages of an encoder whose maps are these values, whatever the image."""
    return [
        [
            Convolution(
                f"given_conv{number}",
                np.zeros((1, 1, before, after), np.float32),
                np.full(after, value, np.float32),
            ),
            ReLU(f"given_relu{number}"),
        ]
        for number, ((before, after), value) in enumerate(
            zip(pairwise([3, *channels]), values, strict=True), start=1
        )
    ]


def mobile_unet(
    learner: Learner, stages: Sequence[Sequence[Layer]], num_classes: int = NUM_CLASSES
) -> tuple[Network, Network]:
    """The learner's network over a new encoder of these stages, and the encoder."""
    encoder = learner.encoder(*stages)
    return learner.build("MobileUNet", num_classes, encoder), encoder


def set_decoder(network: Network, *, later: bool = False, closed: bool = False) -> None:
    """Let each step up copy cells and add up all channels, at last give each class its score.

    Then the logits are the sum of all channels of all maps, times the scores, plus the bias.

    Args:
        network: gets its weights set, all but the encoder's.
        later: which of the two middles of a kernel of odd size is meant.
        closed: only the finest map gets through.
    """

    def kernel(shape: tuple[int, ...]) -> Array:
        taps = np.zeros(shape)
        start = cuts(shape[0])[-1 if later else 0]
        middle = slice(start, start + 2)
        if shape[2] == NUM_CLASSES:
            taps[middle, middle] = SCORES[:, np.newaxis]
        elif not closed:
            taps[middle, middle] = 1
        return taps

    # Each of a block's channels is the whole sum divided by their number, for the next one adds
    # them up again.
    norms = {"scale": 1.0, "shift": 0.0, "mean": 0.0}
    set_weights(
        network,
        kernel,
        lambda size: BIAS if size == NUM_CLASSES else np.zeros(size),
        lambda kind, size: np.full(size, norms.get(kind, float(size**2))),
    )


def summed(network: Network, maps: Sequence[Array]) -> Array:
    """The logits of such a network over an encoder with these maps."""
    total = sum(
        copied(found.sum(axis=-1, keepdims=True), 2**level)
        for level, found in enumerate(maps, start=1)
    )
    has_bias = NUM_CLASSES in weights_of(network).biases.values()
    logits: Array = total * SCORES + BIAS * has_bias
    return logits


def require_logits(
    network: Network,
    images: Array,
    maps: Sequence[Array],
    *,
    training: bool = False,
    closed: bool = False,
) -> None:
    """Fail unless the logits are the sum of these maps, each in its place; see `set_decoder`."""
    expected = summed(network, maps)
    for later in (True, False):
        set_decoder(network, later=later, closed=closed)
        answer = network(Map(images), training=training)
        if matches(answer, expected, atol=1e-2):
            return
    answer.equals(Map(expected), atol=1e-2, headline=WRONG_WITH_KNOWN_WEIGHTS)


@check(
    "MobileUNet",
    tier="form",
    hint=_(
        "Four blocks bring 1/32 of the size back to 1/2, and the last transposed convolution makes "
        "the last step and gives each class its map. If something does not fit together, write "
        "down the sizes and channels of the encoder's five maps, and of what lies beside them."
    ),
)
def test_mobile_unet_form(learner: Learner) -> None:
    """The logits are float32, as high and as wide as the images, one map a class."""
    network, _encoder = mobile_unet(learner, encoder_stages(PLAN))
    network(Map(some_maps(30, 2, 64, 96))).has(Map, (2, 64, 96, NUM_CLASSES), "float32")


@check(
    "MobileUNet",
    tier="form",
    hint=_(
        "Five transposed convolutions lead up. Each but the first sees what the one before it "
        "gives and, beside it, a map of the encoder: add up the channels of both. If your "
        "numbers are too small, maps were added or left out instead of concatenated. If layers "
        "are missing: PyTorch does not find those in a plain Python list."
    ),
)
def test_mobile_unet_layers(learner: Learner) -> None:
    """Beside the encoder, there are four `upsample_block`s and a last transposed convolution."""
    network, _encoder = mobile_unet(learner, encoder_stages(PLAN))
    require_decoder(network, PLAN)


def require_decoder(network: Network, plan: Sequence[int]) -> None:
    """Fail unless the layers above the encoder fit its maps; how wide they are is free."""
    weights = weights_of(network)
    shapes = [(k, k, before, after) for k, _k, after, before in _shapes(weights)]
    *skips, below = plan
    wanted, left = [], list(shapes)
    for skip in (*reversed(skips), None):
        # Feedback shows the published number where none of the learner's layers fits.
        found = next(
            (
                shape
                for shape in left
                if shape[2] == below and (shape[3] == NUM_CLASSES) == (skip is None)
            ),
            None,
        )
        if found:
            left.remove(found)
        after = NUM_CLASSES if skip is None else 512 >> (4 - len(skips))
        wanted.append(found or (4, 4, below, after))
        if skip is not None:
            skips.pop()
            below = wanted[-1][3] + skip
    if sorted(wanted) != sorted(shapes):
        network.fail(
            _("The layers above the encoder do not fit its maps."),
            expected=Shown(words=listed(wanted)),
            got=Shown(np.array(shapes).reshape(-1, 4), words=listed(shapes)),
        )
    require_norms(network, [after for _k, _k2, _before, after in wanted[:-1]])


def _shapes(weights: Weights) -> list[tuple[int, int, int, int]]:
    return [kernel.shape for kernel in weights.kernels.values()]


@check(
    "MobileUNet",
    tier="values",
    hint=_(
        "Every map is 1 everywhere here, so the logits of a class are a sum times its weight, plus "
        "its bias. Negative ones have to stay negative: the last layer is no `upsample_block`, and "
        "behind it is no ReLU, no batch norm and no softmax."
    ),
)
def test_mobile_unet_by_hand(learner: Learner) -> None:
    """If every map is 1 everywhere, the logits are plain sums, of either sign."""
    stages = constant_stages(PLAN, (1, 1, 1, 1, 1))
    network, _encoder = mobile_unet(learner, stages)
    images = np.zeros((1, 32, 32, 3), np.float32)
    require_logits(network, images, encoded(images, stages))


@check(
    "MobileUNet",
    tier="values",
    hint=_(
        "The five maps of the encoder are opened one after the other, all others are zero. A map "
        "that does not change the logits is not used; one that counts twice was joined in two "
        "places."
    ),
)
def test_mobile_unet_maps(learner: Learner) -> None:
    """Each of the encoder's five maps takes part in the logits, once."""
    network, encoder = mobile_unet(learner, constant_stages(PLAN, (0, 0, 0, 0, 0)))
    for later in (True, False):
        set_decoder(network, later=later)
        counts = _map_counts(network, encoder)
        if np.allclose(counts, 1, rtol=0, atol=1e-2):
            return
    network.fail(
        _("The encoder's maps do not all take part in the logits, each of them once."),
        expected=Shown(words=_per_map([1] * 5)),
        got=Shown(np.array(counts), words=_per_map(counts)),
    )


def _map_counts(network: Network, encoder: Network) -> list[float]:
    """How often each of the encoder's maps counts in the logits."""
    totals = []
    for opened in range(6):  # one map after the other, at last none
        biases = {
            f"given_conv{number}.bias": np.full(channels, float(number == opened + 1))
            for number, channels in enumerate(PLAN, start=1)
        }
        encoder.assign({name: Tensor(bias) for name, bias in biases.items()})
        logits = network(Map(np.zeros((1, 32, 32, 3)))).numpy(Map)
        # A class whose logits rise, so that a ReLU at the end is told from maps that do not arrive.
        totals.append(logits[..., 1].mean() / SCORES[1])
    *with_one, with_none = totals
    return [
        float(total - with_none) / channels for total, channels in zip(with_one, PLAN, strict=True)
    ]


def _per_map(counts: Sequence[float]) -> str:
    """How often each map counts, finest first."""
    return "\n".join(f"1/{2 ** (level + 1)}: {count:.3g}" for level, count in enumerate(counts))


@check(
    "MobileUNet",
    tier="properties",
    hint=_(
        "The grader's weights copy cells and add up channels, so the logits are the sum of the "
        "five maps, enlarged. If each map arrives but lies in the wrong place, look at what the "
        "transposed convolutions cut off: as much on one side as on the other."
    ),
)
def test_mobile_unet_values(learner: Learner) -> None:
    """Every map arrives in its place, whatever the numbers of channels of the encoder."""
    for plan, with_norm in ((OTHER_PLAN, False), (PLAN, True)):
        stages = encoder_stages(plan, with_norm=with_norm)
        network, _encoder = mobile_unet(learner, stages)
        images = grey_images(31, 2, 32, 64)
        require_logits(network, images, encoded(images, stages))


@check(
    "MobileUNet",
    tier="properties",
    hint=_(
        "The encoder was trained before: its numbers are to be used as they are, and the object "
        "itself, no copy. If only statistics of batch norm have changed, was there a trial run "
        "in training mode? It takes even an image of zeros for an example."
    ),
)
def test_mobile_unet_same_encoder(learner: Learner) -> None:
    """The network uses the very encoder that it is given, and leaves its numbers as they are."""
    stages = encoder_stages(PLAN, with_norm=True)
    encoder = learner.encoder(*stages)
    before = {name: weight.array for name, weight in encoder.weights().items()}
    network = learner.build("MobileUNet", NUM_CLASSES, encoder)
    images = grey_images(32, 1, 32, 64)
    network(Map(images))
    _require_unchanged(encoder, before)
    # What changes in the encoder from now on is to be seen in the logits.
    others = encoder_stages(tuple(PLAN), with_norm=True)
    for stage in others:
        stage[0] = _with_bias(stage[0], 1.0)
    encoder.assign(
        {f"{layer.name}.bias": Tensor(layer.bias) for stage in others for layer in stage[:1]}  # type: ignore[union-attr]
    )
    require_logits(network, images, encoded(images, others))


def _with_bias(layer: Layer, more: float) -> Convolution:
    assert isinstance(layer, Convolution)
    return Convolution(layer.name, layer.kernel, layer.bias + np.float32(more))


def _require_unchanged(encoder: Network, before: dict[str, Array]) -> None:
    after = encoder.weights()
    require_none(
        encoder,
        _("Numbers of the encoder have changed."),
        {name: not np.array_equal(array, after[name].array) for name, array in before.items()},
    )


@check(
    "MobileUNet",
    tier="properties",
    hint=_(
        "As long as the layers above the encoder are random, the gradients that they send down "
        "would destroy what it has learned. Freeze all of its weights, the scale and shift of its "
        "batch norms, too."
    ),
)
def test_mobile_unet_frozen(learner: Learner) -> None:
    """No gradient reaches a weight of the encoder."""
    network, _encoder = mobile_unet(learner, encoder_stages(PLAN, with_norm=True))
    set_decoder(network)
    gradients = network.weight_gradients(Map(grey_images(33, 1, 32, 64)))
    require_none(
        network,
        _("A gradient reaches weights of the encoder."),
        {name: bool(np.any(found)) for name, found in gradients.items() if is_given(name)},
    )


@check(
    "MobileUNet",
    tier="properties",
    hint=_(
        "Statistics are no weights: they move without any gradient, whenever batch norm is in "
        "training mode. And training mode comes back: each epoch begins with it. In PyTorch it "
        "reaches every module inside; in Keras it depends on what the encoder is allowed to learn."
    ),
)
def test_mobile_unet_statistics(learner: Learner) -> None:
    """In training mode, too, the encoder's batch norms keep their statistics."""
    stages = encoder_stages(PLAN, with_norm=True)
    network, encoder = mobile_unet(learner, stages)
    before = {name: weight.array for name, weight in encoder.weights().items()}
    images = grey_images(34, 4, 64, 32)
    network(Map(images), training=True)
    network(Map(images))
    network(Map(images), training=True)
    _require_unchanged(encoder, before)


@check(
    "MobileUNet",
    tier="properties",
    hint=_(
        "Only the finest map gets through here, so the logits show it directly. If it is another "
        "one in training mode, the encoder's batch norms normalise by the batch's own statistics "
        "instead of those that they have: the layers above would learn from maps that they never "
        "see again."
    ),
)
def test_mobile_unet_training(learner: Learner) -> None:
    """In training mode the encoder gives the same maps as in inference mode."""
    stages = encoder_stages(PLAN, with_norm=True)
    network, _encoder = mobile_unet(learner, stages)
    images = grey_images(35, 2, 64, 32)
    finest = encoded(images, stages)[:1]
    require_logits(network, images, finest, training=True, closed=True)


@check(
    "MobileUNet",
    tier="properties",
    hint=_(
        "Some of your blocks drop values in training mode. pix2pix does so; here all four blocks "
        "are asked for without dropout."
    ),
)
def test_mobile_unet_dropout(learner: Learner) -> None:
    """Nothing is dropped: in training mode, the same images give the same logits each time."""
    network, _encoder = mobile_unet(learner, encoder_stages(PLAN))
    set_decoder(network)
    images = Map(grey_images(38, 2, 64, 32))
    first, second = (network(images, training=True) for _call in range(2))
    same = np.allclose(first.array, second.array, rtol=1e-3, atol=1e-2, equal_nan=True)
    if not same:
        second.fail(
            _("The same images give other logits at the second call."),
            expected=Shown(words=_per_class(first)),
            # Which values are dropped is random, so the array only tells that some are.
            got=Shown(np.array(same), words=_per_class(second)),
        )


def _per_class(logits: Answer) -> str:
    """The mean logit of each class."""
    return "\n".join(f"{mean:.3f}" for mean in logits.numpy(Map).mean(axis=(0, 1, 2)))


@check(
    "MobileUNet",
    tier="properties",
    hint=_(
        "Only the encoder is frozen. What is named here lies above it: is the layer used, and has "
        "it been frozen or kept in inference mode together with the encoder? In Keras, a "
        "`training=False` that one layer gets inside `call` holds for those called after it, too."
    ),
)
def test_mobile_unet_gradients(learner: Learner) -> None:
    """All weights above the encoder get a gradient, and batch norms there follow the mode."""
    network, _encoder = mobile_unet(learner, encoder_stages(PLAN))
    set_decoder(network)
    require_gradients(network, grey_images(36, 1, 64, 32))
    require_moving_norms(network, grey_images(36, 2, 64, 32))


@check(
    "MobileUNet",
    tier="edge",
    hint=_(
        "An image of 32 × 32 is the smallest: its deepest map is one cell. Sizes and numbers of "
        "channels belong to the images and to the encoder, none may be written into the network; "
        "and `num_classes` may be 1 or 2."
    ),
)
def test_mobile_unet_sizes(learner: Learner) -> None:
    """Images of any multiple of 32, encoders of any channels and any number of classes will do."""
    for plan, num_classes, height, width in (
        ((1, 1, 1, 1, 1), 2, 32, 32),
        ((2, 3, 5, 8, 13), 1, 96, 32),
    ):
        network, _encoder = mobile_unet(learner, encoder_stages(plan), num_classes)
        answer = network(Map(some_maps(37, 1, height, width)))
        answer.has(Map, (1, height, width, num_classes))


# --- Training: when an exercise passes all of its other checks --------------------------------


@check(
    "UNet",
    tier="training",
    hint=_(
        "Small things are lost on the way down, so the skips have to bring them. If the loss stays "
        "where it began, look for a ReLU behind the last convolution. If it falls and the result "
        "is bad all the same, do batch norms use their moving statistics in inference mode?"
    ),
)
def test_unet_learns(learner: Learner) -> None:
    """Trained briefly, the network labels small things in scenes that it has not seen."""
    require_learning(learner, "UNet")


@check(
    "MobileUNet",
    tier="training",
    hint=_(
        "The encoder has random weights here and stays as it is, so the decoder must learn what to "
        "make of its maps, the finest above all. Are all four skips used, and is the decoder "
        "trained? Frozen should be nothing but the encoder."
    ),
)
def test_mobile_unet_learns(learner: Learner) -> None:
    """Trained briefly over a frozen encoder, the network labels small things in new scenes."""
    require_learning(learner, "MobileUNet")
