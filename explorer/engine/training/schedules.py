"""How the learning rate changes over a run: a factor for each schedule, from the share of the run that is done."""

from __future__ import annotations

from collections.abc import Callable
from math import cos, pi

from torch.optim import Optimizer
from torch.optim.lr_scheduler import LambdaLR

Factor = Callable[[float], float]

ONE_CYCLE_START = 1 / 25
ONE_CYCLE_PEAK = 0.3
ONE_CYCLE_END = ONE_CYCLE_START / 1e4


def make_schedule(name: str, optimizer: Optimizer, total_steps: int) -> LambdaLR | None:
    """The schedule `name` of SCHEDULES for a run of `total_steps`, moved on once a step; None if it is constant.

    Its top is the optimizer's own learning rate. After the run's end it stays where it is.
    """
    if name == "constant":
        return None
    factor = FACTORS[name]
    return LambdaLR(optimizer, lambda step: factor(min(step, total_steps) / total_steps))


def set_learning_rate(optimizer: Optimizer, schedule: object, rate: float) -> None:
    """From now on `rate`; with a schedule of `make_schedule` its top."""
    if not isinstance(schedule, LambdaLR):
        for group in optimizer.param_groups:
            group["lr"] = rate
        return
    schedule.base_lrs = [rate for _ in schedule.base_lrs]
    for group, factor in zip(optimizer.param_groups, schedule.lr_lambdas, strict=True):
        group["lr"] = rate * factor(schedule.last_epoch)


def _step(progress: float) -> float:
    """A tenth after half of the run, a hundredth after three quarters (He et al., arXiv:1512.03385, section 4.2)."""
    return 1.0 if progress < 0.5 else 0.1 if progress < 0.75 else 0.01


def _cosine(progress: float) -> float:
    """From 1 to 0 along half a cosine (Loshchilov & Hutter, arXiv:1608.03983, equation 5 without restarts)."""
    return (1 + cos(pi * progress)) / 2


def _one_cycle(progress: float) -> float:
    """Up to 1 over three tenths of the run, then down to almost 0, both along a cosine (Smith, arXiv:1708.07120)."""
    if progress < ONE_CYCLE_PEAK:
        return _between(ONE_CYCLE_START, 1.0, progress / ONE_CYCLE_PEAK)
    return _between(1.0, ONE_CYCLE_END, (progress - ONE_CYCLE_PEAK) / (1 - ONE_CYCLE_PEAK))


def _between(start: float, end: float, share: float) -> float:
    return end + (start - end) * (1 + cos(pi * share)) / 2


FACTORS: dict[str, Factor] = {"step": _step, "cosine": _cosine, "one cycle": _one_cycle}
