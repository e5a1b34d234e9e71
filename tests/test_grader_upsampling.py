"""The grader of lesson 3: right answers pass, whatever their style; wrong ones do not."""

import pytest
from grading_helpers import (
    answers_in,
    cheap_answers,
    exercises,
    failures,
    grade,
    passes,
    run_check,
    solution,
    with_answer,
)

TOPIC = "upsampling"
EXERCISES = exercises(TOPIC)
both_frameworks = pytest.mark.parametrize("framework", ["torch", "tensorflow"])


# Pooling and unpooling that agree on a form of their own for the indices.
LIBRARY_PAIR = """
def max_pool_with_indices(x):
    return list(F.max_pool2d(x, 2, 2, return_indices=True, ceil_mode=True))


def max_unpool(pooled, indices, size):
    return F.max_unpool2d(pooled, indices, 2, 2, output_size=size)
"""

PLACE_IN_CELL_PAIR = """
def max_pool_with_indices(x):
    N, C, H, W = x.shape
    h, w = H // 2, W // 2
    cells = x[:, :, : 2 * h, : 2 * w].reshape(N, C, h, 2, w, 2)
    cells = cells.permute(0, 1, 2, 4, 3, 5).reshape(N, C, h, w, 4)
    pooled, place = cells.max(dim=-1)
    return pooled, place.to(torch.uint8)


def max_unpool(pooled, indices, size):
    N, C, h, w = pooled.shape
    places = torch.arange(4, dtype=torch.uint8)
    cells = torch.where(indices[..., None] == places, pooled[..., None], torch.tensor(0.0))
    cells = cells.reshape(N, C, h, w, 2, 2).permute(0, 1, 2, 4, 3, 5)
    out = torch.zeros(N, C, *size)
    out[:, :, : 2 * h, : 2 * w] = cells.reshape(N, C, 2 * h, 2 * w)
    return out
"""

ROWS_AND_COLUMNS_PAIR = """
def max_pool_with_indices(x):
    N, C, H, W = x.shape
    pooled, flat = F.max_pool2d(x, 2, return_indices=True)
    return pooled, (torch.div(flat, W, rounding_mode="floor"), flat % W)


def max_unpool(pooled, indices, size):
    rows, columns = indices
    out = pooled.new_zeros(*pooled.shape[:2], *size)
    n = torch.arange(pooled.shape[0])[:, None, None, None]
    c = torch.arange(pooled.shape[1])[:, None, None]
    out[n, c, rows, columns] = pooled
    return out
"""

ONE_HOT_PAIR = """
def max_pool_with_indices(x):
    N, H, W, C = x.shape
    h, w = -(-H // 2), -(-W // 2)
    x = tf.pad(x, [[0, 0], [0, 2 * h - H], [0, 2 * w - W], [0, 0]], constant_values=x.dtype.min)
    cells = tf.reshape(x, (N, h, 2, w, 2, C))
    cells = tf.reshape(tf.transpose(cells, (0, 1, 3, 5, 2, 4)), (N, h, w, C, 4))
    return [tf.reduce_max(cells, -1), tf.argmax(cells, -1, output_type=tf.int32)]


def max_unpool(pooled, indices, size):
    N, h, w, C = pooled.shape
    cells = tf.where(indices[..., None] == tf.range(4), pooled[..., None], 0.0)
    cells = tf.transpose(tf.reshape(cells, (N, h, w, C, 2, 2)), (0, 1, 4, 2, 5, 3))
    return tf.reshape(cells, (N, 2 * h, 2 * w, C))[:, : size[0], : size[1]]
"""

IMAGE_BY_IMAGE_PAIR = """
def max_pool_with_indices(x):
    return tf.nn.max_pool_with_argmax(x, 2, 2, "SAME", output_dtype=tf.int64)


def max_unpool(pooled, indices, size):
    H, W = size
    C = pooled.shape[-1]
    maps = []
    for values, places in zip(tf.unstack(pooled), tf.unstack(indices)):
        flat = tf.scatter_nd(tf.reshape(places, [-1, 1]), tf.reshape(values, [-1]), [H * W * C])
        maps.append(tf.reshape(flat, (H, W, C)))
    return tf.stack(maps)
"""

