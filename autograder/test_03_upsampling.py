"""Checks of lesson 3: back to full resolution."""

import copy
from collections.abc import Iterator

import numpy as np

from pixelwise.grading.checks import check
from pixelwise.grading.failure import Failure, Shown
from pixelwise.grading.learner import Answer, Learner
from pixelwise.grading.values import Array, Kernel, Map
from pixelwise.messages import _

FLOATS = ("float32", "float64")


def maps(seed: int, *shape: int) -> Array:
    """Feature maps (N, H, W, C) of values of both signs."""
    return np.random.default_rng(seed).normal(size=shape).astype(np.float32)


# --- bilinear_kernel -------------------------------------------------------------------------


def tent(kernel_size: int) -> Array:
    """One side of the kernel: 1 in the centre, falling evenly, 0 a factor away from it."""
    factor = (kernel_size + 1) // 2
    places = np.arange(kernel_size) - (kernel_size - 1) / 2
    return 1 - np.abs(places) / factor


def kernel_of(channels: int, kernel_size: int) -> Kernel:
    """The tent from every channel to itself."""
    kernel = np.zeros((kernel_size, kernel_size, channels, channels))
    for channel in range(channels):
        kernel[:, :, channel, channel] = np.outer(tent(kernel_size), tent(kernel_size))
    return Kernel(kernel)


@check(
    "bilinear_kernel",
    tier="form",
    hint=_(
        "A transposed convolution in PyTorch keeps its weights as (in, out, k, k), in TensorFlow "
        "as (k, k, out, in)."
    ),
)
def test_bilinear_kernel_form(learner: Learner) -> None:
    """The kernel has the axes of the framework's transposed convolution, and floating numbers."""
    learner.call("bilinear_kernel", 3, 3, 4).has(Kernel, (4, 4, 3, 3), FLOATS)


@check(
    "bilinear_kernel",
    tier="values",
    hint=_(
        "For factor 2 one row of the kernel rises and falls like 1, 3, 3, 1, and the whole kernel "
        "is this row times the same numbers as a column. Between which two places does the centre "
        "lie?"
    ),
)
def test_bilinear_kernel_by_hand(learner: Learner) -> None:
    """The 4 x 4 kernel is the outer product of 1/4, 3/4, 3/4, 1/4 with itself."""
    row = np.array([1, 3, 3, 1]) / 4
    kernel = np.outer(row, row)[:, :, None, None]
    learner.call("bilinear_kernel", 1, 1, 4).equals(Kernel(kernel), atol=1e-5)


@check(
    "bilinear_kernel",
    tier="properties",
    hint=_(
        "Each channel is enlarged by itself. Look at the weight from channel 0 to channel 1: if it "
        "is not 0, the colours of a picture run into one another."
    ),
)
def test_bilinear_kernel_channels(learner: Learner) -> None:
    """Channel i goes to channel i only; every other weight is zero."""
    learner.call("bilinear_kernel", 3, 3, 4).equals(kernel_of(3, 4), atol=1e-5)


@check(
    "bilinear_kernel",
    tier="properties",
    hint=_(
        "The factor that belongs to a kernel size is half of it, rounded up. In steps of 1/factor "
        "the weights fall from the centre to both sides."
    ),
)
def test_bilinear_kernel_even(learner: Learner) -> None:
    """Kernels for the factors 4 and 8 are right."""
    for kernel_size in (8, 16):
        learner.call("bilinear_kernel", 2, 2, kernel_size).equals(
            kernel_of(2, kernel_size), atol=1e-5
        )


@check(
    "bilinear_kernel",
    tier="edge",
    hint=_(
        "The centre of an odd kernel is a place of its own, with weight 1. For size 5 the factor "
        "is 3: the weights next to the centre are 2/3 and 1/3."
    ),
)
def test_bilinear_kernel_odd(learner: Learner) -> None:
    """Kernels for the odd factors 3 and 5 are right."""
    for kernel_size in (5, 9):
        learner.call("bilinear_kernel", 2, 2, kernel_size).equals(
            kernel_of(2, kernel_size), atol=1e-5
        )


