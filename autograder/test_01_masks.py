"""Checks of lesson 1: from coloured masks to tensors."""

import numpy as np

from pixelwise.grading.checks import check
from pixelwise.grading.failure import Shown
from pixelwise.grading.learner import Answer, Learner
from pixelwise.grading.values import Array, Label, Map, Tensor
from pixelwise.messages import _

PALETTE = np.array([[0, 0, 0], [128, 0, 0], [0, 128, 0], [128, 128, 0]], np.uint8)

LOOKALIKES = np.array(
    [
        [0, 64, 128],
        [64, 128, 0],
        [128, 0, 64],
        [64, 64, 64],
        [0, 65, 127],
        [127, 65, 0],
        [0, 1, 0],
        [0, 0, 255],
        [1, 0, 0],
        [0, 255, 0],
    ],
    np.uint8,
)
"""Colours with the same sums, the same channels in another order, neighbours one step away, and
pairs that are one number to the base 255."""

CROP_SEEDS = 150
"""Enough to draw each of 9 windows: a fair generator misses one with probability 2e-7."""

FLIP_SEEDS = 100
"""A fair generator mirrors fewer than 25 or more than 75 of them with probability 3e-7."""

STRIP_SEEDS = 400
"""Enough to draw each of the 19 windows of a strip: a fair generator misses one with probability
1e-8."""

FROM_THE_SEED_ALONE = _(
    "Everything random must follow from `seed` alone, not from numbers that were drawn before."
)
NO_VALUES_IN_A_GRAPH = _(
    "Inside `Dataset.map` a tensor has no values yet: NumPy functions and `.numpy()` do not "
    "work there. Use TensorFlow's operations."
)


def _tensor(answer: Answer) -> Answer:
    """`answer`, which must be a tensor of the framework."""
    answer.require(
        answer.value.kind == "tensor",
        _("A tensor should have come back, not {type}.", type=f"`{answer.value.type_name}`"),
    )
    return answer


# color_to_label


@check(
    "color_to_label",
    tier="form",
    hint=_(
        "The result has one number for each pixel: height and width stay, the colour axis "
        "disappears. Labels are int64 in PyTorch and int32 in TensorFlow."
    ),
)
def test_color_to_label_form(learner: Learner) -> None:
    """A mask of size H x W x 3 becomes a label map of size H x W."""
    mask = PALETTE[np.zeros((2, 5), int)]
    _tensor(learner.call("color_to_label", mask, PALETTE)).has(Label, (2, 5), "label")


@check(
    "color_to_label",
    tier="values",
    hint=_(
        "Pixel by pixel: which row of the palette equals the colour in all three channels? Rows "
        "are counted from 0."
    ),
)
def test_color_to_label_values(learner: Learner) -> None:
    """Each colour of the palette becomes the number of its row."""
    label = np.array([[0, 1, 2], [3, 2, 1]])
    learner.call("color_to_label", PALETTE[label], PALETTE).equals(Label(label))


@check(
    "color_to_label",
    tier="properties",
    hint=_(
        "The palette holds colours that agree in one or two channels, or in their sum. A colour "
        "matches only if red, green and blue all match."
    ),
)
def test_color_to_label_lookalikes(learner: Learner) -> None:
    """Colours that resemble each other are told apart."""
    label = np.random.default_rng(0).permutation(45).reshape(5, 9) % len(LOOKALIKES)
    learner.call("color_to_label", LOOKALIKES[label], LOOKALIKES).equals(Label(label))


@check(
    "color_to_label",
    tier="properties",
    hint=_(
        "uint8 values wrap around: 0 - 1 is 255 and 200 + 100 is 44. If you subtract, add or "
        "multiply colours, convert them to a wider integer type first."
    ),
)
def test_color_to_label_black_and_white(learner: Learner) -> None:
    """Black and white, the ends of the range, are told apart from their neighbours."""
    palette = np.array([[255, 255, 255], [0, 0, 0], [1, 1, 1], [254, 254, 254]], np.uint8)
    label = np.random.default_rng(1).integers(0, 4, (3, 7))
    learner.call("color_to_label", palette[label], palette).equals(Label(label))