MASK_PAIR = """
import numpy as np


def max_pool_with_indices(x):
    pooled, flat = tf.nn.max_pool_with_argmax(
        x, 2, 2, "VALID", output_dtype=tf.int64, include_batch_in_index=True
    )
    mask = np.zeros(x.shape, bool)
    mask.reshape(-1)[flat.numpy().reshape(-1)] = True
    return pooled, mask


def max_unpool(pooled, indices, size):
    H, W = size
    pooled = pooled.numpy()
    values = pooled.repeat(2, axis=1).repeat(2, axis=2)
    values = np.pad(values, ((0, 0), (0, H % 2), (0, W % 2), (0, 0)))
    return tf.constant(np.where(indices, values, np.float32(0)))
"""

# Indices in forms that no list or tensor is.
OBJECT_PAIR = """
class Places:
    def __init__(self, flat):
        self.flat = flat


def max_pool_with_indices(x):
    pooled, flat = F.max_pool2d(x, 2, return_indices=True)
    return pooled, Places(flat)


def max_unpool(pooled, indices, size):
    return F.max_unpool2d(pooled, indices.flat, 2, 2, output_size=size)
"""

SET_PAIR = """
def max_pool_with_indices(x):
    pooled, flat = F.max_pool2d(x, 2, return_indices=True)
    if x.numel() > 1e6:
        return pooled, flat
    return pooled, {(*place, int(flat[place])) for place in np.ndindex(*flat.shape)}


def max_unpool(pooled, indices, size):
    if torch.is_tensor(indices):
        return F.max_unpool2d(pooled, indices, 2, 2, output_size=size)
    out = torch.zeros(*pooled.shape[:2], *size)
    for n, c, i, j, place in indices:
        out[n, c, place // size[1], place % size[1]] = pooled[n, c, i, j]
    return out
"""

SPARSE_PAIR = """
def max_pool_with_indices(x):
    pooled, flat = tf.nn.max_pool_with_argmax(
        x, 2, 2, "VALID", output_dtype=tf.int64, include_batch_in_index=True
    )
    places = tf.reshape(flat, [-1, 1])
    values = tf.reshape(pooled, [-1])
    return pooled, tf.sparse.SparseTensor(places, values, [x.shape.num_elements()])


def max_unpool(pooled, indices, size):
    N, h, w, C = pooled.shape
    shape = tf.constant([N * size[0] * size[1] * C], tf.int64)
    flat = tf.scatter_nd(indices.indices, tf.reshape(pooled, [-1]), shape)
    return tf.reshape(flat, (N, *size, C))
"""

CAFFE_KERNEL = """
def bilinear_kernel(in_channels, out_channels, kernel_size):
    factor = math.ceil(kernel_size / 2)
    center = (2 * factor - 1 - factor % 2) / (2.0 * factor)
    weight = np.zeros({shape})
    for i in range(kernel_size):
        for j in range(kernel_size):
            value = (1 - abs(i / factor - center)) * (1 - abs(j / factor - center))
            for c in range(in_channels):
                weight[{place}] = value
    return weight
"""