@check(
    "bilinear_kernel",
    tier="edge",
    hint=_("Factor 1 changes nothing: what must the only weight be?"),
)
def test_bilinear_kernel_one(learner: Learner) -> None:
    """The kernel of size 1 hands every channel on unchanged."""
    learner.call("bilinear_kernel", 2, 2, 1).equals(kernel_of(2, 1), atol=1e-5)


# --- bilinear_upsampling ---------------------------------------------------------------------


def stretched(x: Array, factor: int, axis: int) -> Array:
    """`x` resized linearly along one axis, half-pixel centres."""
    size = x.shape[axis]
    position = np.clip((np.arange(size * factor) + 0.5) / factor - 0.5, 0, size - 1)
    low = np.floor(position).astype(int)
    high = np.minimum(low + 1, size - 1)
    share = np.expand_dims(position - low, tuple(i for i in range(x.ndim) if i != axis))
    lower, higher = x.take(low, axis), x.take(high, axis)
    return lower + share * (higher - lower)


def resized_inside(answer: Answer, x: Array, factor: int) -> Map:
    """What bilinear resizing gives away from the border; at the border, whatever came back."""
    expected = stretched(stretched(x, factor, 1), factor, 2)
    inside = np.s_[:, factor:-factor, factor:-factor]
    framed = answer.numpy(Map).astype(np.float64)
    framed[inside] = expected[inside]
    return Map(framed)


def enlarged(learner: Learner, x: Array, factor: int) -> Answer:
    """The output of a new layer, its size checked."""
    images, height, width, channels = x.shape
    answer = learner.call("bilinear_upsampling", channels, factor)(Map(x))
    return answer.has(Map, (images, factor * height, factor * width, channels))


@check(
    "bilinear_upsampling",
    tier="form",
    hint=_(
        "Without padding a transposed convolution gives factor * (size - 1) + kernel_size pixels. "
        "How many are too many, and how does the layer cut them off evenly?"
    ),
)
def test_bilinear_upsampling_form(learner: Learner) -> None:
    """The output is exactly `factor` times as high and as wide as the input."""
    for factor in (2, 3, 4):
        enlarged(learner, maps(0, 2, 3, 5, 2), factor)


@check(
    "bilinear_upsampling",
    tier="form",
    hint=_(
        "The layer is a transposed convolution whose weights can be trained. A bias is not wanted "
        "and has to be switched off."
    ),
)
def test_bilinear_upsampling_no_bias(learner: Learner) -> None:
    """The layer's only weights are those of its kernel: it has no bias."""
    layer = learner.call("bilinear_upsampling", 3, 2)
    layer(Map(maps(0, 1, 3, 4, 3)))  # a Keras layer may make its weights when it is first called
    weights = layer.parameters()
    kernels = [weight for weight in weights if weight.ndim == 4]
    if len(kernels) != 1:
        layer.fail(
            _("The layer should have exactly one trainable weight, its kernel."),
            expected=Shown(words="1"),
            got=Shown(words=str(len(kernels))),
        )
    others = [weight for weight in weights if weight.ndim != 4]
    if others:
        layer.fail(
            _("The layer has more weights than its kernel."),
            expected=Shown(kernels[0], with_values=False),
            # Its values may be random, and only its being there is wrong.
            got=Shown(np.zeros_like(others[0]), with_values=False),
        )


