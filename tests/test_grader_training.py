"""The grader of lesson 4: right answers pass, whatever their style; wrong ones do not."""

import pytest
from grading_helpers import (
    answers_in,
    cheap_answers,
    failures,
    grade,
    passes,
    run_check,
    solution,
    with_answer,
)

TOPIC = "training"
both_frameworks = pytest.mark.parametrize("framework", ["torch", "tensorflow"])


STEP_DECAYS = [
    """
def step_decay(epoch, initial_lr, factor=0.5, every=30):
    rate = initial_lr
    for passed in range(1, epoch + 1):
        if passed % every == 0:
            rate *= factor
    return rate
""",
    """
import math


def step_decay(epoch, initial_lr, factor=0.5, every=30):
    drops = math.floor(epoch / every)
    return initial_lr * math.pow(factor, drops)
""",
    """
import numpy as np


def step_decay(epoch, initial_lr, factor=0.5, every=30):
    return np.float32(initial_lr) * np.float32(factor) ** np.floor(epoch / every)
""",
]

NUMPY_OVERLAYS = [
    """
def overlay(image, mask, color=(0, 255, 0), alpha=0.5):
    image, mask = np.array(image), np.array(mask)
    image[mask] = (1 - alpha) * image[mask] + alpha * np.array(color)
    return image
""",
    """
def overlay(image, mask, color=(0, 255, 0), alpha=0.5):
    result = np.array(image).tolist()
    for y, row in enumerate(result):
        for x, pixel in enumerate(row):
            if mask[y][x]:
                row[x] = [round((1 - alpha) * p + alpha * c) for p, c in zip(pixel, color)]
    return np.array(result, dtype=np.uint8)
""",
    """
from PIL import Image


def overlay(image, mask, color=(0, 255, 0), alpha=0.5):
    picture = Image.fromarray(np.asarray(image))
    paint = Image.new("RGB", picture.size, color)
    blended = Image.blend(picture, paint, alpha)
    where = Image.fromarray(255 * np.asarray(mask).astype(np.uint8))
    return np.array(Image.composite(blended, picture, where))
""",
]

