"""A recipe: everything that a training run is made of, and defaults that suit the machine."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from typing import Any

from pixelwise.messages import Message, _
from pixelwise.networks import NETWORKS, PUBLISHED_WIDTH, Network
from pixelwise.training.errors import TrainingError

Size = tuple[int, int]
"""(height, width) in pixels."""

MULTIPLE = 32
"""Of what sizes are multiples: networks halve them up to five times."""

PRECISIONS = ("float32", "bfloat16", "float16")
"""In what numbers a network computes; its weights are float32 always."""


@dataclass(frozen=True)
class Recipe:
    """All settings of a run. The same recipe on the same machine trains the same weights.

    Attributes:
        network: a key of `NETWORKS`.
        framework: ``torch`` or ``tensorflow``.
        data: the name of the data set.
        small: whether it is the small set that the course makes.
        answers: the file of a learner's answers; None for the reference answers.
        width: channels of the network's first stage.
        size: images are resized to it, in training and for predictions; None: they are not.
        crop: windows of this size are cut out at random in training; predictions see the whole
            image. Just one of `size` and `crop` is given.
        scale: before the crop, images are resized by a random factor in this range.
        flip: whether half of the training images are mirrored.
        jitter: how strongly brightness, contrast and saturation are changed, 0 to 1.
        epochs: how often each training image is seen.
        batch_size: images a step, those of all processes together.
        learning_rate: Adam's at its peak; see `pixelwise.training.schedule`.
        pretrained: whether the encoder starts with weights published for ImageNet.
        precision: one of `PRECISIONS`.
        seed: of the weights, the order, the augmentation and dropout.
    """

    network: str
    framework: str
    data: str
    small: bool
    answers: str | None
    width: int
    size: Size | None
    crop: Size | None
    scale: tuple[float, float] | None
    flip: bool
    jitter: float
    epochs: int
    batch_size: int
    learning_rate: float
    pretrained: bool
    precision: str
    seed: int

    def __post_init__(self) -> None:
        for size in filter(None, (self.size, self.crop)):
            if any(length < MULTIPLE or length % MULTIPLE for length in size):
                raise TrainingError(
                    _(
                        "{size} does not do as a size: networks halve height and width five "
                        "times, so both must be multiples of {multiple}, such as {example}.",
                        size=size_text(size),
                        multiple=MULTIPLE,
                        example=size_text(_nearest(size)),
                    )
                )

    def to_json(self) -> dict[str, Any]:
        """The settings as JSON has them."""
        return asdict(self)

    @classmethod
    def from_json(cls, table: Mapping[str, Any]) -> "Recipe":
        """The recipe that `to_json` made.

        Raises:
            KeyError: a setting is missing.
        """
        values: dict[str, Any] = {field.name: table[field.name] for field in fields(cls)}
        for name in ("size", "crop", "scale"):
            if values[name] is not None:
                values[name] = tuple(values[name])
        return cls(**values)

    def differences(self, settings: Mapping[str, Any]) -> dict[str, tuple[Any, Any]]:
        """Of the `settings`, those that are not this recipe's: (here, there) by name."""
        return {
            name: (getattr(self, name), value)
            for name, value in settings.items()
            if getattr(self, name) != value
        }


@dataclass(frozen=True)
class Machine:
    """What defaults depend on.

    Attributes:
        gpu: whether there is one.
        precision: the fastest that it computes well in.
        pretrained: the names of those published weights that are here.
    """

    gpu: bool
    precision: str
    pretrained: frozenset[str]


# How images reach the network: on a GPU as in publications, on a CPU so small that the small set
# shows a result in about a minute. Streets of KITTI are not mirrored: cars keep to the right.
_ON_GPU: dict[str, dict[str, Any]] = {
    "kitti_road": {"size": (160, 576), "epochs": 60},
    "voc2012": {"crop": (320, 320), "scale": (0.5, 2.0), "flip": True, "epochs": 50},
    "oxford_pets": {"crop": (320, 320), "scale": (0.5, 2.0), "flip": True, "epochs": 30},
    "cityscapes": {"crop": (512, 1024), "scale": (0.5, 2.0), "flip": True, "epochs": 100},
    "camvid": {"crop": (320, 448), "scale": (0.75, 1.5), "flip": True, "epochs": 150},
    "nuclei": {"crop": (256, 256), "scale": (0.75, 1.5), "flip": True, "epochs": 100},
}
_ON_CPU: dict[str, dict[str, Any]] = {
    "kitti_road": {"size": (64, 224), "epochs": 20},
    "voc2012": {"crop": (96, 96), "scale": (0.75, 1.5), "flip": True, "epochs": 20},
    "oxford_pets": {"crop": (96, 96), "scale": (0.75, 1.5), "flip": True, "epochs": 20},
    "cityscapes": {"size": (96, 192), "flip": True, "epochs": 20},
    "camvid": {"crop": (96, 128), "scale": (0.75, 1.5), "flip": True, "epochs": 20},
    "nuclei": {"crop": (96, 96), "scale": (0.75, 1.5), "flip": True, "epochs": 20},
}