@check(
    "color_to_label",
    tier="properties",
    hint=_("The number of classes is the number of rows in the palette, here 40."),
)
def test_color_to_label_many_classes(learner: Learner) -> None:
    """A palette may have many classes."""
    rng = np.random.default_rng(2)
    codes = rng.choice(256**3, 40, replace=False)
    palette = np.stack([codes // 256**2, codes // 256 % 256, codes % 256], axis=1).astype(np.uint8)
    label = rng.integers(0, 40, (8, 11))
    learner.call("color_to_label", palette[label], palette).equals(Label(label))


@check(
    "color_to_label",
    tier="edge",
    hint=_(
        "A colour that is not in the palette is not evaluated: it must not become a real class, "
        "neither class 0 nor the class of the most similar colour."
    ),
)
def test_color_to_label_unknown(learner: Learner) -> None:
    """A colour that is not in the palette becomes 255."""
    mask = np.array(
        [
            [[0, 0, 0], [0, 0, 128], [224, 224, 192], [128, 128, 128]],
            [[128, 0, 1], [128, 0, 0], [255, 255, 255], [0, 1, 0]],
        ],
        np.uint8,
    )
    expected = np.full((2, 4), 255)
    expected[0, 0], expected[1, 1] = 0, 1
    learner.call("color_to_label", mask, PALETTE).equals(Label(expected))


@check(
    "color_to_label",
    tier="edge",
    hint=_("Where does your function use `ignore_index`?"),
)
def test_color_to_label_ignore_index(learner: Learner) -> None:
    """A colour that is not in the palette becomes `ignore_index`, also if that is not 255."""
    mask = np.array([[[0, 128, 0], [9, 9, 9], [128, 128, 0]]], np.uint8)
    learner.call("color_to_label", mask, PALETTE, 77).equals(Label([[2, 77, 3]]))
    learner.call("color_to_label", mask, PALETTE, -1).equals(Label([[2, -1, 3]]))


@check(
    "color_to_label",
    tier="edge",
    hint=_("Mask and palette may be NumPy arrays or tensors. Begin by turning them into one kind."),
)
def test_color_to_label_tensors(learner: Learner) -> None:
    """Mask and palette may also be tensors."""
    label = np.array([[3, 1, 0, 2, 1]])
    answer = learner.call("color_to_label", Tensor(PALETTE[label]), Tensor(PALETTE))
    _tensor(answer).equals(Label(label))


@check(
    "color_to_label",
    tier="edge",
    frameworks=("tensorflow",),
    hint=_(
        "Inside `Dataset.map` a tensor has no values yet: NumPy functions, `.numpy()` and "
        "assignment into an array do not work there. Use TensorFlow's operations."
    ),
)
def test_color_to_label_pipeline(learner: Learner) -> None:
    """The function also works inside `tf.data.Dataset.map`."""
    label = np.array([[3, 1, 0], [2, 1, 2]])
    answer = learner.call_in_pipeline("color_to_label", Tensor(PALETTE[label]), PALETTE)
    answer.has(Label, (2, 3), "label").equals(Label(label))


# label_to_color


@check(
    "label_to_color",
    tier="form",
    hint=_(
        "A picture: height and width stay, a colour axis of 3 comes last in both frameworks, and "
        "the dtype is that of the palette, uint8."
    ),
)
def test_label_to_color_form(learner: Learner) -> None:
    """A label map of size H x W becomes a uint8 picture of size H x W x 3."""
    answer = learner.call("label_to_color", Label(np.zeros((2, 5))), PALETTE)
    # A picture, not a Map: its channels are last in PyTorch too.
    answer.has(Tensor, (2, 5, 3), "uint8")


@check(
    "label_to_color",
    tier="values",
    hint=_("A pixel of class k gets row k of the palette, with red, green and blue in this order."),
)
def test_label_to_color_values(learner: Learner) -> None:
    """Each label becomes the colour in its row of the palette."""
    palette = np.array([[10, 20, 30], [200, 100, 50], [0, 255, 7]], np.uint8)
    label = np.array([[0, 1], [2, 1], [0, 2]])
    learner.call("label_to_color", Label(label), palette).equals(palette[label])


@check(
    "label_to_color",
    tier="properties",
    hint=_("Compare with a loop over the pixels: `palette[label[y, x]]` at every place."),
)
def test_label_to_color_many_classes(learner: Learner) -> None:
    """Every class of a large palette gets its own colour."""
    rng = np.random.default_rng(3)
    palette = rng.integers(0, 256, (40, 3)).astype(np.uint8)
    label = rng.integers(0, 40, (9, 7))
    learner.call("label_to_color", Label(label), palette).equals(palette[label])


@check(
    "label_to_color",
    tier="properties",
    needs=("color_to_label",),
    hint=_("The two functions are each other's inverse: painting and reading must cancel out."),
)
def test_label_to_color_round_trip(learner: Learner) -> None:
    """Painted and read again, a label map is what it was, void included."""
    label = np.random.default_rng(4).integers(0, len(LOOKALIKES) + 1, (6, 5))
    label[label == len(LOOKALIKES)] = 255
    picture = learner.call("label_to_color", Label(label), LOOKALIKES)
    learner.call("color_to_label", picture, LOOKALIKES).equals(Label(label))


@check(
    "label_to_color",
    tier="edge",
    hint=_(
        "A label is a class only if it is at least 0 and smaller than the number of classes. "
        "Negative numbers are not: as an index they count from the end."
    ),
)
def test_label_to_color_outside(learner: Learner) -> None:
    """Labels outside the palette, 255 and negative ones included, become white."""
    label = np.array([[0, 255, 1, 4], [-1, 2, -2, 3], [-100, 5, 0, 254], [256, -256, 258, -255]])
    known = (label >= 0) & (label < 4)
    expected = np.where(known[..., np.newaxis], PALETTE[np.where(known, label, 0)], 255)
    learner.call("label_to_color", Label(label), PALETTE).equals(expected)


@check(
    "label_to_color",
    tier="edge",
    hint=_("Where does your function use `ignore_color`?"),
)
def test_label_to_color_ignore_color(learner: Learner) -> None:
    """Labels outside the palette become `ignore_color`, also if that is not white."""
    answer = learner.call("label_to_color", Label([[1, 255, 2]]), PALETTE, (9, 8, 7))
    answer.equals(np.array([[[128, 0, 0], [9, 8, 7], [0, 128, 0]]], np.uint8))


@check(
    "label_to_color",
    tier="edge",
    hint=_("The palette may be a NumPy array or a tensor. Begin by turning it into one kind."),
)
def test_label_to_color_tensors(learner: Learner) -> None:
    """The palette may also be a tensor."""
    label = np.array([[3, 1, 0, 2, 1]])
    answer = learner.call("label_to_color", Label(label), Tensor(PALETTE))
    answer.equals(PALETTE[label])


@check(
    "label_to_color",
    tier="edge",
    frameworks=("tensorflow",),
    hint=_(
        "Inside `Dataset.map` a tensor has no values yet: it cannot be an index of a NumPy array "
        "there. TensorFlow has an operation that picks rows by number."
    ),
)
def test_label_to_color_pipeline(learner: Learner) -> None:
    """The function also works inside `tf.data.Dataset.map`."""
    label = np.array([[3, 1, 255], [2, 1, 0]])
    expected = np.concatenate([PALETTE, [[255, 255, 255]]])[np.minimum(label, 4)]
    answer = learner.call_in_pipeline("label_to_color", Label(label), PALETTE)
    answer.has(Tensor, (2, 3, 3), "uint8").equals(expected)


# one_hot


@check(
    "one_hot",
    tier="form",
    hint=_(
        "A batch of N label maps gets one more axis, as long as the number of classes: right "
        "after the batch axis in PyTorch, at the end in TensorFlow. The numbers are float32."
    ),
)
def test_one_hot_form(learner: Learner) -> None:
    """A batch of label maps gets a class axis where the framework keeps its channels."""
    answer = learner.call("one_hot", Label(np.zeros((2, 4, 5))), 3)
    _tensor(answer).has(Map, (2, 4, 5, 3), "float32")


@check(
    "one_hot",
    tier="form",
    hint=_(
        "Without a batch axis every axis stands one place further to the left. Counted from the "
        "end, with a negative number, the class axis has the same place in both cases."
    ),
)
def test_one_hot_single_form(learner: Learner) -> None:
    """A single label map, without a batch axis, gets a class axis too."""
    _tensor(learner.call("one_hot", Label(np.zeros((4, 5))), 3)).has(Map, (4, 5, 3), "float32")


def _one_hot(label: Array, num_classes: int) -> Array:
    return (label[..., np.newaxis] == np.arange(num_classes)).astype(np.float32)


@check(
    "one_hot",
    tier="values",
    hint=_("For class k the map is 1 where the label equals k, and 0 everywhere else."),
)
def test_one_hot_values(learner: Learner) -> None:
    """Each pixel has a 1 in the map of its class and a 0 in all others."""
    label = np.array([[0, 1, 2], [2, 2, 1]])
    learner.call("one_hot", Label(label), 3).equals(Map(_one_hot(label, 3)))


@check(
    "one_hot",
    tier="properties",
    hint=_(
        "Compare one pixel of the batch with its label by hand. A `reshape` in place of moving an "
        "axis keeps the shape right but mixes up the pixels."
    ),
)
def test_one_hot_batch(learner: Learner) -> None:
    """In a batch every pixel keeps its place."""
    label = np.random.default_rng(5).integers(0, 7, (3, 4, 6))
    learner.call("one_hot", Label(label), 7).equals(Map(_one_hot(label, 7)))


@check(
    "one_hot",
    tier="properties",
    hint=_(
        "The number of maps is `num_classes`, whatever labels occur: a class that is absent from "
        "this picture has a map of zeros."
    ),
)
def test_one_hot_absent_classes(learner: Learner) -> None:
    """A class that does not occur has a map of zeros."""
    label = np.array([[1, 1, 3, 1], [3, 1, 1, 3]])
    learner.call("one_hot", Label(label), 6).equals(Map(_one_hot(label, 6)))


@check(
    "one_hot",
    tier="edge",
    hint=_(
        "Void pixels carry 255 or a negative number. They belong to no class: not to the first, "
        "not to the last, so all of their values are 0."
    ),
)
def test_one_hot_outside(learner: Learner) -> None:
    """A label outside the classes, 255 and negative ones included, gives zeros only."""
    first = [[0, 255, 2], [-1, 1, 3], [256, 257, 258]]
    second = [[4, 2, -2], [1, 254, -100], [512, -255, -256]]
    label = np.array([first, second])
    learner.call("one_hot", Label(label), 3).equals(Map(_one_hot(label, 3)))


@check(
    "one_hot",
    tier="edge",
    frameworks=("tensorflow",),
    hint=NO_VALUES_IN_A_GRAPH,
)
def test_one_hot_pipeline(learner: Learner) -> None:
    """The function also works inside `tf.data.Dataset.map`."""
    label = np.array([[0, 255, 2, 1], [1, 1, 3, 0]])
    answer = learner.call_in_pipeline("one_hot", Label(label), 4)
    answer.has(Map, (2, 4, 4), "float32").equals(Map(_one_hot(label, 4)))


# road_one_hot


def _road(mask: Array) -> Array:
    evaluated, road = mask[..., 0] > 0, mask[..., 2] > 0
    return np.stack([evaluated & ~road, evaluated & road], axis=-1)


NOT_ROAD, ROAD, NOT_EVALUATED = [255, 0, 0], [255, 0, 255], [0, 0, 0]


@check(
    "road_one_hot",
    tier="form",
    hint=_(
        "Two maps, [not road, road], stacked along the axis where your framework keeps channels: "
        "first in PyTorch, last in TensorFlow. The numbers are float32, as in `one_hot`."
    ),
)
def test_road_one_hot_form(learner: Learner) -> None:
    """A mask of size H x W x 3 becomes two float32 maps."""
    mask = np.full((4, 6, 3), NOT_ROAD, np.uint8)
    _tensor(learner.call("road_one_hot", mask)).has(Map, (4, 6, 2), "float32")


@check(
    "road_one_hot",
    tier="values",
    hint=_(
        "Red alone is not road, red with blue is road, black is not evaluated. The map of what is "
        "not road comes first."
    ),
)
def test_road_one_hot_values(learner: Learner) -> None:
    """KITTI's three colours become [1, 0], [0, 1] and, not evaluated, [0, 0]."""
    mask = np.array([[NOT_ROAD, ROAD, NOT_EVALUATED], [ROAD, ROAD, NOT_ROAD]], np.uint8)
    learner.call("road_one_hot", mask).equals(Map(_road(mask)))


@check(
    "road_one_hot",
    tier="properties",
    hint=_(
        "The rule asks whether red and blue are above 0, nothing else: it does not compare with "
        "255, and green plays no part."
    ),
)
def test_road_one_hot_rule(learner: Learner) -> None:
    """Any red above 0 is evaluated, and of these pixels any blue above 0 is road."""
    levels = [0, 1, 100, 200, 255]
    colors = [[red, green, blue] for red in levels for green in (0, 200) for blue in levels]
    mask = np.random.default_rng(6).permutation(np.array(colors, np.uint8)).reshape(5, 10, 3)
    learner.call("road_one_hot", mask).equals(Map(_road(mask)))


@check(
    "road_one_hot",
    tier="edge",
    hint=_(
        "Without red a pixel is not evaluated, whatever its blue and green are: black, blue and "
        "green pixels are zero in both maps."
    ),
)
def test_road_one_hot_not_evaluated(learner: Learner) -> None:
    """Pixels without red are zero in both maps, also if they are not black."""
    mask = np.array([[NOT_EVALUATED, [0, 0, 255], [0, 255, 0], [0, 90, 90], NOT_ROAD]], np.uint8)
    learner.call("road_one_hot", mask).equals(Map([[[0, 0], [0, 0], [0, 0], [0, 0], [1, 0]]]))


@check(
    "road_one_hot",
    tier="edge",
    hint=_("The mask may be a NumPy array or a tensor. Begin by turning it into a tensor."),
)
def test_road_one_hot_tensors(learner: Learner) -> None:
    """The mask may also be a tensor."""
    mask = np.array([[NOT_ROAD], [ROAD], [NOT_EVALUATED]], np.uint8)
    _tensor(learner.call("road_one_hot", Tensor(mask))).equals(Map(_road(mask)))


@check(
    "road_one_hot",
    tier="edge",
    frameworks=("tensorflow",),
    hint=NO_VALUES_IN_A_GRAPH,
)
def test_road_one_hot_pipeline(learner: Learner) -> None:
    """The function also works inside `tf.data.Dataset.map`."""
    mask = np.array([[NOT_ROAD, ROAD, NOT_EVALUATED], [ROAD, ROAD, NOT_ROAD]], np.uint8)
    answer = learner.call_in_pipeline("road_one_hot", Tensor(mask))
    answer.has(Map, (2, 3, 2), "float32").equals(Map(_road(mask)))


# normalize_image

MEAN, STD = (0.485, 0.25, 0.75), (0.2, 0.5, 0.25)
ROUNDING = 1e-4


def _normalized(image: Array) -> Map:
    return Map((image / 255.0 - np.array(MEAN)) / np.array(STD))


@check(
    "normalize_image",
    tier="form",
    hint=_(
        "The channels move to the front in PyTorch and stay last in TensorFlow; the result is "
        "float32. NumPy computes in float64 unless told otherwise."
    ),
)
def test_normalize_image_form(learner: Learner) -> None:
    """A uint8 picture of size H x W x 3 becomes a float32 image in the framework's layout."""
    image = np.zeros((4, 6, 3), np.uint8)
    _tensor(learner.call("normalize_image", image, MEAN, STD)).has(Map, (4, 6, 3), "float32")


@check(
    "normalize_image",
    tier="values",
    hint=_(
        "Take one pixel and follow the formula by hand: first divide by 255, then subtract the "
        "mean, then divide by the standard deviation."
    ),
)
def test_normalize_image_values(learner: Learner) -> None:
    """The values are (image / 255 - mean) / std."""
    image = np.array([[[0, 51, 255], [102, 204, 0]]], np.uint8)
    learner.call("normalize_image", image, MEAN, STD).equals(_normalized(image), ROUNDING)


@check(
    "normalize_image",
    tier="properties",
    hint=_(
        "Red, green and blue each have a mean and a standard deviation of their own. Which of your "
        "axes are the three numbers matched with?"
    ),
)
def test_normalize_image_channels(learner: Learner) -> None:
    """Each channel is normalised with its own mean and standard deviation."""
    image = np.full((5, 4, 3), 128, np.uint8)
    learner.call("normalize_image", image, MEAN, STD).equals(_normalized(image), ROUNDING)


@check(
    "normalize_image",
    tier="properties",
    hint=_(
        "Every pixel must keep its place. A `reshape` in place of moving an axis keeps the shape "
        "right but mixes up the pixels."
    ),
)
def test_normalize_image_picture(learner: Learner) -> None:
    """Every pixel of a larger picture is normalised at its place."""
    image = np.random.default_rng(7).integers(0, 256, (7, 10, 3)).astype(np.uint8)
    learner.call("normalize_image", image, MEAN, STD).equals(_normalized(image), ROUNDING)


@check(
    "normalize_image",
    tier="edge",
    hint=_(
        "This picture is as wide, or as high, as it has channels, so three numbers fit along that "
        "side as well, and no error tells you. Give mean and std a shape that fits the channels "
        "only."
    ),
)
def test_normalize_image_three_wide(learner: Learner) -> None:
    """A picture that is 3 pixels wide, or 3 high, is normalised by channel too."""
    rng = np.random.default_rng(8)
    for shape in [(5, 3, 3), (3, 4, 3)]:
        image = rng.integers(0, 256, shape).astype(np.uint8)
        learner.call("normalize_image", image, MEAN, STD).equals(_normalized(image), ROUNDING)


@check(
    "normalize_image",
    tier="edge",
    hint=_("The picture may be a NumPy array or a tensor. Begin by turning it into a tensor."),
)
def test_normalize_image_tensors(learner: Learner) -> None:
    """The picture may also be a tensor."""
    image = np.random.default_rng(9).integers(0, 256, (2, 5, 3)).astype(np.uint8)
    answer = learner.call("normalize_image", Tensor(image), MEAN, STD)
    _tensor(answer).equals(_normalized(image), ROUNDING)


@check(
    "normalize_image",
    tier="edge",
    frameworks=("tensorflow",),
    hint=NO_VALUES_IN_A_GRAPH,
)
def test_normalize_image_pipeline(learner: Learner) -> None:
    """The function also works inside `tf.data.Dataset.map`."""
    image = np.random.default_rng(10).integers(0, 256, (4, 5, 3)).astype(np.uint8)
    answer = learner.call_in_pipeline("normalize_image", Tensor(image), MEAN, STD)
    answer.has(Map, (4, 5, 3), "float32").equals(_normalized(image), ROUNDING)


# random_crop_pair and random_flip_pair


def _scene(height: int, width: int) -> tuple[Array, Array]:
    """An image and a label map in which every pixel tells where it stands."""
    label = np.arange(height * width).reshape(height, width)
    rows, columns = np.indices(label.shape)
    return np.stack([rows, columns, -label], axis=-1).astype(np.float32), label


def _pair(answer: Answer, size: tuple[int, int], channels: int = 3) -> tuple[Answer, Answer]:
    """The image and the label map in `answer`, both of this size."""
    image, label = answer.parts(2)
    _tensor(image).has(Map, (*size, channels), "float32")
    _tensor(label).has(Label, size, "label")
    return image, label


def _corner(window: Array, scene: Array) -> tuple[int, int]:
    """Where in the scene the window's first pixel stands; (-1, -1) if nowhere."""
    same = (scene == window[0, 0]).reshape(*scene.shape[:2], -1).all(axis=-1)
    top, left = np.argwhere(same)[0] if same.any() else (-1, -1)
    return int(top), int(left)


def _crop(
    learner: Learner, scene: tuple[Array, Array], size: tuple[int, int], seed: int
) -> tuple[Answer, Answer]:
    image, label = scene
    answer = learner.call("random_crop_pair", Map(image), Label(label), size, seed)
    return _pair(answer, size, image.shape[-1])


@check(
    "random_crop_pair",
    tier="form",
    hint=_(
        "Return two values, first the image and then the label map. `size` is (height, width), in "
        "this order, and both results have it."
    ),
)
def test_random_crop_pair_form(learner: Learner) -> None:
    """An image and a label map of size (h, w) come back."""
    # One value everywhere: what comes back does not depend on where the window is.
    image, label = np.full((6, 7, 3), 0.5), np.full((6, 7), 3)
    _crop(learner, (image, label), (2, 5), 0)


@check(
    "random_crop_pair",
    tier="values",
    hint=_(
        "The pixels of the window stay as they are and keep their order. In PyTorch the channels "
        "come first, in TensorFlow last: which axes are height and width?"
    ),
)
def test_random_crop_pair_values(learner: Learner) -> None:
    """What comes back is a rectangle of the image and a rectangle of the label map."""
    colors, places = _scene(4, 6)
    # Labels from -1 to 45999, which no small type holds, and an image of one channel, too.
    for image, label in [(colors, places), (colors[..., 2:], 2000 * places - 1)]:
        for seed in range(6):
            image_window, label_window = _crop(learner, (image, label), (2, 3), seed)
            top, left = np.maximum(_corner(image_window.numpy(Map), image), 0)
            image_window.equals(Map(image[top : top + 2, left : left + 3]))
            top, left = np.maximum(_corner(label_window.numpy(Label), label), 0)
            label_window.equals(Label(label[top : top + 2, left : left + 3]))


@check(
    "random_crop_pair",
    tier="properties",
    hint=_(
        "Which values can your top and left take? The last possible row is H - h, that one "
        "included; top and left must not depend on each other."
    ),
)
def test_random_crop_pair_every_window(learner: Learner) -> None:
    """Over many seeds every window of the image occurs."""
    # In a strip the window can go far, in one direction.
    for height, width, count in [(4, 5, CROP_SEEDS), (20, 3, STRIP_SEEDS), (2, 21, STRIP_SEEDS)]:
        image, _label = scene = _scene(height, width)
        possible = {(top, left) for top in range(height - 1) for left in range(width - 2)}
        seen: set[tuple[int, int]] = set()
        for seed in range(count):
            window, _label_window = _crop(learner, scene, (2, 3), seed)
            seen.add(_corner(window.numpy(Map), image))
            if possible <= seen:
                break
        else:
            window.fail(
                _(
                    "Not every window occurred in {count} seeds; below, each row is a (top, left).",
                    count=count,
                ),
                expected=Shown(np.array(sorted(possible))),
                got=Shown(np.array(sorted(seen))),
            )


@check(
    "random_crop_pair",
    tier="properties",
    hint=_(
        "Draw the position once and cut both with it. If image and label are cut in two different "
        "places, every pixel gets the label of another one."
    ),
)
def test_random_crop_pair_same_window(learner: Learner) -> None:
    """The image and its label map are cut at the same place."""
    offsets = set()
    label_window = None
    for height, width in [(3, 3), (2, 4)]:  # two windows one above the other, then side by side
        image, label = scene = _scene(height, width)
        for seed in range(24):
            image_window, label_window = _crop(learner, scene, (2, 3), seed)
            top, left = _corner(image_window.numpy(Map), image)
            label_top, label_left = _corner(label_window.numpy(Label), label)
            offsets.add((label_top - top, label_left - left))
    if label_window is not None and offsets != {(0, 0)}:
        label_window.fail(
            _(
                "The label map was cut at another place than the image: shifted by (rows, columns) "
                "as below, over {count} seeds.",
                count=48,
            ),
            expected=Shown(np.array([[0, 0]])),
            got=Shown(np.array(sorted(offsets))),
        )


@check(
    "random_crop_pair",
    tier="properties",
    hint=FROM_THE_SEED_ALONE,
)
def test_random_crop_pair_same_seed(learner: Learner) -> None:
    """The same seed gives the same window, whatever was drawn in between."""
    image, _label = scene = _scene(3, 3)
    windows = set()
    for other_seed in range(15):
        window, _label_window = _crop(learner, scene, (2, 3), 11)
        windows.add(_corner(window.numpy(Map), image))
        if len(windows) > 1:
            window.fail(
                _(
                    "The same seed gave windows at different places; below, each row is a (top, "
                    "left)."
                ),
                got=Shown(np.array(sorted(windows))),
            )
        _crop(learner, scene, (2, 3), other_seed)


@check(
    "random_crop_pair",
    tier="edge",
    hint=_("If the window is as large as the image there is one choice only, and it is allowed."),
)
def test_random_crop_pair_whole(learner: Learner) -> None:
    """A window as large as the image is the image itself."""
    image, label = scene = _scene(3, 5)
    image_window, label_window = _crop(learner, scene, (3, 5), 4)
    image_window.equals(Map(image))
    label_window.equals(Label(label))


@check(
    "random_crop_pair",
    tier="edge",
    hint=_(
        "Compare both sides of the window with the image before you draw anything, and raise a "
        "ValueError if one of them does not fit."
    ),
)
def test_random_crop_pair_too_small(learner: Learner) -> None:
    """An image that is too low or too narrow for the window raises a ValueError."""
    image, label = _scene(4, 6)
    for size in [(8, 9), (6, 3), (2, 9)]:
        learner.raises("ValueError", "random_crop_pair", Map(image), Label(label), size, 0)


@check(
    "random_crop_pair",
    tier="edge",
    frameworks=("tensorflow",),
    hint=_(
        "Inside `Dataset.map` a tensor has no values yet: NumPy cannot use it as a number, and a "
        "`raise` under an `if` on a tensor always happens. Compare `image.shape`: it is known."
    ),
)
def test_random_crop_pair_pipeline(learner: Learner) -> None:
    """The function also works inside `tf.data.Dataset.map`."""
    image, label = _scene(4, 6)
    answer = learner.call_in_pipeline("random_crop_pair", Map(image), Label(label), (2, 3), 5)
    image_window, label_window = _pair(answer, (2, 3))
    top, left = np.maximum(_corner(image_window.numpy(Map), image), 0)
    image_window.equals(Map(image[top : top + 2, left : left + 3]))
    label_window.equals(Label(label[top : top + 2, left : left + 3]))


def _flip(learner: Learner, scene: tuple[Array, Array], seed: int) -> tuple[Answer, Answer]:
    image, label = scene
    answer = learner.call("random_flip_pair", Map(image), Label(label), seed)
    return _pair(answer, (label.shape[0], label.shape[1]))


def _is_mirrored(answer: Answer, original: Map | Label) -> bool:
    """Whether `answer` is the original mirrored left to right; else it must be the original."""
    mirrored = type(original)(original.array[:, ::-1])
    got = answer.numpy(type(original))
    if np.array_equal(got, original.array):
        return False
    answer.equals(mirrored)
    return True


@check(
    "random_flip_pair",
    tier="form",
    hint=_("Return two values, first the image and then the label map, in the form they came in."),
)
def test_random_flip_pair_form(learner: Learner) -> None:
    """An image and a label map of the same size come back."""
    _flip(learner, (np.full((3, 5, 3), 0.5), np.full((3, 5), 2)), 0)


@check(
    "random_flip_pair",
    tier="values",
    hint=_(
        "Left to right means that the order of the columns is reversed: rows stay where they are, "
        "and so do the channels. Which axis is the width in your framework?"
    ),
)
def test_random_flip_pair_values(learner: Learner) -> None:
    """Image and label map are each mirrored left to right or untouched, nothing else."""
    image, label = scene = _scene(2, 3)
    for seed in range(12):
        image_part, label_part = _flip(learner, scene, seed)
        _is_mirrored(image_part, Map(image))
        _is_mirrored(label_part, Label(label))


@check(
    "random_flip_pair",
    tier="properties",
    hint=_(
        "One decision for both: if only the image is mirrored, every pixel gets the label of the "
        "pixel on the other side."
    ),
)
def test_random_flip_pair_together(learner: Learner) -> None:
    """The image and its label map are mirrored together."""
    image, label = scene = _scene(3, 4)
    choices = set()
    for seed in range(24):
        image_part, label_part = _flip(learner, scene, seed)
        choices.add((_is_mirrored(image_part, Map(image)), _is_mirrored(label_part, Label(label))))
    if choices - {(False, False), (True, True)}:
        label_part.fail(
            _(
                "Below, each row is (image mirrored, label mirrored), as it occurred in {count} "
                "seeds; 1 is yes, 0 is no.",
                count=24,
            ),
            expected=Shown(np.array([[0, 0], [1, 1]])),
            got=Shown(np.array(sorted(choices)).astype(int)),
        )


@check(
    "random_flip_pair",
    tier="properties",
    hint=FROM_THE_SEED_ALONE,
)
def test_random_flip_pair_same_seed(learner: Learner) -> None:
    """The same seed makes the same choice, whatever was drawn in between."""
    image, _label = scene = _scene(2, 3)
    choices = set()
    for other_seed in range(15):
        image_part, _label_part = _flip(learner, scene, 11)
        choices.add(_is_mirrored(image_part, Map(image)))
        if len(choices) > 1:
            image_part.fail(
                _(
                    "The same seed once mirrored the image and once did not; below, 1 is "
                    "mirrored, 0 is not."
                ),
                got=Shown(np.array(sorted(choices)).astype(int)),
            )
        _flip(learner, scene, other_seed)


@check(
    "random_flip_pair",
    tier="properties",
    hint=_("Mirror with probability one half: about every second seed."),
)
def test_random_flip_pair_half(learner: Learner) -> None:
    """About half of all seeds mirror."""
    image, _label = scene = _scene(2, 3)
    count = 0
    for seed in range(FLIP_SEEDS):
        image_part, _label_part = _flip(learner, scene, seed)
        count += _is_mirrored(image_part, Map(image))
    if not 0.25 * FLIP_SEEDS <= count <= 0.75 * FLIP_SEEDS:
        image_part.fail(
            _("{count} of {total} seeds mirrored the image.", count=count, total=FLIP_SEEDS),
            expected=Shown(words=_("about half of them")),
            got=Shown(np.array(count)),
        )


@check(
    "random_flip_pair",
    tier="edge",
    hint=_(
        "Mirroring moves pixels and changes none of them. Void labels stay 255, and a normalised "
        "image holds negative numbers, so nothing may pass through uint8 on the way."
    ),
)
def test_random_flip_pair_any_values(learner: Learner) -> None:
    """Void labels and numbers of any size are kept, for even and odd widths."""
    rng = np.random.default_rng(16)
    for height, width in [(4, 2), (2, 7)]:
        image = rng.normal(scale=300, size=(height, width, 3))
        label = rng.choice([0, 1, 20, 255], (height, width))
        label[0, 0], label[0, -1] = 255, 3
        label[1, 0], label[1, -1] = -1, 40001
        for seed in range(10):
            image_part, label_part = _flip(learner, (image, label), seed)
            mirrored = _is_mirrored(image_part, Map(image))
            label_part.equals(Label(label[:, ::-1] if mirrored else label))


@check(
    "random_flip_pair",
    tier="edge",
    frameworks=("tensorflow",),
    hint=_(
        "Inside `Dataset.map` a tensor has no values yet, so Python's and NumPy's functions cannot "
        "use it as a number. TensorFlow's operations can, and so can an `if`."
    ),
)
def test_random_flip_pair_pipeline(learner: Learner) -> None:
    """The function also works inside `tf.data.Dataset.map`."""
    image, label = _scene(3, 4)
    for seed in range(2):
        answer = learner.call_in_pipeline("random_flip_pair", Map(image), Label(label), seed)
        image_part, label_part = _pair(answer, (3, 4))
        mirrored = _is_mirrored(image_part, Map(image))
        label_part.equals(Label(label[:, ::-1] if mirrored else label))


# resize_pair


def _resize(
    learner: Learner, image: Array, label: Array, size: tuple[int, int]
) -> tuple[Answer, Answer]:
    return _pair(learner.call("resize_pair", Map(image), Label(label), size), size)


def _centers(old: int, new: int) -> Array:
    """Where the centres of the new pixels lie among the centres of the old ones."""
    return (np.arange(new) + 0.5) * old / new - 0.5


def _bilinear(image: Array, size: tuple[int, int]) -> Array:
    """`image` enlarged: along each axis, a mean of the two nearest pixels weighted by distance."""
    for axis, new in enumerate(size):
        old = image.shape[axis]
        center = np.clip(_centers(old, new), 0, old - 1)
        low = np.floor(center).astype(int)
        high = np.minimum(low + 1, old - 1)
        weight = (center - low).reshape([-1 if a == axis else 1 for a in range(image.ndim)])
        image = image.take(low, axis) * (1 - weight) + image.take(high, axis) * weight
    return image


def _equals_inside(answer: Answer, expected: Array, margin: tuple[int, int]) -> None:
    """Require the values of `expected`, without so many rows and columns at every border.

    Implementations go different ways where a new pixel has no neighbour on one side.
    """
    wanted = answer.numpy(Map).copy()
    rows, columns = (slice(m, n - m) for m, n in zip(margin, wanted.shape[:2], strict=True))
    wanted[rows, columns] = expected[rows, columns]
    answer.equals(Map(wanted), ROUNDING)


def _nearest(old: int, new: int) -> Array:
    """The old pixels that may stand for each new one: (new, choices).

    Both roundings that frameworks use, the position of the new pixel's edge and that of its
    centre, are right.
    """
    edge = np.arange(new)[:, np.newaxis] * old / new
    shift = np.array([0, 0.5 * old / new, 0.5])
    # A little more or less, because the position may be computed in float32.
    position = np.concatenate([edge + shift - 1e-4, edge + shift + 1e-4], axis=1)
    return np.clip(np.floor(position), 0, old - 1).astype(int)


def _equals_nearest(answer: Answer, label: Array) -> None:
    """Require `label`, whose values all differ, resized by nearest neighbour."""
    got = answer.numpy(Label)
    rows, columns = (_nearest(o, n) for o, n in zip(label.shape, got.shape, strict=True))
    # (h, 1, choices, 1) and (1, w, 1, choices): every label that may stand at every place.
    allowed = label[rows[:, np.newaxis, :, np.newaxis], columns[np.newaxis, :, np.newaxis, :]]
    if not (allowed == got[..., np.newaxis, np.newaxis]).any(axis=(-2, -1)).all():
        centers = [
            np.floor(_centers(o, n) + 0.5).astype(int)
            for o, n in zip(label.shape, got.shape, strict=True)
        ]
        answer.equals(Label(label[np.ix_(*centers)]))


@check(
    "resize_pair",
    tier="form",
    hint=_(
        "Return two values, first the image and then the label map, both of size (height, width). "
        "The image stays float32, the label map keeps its integer type."
    ),
)
def test_resize_pair_form(learner: Learner) -> None:
    """An image and a label map of the wanted size (h, w) come back, dtypes unchanged."""
    image, label = _scene(4, 5)
    _resize(learner, image, label, (6, 9))


@check(
    "resize_pair",
    tier="values",
    hint=_(
        "Twice the size: each new pixel lies a quarter of an old pixel to one side of an old "
        "centre, so along each axis it is 3/4 of one neighbour and 1/4 of the next."
    ),
)
def test_resize_pair_image(learner: Learner) -> None:
    """Enlarged to twice its size, the image is interpolated bilinearly between its pixels."""
    image = np.zeros((3, 4, 3))
    image[1, 1], image[1, 2] = 16, 32
    answer, _label = _resize(learner, image, np.zeros((3, 4)), (6, 8))
    _equals_inside(answer, _bilinear(image, (6, 8)), (1, 1))


@check(
    "resize_pair",
    tier="values",
    hint=_("Each new pixel of the label map takes the label of the old pixel it lies nearest to."),
)
def test_resize_pair_label(learner: Learner) -> None:
    """Enlarged to twice the size, each label becomes a block of 2 x 2."""
    label = np.array([[3, 0, 255], [-1, 300, 40001]])
    _image, answer = _resize(learner, np.zeros((2, 3, 3)), label, (4, 6))
    answer.equals(Label(label.repeat(2, axis=0).repeat(2, axis=1)))


@check(
    "resize_pair",
    tier="properties",
    hint=_(
        "Labels are names, not amounts: the mean of class 0 and class 200 is not class 100. Never "
        "interpolate a label map."
    ),
)
def test_resize_pair_no_new_labels(learner: Learner) -> None:
    """The label map holds no value that was not there before."""
    label = np.where(np.random.default_rng(11).random((6, 7)) < 0.5, 0, 200)
    label[0, 0] = label[5, 6] = 255
    for size in [(9, 12), (4, 5), (12, 3)]:
        _image, answer = _resize(learner, np.zeros((6, 7, 3)), label, size)
        new = np.setdiff1d(answer.numpy(Label), label)
        answer.require(
            not new.size,
            _("The label map holds new values: {values}.", values=new.tolist()[:8]),
            expected=_("only 0, 200 and 255"),
        )


@check(
    "resize_pair",
    tier="properties",
    hint=_(
        "With half-pixel centres, new pixel i lies at (i + 1/2) * old / new - 1/2 among the old "
        "ones; old and new are the two sizes. Options that align the corners move it elsewhere."
    ),
)
def test_resize_pair_enlarged_image(learner: Learner) -> None:
    """Enlarged to any size, the image is bilinear with half-pixel centres."""
    rng = np.random.default_rng(12)
    for old, new in [((4, 6), (9, 7)), ((5, 3), (5, 10)), ((3, 4), (10, 13))]:
        image = rng.normal(size=(*old, 3))
        answer, _label = _resize(learner, image, np.zeros(old), new)
        first, second = (int((_centers(o, n) < 0).sum()) for o, n in zip(old, new, strict=True))
        _equals_inside(answer, _bilinear(image, new), (first, second))


@check(
    "resize_pair",
    tier="properties",
    hint=_(
        "An even slope stays an even slope when it is made smaller, with antialiasing or without. "
        "Is it shifted by half a pixel?"
    ),
)
def test_resize_pair_reduced_image(learner: Learner) -> None:
    """Made smaller, the image keeps its place: a slope stays the same slope."""
    rows, columns = np.indices((18, 24), dtype=float)
    image = np.stack([rows, -columns, rows + columns], axis=-1)
    for size in [(6, 12), (9, 8)]:
        answer, _label = _resize(learner, image, np.zeros((18, 24)), size)
        row, column = _centers(18, size[0])[:, np.newaxis], _centers(24, size[1])[np.newaxis]
        slope = np.stack(np.broadcast_arrays(row, -column, row + column), axis=-1)
        _equals_inside(answer, slope, (2, 2))


@check(
    "resize_pair",
    tier="properties",
    hint=_(
        "Every label must stay at its place in the picture. Are height and width in the right "
        "order, and do image and label use the same factor?"
    ),
)
def test_resize_pair_label_places(learner: Learner) -> None:
    """Larger or smaller, also to odd sizes, labels are taken from the nearest pixel."""
    rng = np.random.default_rng(13)
    for old, new in [((5, 7), (12, 9)), ((9, 8), (4, 5)), ((5, 6), (3, 13)), ((7, 3), (7, 2))]:
        label = rng.permutation(old[0] * old[1]).reshape(old)
        _image, answer = _resize(learner, np.zeros((*old, 3)), label, new)
        _equals_nearest(answer, label)


@check(
    "resize_pair",
    tier="edge",
    hint=_("At its own size nothing has to be interpolated: the same numbers come back."),
)
def test_resize_pair_same_size(learner: Learner) -> None:
    """Resized to its own size, the pair stays as it is."""
    rng = np.random.default_rng(14)
    image, label = rng.normal(size=(5, 8, 3)), rng.permutation(40).reshape(5, 8)
    image_part, label_part = _resize(learner, image, label, (5, 8))
    image_part.equals(Map(image), ROUNDING)
    label_part.equals(Label(label))


@check(
    "resize_pair",
    tier="edge",
    hint=_(
        "Normalised images hold negative numbers and numbers above 1, so nothing may be rounded, "
        "clipped or squeezed into uint8 on the way."
    ),
)
def test_resize_pair_any_range(learner: Learner) -> None:
    """Images may hold any numbers, negative ones and large ones included."""
    image = np.broadcast_to(np.array([-2.25, 0.125, 1000.5]), (4, 5, 3))
    for size in [(7, 9), (2, 3)]:
        answer, _label = _resize(learner, image, np.zeros((4, 5)), size)
        answer.equals(Map(np.broadcast_to(image[0, 0], (*size, 3))), 1e-2)


@check(
    "resize_pair",
    tier="edge",
    frameworks=("tensorflow",),
    hint=NO_VALUES_IN_A_GRAPH,
)
def test_resize_pair_pipeline(learner: Learner) -> None:
    """The function also works inside `tf.data.Dataset.map`."""
    rng = np.random.default_rng(15)
    image, label = rng.normal(size=(4, 5, 3)), rng.permutation(20).reshape(4, 5)
    answer = learner.call_in_pipeline("resize_pair", Map(image), Label(label), (8, 10))
    image_part, label_part = _pair(answer, (8, 10))
    _equals_inside(image_part, _bilinear(image, (8, 10)), (1, 1))
    label_part.equals(Label(label.repeat(2, axis=0).repeat(2, axis=1)))