@check(
    "bilinear_upsampling",
    tier="values",
    hint=_(
        "Enlarged to twice its size, one bright pixel becomes a small hill that reaches two pixels "
        "to each side of its middle, as far to the left as to the right. If yours is a block, or "
        "lies to one side, look at the size of the kernel and at what is cut off."
    ),
)
def test_bilinear_upsampling_one_pixel(learner: Learner) -> None:
    """A single bright pixel, enlarged to twice its size, becomes a hill around the same place."""
    x = np.zeros((1, 3, 3, 1))
    x[0, 1, 1, 0] = 1
    expected = np.zeros((1, 6, 6, 1))
    row = np.array([1, 3, 3, 1]) / 4
    expected[0, 1:5, 1:5, 0] = np.outer(row, row)
    enlarged(learner, x, 2).equals(Map(expected), atol=1e-5)


@check(
    "bilinear_upsampling",
    tier="properties",
    hint=_(
        "Away from the border the layer must do what bilinear resizing does. Are the weights those "
        "of `bilinear_kernel` for this factor, and is the same amount cut off on both sides?"
    ),
)
def test_bilinear_upsampling_resizes(learner: Learner) -> None:
    """Away from the border the output equals bilinear resizing, for the factors 2, 4 and 8."""
    for factor in (2, 4, 8):
        x = maps(factor, 1, 4, 5, 2)
        answer = enlarged(learner, x, factor)
        answer.equals(resized_inside(answer, x, factor), atol=1e-4)


@check(
    "bilinear_upsampling",
    tier="properties",
    hint=_(
        "What does the layer do with the other channels? In the beginning each channel passes "
        "through by itself."
    ),
)
def test_bilinear_upsampling_channels(learner: Learner) -> None:
    """A channel of the input reaches the same channel of the output and no other."""
    x = np.zeros((1, 4, 5, 3))
    x[:, :, :, 1] = maps(1, 1, 4, 5, 1)[..., 0]
    answer = enlarged(learner, x, 2)
    expected = resized_inside(answer, x, 2).array
    expected[..., [0, 2]] = 0
    answer.equals(Map(expected), atol=1e-4)


@check(
    "bilinear_upsampling",
    tier="properties",
    hint=_(
        "The same picture one pixel further to the right must come out `factor` pixels further to "
        "the right: the stride of the layer is the factor."
    ),
)
def test_bilinear_upsampling_shift(learner: Learner) -> None:
    """When the input moves by 1 pixel, the output moves by `factor` pixels."""
    x = np.zeros((2, 5, 6, 1))
    x[0, 2, 2], x[1, 2, 3] = 1, 1
    layer = learner.call("bilinear_upsampling", 1, 8)
    answer = layer(Map(x)).has(Map, (2, 40, 48, 1))
    got = answer.numpy(Map)
    moved = np.stack([got[0], np.roll(got[0], 8, axis=1)])
    answer.equals(Map(moved), atol=1e-4)


@check(
    "bilinear_upsampling",
    tier="edge",
    hint=_(
        "An odd factor needs an odd kernel: 2 * factor - 1. With an even one the hill has no "
        "centre that a pixel of the output could lie on."
    ),
)
def test_bilinear_upsampling_odd(learner: Learner) -> None:
    """Away from the border, it equals bilinear resizing for the odd factors 3 and 5, too."""
    for factor in (3, 5):
        x = maps(factor, 1, 4, 5, 2)
        answer = enlarged(learner, x, factor)
        answer.equals(resized_inside(answer, x, factor), atol=1e-4)


@check(
    "bilinear_upsampling",
    tier="edge",
    hint=_("With factor 1 the kernel has a single weight, and the input passes through."),
)
def test_bilinear_upsampling_factor_one(learner: Learner) -> None:
    """Factor 1 changes nothing."""
    x = maps(6, 2, 3, 4, 2)
    enlarged(learner, x, 1).equals(Map(x), atol=1e-5)


# --- max_pool_with_indices -------------------------------------------------------------------

CELLS = np.array(
    [
        [1, 2, 5, 0],
        [0, 9, 4, 3],
        [7, 3, 0, 6],
        [5, 4, 8, 1],
        [0, 2, 1, 1.5],
        [3, 1, 2, 0],
    ]
)[None, :, :, None]