OTHERS = {
    "torch": {
        "pixel_cross_entropy": [
            """
def pixel_cross_entropy(logits, label, ignore_index=255):
    known = label != ignore_index
    if not known.any():
        return torch.tensor(0.0)
    return F.cross_entropy(logits, label, ignore_index=ignore_index)
""",
            """
def pixel_cross_entropy(logits, label, ignore_index=255):
    known = label != ignore_index
    rows = logits.permute(0, 2, 3, 1)[known]
    if len(rows) == 0:
        return logits.sum() * 0
    return (rows.logsumexp(1) - rows[torch.arange(len(rows)), label[known]]).mean()
""",
            """
def pixel_cross_entropy(logits, label, ignore_index=255):
    mask = (label != ignore_index).float()
    log_p = logits.log_softmax(dim=1)
    picked = log_p.gather(1, (label * mask.long()).unsqueeze(1)).squeeze(1)
    return -(picked * mask).sum() / torch.clamp(mask.sum(), min=1.0)
""",
            """
def pixel_cross_entropy(logits, label, ignore_index=255):
    loss = nn.CrossEntropyLoss(ignore_index=ignore_index, reduction="sum")
    return loss(logits, label) / max((label != ignore_index).sum().item(), 1)
""",
        ],
        "dice_loss": [
            """
def dice_loss(logits, label, ignore_index=255, eps=1.0):
    known = label != ignore_index
    p = torch.softmax(logits, dim=1).permute(0, 2, 3, 1)[known]
    losses = []
    for k in range(logits.size(1)):
        g = (label[known] == k).float()
        losses.append(1 - (2 * (p[:, k] * g).sum() + eps) / (p[:, k].sum() + g.sum() + eps))
    return torch.stack(losses).mean()
""",
            """
def dice_loss(logits, label, ignore_index=255, eps=1.0):
    K = logits.shape[1]
    known = (label != ignore_index).float()
    p = F.softmax(logits, 1)
    g = F.one_hot(label.clamp(0, K - 1), K).permute(0, 3, 1, 2).float()
    overlap = torch.einsum("nkhw,nkhw,nhw->k", p, g, known)
    total = torch.einsum("nkhw,nhw->k", p + g, known)
    return (1 - (2 * overlap + eps) / (total + eps)).sum() / K
""",
        ],
        "step_decay": [
            *STEP_DECAYS,
            """
def step_decay(epoch, initial_lr, factor=0.5, every=30):
    return torch.tensor(initial_lr) * factor ** (epoch // every)
""",
        ],
        "train_step": [
            """
def train_step(model, optimizer, images, labels):
    model.train()
    loss = pixel_cross_entropy(model(images), labels)
    loss.backward()
    optimizer.step()
    optimizer.zero_grad()
    return float(loss)
""",
            """
def train_step(model, optimizer, images, labels):
    model.train(True)
    outputs = model.forward(images)
    loss = pixel_cross_entropy(outputs, labels)
    optimizer.zero_grad(set_to_none=False)
    loss.backward()
    optimizer.step()
    model.eval()
    return loss.detach().cpu().numpy()[()]
""",
            """
def train_step(model, optimizer, images, labels):
    def closure():
        optimizer.zero_grad()
        loss = pixel_cross_entropy(model(images), labels)
        loss.backward()
        return loss

    was_training = model.training
    model.train()
    with torch.enable_grad():
        loss = optimizer.step(closure)
    model.train(was_training)
    return loss.item()
""",
            """
def train_step(model, optimizer, images, labels):
    for module in model.modules():
        module.training = True
    trained = [p for group in optimizer.param_groups for p in group["params"]]
    loss = pixel_cross_entropy(model(images), labels)
    for parameter, gradient in zip(trained, torch.autograd.grad(loss, trained)):
        parameter.grad = gradient
    optimizer.step()
    return loss.tolist()
""",
            # Whoever does not use the lesson's loss still has to leave out void.
            """
def train_step(model, optimizer, images, labels):
    model.train()
    optimizer.zero_grad()
    loss = nn.CrossEntropyLoss(ignore_index=255)(model(images), labels)
    loss.backward()
    optimizer.step()
    return loss.item()
""",
        ],
        "predict": [
            """
import copy


@torch.inference_mode()
def predict(model, image):
    return copy.deepcopy(model).eval()(image[None]).argmax(1)[0]
""",
            """
@torch.no_grad()
def predict(model, image):
    modes = {name: module.training for name, module in model.named_modules()}
    for module in model.modules():
        module.training = False
    probabilities = torch.softmax(model.forward(image.unsqueeze(0)), dim=1).squeeze(0)
    for name, module in model.named_modules():
        module.training = modes[name]
    return probabilities.max(dim=0).indices.to(torch.int32)
""",
            """
def predict(model, image):
    training = [module for module in model.modules() if module.training]
    model.eval()
    torch.set_grad_enabled(False)
    logits = model(image.reshape(1, *image.shape)).numpy()
    for module in training:
        module.training = True
    return torch.from_numpy(logits.argmax(axis=1).astype("uint8").reshape(image.shape[1:]))
""",
        ],
        "overlay": [
            *(f"import numpy as np\n{code}" for code in NUMPY_OVERLAYS),
            """
def overlay(image, mask, color=(0, 255, 0), alpha=0.5):
    result = torch.as_tensor(image).clone()
    mask = torch.as_tensor(mask)
    for channel in range(3):
        values = result[..., channel][mask].double()
        result[..., channel][mask] = (values * (1 - alpha) + color[channel] * alpha).byte()
    return result
""",
        ],
    },
    "tensorflow": {
        "pixel_cross_entropy": [
            """
def pixel_cross_entropy(logits, label, ignore_index=255):
    known = label != ignore_index
    if not tf.reduce_any(known):
        return tf.constant(0.0)
    losses = keras.losses.sparse_categorical_crossentropy(
        tf.boolean_mask(label, known), tf.boolean_mask(logits, known), from_logits=True
    )
    return tf.reduce_mean(losses)
""",
            """
def pixel_cross_entropy(logits, label, ignore_index=255):
    known = tf.cast(label != ignore_index, logits.dtype)
    target = tf.one_hot(label, logits.shape[-1]) * known[..., None]
    total = -tf.reduce_sum(target * tf.nn.log_softmax(logits, axis=-1))
    return total / tf.maximum(tf.reduce_sum(known), 1)
""",
            """
def pixel_cross_entropy(logits, label, ignore_index=255):
    weight = tf.cast(tf.not_equal(label, ignore_index), tf.float32)
    loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True, reduction="sum")
    label = tf.where(weight > 0, label, tf.zeros_like(label))
    return loss(label, logits, sample_weight=weight) / (tf.reduce_sum(weight) + 1e-9)
""",
        ],
        "dice_loss": [
            """
def dice_loss(logits, label, ignore_index=255, eps=1.0):
    known = label != ignore_index
    p = tf.nn.softmax(tf.boolean_mask(logits, known), axis=-1)
    g = tf.one_hot(tf.boolean_mask(label, known), logits.shape[-1])
    overlap = tf.reduce_sum(p * g, axis=0)
    total = tf.reduce_sum(p, axis=0) + tf.reduce_sum(g, axis=0)
    return tf.reduce_mean(1 - (2 * overlap + eps) / (total + eps))
""",
            """
def dice_loss(logits, label, ignore_index=255, eps=1.0):
    p = keras.activations.softmax(logits)
    known = tf.cast(label != ignore_index, tf.float32)
    loss = 0.0
    for k in range(logits.shape[-1]):
        g = tf.cast(label == k, tf.float32) * known
        q = p[..., k] * known
        loss += 1 - (2 * tf.reduce_sum(q * g) + eps) / (tf.reduce_sum(q + g) + eps)
    return loss / logits.shape[-1]
""",
        ],
        "step_decay": [
            *STEP_DECAYS,
            """
def step_decay(epoch, initial_lr, factor=0.5, every=30):
    return tf.constant(initial_lr) * factor ** (epoch // every)
""",
        ],
        "train_step": [
            """
def train_step(model, optimizer, images, labels):
    @tf.function
    def step():
        with tf.GradientTape() as tape:
            loss = pixel_cross_entropy(model(images, training=True), labels)
        gradients = tape.gradient(loss, model.trainable_weights)
        optimizer.apply(gradients, model.trainable_weights)
        return loss

    return float(step())
""",
            """
@tf.function(reduce_retracing=True)
def one_step(model, optimizer, images, labels):
    with tf.GradientTape() as tape:
        loss = pixel_cross_entropy(model(images, training=True), labels)
    weights = model.trainable_variables
    optimizer.apply_gradients(list(zip(tape.gradient(loss, weights), weights)))
    return loss


def train_step(model, optimizer, images, labels):
    return one_step(model, optimizer, images, labels).numpy()
""",
            """
def train_step(model, optimizer, images, labels):
    def loss(label, logits):
        return pixel_cross_entropy(logits, tf.cast(label, tf.int32))  # Keras made floats of it

    model.compile(optimizer=optimizer, loss=loss, jit_compile=False)
    return float(model.train_on_batch(images, labels))
""",
        ],
        "predict": [
            """
def predict(model, image):
    return tf.argmax(model(tf.expand_dims(image, 0)), axis=3)[0]
""",
            """
def predict(model, image):
    logits = model.predict(image[None], verbose=0)
    return tf.constant(logits[0].argmax(axis=-1).astype("uint8"))
""",
            """
def predict(model, image):
    probabilities = tf.nn.softmax(model.predict_on_batch(image[tf.newaxis]))
    return tf.math.top_k(probabilities, 1).indices[0, :, :, 0]
""",
        ],
        "overlay": [
            *(f"import numpy as np\n{code}" for code in NUMPY_OVERLAYS),
            """
def overlay(image, mask, color=(0, 255, 0), alpha=0.5):
    share = alpha * tf.cast(mask, tf.float64)[..., None]
    mixed = (1 - share) * tf.cast(image, tf.float64) + share * tf.constant(color, tf.float64)
    return tf.saturate_cast(mixed, tf.uint8)
""",
        ],
    },
}


