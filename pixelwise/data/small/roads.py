"""Small sets of made-up road scenes in the layouts of KITTI Road, CamVid and Cityscapes.

All three are painted from one model of a road scene; a table for each set translates what is seen
to the numbers or colours of its masks.
"""

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

import numpy as np
from PIL import Image

from pixelwise.data.borders import border_mask
from pixelwise.data.known import CITYSCAPES
from pixelwise.data.small import road_light
from pixelwise.data.small.road_kinds import GROUND_KINDS, Kind
from pixelwise.data.small.road_light import Light
from pixelwise.data.small.road_plans import Extra, Lens, Plan, RoadType, Setting
from pixelwise.data.small.road_scene import Scene, render

_KITTI, _CAMVID, _CITYSCAPES = 1, 2, 3  # the first number of every seed of a set

_KITTI_LENS = Lens(size=(128, 416), focal=241, horizon=0.46, eye=1.65)
_CAMVID_LENS = Lens(size=(128, 192), focal=165, horizon=0.48, eye=1.45)
_CITYSCAPES_LENS = Lens(size=(128, 256), focal=262, horizon=0.43, eye=1.3)

_BY_DAY = (road_light.clear_day, road_light.clear_day, road_light.low_sun, road_light.overcast)
_ANY_DAY = (*_BY_DAY, *_BY_DAY, road_light.mist)

Sides = tuple[Setting, Setting]


# KITTI Road

_KITTI_TYPES = {"um": RoadType.MARKED, "umm": RoadType.LANES, "uu": RoadType.PLAIN}
_KITTI_SIDES: Mapping[RoadType, Sequence[Sides]] = {
    RoadType.MARKED: (
        (Setting.COUNTRY, Setting.COUNTRY),
        (Setting.SUBURB, Setting.TOWN),
        (Setting.COUNTRY, Setting.SUBURB),
        (Setting.TOWN, Setting.PARK),
        (Setting.INDUSTRY, Setting.COUNTRY),
    ),
    RoadType.LANES: (
        (Setting.TOWN, Setting.PARK),
        (Setting.COUNTRY, Setting.COUNTRY),
        (Setting.TOWN, Setting.TOWN),
        (Setting.PARK, Setting.INDUSTRY),
        (Setting.INDUSTRY, Setting.SUBURB),
    ),
    RoadType.PLAIN: (
        (Setting.SUBURB, Setting.SUBURB),
        (Setting.TOWN, Setting.SUBURB),
        (Setting.COUNTRY, Setting.COUNTRY),
        (Setting.PARK, Setting.TOWN),
        (Setting.SUBURB, Setting.COUNTRY),
    ),
}
_NOT_ROAD, _ROAD, _NOT_EVALUATED = (255, 0, 0), (255, 0, 255), (0, 0, 0)
# What is farther away is not evaluated, in metres.
_KITTI_REACH = 52.0


def write_kitti_road(folder: Path) -> None:
    """Write 75 training images with masks and 12 test images, 128x416.

    Each of the categories um, umm and uu has 25 training images; um has masks of the car's own
    lane, too. Black pixels, which are not evaluated, are far ground, parking strips, gravel, and
    the rim of what stands on the ground.

    Args:
        folder: the root of the set, which gets the folders ``training`` and ``testing``.

    Raises:
        OSError: it cannot be written to.
    """
    training, testing = folder / "training", folder / "testing"
    images, masks = _made(training / "image_2"), _made(training / "gt_image_2")
    for number, (category, road) in enumerate(_KITTI_TYPES.items()):
        for index in range(25):
            scene = _kitti_scene(road, number, index)
            _save(scene.image, images / f"{category}_{index:06d}.png")
            name = f"{category}_road_{index:06d}.png"
            _save(_kitti_mask(scene, scene.kinds == Kind.ROAD), masks / name)
            if category == "um":
                own = (scene.kinds == Kind.ROAD) & scene.lane
                _save(_kitti_mask(scene, own), masks / f"um_lane_{index:06d}.png")
    images = _made(testing / "image_2")
    for number, (category, road) in enumerate(_KITTI_TYPES.items()):
        for index in range(4):
            scene = _kitti_scene(road, number, 25 + index)
            _save(scene.image, images / f"{category}_{index:06d}.png")