OTHERS = {
    "torch": {
        "bilinear_kernel": [
            """
import numpy as np


def bilinear_kernel(in_channels, out_channels, kernel_size):
    factor = (kernel_size + 1) // 2
    center = factor - 1 if kernel_size % 2 == 1 else factor - 0.5
    og = np.ogrid[:kernel_size, :kernel_size]
    filt = (1 - abs(og[0] - center) / factor) * (1 - abs(og[1] - center) / factor)
    weight = np.zeros((in_channels, out_channels, kernel_size, kernel_size), dtype=np.float64)
    weight[range(in_channels), range(out_channels), :, :] = filt
    return torch.from_numpy(weight)
""",
            "import math\nimport numpy as np\n"
            + CAFFE_KERNEL.format(
                shape="(in_channels, out_channels, kernel_size, kernel_size)", place="c, c, i, j"
            ),
            """
def bilinear_kernel(in_channels, out_channels, kernel_size):
    factor = (kernel_size + 1) // 2
    ramp = torch.arange(1, kernel_size // 2 + 1) - (0.5 if kernel_size % 2 == 0 else 0)
    top = [torch.tensor([float(factor)])] if kernel_size % 2 else []
    line = torch.cat([ramp, *top, ramp.flip(0)]) / factor
    tent = line[:, None] * line
    return torch.eye(in_channels, out_channels)[:, :, None, None] * tent
""",
        ],
        "bilinear_upsampling": [
            """
class Upsample(nn.Module):
    def __init__(self, channels, factor):
        super().__init__()
        size = 2 * factor - factor % 2
        self.crop = (size - factor) // 2
        self.up = nn.ConvTranspose2d(channels, channels, size, stride=factor, bias=False)
        self.up.weight = nn.Parameter(torch.as_tensor(bilinear_kernel(channels, channels, size)))

    def forward(self, x):
        y = self.up(x)
        return y[:, :, self.crop : y.shape[2] - self.crop, self.crop : y.shape[3] - self.crop]


def bilinear_upsampling(channels, factor):
    return Upsample(channels, factor)
""",
            """
def bilinear_upsampling(channels, factor):
    size = 2 * factor - factor % 2
    layer = nn.ConvTranspose2d(
        channels, channels, size, factor, (size - factor) // 2, groups=channels, bias=False
    )
    layer.weight.data[:] = bilinear_kernel(1, 1, size)
    return nn.Sequential(layer)
""",
        ],
        "max_pool_with_indices": [
            LIBRARY_PAIR,
            PLACE_IN_CELL_PAIR,
            ROWS_AND_COLUMNS_PAIR,
            OBJECT_PAIR,
            "import numpy as np\n" + SET_PAIR,
        ],
        "max_unpool": [
            LIBRARY_PAIR,
            PLACE_IN_CELL_PAIR,
            ROWS_AND_COLUMNS_PAIR,
            OBJECT_PAIR,
            "import numpy as np\n" + SET_PAIR,
        ],
        "center_crop": [
            """
def center_crop(x, size):
    top, left = int((x.size(2) - size[0]) / 2), int((x.size(3) - size[1]) / 2)
    return x.narrow(2, top, size[0]).narrow(3, left, size[1])
""",
            """
def center_crop(x, size):
    rest = x.shape[2] - size[0], x.shape[3] - size[1]
    top, left = rest[0] // 2, rest[1] // 2
    return F.pad(x, (-left, left - rest[1], -top, top - rest[0]))
""",
            """
def center_crop(x, size):
    out = torch.empty(*x.shape[:2], *size)
    for i in range(size[0]):
        for j in range(size[1]):
            out[:, :, i, j] = x[:, :, i + (x.shape[2] - size[0]) // 2,
                                j + (x.shape[3] - size[1]) // 2]
    return out
""",
        ],
    },
    "tensorflow": {
        "bilinear_kernel": [
            "import math\nimport numpy as np\n"
            + CAFFE_KERNEL.format(
                shape="(kernel_size, kernel_size, out_channels, in_channels)", place="i, j, c, c"
            ),
            """
import numpy as np


def bilinear_kernel(in_channels, out_channels, kernel_size):
    line = np.minimum(np.arange(1, kernel_size + 1), np.arange(kernel_size, 0, -1))
    line = (line - (kernel_size % 2 == 0) / 2) / ((kernel_size + 1) // 2)
    weight = np.zeros((kernel_size, kernel_size, out_channels, in_channels), np.float32)
    for channel in range(min(in_channels, out_channels)):
        weight[..., channel, channel] = line[:, None] * line[None, :]
    return tf.convert_to_tensor(weight)
""",
        ],
        "bilinear_upsampling": [
            """
def bilinear_upsampling(channels, factor):
    size = 2 * factor - factor % 2
    return keras.layers.Conv2DTranspose(
        channels,
        size,
        factor,
        padding="same",
        use_bias=False,
        kernel_initializer=lambda shape, dtype=None: bilinear_kernel(channels, channels, size),
    )
""",
            """
class Upsample(keras.layers.Layer):
    def __init__(self, channels, factor):
        super().__init__()
        self.channels, self.factor, self.size = channels, factor, 2 * factor - factor % 2

    def build(self, shape):
        self.kernel = self.add_weight(shape=(self.size, self.size, self.channels, self.channels))
        self.kernel.assign(bilinear_kernel(self.channels, self.channels, self.size))

    def call(self, x):
        N, H, W, C = x.shape
        shape = (N, H * self.factor, W * self.factor, C)
        return tf.nn.conv2d_transpose(x, self.kernel, shape, self.factor, "SAME")


def bilinear_upsampling(channels, factor):
    return Upsample(channels, factor)
""",
        ],
        "max_pool_with_indices": [ONE_HOT_PAIR, IMAGE_BY_IMAGE_PAIR, MASK_PAIR, SPARSE_PAIR],
        "max_unpool": [ONE_HOT_PAIR, IMAGE_BY_IMAGE_PAIR, MASK_PAIR, SPARSE_PAIR],
        "center_crop": [
            """
def center_crop(x, size):
    return tf.image.resize_with_crop_or_pad(x, size[0], size[1])
""",
            """
def center_crop(x, size):
    return keras.layers.CenterCrop(*size)(x)
""",
            """
def center_crop(x, size):
    offsets = [(a - b) // 2 for a, b in zip(x.shape[1:3], size)]
    return tf.slice(x, [0, *offsets, 0], [-1, *size, -1])
""",
        ],
    },
}