@pytest.mark.parametrize(("framework", "exercise", "code"), answers_in(OTHERS))
def test_a_right_answer_in_another_style_passes(framework: str, exercise: str, code: str) -> None:
    result = grade(TOPIC, framework, with_answer(TOPIC, framework, code), exercise)
    assert result.status == "passed", failures(result)


# Wrong answers that are no small change of the reference answer: the check that must fail, the
# framework, the answer.
FAULTS = [
    (
        "pixel_cross_entropy_void",
        "torch",
        """
def pixel_cross_entropy(logits, label, ignore_index=255):
    void = label == ignore_index
    label[void] = 0
    losses = F.cross_entropy(logits, label, reduction="none")
    return losses[~void].sum() / max(int((~void).sum()), 1)
""",
    ),
    (
        "pixel_cross_entropy_batch",
        "torch",
        """
def pixel_cross_entropy(label, logits, ignore_index=255):
    return F.cross_entropy(logits, label, ignore_index=ignore_index)
""",
    ),
    (
        "pixel_cross_entropy_batch",
        "tensorflow",
        """
def pixel_cross_entropy(label, logits, ignore_index=255):
    return tf.reduce_mean(
        tf.nn.sparse_softmax_cross_entropy_with_logits(labels=label, logits=logits)
    )
""",
    ),
    (
        "pixel_cross_entropy_void",
        "torch",
        """
def pixel_cross_entropy(logits, label, ignore_index=255):
    return F.cross_entropy(logits, label)
""",
    ),
    (
        "pixel_cross_entropy_void",
        "tensorflow",
        """
def pixel_cross_entropy(logits, label, ignore_index=255):
    loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    return loss(label, logits)
""",
    ),
    (
        "pixel_cross_entropy_gradient",
        "torch",
        """
def pixel_cross_entropy(logits, label, ignore_index=255):
    return F.cross_entropy(logits.detach(), label, ignore_index=ignore_index)
""",
    ),
    (
        "pixel_cross_entropy_gradient",
        "tensorflow",
        """
def pixel_cross_entropy(logits, label, ignore_index=255):
    loss = tf.nn.sparse_softmax_cross_entropy_with_logits(label, logits.numpy())
    return tf.reduce_mean(loss)
""",
    ),
    # The mean, of which not a number is made 0.
    (
        "pixel_cross_entropy_all_void_gradient",
        "tensorflow",
        """
def pixel_cross_entropy(logits, label, ignore_index=255):
    known = tf.cast(label != ignore_index, tf.float32)
    log_p = tf.nn.log_softmax(logits)
    losses = -tf.reduce_sum(tf.one_hot(label, logits.shape[-1]) * log_p, -1)
    loss = tf.reduce_sum(losses * known) / tf.reduce_sum(known)
    return tf.where(tf.math.is_nan(loss), 0.0, loss)
""",
    ),
    (
        "dice_loss_gradient",
        "torch",
        """
def dice_loss(logits, label, ignore_index=255, eps=1.0):
    known = label != ignore_index
    losses = []
    for k in range(logits.shape[1]):
        p = (logits.argmax(1) == k) & known
        g = (label == k) & known
        losses.append(1 - (2 * (p & g).sum() + eps) / (p.sum() + g.sum() + eps))
    return sum(losses) / len(losses)
""",
    ),
    (
        "train_step_batch_norm",
        "torch",
        """
def train_step(model, optimizer, images, labels):
    model.train()
    optimizer.zero_grad()
    losses = [pixel_cross_entropy(model(x[None]), y[None]) for x, y in zip(images, labels)]
    loss = sum(losses) / len(losses)
    loss.backward()
    optimizer.step()
    return loss.item()
""",
    ),
    # The loss is asked for in inference mode, so that it does not belong to the gradients.
    (
        "train_step_batch_norm",
        "tensorflow",
        """
def train_step(model, optimizer, images, labels):
    before = pixel_cross_entropy(model(images), labels)
    with tf.GradientTape() as tape:
        loss = pixel_cross_entropy(model(images, training=True), labels)
    weights = model.trainable_variables
    optimizer.apply_gradients(zip(tape.gradient(loss, weights), weights))
    return float(before)
""",
    ),
    (
        "train_step_weights",
        "tensorflow",
        """
def train_step(model, optimizer, images, labels):
    with tf.GradientTape() as tape:
        loss = -pixel_cross_entropy(model(images, training=True), labels)
    weights = model.trainable_variables
    optimizer.apply_gradients(zip(tape.gradient(loss, weights), weights))
    return -float(loss)
""",
    ),
    (
        "train_step_adam",
        "torch",
        """
def train_step(model, optimizer, images, labels):
    optimizer = torch.optim.SGD(model.parameters(), lr=optimizer.param_groups[0]["lr"])
    model.train()
    optimizer.zero_grad()
    loss = pixel_cross_entropy(model(images), labels)
    loss.backward()
    optimizer.step()
    return loss.item()
""",
    ),
    (
        "predict_dropout",
        "torch",
        """
@torch.no_grad()
def predict(model, image):
    return model(image[None])[0].argmax(0)
""",
    ),
    (
        "predict_dropout",
        "tensorflow",
        """
def predict(model, image):
    return tf.argmax(model(image[None], training=True)[0], -1)
""",
    ),
    (
        "predict_weights",
        "torch",
        """
def predict(model, image):
    model(image[None])
    modes = [module.training for module in model.modules()]
    model.eval()
    with torch.no_grad():
        logits = model(image[None])
    for module, training in zip(model.modules(), modes):
        module.training = training
    return logits[0].argmax(0)
""",
    ),
    (
        "predict_form",
        "tensorflow",
        """
def predict(model, image):
    return model.predict(image[None], verbose=0)[0].argmax(-1)
""",
    ),
    (
        "overlay_by_hand",
        "torch",
        """
def overlay(image, mask, color=(0, 255, 0), alpha=0.5):
    for channel in range(3):
        values = image[..., channel]
        values[mask] = (1 - alpha) * values[mask] + alpha * color[channel]
    return image
""",
    ),
    (
        "overlay_tensors",
        "torch",
        """
def overlay(image, mask, color=(0, 255, 0), alpha=0.5):
    painted = torch.as_tensor(image).clone() if not torch.is_tensor(image) else image
    paint = torch.tensor(color, dtype=torch.float32)
    mask = torch.as_tensor(mask)
    painted[mask] = ((1 - alpha) * painted[mask] + alpha * paint).byte()
    return painted
""",
    ),
    (
        "overlay_tensors",
        "tensorflow",
        """
import numpy as np


def overlay(image, mask, color=(0, 255, 0), alpha=0.5):
    painted = image.copy()
    painted[mask] = (1 - alpha) * image[mask] + alpha * np.array(color)
    return painted
""",
    ),
]


