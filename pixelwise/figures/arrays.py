"""Arrays and tensors as NumPy arrays."""

import numpy as np


def as_array(values: object) -> np.ndarray:
    """NumPy's view of an array or a tensor of either framework."""
    if hasattr(values, "detach"):  # torch: gradients and GPU memory are no matter of NumPy's
        values = values.detach().cpu()
    return np.asarray(values)
