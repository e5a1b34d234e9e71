"""The grader of lesson 1: right answers pass, whatever their style; wrong ones do not."""

import pytest
from grading_helpers import (
    answers_in,
    cheap_answers,
    exercises,
    failures,
    grade,
    passes,
    run_check,
    with_answer,
)

TOPIC = "masks"
EXERCISES = exercises(TOPIC)
both_frameworks = pytest.mark.parametrize("framework", ["torch", "tensorflow"])


# Answers in other styles: loops, NumPy, other library calls, lists in place of tuples.
OTHERS = {
    "torch": {
        "color_to_label": [
            """
def color_to_label(mask, palette, ignore_index=255):
    mask, palette = np.asarray(mask), np.asarray(palette)
    label = np.full(mask.shape[:2], ignore_index, dtype=np.int64)
    for y in range(mask.shape[0]):
        for x in range(mask.shape[1]):
            for k in range(len(palette)):
                if tuple(mask[y, x]) == tuple(palette[k]):
                    label[y, x] = k
    return torch.from_numpy(label)
""",
            """
def codes(colors):
    colors = torch.as_tensor(colors).long()
    return (colors[..., 0] * 256 + colors[..., 1]) * 256 + colors[..., 2]


def color_to_label(mask, palette, ignore_index=255):
    table = torch.full((256**3,), ignore_index)
    table[codes(palette)] = torch.arange(len(palette))
    return table[codes(mask)]
""",
            """
def color_to_label(mask, palette, ignore_index=255):
    mask, palette = torch.as_tensor(mask), torch.as_tensor(palette)
    same = (mask[:, :, None, :] == palette[None, None]).all(-1)
    return torch.where(same.any(-1), same.int().argmax(-1), ignore_index)
""",
        ],
        "label_to_color": [
            """
def label_to_color(label, palette, ignore_color=(255, 255, 255)):
    picture = np.empty((*label.shape, 3), np.uint8)
    picture[:] = ignore_color
    for k, color in enumerate(np.asarray(palette)):
        picture[label.numpy() == k] = color
    return picture
""",
            """
def label_to_color(label, palette, ignore_color=(255, 255, 255)):
    picture = torch.tensor(ignore_color, dtype=torch.uint8).repeat(*label.shape, 1)
    palette = torch.as_tensor(palette)
    inside = (label >= 0) & (label < palette.shape[0])
    picture[inside] = palette[label[inside]]
    return picture
""",
        ],
        "one_hot": [
            """
def one_hot(label, num_classes):
    inside = (label >= 0) & (label < num_classes)
    hot = F.one_hot(torch.where(inside, label, num_classes), num_classes + 1)
    return torch.movedim(hot[..., :-1], -1, -3).float()
""",
            """
def one_hot(label, num_classes):
    return torch.stack([(label == k).float() for k in range(num_classes)], dim=-3)
""",
            """
def one_hot(label, num_classes):
    out = torch.zeros(*label.shape[:-2], num_classes + 1, *label.shape[-2:])
    index = label.clone()
    index[(label < 0) | (label >= num_classes)] = num_classes
    return out.scatter_(-3, index.unsqueeze(-3), 1.0).narrow(-3, 0, num_classes).contiguous()
""",
        ],
        "road_one_hot": [
            """
def road_one_hot(mask):
    mask = np.asarray(mask)
    road = (mask[:, :, 0] > 0) & (mask[:, :, 2] > 0)
    background = (mask[:, :, 0] > 0) ^ road
    return torch.from_numpy(np.stack((background, road)).astype(np.float32))
""",
            """
def road_one_hot(mask):
    label = torch.full(mask.shape[:2], 255)
    label[torch.as_tensor(mask[..., 0]) > 0] = 0
    label[(torch.as_tensor(mask[..., 0]) > 0) & (torch.as_tensor(mask[..., 2]) > 0)] = 1
    return one_hot(label, 2)
""",
        ],
        "normalize_image": [
            """
def normalize_image(image, mean, std):
    x = (np.asarray(image) / 255 - np.array(mean)) / np.array(std)
    return torch.from_numpy(x.transpose(2, 0, 1)).float()
""",
            """
def normalize_image(image, mean, std):
    x = torch.as_tensor(image).float()
    channels = [(x[..., c] - 255 * mean[c]) / (255 * std[c]) for c in range(3)]
    return torch.stack(channels)
""",
        ],
        "random_crop_pair": [
            """
def random_crop_pair(image, label, size, seed):
    rng = np.random.default_rng(seed)
    if label.shape[0] < size[0] or label.shape[1] < size[1]:
        raise ValueError("too small")
    top = rng.integers(0, label.shape[0] - size[0], endpoint=True)
    left = rng.integers(0, label.shape[1] - size[1], endpoint=True)
    window = (slice(top, top + size[0]), slice(left, left + size[1]))
    return [image[(slice(None), *window)].clone(), label[window].clone()]
""",
            """
import random


def random_crop_pair(image, label, size, seed):
    h, w = size
    windows = [
        (y, x) for y in range(label.shape[0] - h + 1) for x in range(label.shape[1] - w + 1)
    ]
    if not windows:
        raise ValueError("too small")
    y, x = random.Random(seed).choice(windows)
    return image[:, y : y + h, x : x + w], label[y : y + h, x : x + w]
""",
            """
def random_crop_pair(image, label, size, seed):
    torch.manual_seed(seed)
    (h, w), (H, W) = size, label.shape
    if H < h or W < w:
        raise ValueError(f"{H}x{W} is smaller than {h}x{w}")
    y = torch.randint(0, H - h + 1, (1,)).item()
    x = torch.randint(0, W - w + 1, (1,)).item()
    both = torch.cat([image.double(), label[None].double()])[:, y : y + h, x : x + w]
    return both[:-1].float(), both[-1].long()
""",
        ],
        "random_flip_pair": [
            """
def random_flip_pair(image, label, seed):
    if np.random.RandomState(seed).rand() > 0.5:
        mirrored = np.ascontiguousarray(image.numpy()[:, :, ::-1])
        return torch.from_numpy(mirrored), torch.fliplr(label)
    return image, label
""",
            """
def random_flip_pair(image, label, seed):
    torch.manual_seed(seed)
    if torch.randint(2, (1,)):
        columns = torch.arange(label.shape[1] - 1, -1, -1)
        return [image[:, :, columns], label[:, columns]]
    return [image.clone(), label.clone()]
""",
            """
def random_flip_pair(image, label, seed):
    return (image.flip(2), label.flip(1)) if seed % 2 else (image, label)
""",
        ],
        "resize_pair": [
            """
def resize_pair(image, label, size):
    big = F.interpolate(image.unsqueeze(0), size, mode="bilinear", antialias=True).squeeze(0)
    small = F.interpolate(label[None, None].double(), size, mode="nearest")
    return [big, small.squeeze().reshape(size).long()]
""",
            """
from PIL import Image


def resize_pair(image, label, size):
    channels = [
        Image.fromarray(c).resize(size[::-1], Image.Resampling.BILINEAR) for c in image.numpy()
    ]
    small = Image.fromarray(label.numpy().astype(np.int32)).resize(
        size[::-1], Image.Resampling.NEAREST
    )
    return (
        torch.from_numpy(np.stack([np.asarray(c) for c in channels])),
        torch.from_numpy(np.asarray(small).astype(np.int64)),
    )
""",
            """
def resize_pair(image, label, size):
    rows = torch.arange(size[0]) * label.shape[0] // size[0]
    columns = torch.arange(size[1]) * label.shape[1] // size[1]
    grid_y = (torch.arange(size[0]) + 0.5) / size[0] * 2 - 1
    grid_x = (torch.arange(size[1]) + 0.5) / size[1] * 2 - 1
    grid = torch.stack(torch.meshgrid(grid_x, grid_y, indexing="xy"), dim=-1)
    image = F.grid_sample(image[None], grid[None], padding_mode="border", align_corners=False)[0]
    return image, label[rows][:, columns]
""",
        ],
    },
    "tensorflow": {
        "color_to_label": [
            """
def color_to_label(mask, palette, ignore_index=255):
    mask, palette = tf.convert_to_tensor(mask), tf.convert_to_tensor(palette)
    same = tf.reduce_all(mask[:, :, None, :] == palette[None, None], axis=-1)
    number = tf.argmax(tf.cast(same, tf.int32), axis=-1, output_type=tf.int32)
    return tf.where(tf.reduce_any(same, axis=-1), number, ignore_index)
""",
            """
def codes(colors):
    return tf.tensordot(tf.cast(colors, tf.int32), tf.constant([65536, 256, 1]), 1)


def color_to_label(mask, palette, ignore_index=255):
    wanted = codes(palette)
    table = tf.fill([256**3], tf.cast(ignore_index, tf.int32))
    table = tf.tensor_scatter_nd_update(table, wanted[:, None], tf.range(tf.shape(wanted)[0]))
    return tf.gather(table, codes(mask))
""",
            """
def color_to_label(mask, palette, ignore_index=255):
    mask = tf.cast(mask, tf.int32)
    label = tf.zeros_like(mask[..., 0]) + ignore_index
    for k, color in enumerate(np.asarray(palette)):
        r, g, b = (int(c) for c in color)
        same = (mask[..., 0] == r) & (mask[..., 1] == g) & (mask[..., 2] == b)
        label = tf.where(same, k, label)
    return label
""",
        ],
        "label_to_color": [
            """
def label_to_color(label, palette, ignore_color=(255, 255, 255)):
    hot = tf.cast(one_hot(label, len(palette)), tf.int32)
    color = tf.einsum("hwk,kc->hwc", hot, tf.cast(palette, tf.int32))
    void = 1 - tf.reduce_sum(hot, axis=-1, keepdims=True)
    return tf.cast(color + void * tf.constant(ignore_color), tf.uint8)
""",
            """
def label_to_color(label, palette, ignore_color=(255, 255, 255)):
    picture = tf.zeros((*label.shape, 3), tf.uint8) + tf.constant(ignore_color, tf.uint8)
    for k in range(len(palette)):
        picture = tf.where((label == k)[..., None], palette[k], picture)
    return picture
""",
        ],
        "one_hot": [
            """
def one_hot(label, num_classes):
    return tf.one_hot(label, num_classes)
""",
            """
def one_hot(label, num_classes):
    maps = []
    for k in range(num_classes):
        maps.append(tf.where(label == k, 1.0, 0.0))
    return tf.stack(maps, -1)
""",
        ],
        "road_one_hot": [
            """
def road_one_hot(mask):
    mask = tf.cast(mask, tf.int32)
    red, blue = tf.sign(mask[..., 0]), tf.sign(mask[..., 2])
    return tf.cast(tf.stack([red * (1 - blue), red * blue], -1), tf.float32)
""",
            """
def road_one_hot(mask):
    label = tf.where(mask[:, :, 0] > 0, tf.where(mask[:, :, 2] > 0, 1, 0), 255)
    return one_hot(label, 2)
""",
        ],
        "normalize_image": [
            """
def normalize_image(image, mean, std):
    image = tf.image.convert_image_dtype(image, tf.float32)
    return (image - mean) / std
""",
            """
def normalize_image(image, mean, std):
    channels = tf.unstack(tf.cast(image, tf.float32), axis=2)
    return tf.stack([(c - 255 * m) / (255 * s) for c, m, s in zip(channels, mean, std)], 2)
""",
        ],
        "random_crop_pair": [
            """
def random_crop_pair(image, label, size, seed):
    rng = np.random.default_rng(seed)
    h, w = size
    if label.shape[0] < h or label.shape[1] < w:
        raise ValueError("too small")
    top = int(rng.integers(label.shape[0] - h + 1))
    left = int(rng.integers(label.shape[1] - w + 1))
    return [image[top : top + h, left : left + w], label[top : top + h, left : left + w]]
""",
            """
def random_crop_pair(image, label, size, seed):
    if image.shape[0] < size[0] or image.shape[1] < size[1]:
        raise ValueError("too small")
    both = tf.concat([image, tf.cast(label[..., None], tf.float32)], -1)
    both = tf.image.stateless_random_crop(both, (*size, both.shape[-1]), seed=(seed, 0))
    return both[..., :-1], tf.cast(both[..., -1], tf.int32)
""",
            """
def random_crop_pair(image, label, size, seed):
    for known, wanted in zip(label.shape, size):
        if known is not None and known < wanted:
            raise ValueError("too small")
    tf.random.set_seed(seed)
    rows = tf.shape(label)[0] - size[0]
    columns = tf.shape(label)[1] - size[1]
    top = tf.random.uniform([], 0, rows + 1, tf.int32)
    left = tf.random.uniform([], 0, columns + 1, tf.int32)
    image = tf.slice(image, [top, left, 0], [size[0], size[1], -1])
    return image, tf.slice(label, [top, left], size)
""",
        ],
        "random_flip_pair": [
            """
def random_flip_pair(image, label, seed):
    image = tf.image.stateless_random_flip_left_right(image, (seed, 1))
    label = tf.image.stateless_random_flip_left_right(label[..., None], (seed, 1))
    return image, tf.squeeze(label, -1)
""",
            """
def random_flip_pair(image, label, seed):
    tf.random.set_seed(seed)
    flip = tf.random.uniform(()) > 0.5
    image = tf.cond(flip, lambda: image[:, ::-1], lambda: image)
    return [image, tf.where(flip, label[:, ::-1], label)]
""",
            """
def random_flip_pair(image, label, seed):
    if np.random.default_rng(seed).random() < 0.5:
        return tf.image.flip_left_right(image), tf.reverse(label, [-1])
    return image, label
""",
        ],
        "resize_pair": [
            """
def resize_pair(image, label, size):
    image = tf.image.resize(image[None], size, antialias=True)[0]
    label = tf.image.resize(tf.cast(label, tf.float32)[..., None], size, method="nearest")
    return [image, tf.cast(label[..., 0], tf.int32)]
""",
            """
def resize_pair(image, label, size):
    rows = tf.range(size[0]) * tf.shape(label)[0] // size[0]
    columns = tf.range(size[1]) * tf.shape(label)[1] // size[1]
    label = tf.gather(tf.gather(label, rows, axis=0), columns, axis=1)
    return tf.image.resize(image, size), label
""",
        ],
    },
}