@pytest.mark.parametrize(("check", "framework", "code"), FAULTS)
def test_a_fault_is_found(check: str, framework: str, code: str) -> None:
    result = run_check(TOPIC, framework, with_answer(TOPIC, framework, code), check)
    assert result.status == "failed"


@both_frameworks
@pytest.mark.parametrize("exercise", ["pixel_cross_entropy", "dice_loss", "predict", "overlay"])
def test_an_answer_without_thought_fails(framework: str, exercise: str) -> None:
    for name, text in cheap_answers(TOPIC, framework, exercise).items():
        assert not passes(TOPIC, framework, text, exercise), name


# Functions whose answer is a number: what they do before, and the number.
NUMBERS_WITHOUT_THOUGHT = {
    "step_decay": ["None", "0.0", "1.0", "0.1", "float('nan')", "args[0]", "args[1]", "[args[1]]"],
    "train_step": ["None", "0.0", "1.0", "float('nan')", "args[2]", "right(*args)[0]"],
}
LOSS_ALONE = {
    "torch": "float(pixel_cross_entropy(args[0](args[2]), args[3]))",
    "tensorflow": "float(pixel_cross_entropy(args[0](args[2], training=True), args[3]))",
}


@both_frameworks
@pytest.mark.parametrize("exercise", NUMBERS_WITHOUT_THOUGHT)
def test_a_number_without_thought_fails(framework: str, exercise: str) -> None:
    numbers = [*NUMBERS_WITHOUT_THOUGHT[exercise]]
    if exercise == "train_step":
        numbers.append(LOSS_ALONE[framework])
    reference = solution(TOPIC, framework).replace(f"def {exercise}(", "def right(")
    for number in numbers:
        text = f"{reference}\n\ndef {exercise}(*args, **options):\n    return {number}\n"
        assert not passes(TOPIC, framework, text, exercise), number


