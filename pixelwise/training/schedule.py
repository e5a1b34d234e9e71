"""The learning rate of every step of a run."""

WARM_UP = 0.05
"""The share of all steps in which the learning rate rises from near 0."""

POWER = 0.9


def learning_rate(step: int, steps: int, peak: float) -> float:
    """The rate of one step: a short linear rise, then a polynomial fall to zero.

    The rise keeps the first steps, whose gradients are large, from throwing the weights far away.
    The fall, (1 - share of the steps done)^0.9, is that of Chen et al. (2017),
    https://arxiv.org/abs/1606.00915, section 4.1.

    Args:
        step: counted from 0 over all epochs, so that the rate of a resumed run follows from it.
        steps: of the whole run.
        peak: the rate at the end of the rise.
    """
    rise = max(1, round(WARM_UP * steps))
    if step < rise:
        return peak * (step + 1) / rise
    return float(peak * (1 - (step - rise) / max(1, steps - rise)) ** POWER)