@pytest.mark.parametrize(("framework", "exercise", "code"), answers_in(OTHERS))
def test_a_right_answer_in_another_style_passes(framework: str, exercise: str, code: str) -> None:
    result = grade(TOPIC, framework, with_answer(TOPIC, framework, code), exercise)
    assert result.status == "passed", failures(result)


BASE_255 = """
def color_to_label(mask, palette, ignore_index=255):
    mask, palette = np.array(mask).astype(int), np.array(palette).astype(int)
    label = np.full(mask.shape[:2], ignore_index)
    for k, (r, g, b) in enumerate(palette):
        code = mask[..., 0] * 255**2 + mask[..., 1] * 255 + mask[..., 2]
        label[code == r * 255**2 + g * 255 + b] = k
    return {tensor}
"""

# Faults that are no named mistake: the check that shows each.
FAULTS = [
    ("torch", "color_to_label_lookalikes", BASE_255.format(tensor="torch.from_numpy(label)")),
    (
        "tensorflow",
        "color_to_label_lookalikes",
        BASE_255.format(tensor="tf.constant(label, tf.int32)"),
    ),
    *(
        (
            "torch",
            "one_hot_outside",
            f"""
def one_hot(label, num_classes):
    label = label.to(torch.{dtype})
    return torch.stack([(label == k).float() for k in range(num_classes)], dim=-3)
""",
        )
        for dtype in ("uint8", "int8")
    ),
    (
        "tensorflow",
        "one_hot_outside",
        """
def one_hot(label, num_classes):
    return tf.one_hot(tf.cast(label, tf.uint8), num_classes)
""",
    ),
    *(
        (
            "torch",
            "label_to_color_outside",
            f"""
def label_to_color(label, palette, ignore_color=(255, 255, 255)):
    label = label.numpy().astype(np.{dtype})
    picture = np.empty((*label.shape, 3), np.uint8)
    picture[:] = ignore_color
    for k, color in enumerate(np.asarray(palette)):
        picture[label == k] = color
    return picture
""",
        )
        for dtype in ("uint8", "int8")
    ),
    (
        "tensorflow",
        "label_to_color_outside",
        """
def label_to_color(label, palette, ignore_color=(255, 255, 255)):
    label = tf.cast(label, tf.uint8)
    picture = tf.zeros((*label.shape, 3), tf.uint8) + tf.constant(ignore_color, tf.uint8)
    for k in range(len(palette)):
        picture = tf.where((label == k)[..., None], palette[k], picture)
    return picture
""",
    ),
    (
        "torch",
        "random_crop_pair_values",
        """
def random_crop_pair(image, label, size, seed):
    (h, w), (H, W) = size, label.shape
    if H < h or W < w:
        raise ValueError("too small")
    rng = np.random.default_rng(seed)
    y, x = rng.integers(H - h + 1), rng.integers(W - w + 1)
    label = label.to(torch.uint8).long()
    return image[:, y : y + h, x : x + w], label[y : y + h, x : x + w]
""",
    ),
    (
        "torch",
        "random_crop_pair_values",
        """
def random_crop_pair(image, label, size, seed):
    (h, w), (H, W) = size, label.shape
    if H < h or W < w:
        raise ValueError("too small")
    rng = np.random.default_rng(seed)
    y, x = rng.integers(H - h + 1), rng.integers(W - w + 1)
    red, green, blue = image[:, y : y + h, x : x + w]
    return torch.stack([red, green, blue]), label[y : y + h, x : x + w]
""",
    ),
    (
        "tensorflow",
        "random_crop_pair_values",
        """
def random_crop_pair(image, label, size, seed):
    if image.shape[0] < size[0] or image.shape[1] < size[1]:
        raise ValueError("too small")
    image = tf.image.stateless_random_crop(image, (*size, 3), seed=(seed, 0))
    label = tf.image.stateless_random_crop(label, size, seed=(seed, 0))
    return image, label
""",
    ),
    (
        "torch",
        "random_crop_pair_every_window",
        """
def random_crop_pair(image, label, size, seed):
    (h, w), (H, W) = size, label.shape
    if H < h or W < w:
        raise ValueError("too small")
    rng = np.random.default_rng(seed)
    y, x = rng.integers(min(H - h, 10) + 1), rng.integers(W - w + 1)
    return image[:, y : y + h, x : x + w], label[y : y + h, x : x + w]
""",
    ),
    (
        "tensorflow",
        "random_crop_pair_every_window",
        """
def random_crop_pair(image, label, size, seed):
    (h, w), (H, W) = size, label.shape
    if H < h or W < w:
        raise ValueError("too small")
    rng = np.random.default_rng(seed)
    y, x = rng.integers(H - h + 1), rng.integers(min(W - w, 16) + 1)
    return image[y : y + h, x : x + w], label[y : y + h, x : x + w]
""",
    ),
    *(
        (
            "torch",
            "random_flip_pair_any_values",
            f"""
def random_flip_pair(image, label, seed):
    if seed % 2:
        return image.flip(-1), label.to(torch.{dtype}).flip(-1).long()
    return image, label
""",
        )
        for dtype in ("uint8", "int16", "float16")
    ),
    (
        "tensorflow",
        "random_flip_pair_any_values",
        """
def random_flip_pair(image, label, seed):
    label = tf.cast(tf.cast(label, tf.uint8), tf.int32)
    if np.random.default_rng(seed).random() < 0.5:
        return tf.image.flip_left_right(image), tf.reverse(label, [-1])
    return image, label
""",
    ),
    *(
        (
            "torch",
            "resize_pair_label",
            f"""
def resize_pair(image, label, size):
    image = F.interpolate(image[None], size, mode="bilinear", align_corners=False)[0]
    label = F.interpolate(label[None, None].to(torch.{dtype}), size, mode="nearest-exact")
    return image, label[0, 0].long()
""",
        )
        for dtype in ("uint8", "float16")
    ),
    (
        "tensorflow",
        "resize_pair_label",
        """
def resize_pair(image, label, size):
    label = tf.cast(label, tf.uint8)[..., None]
    label = tf.image.resize(label, size, method="nearest")[..., 0]
    return tf.image.resize(image, size), tf.cast(label, tf.int32)
""",
    ),
    (
        "torch",
        "color_to_label_lookalikes",
        """
def color_to_label(mask, palette, ignore_index=255):
    weights = torch.tensor([256, 256, 1])
    mask, palette = torch.as_tensor(mask).long(), torch.as_tensor(palette).long()
    label = torch.full(mask.shape[:2], ignore_index)
    for k, color in enumerate(palette):
        label[(mask * weights).sum(-1) == (color * weights).sum()] = k
    return label
""",
    ),
    (
        "torch",
        "color_to_label_black_and_white",
        """
def color_to_label(mask, palette, ignore_index=255):
    mask, palette = np.asarray(mask), np.asarray(palette)
    label = np.full(mask.shape[:2], ignore_index)
    for k, color in enumerate(palette):
        label[(mask - color < 2).all(axis=-1)] = k
    return torch.from_numpy(label)
""",
    ),
    (
        "torch",
        "color_to_label_ignore_index",
        """
def color_to_label(mask, palette, ignore_index=255):
    mask, palette = torch.as_tensor(mask), torch.as_tensor(palette)
    label = torch.full(mask.shape[:2], ignore_index, dtype=torch.uint8)
    for k, color in enumerate(palette):
        label[(mask == color).all(-1)] = k
    return label.long()
""",
    ),
    (
        "torch",
        "color_to_label_tensors",
        """
def color_to_label(mask, palette, ignore_index=255):
    same = np.equal(mask[:, :, np.newaxis].copy(), palette).all(axis=-1)
    label = np.where(same.any(axis=-1), same.argmax(axis=-1), ignore_index)
    return torch.from_numpy(label)
""",
    ),
    (
        "torch",
        "one_hot_outside",
        """
def one_hot(label, num_classes):
    label[(label < 0) | (label >= num_classes)] = num_classes
    return F.one_hot(label, num_classes + 1)[..., :-1].movedim(-1, -3).float()
""",
    ),
    (
        "torch",
        "one_hot_outside",
        """
def one_hot(label, num_classes):
    return F.one_hot(label, num_classes).movedim(-1, -3).float()
""",
    ),
    (
        "torch",
        "random_flip_pair_any_values",
        """
def random_flip_pair(image, label, seed):
    if seed % 2:
        return image.flip(-1), label.to(torch.uint8).flip(-1).long() % 255
    return image, label
""",
    ),
    (
        "torch",
        "resize_pair_label_places",
        """
def resize_pair(image, label, size):
    image = F.interpolate(image[None], size, mode="bilinear", align_corners=False)[0]
    turned = F.interpolate(label[None, None].double().flip(-1), size, mode="nearest")
    return image, turned[0, 0].long()
""",
    ),
    (
        "torch",
        "resize_pair_reduced_image",
        """
def resize_pair(image, label, size):
    rows = torch.arange(size[0]) * label.shape[0] // size[0]
    columns = torch.arange(size[1]) * label.shape[1] // size[1]
    if size[0] > label.shape[0]:
        image = F.interpolate(image[None], size, mode="bilinear", align_corners=False)[0]
    else:
        image = image[:, rows][:, :, columns]
    return image, label[rows][:, columns]
""",
    ),
    (
        "tensorflow",
        "color_to_label_pipeline",
        """
def color_to_label(mask, palette, ignore_index=255):
    mask, palette = np.asarray(mask), np.asarray(palette)
    same = (mask[:, :, None] == palette).all(axis=-1)
    label = np.where(same.any(axis=-1), same.argmax(axis=-1), ignore_index)
    return tf.constant(label, tf.int32)
""",
    ),
    (
        "tensorflow",
        "random_flip_pair_pipeline",
        """
def random_flip_pair(image, label, seed):
    if np.random.default_rng(seed).random() < 0.5:
        return image, label
    return tf.constant(image.numpy()[:, ::-1]), tf.constant(label.numpy()[:, ::-1])
""",
    ),
    (
        "tensorflow",
        "random_crop_pair_same_seed",
        """
def random_crop_pair(image, label, size, seed):
    if label.shape[0] < size[0] or label.shape[1] < size[1]:
        raise ValueError("too small")
    both = tf.concat([image, tf.cast(label[..., None], tf.float32)], -1)
    both = tf.image.random_crop(both, (*size, 4), seed=seed)
    return both[..., :3], tf.cast(both[..., 3], tf.int32)
""",
    ),
    (
        "tensorflow",
        "resize_pair_no_new_labels",
        """
def resize_pair(image, label, size):
    both = tf.concat([image, tf.cast(label[..., None], tf.float32)], -1)
    both = tf.image.resize(both, size)
    return both[..., :3], tf.cast(tf.round(both[..., 3]), tf.int32)
""",
    ),
]


@pytest.mark.parametrize(
    ("framework", "check", "code"),
    FAULTS,
    ids=[f"{framework}-{check}" for framework, check, _code in FAULTS],
)
def test_a_fault_is_shown_by_its_check(framework: str, check: str, code: str) -> None:
    result = run_check(TOPIC, framework, with_answer(TOPIC, framework, code), check)
    assert result.status == "failed"


@both_frameworks
def test_a_fault_in_one_exercise_does_not_fail_the_next(framework: str) -> None:
    wrong = "def color_to_label(mask, palette, ignore_index=255):\n    return palette"
    text = with_answer(TOPIC, framework, wrong)
    assert not passes(TOPIC, framework, text, "color_to_label")
    assert passes(TOPIC, framework, text, "label_to_color")


@both_frameworks
@pytest.mark.parametrize("exercise", EXERCISES)
def test_an_answer_without_thought_fails(framework: str, exercise: str) -> None:
    for name, text in cheap_answers(TOPIC, framework, exercise).items():
        assert not passes(TOPIC, framework, text, exercise), name