@both_frameworks
def test_a_wrong_loss_costs_its_own_points_only(framework: str) -> None:
    """Training steps are then graded with the reference answer's loss."""
    code = "def pixel_cross_entropy(logits, label, ignore_index=255):\n    return logits\n"
    text = with_answer(TOPIC, framework, code)
    assert not passes(TOPIC, framework, text, "pixel_cross_entropy")
    assert passes(TOPIC, framework, text, "train_step")


def test_gradients_that_an_answer_turned_off_are_on_for_the_next_call() -> None:
    code = """
def predict(model, image):
    torch.set_grad_enabled(False)
    return torch.zeros(2, 2, dtype=torch.int64)


def train_step(model, optimizer, images, labels):
    predict(model, images[0])
    torch.set_grad_enabled(True)
    model.train()
    optimizer.zero_grad()
    loss = pixel_cross_entropy(model(images), labels)
    loss.backward()
    optimizer.step()
    torch.set_grad_enabled(False)
    return loss.item()
"""
    text = with_answer(TOPIC, "torch", code)
    assert not passes(TOPIC, "torch", text, "predict")
    assert passes(TOPIC, "torch", solution(TOPIC, "torch"), "train_step")
    assert passes(TOPIC, "torch", text, "train_step")
    assert passes(TOPIC, "torch", solution(TOPIC, "torch"), "train_step")


@both_frameworks
def test_feedback_names_the_network_and_the_optimizer(framework: str) -> None:
    reference = solution(TOPIC, framework)
    text = reference.replace("def train_step(", "def right(")
    text += "\n\ndef train_step(model, optimizer, images, labels):\n    return 0.0\n"
    result = run_check(TOPIC, framework, text, "train_step_batch_norm")
    assert result.status == "failed"
    assert (
        "train_step(model=Network(BatchNorm(3), Convolution(3, 3)), "
        "optimizer=SGD(learning_rate=0.5), images, labels)"
    ) in result.message
    assert "After the step, the moving mean of the batch norm is wrong." in result.message