def cell_maxima(x: Array, rows: int, columns: int) -> Array:
    """The maxima of the first `rows` times `columns` cells; those at the edge may be cut off."""
    maxima = np.zeros((x.shape[0], rows, columns, x.shape[3]), np.float32)
    for i, j in np.ndindex(rows, columns):
        maxima[:, i, j] = x[:, 2 * i : 2 * i + 2, 2 * j : 2 * j + 2].max(axis=(1, 2))
    return maxima


def cells_kept(x: Array, pooled: Answer) -> tuple[int, int]:
    """How many rows and columns of cells came back: an odd last one may be dropped or kept."""
    shape = pooled.array.shape
    height, width = x.shape[1:3]
    if len(shape) != 4:
        return height // 2, width // 2
    rows, columns = pooled.numpy(Map).shape[1:3]
    return (
        rows if rows == (height + 1) // 2 else height // 2,
        columns if columns == (width + 1) // 2 else width // 2,
    )


def arrays_in(answer: Answer, depth: int = 3) -> Iterator[Array]:
    """Every array in an answer of free form; sets and objects of any class are taken apart."""
    if answer.value.array is not None:
        yield answer.value.array
    content = answer
    if answer.value.kind == "object":
        try:
            content = answer.method("__reduce_ex__", 2)
        except Failure:  # a function, a generator: nobody can look inside
            return
        depth -= 1  # objects may refer to each other in a circle
    if depth:
        for item in content.value.items.values():
            part = copy.copy(answer)
            part.value = item
            yield from arrays_in(part, depth)


@check(
    "max_pool_with_indices",
    tier="form",
    hint=_(
        "Two things come back: the maxima, half as high and half as wide as the input, and then "
        "the note of where they stood."
    ),
)
def test_max_pool_with_indices_form(learner: Learner) -> None:
    """A pair comes back, and the pooled maps are half as high and as wide."""
    pooled, _indices = learner.call("max_pool_with_indices", Map(maps(0, 2, 4, 6, 3))).parts(2)
    pooled.has(Map, (2, 2, 3, 3), "float32")


@check(
    "max_pool_with_indices",
    tier="values",
    hint=_("Cut the map into cells of 2 x 2 that do not overlap. Which value wins in each?"),
)
def test_max_pool_with_indices_values(learner: Learner) -> None:
    """Each pooled value is the largest of its 2 x 2 cell."""
    pooled, _indices = learner.call("max_pool_with_indices", Map(CELLS)).parts(2)
    pooled.equals(Map(np.array([[9, 5], [7, 8], [3, 2]])[None, :, :, None]))


@check(
    "max_pool_with_indices",
    tier="properties",
    hint=_("Every image and every channel is pooled by itself, and axes are not exchanged."),
)
def test_max_pool_with_indices_batch(learner: Learner) -> None:
    """Images and channels are pooled each on their own."""
    x = maps(1, 2, 4, 6, 3)
    pooled, _indices = learner.call("max_pool_with_indices", Map(x)).parts(2)
    pooled.equals(Map(cell_maxima(x, 2, 3)))


@check(
    "max_pool_with_indices",
    tier="properties",
    hint=_(
        "The largest of four negative numbers is negative. Does a 0 get in somewhere, as a "
        "starting value, as padding or through a ReLU?"
    ),
)
def test_max_pool_with_indices_negative(learner: Learner) -> None:
    """Where all values are negative, the maximum is negative too."""
    x = -1 - np.abs(maps(2, 1, 4, 6, 2))
    pooled, _indices = learner.call("max_pool_with_indices", Map(x)).parts(2)
    pooled.equals(Map(cell_maxima(x, 2, 3)))