def make_recipe(
    network: str, framework: str, data: str, machine: Machine, given: Mapping[str, Any]
) -> Recipe:
    """The recipe with what was asked for, and with defaults for the rest.

    Args:
        network: a key of `NETWORKS`.
        framework: ``torch`` or ``tensorflow``.
        data: the name of a data set.
        machine: what it runs on.
        given: settings by the name of the attribute.

    Raises:
        TrainingError: there is no such network, or the settings do not fit together.
    """
    require_network(network)
    if given.get("size") and given.get("crop"):
        raise TrainingError(
            _(
                "--size and --crop exclude each other: images are resized to a size, or windows "
                "are cut out of them."
            )
        )
    wanted = NETWORKS[network]
    at_full_width = machine.gpu or given.get("pretrained") or wanted.takes_encoder
    common = {"size": None, "crop": None, "scale": None, "flip": False, "jitter": 0.3}
    settings = common | (_ON_GPU if machine.gpu else _ON_CPU)[data]
    if given.get("size"):
        # What varies in size fits into no batch without a crop.
        settings |= {"crop": None, "scale": None}
    if given.get("crop"):
        settings |= {"size": None}
    settings |= {
        "width": PUBLISHED_WIDTH if at_full_width else 8,
        "batch_size": 8 if machine.gpu else 4,
        "precision": machine.precision,
        "small": False,
        "answers": None,
        "seed": 0,
    }
    settings |= given
    width = settings["width"]
    fits = wanted.weights is not None and width == PUBLISHED_WIDTH
    settings.setdefault("pretrained", wanted.weights in machine.pretrained and fits)
    if settings["pretrained"] and not fits:
        raise TrainingError(_does_not_fit(network, width))
    if wanted.takes_encoder and not settings["pretrained"] and given.get("pretrained") is None:
        raise TrainingError(_needs_an_encoder(network, framework, width))
    settings.setdefault("learning_rate", _learning_rate(wanted, width))
    return Recipe(network=network, framework=framework, data=data, **settings)


def require_network(name: str) -> None:
    """Raise `TrainingError`, which lists the names, if there is no network of that name."""
    if name not in NETWORKS:
        raise TrainingError(
            _(
                "There is no network {name}. The networks are {known}.",
                name=repr(name),
                known=", ".join(NETWORKS),
            )
        )


def _learning_rate(network: Network, width: int) -> float:
    """Adam moves every weight by about the rate: where more of them are summed, it is lower."""
    if width < PUBLISHED_WIDTH:
        return 2e-3
    return 1e-3 if network.batch_norm else 1e-4


def _needs_an_encoder(network: str, framework: str, width: int) -> Message:
    weights = NETWORKS[network].weights
    if width != PUBLISHED_WIDTH:
        return _does_not_fit(network, width)
    return _(
        "{network} keeps its encoder as it is, so it needs the published weights, which are not "
        "here. Get them with `pixelwise weights fetch {weights} --framework {framework}`, or use "
        "--scratch to see what an encoder of random weights is worth.",
        network=network,
        weights=weights,
        framework=framework,
    )


def _does_not_fit(network: str, width: int) -> Message:
    if NETWORKS[network].weights is None:
        return _("There are no published weights for {network}. Use --scratch.", network=network)
    return _(
        "The published weights fit a network of width {published}, not {width}. Use "
        "--width {published}, or --scratch for a start without them.",
        published=PUBLISHED_WIDTH,
        width=width,
    )


def parse_size(text: str) -> Size:
    """``160x576`` as (160, 576).

    Raises:
        TrainingError: the text is not like that.
    """
    height, times, width = text.lower().replace("×", "x").partition("x")
    if not (times and height.strip().isdigit() and width.strip().isdigit()):
        raise TrainingError(
            _("{text} is not a size. Write height x width, such as 160x576.", text=repr(text))
        )
    return int(height), int(width)


def size_text(size: Size) -> str:
    """(160, 576) as ``160x576``, as the command line takes it."""
    return f"{size[0]}x{size[1]}"


def _nearest(size: Size) -> Size:
    height, width = (max(1, round(length / MULTIPLE)) * MULTIPLE for length in size)
    return height, width
