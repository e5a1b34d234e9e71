"""Broken answers for the training runs of the grader: reference answers with one thing changed.

Each is the text of a module, made from the text of the reference answers.
"""

STEP = {
    "torch": "pixel_cross_entropy(model(images), labels)",
    "tensorflow": "pixel_cross_entropy(model(images, training=True), labels)",
}
"""What the reference's `train_step` minimises."""

STEPS = {
    "void counted as class 0": {
        "torch": "pixel_cross_entropy(model(images), torch.where(labels == 255, 0, labels))",
        "tensorflow": "pixel_cross_entropy(model(images), tf.where(labels == 255, 0, labels))",
    },
    "void counted as the last class": {
        "torch": "pixel_cross_entropy(model(images), labels.clamp(max=3))",
        "tensorflow": "pixel_cross_entropy(model(images), tf.minimum(labels, 3))",
    },
    "labels flipped left to right": {
        "torch": "pixel_cross_entropy(model(images), labels.flip(-1))",
        "tensorflow": "pixel_cross_entropy(model(images), tf.reverse(labels, [2]))",
    },
    "labels shifted by 8 pixels": {
        "torch": "pixel_cross_entropy(model(images), labels.roll((8, 8), dims=(1, 2)))",
        "tensorflow": "pixel_cross_entropy(model(images), tf.roll(labels, (8, 8), (1, 2)))",
    },
    "softmax before the loss": {
        "torch": "pixel_cross_entropy(model(images).softmax(dim=1), labels)",
        "tensorflow": "pixel_cross_entropy(tf.nn.softmax(model(images)), labels)",
    },
}
"""What broken steps minimise instead."""

LOGITS = {
    "softmax in the network": {
        "torch": "logits.softmax(dim=1)",
        "tensorflow": "keras.layers.Softmax()(logits)",
    },
    "ReLU on the logits": {
        "torch": "logits.relu()",
        "tensorflow": "keras.layers.ReLU()(logits)",
    },
    "flipped left to right": {
        "torch": "logits.flip(-1)",
        "tensorflow": "keras.ops.flip(logits, 2)",
    },
    "shifted by 8 pixels": {
        "torch": "logits.roll((8, 8), dims=(2, 3))",
        "tensorflow": "keras.ops.roll(logits, (8, 8), (1, 2))",
    },
    "shifted by 16 pixels": {
        "torch": "logits.roll((16, 16), dims=(2, 3))",
        "tensorflow": "keras.ops.roll(logits, (16, 16), (1, 2))",
    },
}
"""What broken networks return in place of their logits."""

FROZEN_IN_FCN = {"scoring layers frozen": "score_", "encoder frozen": "encoder"}

FROZEN = {
    "FCN8s": FROZEN_IN_FCN,
    "FCN16s": FROZEN_IN_FCN,
    "FCN32s": FROZEN_IN_FCN,
    "SegNet": {"decoder frozen": "decoder"},
}
"""The names of parts that broken networks do not train begin so."""

COARSER = {
    "FCN8s": {"without skips": "FCN32s", "without the skip from pool3": "FCN16s"},
    "FCN16s": {"without skips": "FCN32s"},
}
"""Which network a broken one is in truth."""

NORMS = {
    "without batch norm": {
        "torch": ("nn.BatchNorm2d(out_channels)", "nn.Identity()"),
        "tensorflow": (
            "layers.BatchNormalization(momentum=0.9, epsilon=1e-5)",
            "layers.Identity()",
        ),
    },
    "batch norm by the batch's own statistics": {
        "torch": (
            "nn.BatchNorm2d(out_channels)",
            "nn.BatchNorm2d(out_channels, track_running_stats=False)",
        ),
        "tensorflow": ("layers.BatchNormalization(", "OwnStatistics("),
    },
}

OWN_STATISTICS = """

class OwnStatistics(layers.BatchNormalization):
    def call(self, x, training=None, mask=None):
        return super().call(x, training=True)
"""
"""Appended to answers in TensorFlow."""

