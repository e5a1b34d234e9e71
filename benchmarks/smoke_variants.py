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

FROZEN = {"scoring layers frozen": "score_", "encoder frozen": "encoder"}
"""The names of parts that broken networks do not train begin so."""

COARSER = {
    "FCN8s": {"without skips": "FCN32s", "without the skip from pool3": "FCN16s"},
    "FCN16s": {"without skips": "FCN32s"},
    "FCN32s": {},
}
"""Which network a broken one is in truth."""

ANOTHER_OUTPUT = {
    "torch": """
class {name}(Reference):
    def forward(self, x):
        logits = super().forward(x)
        return {output}
""",
    "tensorflow": """
def {name}(num_classes, width=64):
    network = Reference(num_classes, width)
    logits = network.output
    return keras.Model(network.input, {output})
""",
}

FREEZE = {
    "torch": """
class {name}(Reference):
    def __init__(self, num_classes, width=64):
        super().__init__(num_classes, width)
        for part, weight in self.named_parameters():
            if part.startswith("{part}"):
                weight.requires_grad = False
""",
    "tensorflow": """
def {name}(num_classes, width=64):
    network = Reference(num_classes, width)
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
def {name}(num_classes, width=64):
    return {other}(num_classes, width)
""",
}


def broken_answers(exercise: str, framework: str, solution: str) -> dict[str, str]:
    """The modules in which `exercise` is broken, by what is wrong with it.

    Args:
        exercise: `train_step` or one of the FCNs.
        framework: ``torch`` or ``tensorflow``.
        solution: the text of the reference answers.
    """
    if exercise == "train_step":
        return {
            fault: _replaced(solution, STEP[framework], texts[framework])
            for fault, texts in STEPS.items()
        }
    keyword = "class" if framework == "torch" else "def"
    renamed = _replaced(solution, f"{keyword} {exercise}(", f"{keyword} Reference(")
    found = {}
    for fault, texts in LOGITS.items():
        code = ANOTHER_OUTPUT[framework].format(name=exercise, output=texts[framework])
        found[fault] = renamed + code
    for fault, part in FROZEN.items():
        found[fault] = renamed + FREEZE[framework].format(name=exercise, part=part)
    for fault, other in COARSER[exercise].items():
        found[fault] = renamed + ANOTHER_NETWORK[framework].format(name=exercise, other=other)
    return found


def _replaced(text: str, old: str, new: str) -> str:
    if text.count(old) != 1:
        raise ValueError(f"{old!r} must stand once in the reference answers")
    return text.replace(old, new)
