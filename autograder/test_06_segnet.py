"""Checks of lesson 6: from autoencoder to SegNet.

Initial weights are the learner's own affair, and so are the names of layers. Checks give a network
known weights that depend on nothing but the shapes of its kernels.
"""

from collections.abc import Callable, Sequence

import numpy as np

from pixelwise.grading.checks import check
from pixelwise.grading.failure import Shown
from pixelwise.grading.learner import Answer, Learner, Network
from pixelwise.grading.smoke import require_learning
from pixelwise.grading.values import Array, Kernel, Map, Tensor, kernel_list
from pixelwise.messages import Message, _

WRONG_WITH_KNOWN_WEIGHTS = _("With weights that the grader has set, the output is wrong.")


def some_images(seed: int, count: int, height: int, width: int, channels: int = 3) -> Array:
    """Images (N, H, W, C) of values of both signs."""
    shape = (count, height, width, channels)
    return np.random.default_rng(seed).normal(size=shape).astype(np.float32)


def bright_images(seed: int, count: int, height: int, width: int, channels: int = 3) -> Array:
    """Images (N, H, W, C) of positive values."""
    shape = (count, height, width, channels)
    return np.random.default_rng(seed).uniform(0.1, 2, shape).astype(np.float32)


def grey_images(seed: int, count: int, height: int, width: int) -> Array:
    """Images (N, H, W, 3) of positive values, three equal channels."""
    return np.repeat(bright_images(seed, count, height, width, 1), 3, axis=-1)


# --- Known weights ---------------------------------------------------------------------------

MOVING = ("mean", "variance")
"""The kinds of numbers of a batch norm that are not trained."""

MakeKernel = Callable[[tuple[int, ...]], Array]
MakeVector = Callable[[str, int], Array]


def _kind(name: str) -> str:
    """What a weight is in its layer: ``kernel``, ``bias``, ``scale``, ``shift``, …"""
    return name.rpartition(".")[2].partition("#")[0]


def kernels_of(network: Network) -> list[Array]:
    """The kernels of all convolutions, each once, (k, k, in, out)."""
    found = [weight.numpy(Kernel) for weight in network.weights().values()]
    return [kernel for kernel in found if kernel.ndim == 4]


def kinds_of(network: Network) -> set[str]:
    """The kinds of weights that the network has."""
    return {_kind(name) for name in network.weights()}


def sizes_of(network: Network, kind: str) -> list[int]:
    """The sizes of all vectors of a kind, in ascending order."""
    weights = network.weights().items()
    return sorted(weight.array.size for name, weight in weights if _kind(name) == kind)


def set_weights(network: Network, make_kernel: MakeKernel, make_vector: MakeVector) -> None:
    """Give kernels new values that depend on their shape alone, vectors on kind and size.

    Then it does not matter in which order and under which names the learner made them.
    """
    weights: dict[str, Tensor] = {}
    for name, answer in network.weights().items():
        weight = answer.numpy(Kernel)
        if weight.ndim == 4:
            weights[name] = Kernel(make_kernel(weight.shape))
        elif weight.ndim == 1:
            vector = make_vector(_kind(name), weight.size)
            weights[name] = Tensor(np.asarray(vector, np.float32))
    network.assign(weights)


def _seeded(*numbers: int) -> np.random.Generator:
    return np.random.default_rng([6, *numbers])


