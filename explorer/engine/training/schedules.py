"""How the learning rate changes over a run: a factor for each schedule, from the steps that are done."""

from __future__ import annotations

from collections.abc import Callable
from math import cos, pi

from torch.optim import Optimizer
from torch.optim.lr_scheduler import LambdaLR

Factor = Callable[[int, int], float]
"""Takes the steps that are done, and how many the run has in all, at least 1."""

ONE_CYCLE_START = 1 / 25
ONE_CYCLE_PEAK = 0.3
ONE_CYCLE_END = ONE_CYCLE_START / 1e4


def make_schedule(name: str, optimizer: Optimizer, total_steps: int) -> LambdaLR | None:
    """The schedule `name` of SCHEDULES for a run of `total_steps`, moved on once a step; None if it is constant.

    Its top is the optimizer's own learning rate. After the run's end it stays where it is.
    """
    if name == "constant":
        return None
    return LambdaLR(optimizer, lambda step: factor_after(name, step, total_steps))


def factor_after(name: str, step: int, total_steps: int) -> float:
    """What the chosen rate is multiplied by once `step` of `total_steps` steps are done."""
    return 1.0 if name == "constant" else FACTORS[name](min(step, total_steps), total_steps)


def set_learning_rate(optimizer: Optimizer, schedule: object, rate: float) -> None:
    """From now on `rate`; with a schedule of `make_schedule` its top."""
    if not isinstance(schedule, LambdaLR):
        for group in optimizer.param_groups:
            group["lr"] = rate
        return
    schedule.base_lrs = [rate for _ in schedule.base_lrs]
    for group, factor in zip(optimizer.param_groups, schedule.lr_lambdas, strict=True):
        group["lr"] = rate * factor(schedule.last_epoch)


def _step(step: int, total: int) -> float:
    """A tenth after half of the run, a hundredth after three quarters (He et al., arXiv:1512.03385, section 4.2)."""
    progress = step / total
    return 1.0 if progress < 0.5 else 0.1 if progress < 0.75 else 0.01


def _cosine(step: int, total: int) -> float:
    """From 1 to 0 along half a cosine (Loshchilov & Hutter, arXiv:1608.03983, equation 5 without restarts)."""
    return (1 + cos(pi * step / total)) / 2


def _one_cycle(step: int, total: int) -> float:
    """Up to 1 over three tenths of the steps, then down to almost 0 at the last, both along a cosine.

    As PyTorch's OneCycleLR without a cycle of the momentum; Smith, arXiv:1708.07120.
    """
    peak, last = ONE_CYCLE_PEAK * total - 1, total - 1
    if step <= peak:
        return _between(ONE_CYCLE_START, 1.0, step / peak)
    return _between(1.0, ONE_CYCLE_END, min((step - peak) / (last - peak), 1.0))


def _between(start: float, end: float, share: float) -> float:
    return end + (start - end) * (1 + cos(pi * share)) / 2


FACTORS: dict[str, Factor] = {"step": _step, "cosine": _cosine, "one cycle": _one_cycle}