@check(
    "max_pool_with_indices",
    tier="properties",
    hint=_(
        "The pooled values are the same, only the place of one of them has changed. The indices "
        "are there to tell this: they must differ for each place in each cell."
    ),
)
def test_max_pool_with_indices_tell_places(learner: Learner) -> None:
    """The indices change when a maximum moves inside its cell."""
    cells = list(np.ndindex(2, 1, 2, 2))
    seen = set()
    moves = 0
    for image, row, column, channel in cells:
        for place in range(4):
            x = np.zeros((2, 2, 4, 2))
            for n, i, j, c in cells:
                x[n, 2 * i, 2 * j, c] = 1
            x[image, 2 * row, 2 * column, channel] = 0
            x[image, 2 * row + place // 2, 2 * column + place % 2, channel] = 1
            _pooled, indices = learner.call("max_pool_with_indices", Map(x)).parts(2)
            moves += place > 0
            seen.add(b"".join(array.tobytes() for array in arrays_in(indices)))
            indices.require(
                len(seen) == moves + 1,
                _("A maximum moved inside its cell, but the indices did not tell this place."),
            )


@check(
    "max_pool_with_indices",
    tier="edge",
    hint=_(
        "A last row or column that is left over makes no full cell. Drop it, or take the maximum "
        "of what is there; what is not there must not count as 0."
    ),
)
def test_max_pool_with_indices_odd(learner: Learner) -> None:
    """At odd sizes the last row or column is dropped, or pooled by itself."""
    for height, width in ((5, 6), (4, 7), (3, 5)):
        x = -1 - np.abs(maps(3, 2, height, width, 2))
        pooled, _indices = learner.call("max_pool_with_indices", Map(x)).parts(2)
        pooled.equals(Map(cell_maxima(x, *cells_kept(x, pooled))))


# --- max_unpool ------------------------------------------------------------------------------


def pooled_and_back(learner: Learner, x: Array) -> tuple[Answer, Answer]:
    """The pooled maps, and what unpooling them to the size of `x` gives."""
    pooled, indices = learner.call("max_pool_with_indices", Map(x)).parts(2)
    return pooled, learner.call("max_unpool", pooled, indices, x.shape[1:3])


def only_maxima(x: Array, rows: int, columns: int) -> Array:
    """`x` with zeros in place of everything that is not the first maximum of its cell."""
    kept = np.zeros_like(x)
    for n, i, j, c in np.ndindex(x.shape[0], rows, columns, x.shape[3]):
        cell = x[n, 2 * i : 2 * i + 2, 2 * j : 2 * j + 2, c]
        top, left = divmod(int(cell.argmax()), cell.shape[1])
        kept[n, 2 * i + top, 2 * j + left, c] = cell.max()
    return kept


@check(
    "max_unpool",
    tier="form",
    needs=("max_pool_with_indices",),
    hint=_("`size` is the height and the width of the output; images and channels stay."),
)
def test_max_unpool_form(learner: Learner) -> None:
    """The output is as high and as wide as `size` says."""
    _pooled, restored = pooled_and_back(learner, maps(0, 2, 4, 6, 3))
    restored.has(Map, (2, 4, 6, 3), "float32")


@check(
    "max_unpool",
    tier="values",
    needs=("max_pool_with_indices",),
    hint=_(
        "Of the four places of a cell, three are 0 and one has the maximum. The indices tell "
        "which one."
    ),
)
def test_max_unpool_values(learner: Learner) -> None:
    """Each maximum is back at the place it came from, and zeros are everywhere else."""
    _pooled, restored = pooled_and_back(learner, CELLS.astype(np.float32))
    restored.equals(Map(only_maxima(CELLS, 3, 2)))


@check(
    "max_unpool",
    tier="values",
    needs=("max_pool_with_indices",),
    hint=_(
        "In the four inputs only the place of the maximum differs, so only the indices differ. "
        "Without them the four outputs cannot be told apart."
    ),
)
def test_max_unpool_moved_peak(learner: Learner) -> None:
    """When a maximum moves inside its cell, it moves in the output."""
    for top, left in np.ndindex(2, 2):
        x = np.zeros((1, 4, 6, 1), np.float32)
        x[0, 2 + top, 2 + left, 0] = 7
        _pooled, restored = pooled_and_back(learner, x)
        restored.equals(Map(x))


@check(
    "max_unpool",
    tier="properties",
    needs=("max_pool_with_indices",),
    hint=_(
        "The same place in another image or another channel is another place. What does an index "
        "count from: the start of its channel, of its image or of the batch?"
    ),
)
def test_max_unpool_batch(learner: Learner) -> None:
    """Images and channels are kept apart, even with their maxima at the same places."""
    x = np.zeros((2, 4, 6, 3), np.float32)
    x[:, 1::2, ::2] = np.arange(1, 37).reshape(2, 2, 3, 3)
    _pooled, restored = pooled_and_back(learner, x)
    restored.equals(Map(x))


@check(
    "max_unpool",
    tier="properties",
    needs=("max_pool_with_indices",),
    hint=_(
        "Pool and unpool: what is left of the map are its maxima, each where it was, with its sign."
    ),
)
def test_max_unpool_round_trip(learner: Learner) -> None:
    """After pooling and unpooling the maxima are where they were, negative ones too."""
    for x in (maps(4, 2, 6, 4, 3), -1 - np.abs(maps(5, 1, 4, 8, 2))):
        _pooled, restored = pooled_and_back(learner, x)
        restored.equals(Map(only_maxima(x, x.shape[1] // 2, x.shape[2] // 2)))


@check(
    "max_unpool",
    tier="properties",
    needs=("max_pool_with_indices",),
    hint=_(
        "In a decoder the values to be put back have been through a network: they are not the "
        "maxima any more, and any of them may be negative. Only the places are taken from the "
        "pooling."
    ),
)
def test_max_unpool_other_values(learner: Learner) -> None:
    """Other values than the maxima are put at the places of the maxima."""
    x = maps(6, 2, 4, 6, 2)
    _pooled, indices = learner.call("max_pool_with_indices", Map(x)).parts(2)
    places = only_maxima(x, 2, 3) != 0
    for seed in (7, 8):  # a second time with the same indices, which must be as they were
        values = maps(seed, 2, 2, 3, 2)
        restored = learner.call("max_unpool", Map(values), indices, (4, 6))
        restored.equals(Map(np.where(places, values.repeat(2, axis=1).repeat(2, axis=2), 0)))


@check(
    "max_unpool",
    tier="edge",
    needs=("max_pool_with_indices",),
    hint=_(
        "Maps of 4 x 4 and of 5 x 5 can pool to the same size: only `size` knows which it was. Is "
        "the width with which a place is computed the same in pooling and in unpooling?"
    ),
)
def test_max_unpool_odd(learner: Learner) -> None:
    """Odd sizes are restored exactly."""
    for height, width in ((5, 8), (6, 7), (5, 3)):
        x = maps(height, 2, height, width, 2)
        pooled, restored = pooled_and_back(learner, x)
        restored.equals(Map(only_maxima(x, *cells_kept(x, pooled))))


@check(
    "max_unpool",
    tier="edge",
    needs=("max_pool_with_indices",),
    hint=_(
        "Where several values of a cell are equally large, one of them is the maximum that was "
        "taken. Was its place noted, or is it guessed afterwards from the values?"
    ),
)
def test_max_unpool_ties(learner: Learner) -> None:
    """Of several equal maxima in a cell, exactly one is put back."""
    x = np.array([[3, 3, 1, 0, 3, 1], [1, 0, 3, 3, 0, 3]], np.float32)[None, :, :, None]
    _pooled, restored = pooled_and_back(learner, x)
    got = restored.has(Map, x.shape).numpy(Map)
    threes_in_cells = (got == 3).reshape(2, 3, 2).sum(axis=(0, 2))
    restored.require(
        (got[x != 3] == 0).all() and np.isin(got, (0, 3)).all() and (threes_in_cells == 1).all(),
        _("Each cell should hold one of its two maxima and three zeros."),
    )


@check(
    "max_unpool",
    tier="edge",
    needs=("max_pool_with_indices",),
    hint=_(
        "Between 2**24 and 2**25 float32 has even numbers only. A place is a whole number: which "
        "dtype holds it exactly, in pooling and in unpooling?"
    ),
)
def test_max_unpool_large(learner: Learner) -> None:
    """In a map of more than 2**24 values each maximum finds its exact place."""
    height, width = 2, 2**23 + 8
    x = np.zeros((1, height, width, 1), np.float32)
    columns = np.arange(width - 16, width - 4, 2) + np.array([0, 1, 1, 0, 1, 0])
    x[0, 1, columns, 0] = np.arange(1, 7)
    _pooled, restored = pooled_and_back(learner, x)
    restored.has(Map, x.shape)
    got, expected = restored.numpy(Map)[:, :, -16:], x[:, :, -16:]
    if not np.array_equal(got, expected):
        restored.fail(
            _("The last 16 columns of the map are wrong."),
            expected=Shown(expected.reshape(height, 16)),
            got=Shown(got.reshape(height, 16)),
        )


# --- center_crop -----------------------------------------------------------------------------


def numbered(images: int, height: int, width: int, channels: int) -> Array:
    """Maps in which every value is different."""
    size = images * height * width * channels
    return np.arange(size, dtype=np.float32).reshape(images, height, width, channels)


@check(
    "center_crop",
    tier="form",
    hint=_("`size` is (height, width). Images and channels stay as many as they were."),
)
def test_center_crop_form(learner: Learner) -> None:
    """The window has the height and the width that `size` says."""
    x = Map(numbered(2, 6, 8, 3))
    learner.call("center_crop", x, (2, 4)).has(Map, (2, 2, 4, 3), "float32")


@check(
    "center_crop",
    tier="values",
    hint=_(
        "Half of what is left over lies above the window and half below; the same for left and "
        "right. Height and width have each their own rest."
    ),
)
def test_center_crop_values(learner: Learner) -> None:
    """The window lies in the middle."""
    x = numbered(1, 6, 8, 1)
    learner.call("center_crop", Map(x), (4, 2)).equals(Map(x[:, 1:5, 3:5]))


@check(
    "center_crop",
    tier="properties",
    hint=_("The same window is cut out of every image and every channel."),
)
def test_center_crop_batch(learner: Learner) -> None:
    """All images and all channels are cropped alike and keep their values."""
    x = maps(8, 3, 7, 9, 2)
    learner.call("center_crop", Map(x), (3, 1)).equals(Map(x[:, 2:5, 4:5]))


@check(
    "center_crop",
    tier="edge",
    hint=_(
        "When an odd number of rows is left over, the window cannot lie in the middle: it begins "
        "at half of that number, rounded down. Subtract first, then halve."
    ),
)
def test_center_crop_odd(learner: Learner) -> None:
    """With an odd remainder the window starts at the floor of the half."""
    x = numbered(1, 5, 8, 1)
    learner.call("center_crop", Map(x), (2, 3)).equals(Map(x[:, 1:3, 2:5]))
    learner.call("center_crop", Map(x), (4, 8)).equals(Map(x[:, 0:4]))
    learner.call("center_crop", Map(x), (5, 5)).equals(Map(x[:, :, 1:6]))


@check(
    "center_crop",
    tier="edge",
    hint=_("Nothing is left over, so nothing may be cut off. What does the slice [0:-0] give?"),
)
def test_center_crop_full_size(learner: Learner) -> None:
    """A window as large as the image is the image."""
    x = numbered(2, 4, 5, 2)
    learner.call("center_crop", Map(x), (4, 5)).equals(Map(x))
    learner.call("center_crop", Map(x), (2, 5)).equals(Map(x[:, 1:3]))
