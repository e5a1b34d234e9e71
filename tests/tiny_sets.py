"""A few pixels in the layout of each real data set."""

from pathlib import Path

import numpy as np
from PIL import Image

from pixelwise.data.known import voc_colormap

SIZE = (6, 10)


def image_file(path: Path, seed: int = 0, size: tuple[int, int] = SIZE, mode: str = "RGB") -> None:
    """A file of random pixels."""
    rng = np.random.default_rng(seed)
    pixels = rng.integers(0, 256, (*size, 3), dtype=np.uint8)
    save(path, Image.fromarray(pixels).convert(mode))


def number_file(path: Path, numbers: np.ndarray) -> None:
    """A grey PNG of the numbers."""
    save(path, Image.fromarray(np.asarray(numbers, dtype=np.uint8)))


def palette_file(path: Path, numbers: np.ndarray) -> None:
    """A palette PNG with VOC's colours."""
    image = Image.fromarray(np.asarray(numbers, dtype=np.uint8), mode="P")
    image.putpalette(voc_colormap().tobytes())
    save(path, image)


def save(path: Path, image: Image.Image) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    image.save(path)


def numbers(low: int, high: int, seed: int = 0) -> np.ndarray:
    """Random numbers low ... high, each of them somewhere."""
    values = np.arange(SIZE[0] * SIZE[1]) % (high - low + 1) + low
    return np.random.default_rng(seed).permutation(values).reshape(SIZE)


def kitti_road(root: Path, counts: tuple[int, int, int] = (5, 5, 5)) -> Path:
    """KITTI Road with so many images of the categories um, umm and uu; two test images."""
    colors = np.array([(255, 0, 0), (255, 0, 255), (0, 0, 0)], np.uint8)
    training = root / "training"
    seed = 0
    for category, count in zip(("um", "umm", "uu"), counts, strict=True):
        for number in range(count):
            seed += 1
            image_file(training / "image_2" / f"{category}_{number:06d}.png", seed)
            mask = Image.fromarray(colors[numbers(0, 2, seed)])
            save(training / "gt_image_2" / f"{category}_road_{number:06d}.png", mask)
            if category == "um":
                save(training / "gt_image_2" / f"{category}_lane_{number:06d}.png", mask)
    for number in range(2):
        image_file(root / "testing" / "image_2" / f"um_{number:06d}.png", seed=100 + number)
    return root


def voc2012(root: Path) -> Path:
    """Pascal VOC 2012 with three training and two validation images."""
    names = {"train": ["2007_000001", "2007_000002", "2007_000003"], "val": ["a", "b"]}
    names["trainval"] = [*names["train"], *names["val"]]
    for seed, name in enumerate(names["trainval"]):
        image_file(root / "JPEGImages" / f"{name}.jpg", seed)
        mask = numbers(0, 20, seed)
        mask[0] = 255
        palette_file(root / "SegmentationClass" / f"{name}.png", mask)
    for split, members in names.items():
        path = root / "ImageSets" / "Segmentation" / f"{split}.txt"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("\n".join(members) + "\n", encoding="utf-8")
    return root


def oxford_pets(root: Path) -> Path:
    """Oxford-IIIT Pet with ten trainval and two test images."""
    for split, count in (("trainval", 10), ("test", 2)):
        lines = []
        for number in range(count):
            name = f"{split}_cat_{number}"
            image_file(root / "images" / f"{name}.jpg", number)
            number_file(root / "annotations" / "trimaps" / f"{name}.png", numbers(1, 3, number))
            lines.append(f"{name} 1 1 1\n")
        (root / "annotations" / f"{split}.txt").write_text("".join(lines), encoding="utf-8")
    return root


def cityscapes(root: Path) -> Path:
    """Cityscapes with two training, one validation and one test image."""
    for split, city, number in (
        ("train", "aachen", 0),
        ("train", "bochum", 1),
        ("val", "frankfurt", 2),
        ("test", "berlin", 3),
    ):
        stem = f"{city}_000000_{number:06d}"
        image_file(root / "leftImg8bit" / split / city / f"{stem}_leftImg8bit.png", number)
        mask = np.zeros(SIZE) if split == "test" else numbers(0, 33, number)
        number_file(root / "gtFine" / split / city / f"{stem}_gtFine_labelIds.png", mask)
    return root


def camvid(root: Path) -> Path:
    """CamVid with three training, one validation and one test image."""
    for split, count in (("train", 3), ("val", 1), ("test", 1)):
        lines = []
        for number in range(count):
            name = f"0001TP_{split}_{number:06d}.png"
            image_file(root / split / name, number)
            number_file(root / f"{split}annot" / name, numbers(0, 11, number))
            lines.append(f"/SegNet/CamVid/{split}/{name} /SegNet/CamVid/{split}annot/{name}\n")
        (root / f"{split}.txt").write_text("".join(lines), encoding="utf-8")
    return root


def nuclei(root: Path) -> Path:
    """The Data Science Bowl's nuclei: ten images of two nuclei each."""
    for number in range(10):
        name = f"{number:064x}"
        folder = root / "stage1_train" / name
        image_file(folder / "images" / f"{name}.png", number, mode="RGBA")
        for nucleus in range(2):
            mask = np.zeros(SIZE)
            mask[nucleus * 3 : nucleus * 3 + 2, number % 5 : number % 5 + 3] = 255
            number_file(folder / "masks" / f"{nucleus:064x}.png", mask)
    return root


WRITERS = {
    writer.__name__: writer
    for writer in (kitti_road, voc2012, oxford_pets, cityscapes, camvid, nuclei)
}