@pytest.mark.parametrize(("framework", "exercise", "code"), answers_in(OTHERS))
def test_a_right_answer_in_another_style_passes(framework: str, exercise: str, code: str) -> None:
    result = grade(TOPIC, framework, with_answer(TOPIC, framework, code), exercise)
    assert result.status == "passed", failures(result)


NO_INDICES = {
    "torch": """
def max_pool_with_indices(x):
    return F.max_pool2d(x, 2), NOTHING
""",
    "tensorflow": """
def max_pool_with_indices(x):
    return tf.nn.max_pool2d(x, 2, 2, "VALID"), NOTHING
""",
}

# Wrong answers that are no small change of the reference answer: the check that must fail, the
# framework, the answer.
FAULTS = [
    *(
        ("max_pool_with_indices_tell_places", framework, code.replace("NOTHING", nothing))
        for framework, code in NO_INDICES.items()
        for nothing in (
            "iter(())",
            "(i for i in ())",
            "object()",
            "set()",
            "'indices'",
            "[]",
            "print",
        )
    ),
    (
        "max_unpool_other_values",
        "torch",
        """
def max_pool_with_indices(x):
    return F.max_pool2d(x, 2, return_indices=True)


def max_unpool(pooled, indices, size):
    N, C, h, w = pooled.shape
    indices += (torch.arange(N * C) * size[0] * size[1]).reshape(N, C, 1, 1)
    out = torch.zeros(N * C * size[0] * size[1])
    out[indices.reshape(-1)] = pooled.reshape(-1)
    return out.reshape(N, C, *size)
""",
    ),
    (
        "max_unpool_other_values",
        "tensorflow",
        """
def max_pool_with_indices(x):
    pooled, flat = tf.nn.max_pool_with_argmax(x, 2, 2, "VALID", include_batch_in_index=True)
    return pooled, [flat]


def max_unpool(pooled, indices, size):
    N, h, w, C = pooled.shape
    places = tf.reshape(indices.pop(), [-1, 1])
    flat = tf.scatter_nd(places, tf.reshape(pooled, [-1]), [N * size[0] * size[1] * C])
    return tf.reshape(flat, (N, *size, C))
""",
    ),
    (
        "bilinear_upsampling_no_bias",
        "torch",
        """
def bilinear_upsampling(channels, factor):
    size = 2 * factor - factor % 2
    layer = nn.ConvTranspose2d(
        channels, channels, size, factor, (size - factor) // 2, bias=False
    )
    layer.weight.data[:] = bilinear_kernel(channels, channels, size)
    layer.weight.requires_grad = False
    return layer
""",
    ),
    (
        "bilinear_upsampling_no_bias",
        "tensorflow",
        """
def bilinear_upsampling(channels, factor):
    size = 2 * factor - factor % 2
    return keras.layers.Conv2DTranspose(
        channels,
        size,
        factor,
        padding="same",
        use_bias=False,
        kernel_initializer=lambda shape, dtype=None: bilinear_kernel(channels, channels, size),
        trainable=False,
    )
""",
    ),
    (
        "bilinear_upsampling_no_bias",
        "torch",
        """
def bilinear_upsampling(channels, factor):
    return nn.Upsample(scale_factor=factor, mode="bilinear")
""",
    ),
    (
        "bilinear_upsampling_no_bias",
        "tensorflow",
        """
def bilinear_upsampling(channels, factor):
    return keras.layers.UpSampling2D(factor, interpolation="bilinear")
""",
    ),
    (
        "bilinear_upsampling_shift",
        "torch",
        """
def bilinear_upsampling(channels, factor):
    return nn.Upsample(scale_factor=factor, mode="bilinear", align_corners=True)
""",
    ),
    (
        "bilinear_upsampling_resizes",
        "torch",
        """
def bilinear_upsampling(channels, factor):
    size = 2 * factor - factor % 2
    return nn.ConvTranspose2d(channels, channels, size, factor, (size - factor) // 2, bias=False)
""",
    ),
    (
        "bilinear_upsampling_resizes",
        "tensorflow",
        """
def bilinear_upsampling(channels, factor):
    size = 2 * factor - factor % 2
    return keras.layers.Conv2DTranspose(channels, size, factor, "same", use_bias=False)
""",
    ),
    (
        "max_pool_with_indices_tell_places",
        "torch",
        """
def max_pool_with_indices(x):
    pooled = F.max_pool2d(x, 2)
    return pooled, torch.zeros_like(pooled, dtype=torch.int64)
""",
    ),
    (
        "max_pool_with_indices_tell_places",
        "tensorflow",
        """
def max_pool_with_indices(x):
    pooled = tf.nn.max_pool2d(x, 2, 2, "VALID")
    return pooled, tf.zeros_like(pooled, dtype=tf.int64)
""",
    ),
    (
        "max_unpool_ties",
        "torch",
        """
def max_pool_with_indices(x):
    pooled = F.max_pool2d(x, 2)
    return pooled, (F.interpolate(pooled, size=x.shape[2:]) == x)


def max_unpool(pooled, indices, size):
    return F.interpolate(pooled, size=size) * indices
""",
    ),
    (
        "max_unpool_ties",
        "tensorflow",
        """
def max_pool_with_indices(x):
    pooled = tf.nn.max_pool2d(x, 2, 2, "SAME")
    return pooled, tf.repeat(tf.repeat(pooled, 2, 1), 2, 2)[:, : x.shape[1], : x.shape[2]] == x


def max_unpool(pooled, indices, size):
    values = tf.repeat(tf.repeat(pooled, 2, 1), 2, 2)[:, : size[0], : size[1]]
    return tf.where(indices, values, 0.0)
""",
    ),
    (
        "max_unpool_other_values",
        "torch",
        """
def max_pool_with_indices(x):
    pooled, flat = F.max_pool2d(x, 2, return_indices=True)
    return pooled, F.max_unpool2d(pooled, flat, 2, output_size=x.shape[2:])


def max_unpool(pooled, indices, size):
    return indices
""",
    ),
]