def _kitti_scene(road: RoadType, category: int, index: int) -> Scene:
    seed = (_KITTI, category, index)
    rng = np.random.default_rng(seed)
    sides = _KITTI_SIDES[road][index % 5]
    plan = Plan(
        lens=_KITTI_LENS,
        light=_chosen(_ANY_DAY, rng),
        road=road,
        sides=sides if rng.random() < 0.5 else sides[::-1],
        extras=frozenset({Extra.CYCLIST} if index % 4 == 1 else ()),
    )
    return render(plan, (*seed, 1))


def _kitti_mask(scene: Scene, road: np.ndarray) -> np.ndarray:
    """The colours of a mask in which `road`, (H, W) bool, is road."""
    ground = np.isin(scene.kinds, GROUND_KINDS)
    undecided = np.isin(scene.kinds, (Kind.PARKING, Kind.GRAVEL))
    far = ground & (scene.distance > _KITTI_REACH)[:, None]
    rim = border_mask(ground.astype(np.uint8), 2)
    colors = np.full((*road.shape, 3), _NOT_ROAD, dtype=np.uint8)
    colors[road] = _ROAD
    colors[undecided | far | rim] = _NOT_EVALUATED
    return colors


# CamVid

_CAMVID_VOID = 11
_CAMVID_NUMBERS: Mapping[Kind, int] = {
    Kind.SKY: 0,
    Kind.BUILDING: 1,
    Kind.WALL: 1,
    Kind.POLE: 2,
    Kind.ROAD: 3,
    Kind.PARKING: 3,
    Kind.PAVEMENT: 4,
    Kind.VEGETATION: 5,
    Kind.TERRAIN: 5,
    Kind.SIGN: 6,
    Kind.TRAFFIC_LIGHT: 6,
    Kind.FENCE: 7,
    Kind.GUARD_RAIL: 7,
    Kind.CAR: 8,
    Kind.TRUCK: 8,
    Kind.BUS: 8,
    Kind.TRAM: 8,
    Kind.PERSON: 9,
    Kind.RIDER: 10,
    Kind.BICYCLE: 10,
    Kind.MOTORCYCLE: 10,
}
# The video sequences of each split, how many images each gives, and whether it is filmed at dusk.
_CAMVID_SEQUENCES: Mapping[str, Sequence[tuple[str, int, bool]]] = {
    "train": (("0001TP_0", 20, True), ("0006R0_f", 20, False), ("0016E5_", 20, False)),
    "val": (("0001TP_0", 7, True), ("0016E5_", 13, False)),
    "test": (("0001TP_0", 7, True), ("Seq05VD_f", 13, False)),
}
_CAMVID_SIDES: Sequence[Sides] = (
    (Setting.TOWN, Setting.TOWN),
    (Setting.TOWN, Setting.PARK),
    (Setting.SUBURB, Setting.TOWN),
    (Setting.SUBURB, Setting.SUBURB),
    (Setting.TOWN, Setting.INDUSTRY),
)
_CAMVID_EXTRAS: Sequence[tuple[Extra, ...]] = (
    (Extra.CYCLIST, Extra.PEOPLE),
    (Extra.CROSSING,),
    (Extra.FENCE, Extra.PEOPLE),
    (Extra.BUS, Extra.CYCLIST),
    (Extra.FENCE,),
    (Extra.TRUCK, Extra.WALL),
)