def centre_only(shape: tuple[int, ...]) -> Array:
    """A kernel that makes the mean of the channels at one place."""
    height, width, channels, _outputs = shape
    kernel = np.zeros(shape)
    kernel[height // 2, width // 2] = 1 / channels
    return kernel


def random_kernel(shape: tuple[int, ...]) -> Array:
    """A kernel that depends on its shape alone; signals stay as strong behind its ReLU."""
    scale = np.sqrt(2 / np.prod(shape[:3]))
    return _seeded(*shape).normal(scale=scale, size=shape)


def positive_kernel(shape: tuple[int, ...]) -> Array:
    """A kernel of positive weights that differ; what it makes is about as large as what it sees."""
    return _seeded(*shape).uniform(0, 2, shape) / np.prod(shape[:3])


def plain(kind: str, size: int) -> Array:
    """Vectors with which a batch norm lets everything pass, and no bias.

    Nearly everything: the small number that is added to the variance is everybody's own choice.
    """
    return np.full(size, {"scale": 1.0, "variance": 1.0}.get(kind, 0.0))


def uneven(kind: str, size: int) -> Array:
    """Vectors with which a batch norm changes every channel in its own way; no bias."""
    rng = _seeded(size, len(kind))
    match kind:
        case "scale":
            return rng.uniform(5, 15, size)
        case "variance":
            return rng.uniform(50, 150, size)
        case "mean" | "shift":
            return rng.normal(scale=0.4, size=size)
        case _:
            return np.zeros(size)


def nearly_plain(kind: str, size: int) -> Array:
    """As `plain`, with a small shift, so that no map is zero everywhere."""
    return np.full(size, {"scale": 1.0, "variance": 1.0, "shift": 0.1}.get(kind, 0.0))


# --- What layers do, by hand -----------------------------------------------------------------


def convolved(x: Array, kernel: Array) -> Array:
    """A 3×3 convolution of (N, H, W, C) that keeps the size."""
    padded = np.pad(x, ((0, 0), (1, 1), (1, 1), (0, 0)))
    windows = np.lib.stride_tricks.sliding_window_view(padded, (3, 3), axis=(1, 2))
    values: Array = np.einsum("nhwcij,ijco->nhwo", windows, kernel, optimize=True)
    return values


def normalised(x: Array, vectors: MakeVector, kinds: set[str]) -> Array:
    """Batch norm in inference mode; what the learner's one does not have changes nothing."""
    size = x.shape[-1]
    scale = vectors("scale", size) if "scale" in kinds else 1
    shift = vectors("shift", size) if "shift" in kinds else 0
    values: Array = (x - vectors("mean", size)) / np.sqrt(vectors("variance", size)) * scale
    return values + shift


def normalised_by_batch(x: Array, vectors: MakeVector, kinds: set[str]) -> Array:
    """Batch norm in training mode."""
    size = x.shape[-1]
    scale = vectors("scale", size) if "scale" in kinds else 1
    shift = vectors("shift", size) if "shift" in kinds else 0
    values: Array = (x - x.mean(axis=(0, 1, 2))) / x.std(axis=(0, 1, 2)) * scale
    return values + shift


def relu(x: Array) -> Array:
    """Nothing negative."""
    return np.maximum(x, 0)


def cell_maxima(x: Array, rows: int, columns: int) -> Array:
    """The maxima of 2×2 cells; those at the edge may be cut off."""
    maxima = np.zeros((x.shape[0], rows, columns, x.shape[3]))
    for i, j in np.ndindex(rows, columns):
        maxima[:, i, j] = x[:, 2 * i : 2 * i + 2, 2 * j : 2 * j + 2].max(axis=(1, 2))
    return maxima


def only_maxima(x: Array, cell: int = 2) -> Array:
    """`x` with zeros in place of everything that is not the maximum of its cell; sizes divide."""
    images, height, width, channels = x.shape
    cells = x.reshape(images, height // cell, cell, width // cell, cell, channels)
    is_maximum = cells == cells.max(axis=(2, 4), keepdims=True)
    kept: Array = np.where(is_maximum, cells, 0).reshape(x.shape)
    return kept


# --- Feedback --------------------------------------------------------------------------------


def require_facts(
    network: Answer,
    headline: Message,
    expected: dict[str, bool],
    got: dict[str, bool],
    seen: Array | None = None,
) -> None:
    """Fail with what was found out about the network, unless it is as expected.

    Args:
        network: what is wrong.
        headline: what to say of it.
        expected: facts by name.
        got: facts found.
        seen: the values that they were found in, where these tell one mistake from another.
    """
    if got != expected:
        network.fail(
            headline,
            expected=Shown(words="\n".join(f"{name}: {fact}" for name, fact in expected.items())),
            got=Shown(
                np.array(list(got.values())) if seen is None else seen,
                words="\n".join(f"{name}: {fact}" for name, fact in got.items()),
            ),
        )


Plan = list[tuple[int, int]]
"""The channels in and out of each convolution, in order."""


def require_convolutions(planned: Sequence[tuple[Network, Plan]], others: Message) -> None:
    """Fail with `others` unless all convolutions are 3×3 ones with the channels of the plan.

    Args:
        planned: networks, each with its plan.
        others: what to say of other convolutions.
    """
    wanted = [[(3, 3, before, after) for before, after in plan] for _network, plan in planned]
    # In the order of the plan, whatever the order of the layers; what is not wanted comes last.
    got = [
        sorted(
            (kernel.shape for kernel in kernels_of(network)),
            key=lambda shape: (_place(shape, plan), shape),
        )
        for (network, _plan), plan in zip(planned, wanted, strict=True)
    ]
    for (network, _plan), shapes, plan in zip(planned, got, wanted, strict=True):
        if sorted(shapes) != sorted(plan):
            in_order = sorted(plan, key=lambda shape: _place(shape, plan))
            # To tell what the mistake is takes all of the networks.
            all_of_them = [[(len(found), 0, 0, 0), *found] for found in got]
            network.fail(
                others,
                expected=Shown(words=kernel_list(in_order)),
                got=Shown(np.concatenate(all_of_them), words=kernel_list(shapes)),
            )


def _place(shape: tuple[int, ...], plan: Sequence[tuple[int, ...]]) -> int:
    return plan.index(shape) if shape in plan else len(plan)


def require_norms(block: Network, wanted: list[int]) -> None:
    """Fail unless there are batch norms of so many channels."""
    got = sizes_of(block, "mean")
    if got != sorted(wanted):
        # A norm that keeps no statistics has a shift all the same.
        shown = np.array([*got, len(sizes_of(block, "shift"))])
        block.fail(
            _("One batch norm with moving statistics belongs to each convolution."),
            expected=Shown(words=_("channels: {channels}", channels=sorted(wanted))),
            got=Shown(shown, words=_("channels: {channels}", channels=got)),
        )


def require_moved(network: Network, gradients: dict[str, Array]) -> None:
    """Fail unless every weight that is trained got a gradient."""
    trained = {name: grad for name, grad in gradients.items() if _kind(name) not in MOVING}
    moved = np.array([bool(np.any(gradient)) for gradient in trained.values()])
    if not moved.all():
        still = [name for name, used in zip(trained, moved, strict=True) if not used]
        network.fail(
            _("No gradient reaches some of the weights: training would never change them."),
            got=Shown(moved, words="\n".join(still)),
        )


def statistics_of(network: Network) -> list[Array]:
    """The moving statistics of all batch norms."""
    weights = network.weights().items()
    return [weight.array for name, weight in weights if _kind(name) in MOVING]


def require_statistics(network: Network, run: Callable[[bool], Answer]) -> None:
    """Fail unless moving statistics change in training mode, and only there.

    Args:
        network: keeps the statistics.
        run: what it makes of a batch, in training mode or not.
    """
    changed, outputs = {}, []
    for mode, training in (("inference", False), ("training", True)):
        before = statistics_of(network)
        outputs.append(run(training).array)
        after = statistics_of(network)
        moved = [not np.array_equal(old, new) for old, new in zip(before, after, strict=True)]
        changed[mode] = all(moved) if training else any(moved)
    normalises_by_batch = not np.allclose(outputs[0], outputs[1], atol=1e-4)
    require_facts(
        network,
        _("Moving statistics must change with every batch in training mode, and only there."),
        {"inference": False, "training": True},
        changed,
        seen=np.array([*changed.values(), normalises_by_batch]),
    )


# --- Autoencoder -----------------------------------------------------------------------------


def autoencoder(learner: Learner, channels: int = 3, width: int = 4) -> Network:
    """A small autoencoder."""
    blank = Map(np.zeros((1, 32, 32, channels)))
    network = learner.block("Autoencoder", x=blank, channels=channels, width=width)
    network.require_network()
    return network


@check(
    "Autoencoder",
    tier="form",
    hint=_(
        "What is halved four times has to be doubled four times. Follow the size of the maps from "
        "layer to layer: with a kernel of 4 and a stride of 2, the padding decides whether a size "
        "is halved exactly. And how many channels does the last layer make?"
    ),
)
def test_autoencoder_form(learner: Learner) -> None:
    """The output is float32 and has the shape of the input, images that are not square included."""
    answer = autoencoder(learner)(Map(some_images(0, 2, 48, 80)))
    answer.has(Map, (2, 48, 80, 3), "float32")


@check(
    "Autoencoder",
    tier="form",
    hint=_(
        "Each half is a network of its own, `encoder` and `decoder`, and can be used without the "
        "other. The names are attributes in PyTorch and the layers' `name` in TensorFlow; the name "
        "of a variable is not the name of a layer."
    ),
)
def test_autoencoder_parts(learner: Learner) -> None:
    """There are two parts, named `encoder` and `decoder`, and each can be called by itself."""
    network = autoencoder(learner)
    code = network.part("encoder")(Map(some_images(1, 1, 32, 48)))
    network.part("decoder")(code).has(Map, (1, 32, 48, 3), "float32")


@check(
    "Autoencoder",
    tier="values",
    hint=_(
        "Whatever reaches the output has to pass through the code. If a part is not called, if the "
        "input is added to the output, or if the decoder remembers a map of the encoder, the code "
        "need not hold anything."
    ),
)
def test_autoencoder_composition(learner: Learner) -> None:
    """The output is what the decoder makes of the code, and the code is all that it gets."""
    network = autoencoder(learner)
    encoder, decoder = network.part("encoder"), network.part("decoder")
    images = Map(some_images(2, 1, 32, 48))
    code = encoder(images)
    by_parts = Map(decoder(code).numpy(Map))
    network(Map(some_images(3, 1, 32, 48)))  # a decoder with a memory would see this image now
    decoder(code).equals(
        by_parts, atol=1e-5, headline=_("The decoder makes something else of the same code.")
    )
    network(images).equals(
        by_parts, atol=1e-5, headline=_("The output differs from `decoder(encoder(x))`.")
    )


@check(
    "Autoencoder",
    tier="properties",
    hint=_(
        "An image has 3 numbers at each pixel. A code of 8·16 = 128 channels is smaller if a cell "
        "of it stands for 16 × 16 pixels: 128 numbers in place of 768. Count the halvings, and the "
        "channels of the code."
    ),
)
def test_autoencoder_code(learner: Learner) -> None:
    """At the default arguments, the code holds fewer numbers than the image."""
    network = learner.build("Autoencoder")
    code = network.part("encoder")(Map(some_images(4, 1, 32, 48)))
    numbers = code.array.size
    if numbers >= 32 * 48 * 3:
        code.fail(
            _("The code holds as many numbers as the image, or more."),
            expected=Shown(words=f"< {32 * 48 * 3}"),
            got=Shown(np.array(numbers), words=f"{numbers}: {code.array.shape}"),
        )


@check(
    "Autoencoder",
    tier="properties",
    hint=_(
        "Normalised images have negative values, and values above 1. The last layer must be able "
        "to give them: no ReLU, no sigmoid and no tanh comes behind it."
    ),
)
def test_autoencoder_signs(learner: Learner) -> None:
    """The output can have any value: negative ones, and ones that are larger than 1."""
    network = autoencoder(learner)
    # Only kernels are set: with large ones, the output is large in both directions.
    network.assign(
        {
            name: Kernel(3 * random_kernel(weight.numpy(Kernel).shape))
            for name, weight in network.weights().items()
            if weight.array.ndim == 4
        }
    )
    output = network(Map(some_images(5, 4, 32, 48))).numpy(Map)
    least, most = output.min(), output.max()
    facts = {"< -1": least < -1, "< 0": least < 0, "> 0": most > 0, "> 1": most > 1}
    require_facts(
        network,
        _("With large weights, the output should have values of these kinds."),
        dict.fromkeys(facts, True),
        {name: bool(fact) for name, fact in facts.items()},
    )


@check(
    "Autoencoder",
    tier="properties",
    hint=_(
        "Between two layers stands a ReLU or another activation. Without any, the layers of a part "
        "are together no more than one linear layer. Behind the last layer of the encoder there is "
        "none: the code may be negative, too."
    ),
)
def test_autoencoder_activations(learner: Learner) -> None:
    """Neither the encoder nor the decoder is linear, and the code has values of both signs."""
    network = autoencoder(learner)
    network.assign(
        {
            name: Kernel(3 * random_kernel(weight.numpy(Kernel).shape))
            for name, weight in network.weights().items()
            if weight.array.ndim == 4
        }
    )
    encoder, decoder = network.part("encoder"), network.part("decoder")
    images, others = some_images(11, 1, 32, 48), some_images(12, 1, 32, 48)
    code = encoder(Map(images)).numpy(Map)
    codes = 3 * np.random.default_rng(13).normal(size=(2, *code.shape))
    facts = {
        "encoder(x + y) + encoder(0) != encoder(x) + encoder(y)": _is_curved(
            encoder, images, others
        ),
        "decoder(x + y) + decoder(0) != decoder(x) + decoder(y)": _is_curved(decoder, *codes),
        "encoder(x) < 0": bool(code.min() < 0),
        "encoder(x) > 0": bool(code.max() > 0),
    }
    require_facts(
        network,
        _("With random weights, these should be true of some values of the parts."),
        dict.fromkeys(facts, True),
        facts,
    )


def _is_curved(part: Network, x: Array, y: Array) -> bool:
    """Whether a part is neither linear nor linear but for its biases.

    It is not enough to compare `x` with `-x`: a tanh is not linear, either.
    """
    both, nothing, first, second = (
        part(Map(value)).numpy(Map) for value in (x + y, np.zeros_like(x), x, y)
    )
    return bool(np.abs(both + nothing - first - second).max() > 1e-3 * np.abs(both).max())


@check(
    "Autoencoder",
    tier="properties",
    hint=_(
        "`width` is the number of channels of the first stage, and all others are multiples of it, "
        "the code's channels as well. Is a number written down where a multiple of `width` belongs?"
    ),
)
def test_autoencoder_width(learner: Learner) -> None:
    """With twice the `width`, the code holds twice as many numbers, and there are more weights."""
    sizes, counts = [], []
    for width in (4, 8):
        network = autoencoder(learner, width=width)
        sizes.append(network.part("encoder")(Map(some_images(6, 1, 32, 48))).array.size)
        counts.append(sum(kernel.size for kernel in kernels_of(network)))
    ratio, more = sizes[1] / sizes[0], counts[1] / max(counts[0], 1)
    if ratio != 2 or more < 1.9:
        network.fail(
            _("The network does not grow with `width` as it should."),
            expected=Shown(
                words=_("code: twice as large; kernels: at least twice as many numbers")
            ),
            got=Shown(
                np.array([ratio, more]),
                words=_(
                    "code: {code} times as large; kernels: {kernels} times as many numbers",
                    code=f"{ratio:.3g}",
                    kernels=f"{more:.3g}",
                ),
            ),
        )


@check(
    "Autoencoder",
    tier="properties",
    hint=_(
        "An image may have one channel, or five. `channels` tells how many go in, and as many come "
        "out: look at the first layer of the encoder and at the last one of the decoder."
    ),
)
def test_autoencoder_channels(learner: Learner) -> None:
    """Images of 1 and of 5 channels are rebuilt with as many."""
    for channels in (1, 5):
        network = autoencoder(learner, channels=channels)
        answer = network(Map(some_images(7, 1, 32, 48, channels)))
        answer.has(Map, (1, 32, 48, channels))


@check(
    "Autoencoder",
    tier="properties",
    hint=_(
        "Each of these weights belongs to a layer that is made but not used, or that is frozen. "
        "Follow an image through both parts and tick the layers off."
    ),
)
def test_autoencoder_gradients(learner: Learner) -> None:
    """Every weight of both parts takes part in the result and gets a gradient."""
    network = autoencoder(learner)
    network.assign(
        {
            name: Kernel(positive_kernel(weight.numpy(Kernel).shape))
            for name, weight in network.weights().items()
            if weight.array.ndim == 4
        }
    )
    require_moved(network, network.weight_gradients(Map(bright_images(8, 1, 32, 48))))


@check(
    "Autoencoder",
    tier="properties",
    hint=_(
        "In inference mode an image is rebuilt in the same way whatever stands beside it in the "
        "batch. Is anything computed over the axis of the images, or drawn at random?"
    ),
)
def test_autoencoder_batch(learner: Learner) -> None:
    """In inference mode, each image of a batch is rebuilt by itself."""
    network = autoencoder(learner)
    images = some_images(9, 3, 32, 48)
    alone = [network(Map(images[n : n + 1])).numpy(Map) for n in range(3)]
    network(Map(images)).equals(Map(np.concatenate(alone)), atol=1e-4)


@check(
    "Autoencoder",
    tier="edge",
    hint=_(
        "The smallest image is 16 × 16 pixels; its code is a single cell. Is a size written into "
        "the network, as an input size or where something is reshaped?"
    ),
)
def test_autoencoder_sizes(learner: Learner) -> None:
    """Any height and width that are multiples of 16 will do, from 16 × 16 up."""
    network = autoencoder(learner)
    for height, width in ((16, 16), (16, 80), (112, 48)):
        network(Map(some_images(10, 1, height, width))).has(Map, (1, height, width, 3))


# --- encoder_stage ---------------------------------------------------------------------------


def encoder_stage(learner: Learner, before: int, after: int, num_convs: int) -> Network:
    """An encoder's stage that has made its weights."""
    channels = (before, after) if learner.framework == "torch" else (after,)
    return learner.block("encoder_stage", *channels, num_convs, x=Map(np.zeros((1, 4, 4, before))))


def encoder_plan(before: int, after: int, num_convs: int) -> Plan:
    """The channels in and out of each convolution: the first one changes them."""
    return [(before, after), *(num_convs - 1) * [(after, after)]]


def decoder_plan(before: int, after: int, num_convs: int) -> Plan:
    """The mirror image: the last one changes them."""
    return [*(num_convs - 1) * [(before, before)], (before, after)]


def cells_kept(x: Array, pooled: Answer) -> tuple[int, int]:
    """How many rows and columns of cells came back: an odd last one may be dropped or kept."""
    height, width = x.shape[1:3]
    got = pooled.numpy(Map).shape
    if len(got) != 4:
        return height // 2, width // 2
    return (
        got[1] if got[1] == (height + 1) // 2 else height // 2,
        got[2] if got[2] == (width + 1) // 2 else width // 2,
    )


def stage_by_hand(x: Array, plan: Plan, vectors: MakeVector, kinds: set[str]) -> Array:
    """Convolution, batch norm, ReLU, for each convolution of the plan."""
    for before, after in plan:
        x = relu(normalised(convolved(x, random_kernel((3, 3, before, after))), vectors, kinds))
    return x


NOT_THE_CONVOLUTIONS = _("The convolutions of the stage are not those that were asked for.")


@check(
    "encoder_stage",
    tier="form",
    hint=_(
        "Two things come back, the pooled map first and the indices second. The convolutions keep "
        "the size, which takes padding for a kernel of 3 × 3; only the pooling halves it."
    ),
)
def test_encoder_stage_form(learner: Learner) -> None:
    """A pair comes back, and the pooled map has `out_channels` at half the size."""
    stage = encoder_stage(learner, 3, 5, 2)
    pooled, _indices = stage(Map(some_images(20, 2, 8, 12))).parts(2)
    pooled.has(Map, (2, 4, 6, 5), "float32")


@check(
    "encoder_stage",
    tier="form",
    hint=_(
        "The first convolution goes from `in_channels` to `out_channels`, all others keep these, "
        "and a batch norm follows each. If you have fewer than `num_convs`, was one layer made "
        "once and put into the list several times? It has one set of weights then."
    ),
)
def test_encoder_stage_layers(learner: Learner) -> None:
    """It has `num_convs` convolutions of 3×3, each with its own weights and batch norm."""
    stages = [encoder_stage(learner, 3, 5, num_convs) for num_convs in (1, 2, 3)]
    plans = [encoder_plan(3, 5, num_convs) for num_convs in (1, 2, 3)]
    planned = list(zip(stages, plans, strict=True))
    require_convolutions(planned, NOT_THE_CONVOLUTIONS)
    for stage, plan in planned:
        require_norms(stage, [after for _before, after in plan])


@check(
    "encoder_stage",
    tier="values",
    hint=_(
        "Here the convolution passes everything on, and the batch norm takes 2 away. What is then "
        "negative becomes 0, because the ReLU comes last. If a -2 comes out, the ReLU came before "
        "the batch norm, or there is none."
    ),
)
def test_encoder_stage_by_hand(learner: Learner) -> None:
    """First comes the convolution, then the batch norm, then the ReLU, then the maximum."""
    stage = encoder_stage(learner, 1, 1, 1)
    less = 2 if "shift" in kinds_of(stage) else 0  # a batch norm may do without
    set_weights(
        stage,
        centre_only,
        lambda kind, size: np.full(size, -less) if kind == "shift" else plain(kind, size),
    )
    x = np.array([[1, 0, 3, 5], [0, 1, 2, 9], [-4, -3, 4, 0], [-9, -5, 1, -1]])
    pooled, _indices = stage(Map(x[None, :, :, None])).parts(2)
    expected = relu(np.array([[1, 9], [-3, 4]]) - less)
    pooled.equals(Map(expected[None, :, :, None]), atol=0.02, headline=WRONG_WITH_KNOWN_WEIGHTS)


@check(
    "encoder_stage",
    tier="properties",
    hint=_(
        "The grader computed the same stage by hand, with one, two and three convolutions. If one "
        "is right and two are wrong, look at what lies between them: a batch norm and a ReLU come "
        "after each convolution, not only after the last."
    ),
)
def test_encoder_stage_values(learner: Learner) -> None:
    """With random weights, the pooled map is that of `num_convs` convolutions, norms and ReLUs."""
    x = some_images(21, 2, 8, 12)
    for num_convs in (1, 2, 3):
        stage = encoder_stage(learner, 3, 5, num_convs)
        set_weights(stage, random_kernel, uneven)
        pooled, _indices = stage(Map(x)).parts(2)
        maps = stage_by_hand(x, encoder_plan(3, 5, num_convs), uneven, kinds_of(stage))
        pooled.equals(Map(cell_maxima(maps, 4, 6)), atol=1e-3, headline=WRONG_WITH_KNOWN_WEIGHTS)


@check(
    "encoder_stage",
    tier="properties",
    needs=("max_unpool",),
    hint=_(
        "The indices are those of the pooling, and of the very map that was pooled: the one after "
        "the last ReLU. Put back with lesson 3's `max_unpool`, each maximum must stand where it "
        "stood in that map."
    ),
)
def test_encoder_stage_indices(learner: Learner) -> None:
    """Unpooled by the indices, the maxima are back where they stood before the pooling."""
    stage = encoder_stage(learner, 3, 4, 2)
    set_weights(stage, positive_kernel, plain)
    x = bright_images(22, 2, 6, 8)
    pooled, indices = stage(Map(x)).parts(2)
    maps = x.astype(np.float64)
    for before, after in encoder_plan(3, 4, 2):
        maps = convolved(maps, positive_kernel((3, 3, before, after)))  # nothing is negative
    expected = Map(only_maxima(maps))
    restored = learner.call("max_unpool", pooled, indices, (6, 8)).has(Map, (2, 6, 8, 4)).array
    wanted = learner.layout.arrange(expected)
    if not np.allclose(restored, wanted, atol=0.01):
        indices.fail(
            _("The maxima went back to other places than those where they stood."),
            expected=Shown(wanted),
            got=Shown(restored),
        )


@check(
    "encoder_stage",
    tier="properties",
    hint=_(
        "In training mode, batch norm uses the mean and the variance of the batch that it sees, "
        "over all its images and places. Does the stage hand the mode on to the layers inside, or "
        "is it fixed somewhere?"
    ),
)
def test_encoder_stage_training(learner: Learner) -> None:
    """In training mode, each channel is normalised by the statistics of the batch."""
    stage = encoder_stage(learner, 3, 4, 1)
    set_weights(stage, random_kernel, _like_one)
    x = 100 * some_images(23, 2, 8, 12)
    pooled, _indices = stage(Map(x), training=True).parts(2)
    maps = convolved(x.astype(np.float64), random_kernel((3, 3, 3, 4)))
    maps = relu(normalised_by_batch(maps, _like_one, kinds_of(stage)))
    pooled.equals(Map(cell_maxima(maps, 4, 6)), atol=1e-3)


def _like_one(kind: str, size: int) -> Array:
    """Vectors as a new batch norm has them, with a shift."""
    values = {"scale": 1.0, "variance": 1.0, "shift": 0.5}
    return np.full(size, values.get(kind, 0.0)) * np.linspace(1, 2, size)


@check(
    "encoder_stage",
    tier="properties",
    hint=_(
        "Each batch in training mode moves the mean and the variance that are used later, in "
        "inference mode. If they stay at 0 and 1, predictions are made with numbers that belong to "
        "no image. If they move in inference mode, a prediction changes the network."
    ),
)
def test_encoder_stage_statistics(learner: Learner) -> None:
    """The moving statistics change in training mode, and only there."""
    stage = encoder_stage(learner, 3, 4, 3)
    set_weights(stage, positive_kernel, nearly_plain)
    x = Map(bright_images(24, 2, 8, 12))
    require_statistics(stage, lambda training: stage(x, training=training).parts(2)[0])


@check(
    "encoder_stage",
    tier="properties",
    hint=_(
        "Each of these weights belongs to a layer that is made but not used, or that is frozen. "
        "Follow a map through the stage and tick the layers off."
    ),
)
def test_encoder_stage_gradients(learner: Learner) -> None:
    """Every weight takes part in the result and gets a gradient."""
    stage = encoder_stage(learner, 3, 4, 3)
    set_weights(stage, positive_kernel, plain)
    require_moved(stage, stage.weight_gradients(Map(bright_images(25, 1, 8, 12))))


@check(
    "encoder_stage",
    tier="edge",
    hint=_(
        "A map may have an odd height or width. The convolutions keep it as it is, and the pooling "
        "drops what makes no full cell, or keeps it, as your `max_pool_with_indices` does."
    ),
)
def test_encoder_stage_odd(learner: Learner) -> None:
    """Odd sizes are halved, down or up."""
    stage = encoder_stage(learner, 2, 3, 2)
    set_weights(stage, random_kernel, uneven)
    for height, width in ((7, 12), (6, 5), (3, 9)):
        x = some_images(26, 1, height, width, 2)
        pooled, _indices = stage(Map(x)).parts(2)
        maps = stage_by_hand(x, encoder_plan(2, 3, 2), uneven, kinds_of(stage))
        expected = cell_maxima(maps, *cells_kept(x, pooled))
        pooled.equals(Map(expected), atol=1e-3, headline=WRONG_WITH_KNOWN_WEIGHTS)


# --- decoder_stage ---------------------------------------------------------------------------


def decoder_stage(learner: Learner, before: int, after: int, num_convs: int) -> Network:
    """A decoder's stage that has made its weights."""
    channels = (before, after) if learner.framework == "torch" else (after,)
    stage = learner.block("decoder_stage", *channels, num_convs)
    pooled, indices = places(learner, np.zeros((1, 4, 4, before)))
    decoded(stage, learner, np.zeros(pooled.numpy(Map).shape), indices, (4, 4))
    return stage


def places(learner: Learner, x: Array) -> tuple[Answer, Answer]:
    """The maxima of `x` and where they stood."""
    pooled, indices = learner.call("max_pool_with_indices", Map(x)).parts(2)
    return pooled, indices


def decoded(
    stage: Network,
    learner: Learner,
    x: Array,
    indices: Answer,
    size: tuple[int, int],
    *,
    training: bool = False,
) -> Answer:
    """What the stage makes of `x`, called as the framework wants it."""
    if learner.framework == "torch":
        return stage(Map(x), indices, size, training=training)
    return stage(Map(x), indices, size=size, training=training)


def unpooled(x: Array, peaks: Array) -> Array:
    """Values `x` (N, h, w, C) at the places of the maxima of `peaks`, twice as high and wide."""
    large = x.repeat(2, axis=1).repeat(2, axis=2)
    return np.where(only_maxima(peaks) != 0, large, 0)


@check(
    "decoder_stage",
    tier="form",
    needs=("max_pool_with_indices",),
    hint=_(
        "`size` is the height and the width of what comes out, in this order. Unpooling brings the "
        "map to this size, the convolutions keep it, and at the end there are `out_channels`."
    ),
)
def test_decoder_stage_form(learner: Learner) -> None:
    """The output is as high and as wide as `size` says, with `out_channels`."""
    stage = decoder_stage(learner, 4, 3, 2)
    pooled, indices = places(learner, some_images(30, 2, 8, 12, 4))
    answer = decoded(stage, learner, pooled.numpy(Map), indices, (8, 12))
    answer.has(Map, (2, 8, 12, 3), "float32")


@check(
    "decoder_stage",
    tier="form",
    needs=("max_pool_with_indices",),
    hint=_(
        "A stage of the decoder is the mirror image of one of the encoder: `num_convs` "
        "convolutions, of which the last one changes the channels, and a batch norm after each. "
        "If there are fewer, was one layer made once and used several times?"
    ),
)
def test_decoder_stage_layers(learner: Learner) -> None:
    """It has `num_convs` convolutions of 3×3, each with its own weights and batch norm."""
    planned = [
        (decoder_stage(learner, 4, 3, num_convs), decoder_plan(4, 3, num_convs))
        for num_convs in (1, 2, 3)
    ]
    require_convolutions(planned, NOT_THE_CONVOLUTIONS)
    for stage, plan in planned:
        require_norms(stage, [after for _before, after in plan])


@check(
    "decoder_stage",
    tier="values",
    needs=("max_pool_with_indices",),
    hint=_(
        "Here the convolution passes everything on. Each value must come back at the place that "
        "its index names, with zeros everywhere else. If all of them stand in the same corner of "
        "their cells, or fill the cells, the indices are not used."
    ),
)
def test_decoder_stage_by_hand(learner: Learner) -> None:
    """If the convolution passes everything on, values stand where the maxima stood, and zeros."""
    stage = decoder_stage(learner, 1, 1, 1)
    set_weights(stage, centre_only, plain)
    peaks = np.array([[0, 9, 0, 0], [0, 0, 0, 9], [9, 0, 0, 0], [0, 0, 9, 0]])[None, :, :, None]
    _pooled, indices = places(learner, peaks)
    x = np.array([[1, 2], [3, 4]])[None, :, :, None]
    answer = decoded(stage, learner, x, indices, (4, 4))
    answer.equals(Map(unpooled(x, peaks)), atol=0.02, headline=WRONG_WITH_KNOWN_WEIGHTS)


@check(
    "decoder_stage",
    tier="values",
    needs=("max_pool_with_indices",),
    hint=_(
        "One value is unpooled, and a kernel of nine different weights is laid over the map: a "
        "patch of 3 × 3 values must come out, around the place of the maximum. If it is a single "
        "value, or a pattern with gaps, the convolution came before the unpooling."
    ),
)
def test_decoder_stage_fills_gaps(learner: Learner) -> None:
    """First comes the unpooling, then the convolution, which fills the gaps between the values."""
    stage = decoder_stage(learner, 1, 1, 1)
    set_weights(stage, _nine_weights, plain)
    peaks = np.zeros((1, 8, 8, 1))
    peaks[0, 3, 4] = 1
    _pooled, indices = places(learner, peaks)
    x = cell_maxima(peaks, 4, 4)
    expected = convolved(unpooled(x, peaks), _nine_weights((3, 3, 1, 1)))
    answer = decoded(stage, learner, x, indices, (8, 8))
    answer.equals(Map(expected), atol=0.02, headline=WRONG_WITH_KNOWN_WEIGHTS)


def _nine_weights(shape: tuple[int, ...]) -> Array:
    return np.arange(1.0, 1 + np.prod(shape)).reshape(shape)


@check(
    "decoder_stage",
    tier="properties",
    needs=("max_pool_with_indices",),
    hint=_(
        "The values in are the same each time; only the place of one maximum moves inside its "
        "cell. What comes out has to move with it. Where does your stage use `indices`?"
    ),
)
def test_decoder_stage_moved_peak(learner: Learner) -> None:
    """When a maximum moves inside its cell, what comes out moves with it."""
    stage = decoder_stage(learner, 1, 2, 2)
    set_weights(stage, positive_kernel, plain)
    moved, outputs = {}, []
    for top, left in np.ndindex(2, 2):
        peaks = np.zeros((1, 12, 12, 1))
        peaks[0, 6 + top, 6 + left] = 1
        _pooled, indices = places(learner, peaks)
        x = 1e6 * cell_maxima(peaks, 6, 6)
        output = decoded(stage, learner, x, indices, (12, 12)).has(Map, (1, 12, 12, 2)).numpy(Map)
        outputs.append(output)
        patch = output[0, 4 + top : 9 + top, 4 + left : 9 + left].copy()
        if (top, left) == (0, 0):
            first = patch
        around = np.abs(output).sum() - np.abs(patch).sum()
        moved[f"({top}, {left})"] = bool(
            np.allclose(patch, first, rtol=1e-3) and np.any(patch) and around < 1e-3 * patch.sum()
        )
    require_facts(
        stage,
        _("What comes out did not move with the maximum, at these places inside its cell."),
        dict.fromkeys(moved, True),
        moved,
        seen=np.concatenate(outputs),
    )


@check(
    "decoder_stage",
    tier="properties",
    needs=("max_pool_with_indices",),
    hint=_(
        "The grader computed the same stage by hand, with one, two and three convolutions, for two "
        "images and four channels with other places in each. If one convolution is right and two "
        "are wrong, is there a batch norm and a ReLU after each of them?"
    ),
)
def test_decoder_stage_values(learner: Learner) -> None:
    """With random weights, the output is that of unpooling and `num_convs` convolutions."""
    peaks, x = bright_images(31, 2, 8, 12, 4), some_images(32, 2, 4, 6, 4)
    _pooled, indices = places(learner, peaks)
    for num_convs in (1, 2, 3):
        stage = decoder_stage(learner, 4, 3, num_convs)
        set_weights(stage, random_kernel, uneven)
        plan = decoder_plan(4, 3, num_convs)
        answer = decoded(stage, learner, x, indices, (8, 12))
        kinds, restored = kinds_of(stage), unpooled(x, peaks)
        expected = stage_by_hand(restored, plan, uneven, kinds)
        # Here the order is free.
        other = relu_before_norm(restored, plan, uneven, kinds)
        got = answer.has(Map, expected.shape).numpy(Map)
        if not np.allclose(got, other, atol=1e-3):
            answer.equals(Map(expected), atol=1e-3, headline=WRONG_WITH_KNOWN_WEIGHTS)


def relu_before_norm(x: Array, plan: Plan, vectors: MakeVector, kinds: set[str]) -> Array:
    """Convolution, ReLU, batch norm, for each convolution of the plan."""
    for before, after in plan:
        x = normalised(relu(convolved(x, random_kernel((3, 3, before, after)))), vectors, kinds)
    return x


@check(
    "decoder_stage",
    tier="properties",
    needs=("max_pool_with_indices",),
    hint=_(
        "Each batch in training mode moves the mean and the variance that are used later, in "
        "inference mode. Does the stage hand the mode on to the layers inside, or is it fixed "
        "somewhere?"
    ),
)
def test_decoder_stage_statistics(learner: Learner) -> None:
    """The moving statistics change in training mode, and only there."""
    stage = decoder_stage(learner, 4, 3, 3)
    set_weights(stage, positive_kernel, nearly_plain)
    _pooled, indices = places(learner, some_images(33, 2, 8, 12, 4))
    x = bright_images(34, 2, 4, 6, 4)
    require_statistics(
        stage, lambda training: decoded(stage, learner, x, indices, (8, 12), training=training)
    )


@check(
    "decoder_stage",
    tier="properties",
    needs=("max_pool_with_indices",),
    hint=_(
        "Each of these weights belongs to a layer that is made but not used, or that is frozen. "
        "Follow a map through the stage and tick the layers off."
    ),
)
def test_decoder_stage_gradients(learner: Learner) -> None:
    """Every weight takes part in the result and gets a gradient."""
    stage = decoder_stage(learner, 4, 3, 3)
    set_weights(stage, positive_kernel, plain)
    _pooled, indices = places(learner, some_images(35, 1, 8, 12, 4))
    x = Map(bright_images(36, 1, 4, 6, 4))
    if learner.framework == "torch":
        gradients = stage.weight_gradients(x, indices, (8, 12))
    else:
        gradients = stage.weight_gradients(x, indices, size=(8, 12))
    require_moved(stage, gradients)


@check(
    "decoder_stage",
    tier="edge",
    needs=("max_pool_with_indices",),
    hint=_(
        "Maps of 6 × 4 and of 7 × 5 can pool to the same size: only `size` knows which one it was. "
        "Do you use it, or do you double what came in?"
    ),
)
def test_decoder_stage_odd(learner: Learner) -> None:
    """Odd sizes are restored, and every value is at its place."""
    stage = decoder_stage(learner, 2, 2, 1)
    set_weights(stage, centre_only, plain)
    for height, width in ((7, 4), (5, 9), (6, 7)):
        peaks = bright_images(37, 1, height, width, 2)
        pooled, indices = places(learner, peaks)
        maxima = pooled.numpy(Map)
        answer = decoded(stage, learner, maxima, indices, (height, width))
        restored = np.where(_is_in(peaks, maxima), peaks, 0)
        expected = np.repeat(restored.mean(axis=-1, keepdims=True), 2, axis=-1)
        answer.equals(Map(expected), atol=0.02, headline=WRONG_WITH_KNOWN_WEIGHTS)


def _is_in(x: Array, maxima: Array) -> Array:
    """Which values of `x`, all of them different, are among the maxima of their channel."""
    kept = [np.isin(x[..., c], maxima[..., c]) for c in range(x.shape[-1])]
    return np.stack(kept, axis=-1)


# --- SegNet ----------------------------------------------------------------------------------

NUM_CLASSES = 5
"""At width 1 no other layer has as many channels."""

SCORES = np.array([-8, 4, -1, 0.5, 2])
"""What the last convolution makes of brightness 1."""

STAGES = [(1, 2), (2, 2), (4, 3), (8, 3), (8, 3)]
"""Of the encoder: channels as multiples of the width, and the number of convolutions."""


def mirrored_plan(width: int, num_classes: int) -> Plan:
    """The channels in and out of SegNet's 26 convolutions."""
    down, before = [], 3
    for factor, count in STAGES:
        down += encoder_plan(before, factor * width, count)
        before = factor * width
    mirror = [(after, before) for before, after in reversed(down[1:])]
    return [*down, *mirror, (width, num_classes)]


def segnet(learner: Learner) -> Network:
    """A network of `NUM_CLASSES` classes and width 1."""
    return learner.build("SegNet", NUM_CLASSES, width=1)


def passing_scores(shape: tuple[int, ...]) -> Array:
    """Kernels that pass brightness on; the last one makes `SCORES` of it."""
    kernel = centre_only(shape)
    return kernel * SCORES if shape[3] == NUM_CLASSES else kernel


def pass_on(network: Network) -> None:
    """Let the network only pool and unpool: brightness comes to the last convolution as it is."""
    set_weights(network, passing_scores, plain)


def logits_of(network: Network, images: Array) -> Answer:
    """The logits in inference mode, their size checked."""
    return network(Map(images)).has(Map, (*images.shape[:3], NUM_CLASSES))


@check(
    "SegNet",
    tier="form",
    hint=_(
        "Five poolings halve the map, five unpoolings bring it back to the size of the image. The "
        "last convolution makes one map for each class, `num_classes` of them. If height and width "
        "are exchanged, look at the sizes that you keep on the way down."
    ),
)
def test_segnet_form(learner: Learner) -> None:
    """The logits are float32, as high and as wide as the images, one map a class."""
    answer = segnet(learner)(Map(some_images(40, 2, 64, 96)))
    answer.has(Map, (2, 64, 96, NUM_CLASSES), "float32")


@check(
    "SegNet",
    tier="form",
    hint=_(
        "VGG16 has 2, 2, 3, 3 and 3 convolutions with 1, 2, 4, 8 and 8 times `width` channels. In "
        "the mirror image each has its counterpart, which goes from the channels out to the "
        "channels in; that of the very first one is the convolution that makes the scores, 3 × 3 "
        "as well. If yours are fewer, is a stage used twice, or are layers kept in a plain Python "
        "list, where PyTorch does not find them? If others are among them, does something else "
        "than unpooling enlarge the maps?"
    ),
)
def test_segnet_layers(learner: Learner) -> None:
    """It has VGG16's 13 convolutions and their mirror image, each with its own weights."""
    network = learner.build("SegNet", NUM_CLASSES, width=3)
    require_convolutions(
        [(network, mirrored_plan(3, NUM_CLASSES))],
        _("The convolutions are not VGG16's 13 and their mirror image."),
    )
    # At width 3, nothing else has as many channels.
    if any(NUM_CLASSES in sizes_of(network, kind) for kind in ("scale", "shift", *MOVING)):
        network.fail(
            _("A batch norm follows the last convolution, the one that makes the scores."),
            got=Shown(np.array([NUM_CLASSES]), words=f"{NUM_CLASSES} channels"),
        )


@check(
    "SegNet",
    tier="values",
    hint=_(
        "All convolutions pass brightness on here, so the largest pixel of 32 × 32 goes down to "
        "the coarsest map and comes back to its own place: scores of either sign stand there, and "
        "0 everywhere else. If they stand at other places, which indices does each stage get? If "
        "there are none that are negative, what comes after the last convolution?"
    ),
)
def test_segnet_by_hand(learner: Learner) -> None:
    """If convolutions pass a grey image on, the maxima of 32×32 pixels are back at their places."""
    network = segnet(learner)
    pass_on(network)
    images = grey_images(41, 2, 64, 96)
    expected = only_maxima(images[..., :1], 32) * SCORES
    logits_of(network, images).equals(Map(expected), atol=0.3, headline=WRONG_WITH_KNOWN_WEIGHTS)


@check(
    "SegNet",
    tier="properties",
    hint=_(
        "A bright pixel moves by 1, 2, 4, 8 or 16 pixels, and its scores must move as far. The "
        "first stage's indices know about 1 pixel, those of the second one about 2, and so on: the "
        "first False tells which indices are lost, or given to the wrong stage."
    ),
)
def test_segnet_moved_peak(learner: Learner) -> None:
    """When a bright pixel moves inside its cell, its scores move with it, at every stage."""
    network = segnet(learner)
    pass_on(network)
    shifts = [1, 2, 4, 8, 16]
    images = np.zeros((5, 64, 96, 3))
    for image, shift in zip(images, shifts, strict=True):
        image[:32, 32:64][0, shift] = 1
        image[32:, 32:64][shift, 0] = 1
    got = logits_of(network, images).numpy(Map)[..., :1]
    # The score of the first class is negative at both pixels, and 0 everywhere else.
    right = [np.array_equal(got[n] < -1, images[n, ..., :1] > 0) for n in range(len(shifts))]
    moved = {str(shift): fact for shift, fact in zip(shifts, right, strict=True)}
    require_facts(
        network,
        _("The scores did not move with the bright pixel, by so many pixels."),
        dict.fromkeys(moved, True),
        moved,
        seen=got,
    )


@check(
    "SegNet",
    tier="properties",
    hint=_(
        "The two images have their maxima at the same places and with the same values; all else is "
        "darker in the second one. A decoder that gets only the deepest map and the indices cannot "
        "tell them apart. Yours can: which map of the encoder does it see?"
    ),
)
def test_segnet_nothing_carried(learner: Learner) -> None:
    """Only indices go across: what is no maximum of 32×32 pixels has no way to the output."""
    network = segnet(learner)
    pass_on(network)
    images = grey_images(42, 1, 32, 64)
    maxima = only_maxima(images, 32)
    darker = np.where(maxima > 0, maxima, images / 2)
    answer = logits_of(network, np.concatenate([images, darker]))
    first = answer.numpy(Map)[:1]
    answer.equals(
        Map(np.concatenate([first, first])),
        atol=0.05,
        headline=_("The logits of two images differ that must not."),
    )


@check(
    "SegNet",
    tier="properties",
    hint=_(
        "Each convolution but the last one is followed by a ReLU. Without it, convolutions in a "
        "row are no more than one larger convolution."
    ),
)
def test_segnet_relu(learner: Learner) -> None:
    """If convolutions pass an image of negative values on, the ReLUs leave nothing of it."""
    network = segnet(learner)
    pass_on(network)
    logits = logits_of(network, -grey_images(43, 1, 32, 64))
    logits.equals(
        Map(np.zeros((1, 32, 64, NUM_CLASSES))), atol=1e-3, headline=WRONG_WITH_KNOWN_WEIGHTS
    )


@check(
    "SegNet",
    tier="properties",
    hint=_(
        "Each of these weights belongs to a layer that is made but not used, or that is frozen. "
        "Follow an image through the network, down and up, and tick the layers off."
    ),
)
def test_segnet_gradients(learner: Learner) -> None:
    """Every weight gets a gradient, those of the encoder, too."""
    network = segnet(learner)
    set_weights(network, positive_kernel, nearly_plain)
    require_moved(network, network.weight_gradients(Map(grey_images(44, 1, 64, 64))))


@check(
    "SegNet",
    tier="properties",
    hint=_(
        "A prediction must not depend on what else is in the batch, nor change the network; only "
        "training moves the statistics of the batch norms. In TensorFlow, does every stage get "
        "`training` handed on? In PyTorch, is a part switched to one mode for good?"
    ),
)
def test_segnet_modes(learner: Learner) -> None:
    """In inference mode, images do not influence each other; in training, statistics move."""
    network = segnet(learner)
    set_weights(network, positive_kernel, nearly_plain)
    images = bright_images(45, 2, 32, 64)
    alone = network(Map(images[:1])).numpy(Map)
    together = network(Map(images)).numpy(Map)[:1]
    again = network(Map(images[:1])).numpy(Map)
    before = statistics_of(network)
    network(Map(images), training=True)
    after = statistics_of(network)
    changed = [not np.array_equal(old, new) for old, new in zip(before, after, strict=True)]
    facts = {
        "inference: network(x[:1]) == network(x)[:1]": bool(
            np.allclose(alone, together, atol=1e-4)
        ),
        "inference: network(x) == network(x)": bool(np.allclose(alone, again, atol=1e-4)),
        "training: mean, variance != old": all(changed),
    }
    require_facts(
        network,
        _("The network does not do what its mode says."),
        dict.fromkeys(facts, True),
        facts,
    )


@check(
    "SegNet",
    tier="edge",
    hint=_(
        "At 32 × 32 pixels the coarsest map is a single cell, and height and width need not be "
        "equal. With two classes there are two maps. Is a size or a number of classes written into "
        "the network?"
    ),
)
def test_segnet_sizes(learner: Learner) -> None:
    """Any height and width that are multiples of 32 will do, and any number of classes."""
    network = learner.build("SegNet", 2, width=1)
    for height, width in ((32, 32), (32, 128), (96, 64)):
        network(Map(some_images(46, 1, height, width))).has(Map, (1, height, width, 2))


# --- Training: when an exercise passes all of its other checks --------------------------------


@check(
    "SegNet",
    tier="training",
    hint=_(
        "Where a thing ends is known from the indices alone, so each stage must unpool by those of "
        "its own mirror image. If the loss stays where it began, look for a ReLU behind the last "
        "convolution, and for a stage that is frozen or has no batch norm."
    ),
)
def test_segnet_learns(learner: Learner) -> None:
    """Trained briefly, the network labels small things in scenes that it has not seen."""
    require_learning(learner, "SegNet")