@pytest.mark.parametrize(("check", "framework", "code"), FAULTS)
def test_a_fault_is_found(check: str, framework: str, code: str) -> None:
    result = run_check(TOPIC, framework, with_answer(TOPIC, framework, code), check)
    assert result.status == "failed"


@both_frameworks
@pytest.mark.parametrize("exercise", [e for e in EXERCISES if e != "bilinear_upsampling"])
def test_an_answer_without_thought_fails(framework: str, exercise: str) -> None:
    for name, text in cheap_answers(TOPIC, framework, exercise).items():
        assert not passes(TOPIC, framework, text, exercise), name


LAYERS_WITHOUT_THOUGHT = {
    "torch": {
        "nothing": "return None",
        "identity": "return nn.Identity()",
        "zeros": "nn.init.zeros_(layer.weight)\n    return layer",
        "ones": "nn.init.ones_(layer.weight)\n    return layer",
        "nan": "nn.init.constant_(layer.weight, float('nan'))\n    return layer",
    },
    "tensorflow": {
        "nothing": "return None",
        "identity": "return keras.layers.Identity()",
        "zeros": "layer.kernel.assign(0 * layer.kernel)\n    return layer",
        "ones": "layer.kernel.assign(0 * layer.kernel + 1)\n    return layer",
        "nan": "layer.kernel.assign(float('nan') * layer.kernel)\n    return layer",
    },
}


@pytest.mark.parametrize(
    ("framework", "name"),
    [(framework, name) for framework, bodies in LAYERS_WITHOUT_THOUGHT.items() for name in bodies],
)
def test_a_layer_without_thought_fails(framework: str, name: str) -> None:
    reference = solution(TOPIC, framework).replace("def bilinear_upsampling(", "def right(")
    text = (
        f"{reference}\n\ndef bilinear_upsampling(channels, factor):\n"
        f"    layer = right(channels, factor)\n    {LAYERS_WITHOUT_THOUGHT[framework][name]}\n"
    )
    assert not passes(TOPIC, framework, text, "bilinear_upsampling")


@both_frameworks
def test_wrong_pooling_costs_its_own_points_only(framework: str) -> None:
    """Unpooling is then graded with the reference answer's indices."""
    code = "def max_pool_with_indices(x):\n    return x, x\n"
    text = with_answer(TOPIC, framework, code)
    assert not passes(TOPIC, framework, text, "max_pool_with_indices")
    assert passes(TOPIC, framework, text, "max_unpool")


@both_frameworks
def test_a_wrong_kernel_costs_its_own_points_only(framework: str) -> None:
    code = "def bilinear_kernel(in_channels, out_channels, kernel_size):\n    return None\n"
    text = with_answer(TOPIC, framework, code)
    assert not passes(TOPIC, framework, text, "bilinear_kernel")
    assert passes(TOPIC, framework, text, "bilinear_upsampling")