def write_camvid(folder: Path) -> None:
    """Write 60 training, 20 validation and 20 test images with masks, 128x192.

    Args:
        folder: the root of the set, which gets the lists and a folder for the images and one for
            the masks of each split.

    Raises:
        OSError: it cannot be written to.
    """
    for number, (split, sequences) in enumerate(_CAMVID_SEQUENCES.items()):
        images, masks = _made(folder / split), _made(folder / f"{split}annot")
        lines = []
        for part, (sequence, count, at_dusk) in enumerate(sequences):
            # Numbers of frames: what val and test take of a sequence comes after train.
            first = 30 * (1 + 40 * number)
            for index in range(count):
                name = f"{sequence}{first + 30 * index:05d}.png"
                scene = _camvid_scene((_CAMVID, number, part, index), index, at_dusk)
                _save(scene.image, images / name)
                _save(_translated(scene, _CAMVID_NUMBERS, _CAMVID_VOID), masks / name)
                root = "/SegNet/CamVid"
                lines.append(f"{root}/{split}/{name} {root}/{split}annot/{name}\n")
        (folder / f"{split}.txt").write_text("".join(lines), encoding="utf-8", newline="\n")


def _camvid_scene(seed: tuple[int, ...], index: int, at_dusk: bool) -> Scene:
    rng = np.random.default_rng(seed)
    road = (RoadType.MARKED, RoadType.MARKED, RoadType.LANES, RoadType.PLAIN)[rng.integers(4)]
    sides = _CAMVID_SIDES[index % 5]
    plan = Plan(
        lens=_CAMVID_LENS,
        light=road_light.dusk(rng) if at_dusk else _chosen(_BY_DAY, rng),
        road=road,
        sides=sides if rng.random() < 0.5 else sides[::-1],
        drives_on=-1,
        extras=frozenset(_CAMVID_EXTRAS[index % 6]),
        hood=at_dusk,
    )
    return render(plan, (*seed, 1))


# Cityscapes

_CITYSCAPES_NAMES: Mapping[Kind, str] = {
    Kind.EGO: "ego vehicle",
    Kind.BORDER: "out of region of interest",
    Kind.STATIC: "static",
    Kind.DYNAMIC: "dynamic",
    Kind.ROAD: "road",
    Kind.PAVEMENT: "sidewalk",
    Kind.PARKING: "parking",
    Kind.GRAVEL: "ground",
    Kind.TERRAIN: "terrain",
    Kind.BUILDING: "building",
    Kind.WALL: "wall",
    Kind.FENCE: "fence",
    Kind.GUARD_RAIL: "guard rail",
    Kind.POLE: "pole",
    Kind.TRAFFIC_LIGHT: "traffic light",
    Kind.SIGN: "traffic sign",
    Kind.VEGETATION: "vegetation",
    Kind.SKY: "sky",
    Kind.PERSON: "person",
    Kind.RIDER: "rider",
    Kind.CAR: "car",
    Kind.TRUCK: "truck",
    Kind.BUS: "bus",
    Kind.TRAM: "train",
    Kind.MOTORCYCLE: "motorcycle",
    Kind.BICYCLE: "bicycle",
}
_CITYSCAPES_IDS = {kind: CITYSCAPES.index(name) for kind, name in _CITYSCAPES_NAMES.items()}
_UNLABELED = CITYSCAPES.index("unlabeled")
_CITIES: Mapping[str, Sequence[tuple[str, int]]] = {
    "train": (("aachen", 16), ("bochum", 16), ("bremen", 16)),
    "val": (("frankfurt", 8), ("lindau", 8)),
    "test": (("berlin", 8),),
}
_CITYSCAPES_SIDES: Sequence[Sides] = (
    (Setting.TOWN, Setting.TOWN),
    (Setting.PARK, Setting.TOWN),
    (Setting.TOWN, Setting.SUBURB),
    (Setting.TOWN, Setting.TOWN),
    (Setting.SUBURB, Setting.SUBURB),
    (Setting.INDUSTRY, Setting.TOWN),
    (Setting.TOWN, Setting.PARK),
)
# Kinds that are rare get a scene of their own in every eight.
_CITYSCAPES_EXTRAS: Sequence[tuple[Extra, ...]] = (
    (Extra.TRAM, Extra.PEOPLE),
    (Extra.TRUCK, Extra.FENCE),
    (Extra.CYCLIST, Extra.CROSSING),
    (Extra.BUS, Extra.MOTORCYCLE),
    (Extra.WALL, Extra.CYCLIST),
    (Extra.TRAM, Extra.CYCLIST),
    (Extra.TRUCK, Extra.PEOPLE, Extra.CROSSING),
    (Extra.BUS, Extra.MOTORCYCLE, Extra.FENCE),
)