CHANGED = {
    "SegNet": {
        "bilinear in place of indices": {
            "torch": (
                "max_unpool(x, indices, size)",
                'nn.functional.interpolate(x, size=size, mode="bilinear")',
            ),
            "tensorflow": ("max_unpool(x, indices, size)", "tf.image.resize(x, size)"),
        },
        "unpooled to the top left": {
            "torch": (
                "max_unpool(x, indices, size)",
                "nn.functional.conv_transpose2d(x, x.new_ones(x.shape[1], 1, 1, 1), None, 2, 0, 1, "
                "x.shape[1])",
            ),
            "tensorflow": (
                "max_unpool(x, indices, size)",
                "tf.nn.depth_to_space(tf.pad(x, [[0, 0]] * 3 + [[0, 3 * x.shape[3]]]), 2)",
            ),
        },
        "indices of another image": {
            "torch": ("max_unpool(x, indices, size)", "max_unpool(x, indices.flip(0), size)"),
            "tensorflow": (
                "x = max_unpool(x, indices, size)",
                "places = indices % (size[0] * size[1] * x.shape[3])\n"
                "        others = tf.reverse(places, [0]) + indices - places\n"
                "        x = max_unpool(x, others, size)",
            ),
        },
        **NORMS,
    },
    "UNet": {
        "without skips": {
            "torch": ("[skips.pop(), x]", "[torch.zeros_like(skips.pop()), x]"),
            "tensorflow": ("[skips.pop(), x]", "[keras.ops.zeros_like(x), x]"),
        },
        "without the finest skip": {
            "torch": ("skips.append(x)", "skips.append(float(bool(skips)) * x)"),
            "tensorflow": ("skips.append(x)", "skips.append(float(bool(skips)) * x)"),
        },
        "skips behind the pooling": {
            "torch": (
                "skips.append(x)",
                "skips.append(nn.functional.interpolate(self.pool(x), scale_factor=2))",
            ),
            "tensorflow": (
                "skips.append(x)",
                "skips.append(layers.UpSampling2D()(layers.MaxPooling2D()(x)))",
            ),
        },
        "skips added": {
            "torch": ("[skips.pop(), x]", "2 * [skips.pop() + x]"),
            "tensorflow": ("[skips.pop(), x]", "2 * [skips.pop() + x]"),
        },
        "decoder frozen": {
            "torch": (
                "self.score = nn.Conv2d",
                "self.up.requires_grad_(False)\n"
                "        self.enlarge.requires_grad_(False)\n"
                "        self.score = nn.Conv2d",
            ),
            "tensorflow": (
                "x])  # (N, h, w, 2·c)\n        x = double_conv(c)(x)",
                "x])\n"
                "        stage = double_conv(c)\n"
                "        stage.trainable = False\n"
                "        x = stage(x)",
            ),
        },
        **NORMS,
    },
    "MobileUNet": {
        "without skips": {
            "torch": ("[x, skips.pop()]", "[x, torch.zeros_like(skips.pop())]"),
            "tensorflow": ("[x, skips.pop()]", "[x, keras.ops.zeros_like(skips.pop())]"),
        },
        "encoder ignored": {
            "torch": ("= self.encoder(x)", "= map(torch.zeros_like, self.encoder(x))"),
            "tensorflow": ("= encoder(image)", "= map(keras.ops.zeros_like, encoder(image))"),
        },
        "encoder not frozen": {
            "torch": ("encoder.requires_grad_(False).eval()", "encoder"),
            "tensorflow": ("encoder.trainable = False", "encoder.trainable = True"),
        },
        "decoder frozen": {
            "torch": (
                "self.score = nn.ConvTranspose2d",
                "self.up.requires_grad_(False)\n        self.score = nn.ConvTranspose2d",
            ),
            "tensorflow": (
                "x = upsample_block(out_channels)(x)",
                "block = upsample_block(out_channels)\n"
                "        block.trainable = False\n"
                "        x = block(x)",
            ),
        },
        **NORMS,
    },
}
"""What stands in the reference answers, and what in broken ones in its place."""

ANOTHER_OUTPUT = {
    "torch": """
class {name}(Reference):
    def forward(self, x):
        logits = super().forward(x)
        return {output}
""",
    "tensorflow": """
def {name}(*arguments, **options):
    network = Reference(*arguments, **options)
    image = keras.Input((None, None, 3))
    logits = network(image)
    return keras.Model(image, {output})
""",
}

FREEZE = {
    "torch": """
class {name}(Reference):
    def __init__(self, *arguments, **options):
        super().__init__(*arguments, **options)
        for part, weight in self.named_parameters():
            if part.startswith("{part}"):
                weight.requires_grad = False
""",
    "tensorflow": """
def {name}(*arguments, **options):
    network = Reference(*arguments, **options)
    network(keras.ops.zeros((1, 64, 64, 3)))  # weights that are made later would not be frozen
    for layer in network.layers:
        if layer.name.startswith("{part}"):
            layer.trainable = False
    return network
""",
}

ANOTHER_NETWORK = {
    "torch": """
class {name}({other}):
    pass
""",
    "tensorflow": """
def {name}(*arguments, **options):
    return {other}(*arguments, **options)
""",
}


def broken_answers(exercise: str, framework: str, solution: str) -> dict[str, str]:
    """The modules in which `exercise` is broken, by what is wrong with it.

    Args:
        exercise: one that has a training run.
        framework: ``torch`` or ``tensorflow``.
        solution: the text of the reference answers.
    """
    if exercise == "train_step":
        return {
            fault: _replaced(solution, STEP[framework], texts[framework])
            for fault, texts in STEPS.items()
        }
    renamed = _renamed(solution, exercise)
    found = {}
    for fault, texts in LOGITS.items():
        code = ANOTHER_OUTPUT[framework].format(name=exercise, output=texts[framework])
        found[fault] = renamed + code
    for fault, pairs in CHANGED.get(exercise, {}).items():
        found[fault] = _changed(solution, framework, *pairs[framework])
    for fault, part in FROZEN.get(exercise, {}).items():
        found[fault] = renamed + FREEZE[framework].format(name=exercise, part=part)
    for fault, other in COARSER.get(exercise, {}).items():
        found[fault] = renamed + ANOTHER_NETWORK[framework].format(name=exercise, other=other)
    return found


def _renamed(solution: str, exercise: str) -> str:
    """The reference answers, with that to `exercise` under the name `Reference`."""
    for keyword in ("class", "def"):
        if f"\n{keyword} {exercise}(" in solution:
            return _replaced(solution, f"\n{keyword} {exercise}(", f"\n{keyword} Reference(")
    raise ValueError(f"{exercise} is not in the reference answers")


def _changed(text: str, framework: str, old: str, new: str) -> str:
    if old not in text:
        raise ValueError(f"{old!r} is not in the reference answers")
    return text.replace(old, new) + (OWN_STATISTICS if framework == "tensorflow" else "")


def _replaced(text: str, old: str, new: str) -> str:
    if text.count(old) != 1:
        raise ValueError(f"{old!r} must stand once in the reference answers")
    return text.replace(old, new)
