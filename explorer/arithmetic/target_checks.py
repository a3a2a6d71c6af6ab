"""Whether targets fit a loss; what does not is refused in a sentence."""

from __future__ import annotations

import numpy as np

from explorer.arithmetic.explanation import plain_number


def check_same_shape(title: str, output: np.ndarray, target: np.ndarray) -> None:
    """Raises ValueError unless there is one finite target for each output."""
    if output.shape != target.shape:
        raise ValueError(
            f"The {title} compares each output with a target of its own: the outputs are {_shape_text(output.shape)}, "
            f"the targets {_shape_text(target.shape)}."
        )
    check_finite(title, output, target)


def check_finite(title: str, output: np.ndarray, target: np.ndarray) -> None:
    if not output.size:
        raise ValueError(f"The {title} needs outputs: there are none.")
    if not np.isfinite(target).all():
        raise ValueError(f"The {title} needs targets that are numbers: some are NaN or infinite.")


def check_between_0_and_1(title: str, values: np.ndarray, *, what: str) -> None:
    """Raises ValueError unless all `values` are probabilities. `what` says whose they are, "targets"."""
    outside = values[~((values >= 0) & (values <= 1))]
    if outside.size:
        raise ValueError(f"The {title} needs {what} between 0 and 1: one is {plain_number(float(outside.flat[0]))}.")


def check_class_indices(title: str, output: np.ndarray, target: np.ndarray) -> None:
    """Raises ValueError unless there is one class index for each example (and each place): (N,) or (N, H, W)."""
    if output.ndim == 0:
        raise ValueError(f"The {title} needs one score for each class: there is only a single number.")
    classes = output.shape[0] if output.ndim == 1 else output.shape[1]
    wanted = () if output.ndim == 1 else (output.shape[0], *output.shape[2:])
    if target.shape != wanted:
        raise ValueError(
            f"The {title} needs one class index for each example: outputs of {_shape_text(output.shape)} go with "
            f"targets of {_shape_text(wanted)}, not {_shape_text(target.shape)}."
        )
    check_finite(title, output, target)
    if (target != np.floor(target)).any():
        raise ValueError(f"The {title} needs class indices, which are whole numbers: one target is not.")
    outside = target[(target < 0) | (target >= classes)]
    if outside.size:
        found = plain_number(float(outside.flat[0]))
        raise ValueError(f"The {title} has classes 0 to {classes - 1} here: there is no class {found}.")


def _shape_text(shape: tuple[int, ...]) -> str:
    return " × ".join(str(size) for size in shape) or "a single number"