def write_cityscapes(folder: Path) -> None:
    """Write 48 training, 16 validation and 8 test images with masks, 128x256.

    The masks of the test images are empty, as published. Each mask also exists in colours.

    Args:
        folder: the root of the set, which gets the folders ``leftImg8bit`` and ``gtFine``.

    Raises:
        OSError: it cannot be written to.
    """
    colors = np.insert(CITYSCAPES.palette, 3, 255, axis=1)  # RGBA
    for number, (split, cities) in enumerate(_CITIES.items()):
        for part, (city, count) in enumerate(cities):
            images = _made(folder / "leftImg8bit" / split / city)
            masks = _made(folder / "gtFine" / split / city)
            for index in range(count):
                scene = _cityscapes_scene((_CITYSCAPES, number, part, index), index)
                ids = _translated(scene, _CITYSCAPES_IDS, _UNLABELED)
                if split == "test":
                    ids[:] = _UNLABELED
                name = f"{city}_{index:06d}_000019"
                _save(scene.image, images / f"{name}_leftImg8bit.png")
                _save(ids, masks / f"{name}_gtFine_labelIds.png")
                _save(colors[ids], masks / f"{name}_gtFine_color.png")


def _cityscapes_scene(seed: tuple[int, ...], index: int) -> Scene:
    rng = np.random.default_rng(seed)
    road = (RoadType.MARKED, RoadType.MARKED, RoadType.LANES, RoadType.PLAIN)[rng.integers(4)]
    extras = _CITYSCAPES_EXTRAS[index % 8]
    if road is RoadType.PLAIN and {Extra.TRAM, Extra.BUS, Extra.TRUCK} & set(extras):
        road = RoadType.MARKED
    plan = Plan(
        lens=_CITYSCAPES_LENS,
        light=_chosen(_ANY_DAY, rng),
        road=road,
        sides=_CITYSCAPES_SIDES[int(rng.integers(len(_CITYSCAPES_SIDES)))],
        extras=frozenset(extras),
        hood=True,
    )
    scene = render(plan, (*seed, 1))
    # The rim of the picture is lost when lens and stereo cameras are corrected.
    for edge in (np.s_[0], np.s_[-1], np.s_[:, 0], np.s_[:, -1]):
        scene.kinds[edge] = Kind.BORDER
    return scene


# For all sets


def _chosen(
    lights: Sequence[Callable[[np.random.Generator], Light]], rng: np.random.Generator
) -> Light:
    """The light of one of several situations."""
    return lights[int(rng.integers(len(lights)))](rng)


def _translated(scene: Scene, numbers: Mapping[Kind, int], other: int) -> np.ndarray:
    """The mask of a scene in the numbers of a set, (H, W) uint8; `other` where it has none."""
    table = np.full(256, other, dtype=np.uint8)
    for kind, number in numbers.items():
        table[kind] = number
    return table[scene.kinds]


def _made(folder: Path) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def _save(pixels: np.ndarray, path: Path) -> None:
    """Write a PNG file: (H, W) grey, (H, W, 3) RGB or (H, W, 4) RGBA."""
    # Photographs hardly get smaller by a higher level, which takes three times as long.
    Image.fromarray(pixels).save(path, compress_level=1)
