"""The badge that says whether an explanation holds: its own total beside the number that PyTorch computed."""

from __future__ import annotations

from PySide6.QtWidgets import QLabel

from explorer.arithmetic import Explanation
from explorer.ui.common.text import exact, number

FLOAT32_TOLERANCE = 1e-4  # share of the sum of the terms' magnitudes
FLOAT32_ROUNDING = 1e-6  # share of what was added up inside the terms: some roundings of 6e-8 each
FLOAT32_LEAST = 1.2e-38  # below it float32 has no digits to keep
SAME = "✓ same as PyTorch"
FLOAT32_DIGIT = 2.0**-23  # share of a number that the last digit of a float32 is
STANDS_FOR_NOTHING = "✓ stands for 0"


def holds(explanation: Explanation) -> bool:
    """Whether the total is PyTorch's number, except for float32's rounding; infinities and NaN hold where both are."""
    computed, total = explanation.computed, explanation.total
    if computed is None or explanation.error is None:
        return False
    if total == computed or (total != total and computed != computed):
        return True
    size = max(explanation.magnitude, abs(total))
    allowed = FLOAT32_TOLERANCE * size + FLOAT32_ROUNDING * explanation.rounded + FLOAT32_LEAST
    return explanation.error <= allowed < float("inf")


def stands_for_nothing(explanation: Explanation) -> bool:
    """Whether the number is what rounding leaves where terms cancel: −1.5e−8 beside terms of 0.3, less than the last
    digit that float32 has of them."""
    computed, total = explanation.computed, explanation.total
    if computed is None or not computed or len(explanation.terms) < 2 or explanation.result:
        return False  # or it is no plain sum, such as a loss that is really so small
    allowed = FLOAT32_DIGIT * explanation.magnitude
    return max(abs(computed), abs(total)) <= allowed < float("inf")


def check_text(explanation: Explanation) -> str:
    """ "✓ same as PyTorch", or by how much it is not: "≠ differs from PyTorch by 0.5"."""
    if holds(explanation):
        return STANDS_FOR_NOTHING if stands_for_nothing(explanation) else SAME
    return f"≠ differs from PyTorch by {number(explanation.error or 0.0, 2)}"


def check_tip(explanation: Explanation) -> str:
    """Both numbers with all their digits, and what lies between them."""
    computed, total, error = explanation.computed, explanation.total, explanation.error
    if computed is None or error is None:
        return ""
    both = f"PyTorch computed {exact(computed)}, this arithmetic gives {exact(total)}"
    if not holds(explanation):
        return f"{both}."
    if stands_for_nothing(explanation):
        added = number(explanation.magnitude, 2)
        return f"{both}: the terms cancel, and this is what rounding leaves of {added} that were added up."
    if not error or error != error:
        return f"{both}: the same number."
    return f"{both}: they differ by {number(error, 2)}, which is rounding."


def show_check(label: QLabel, explanation: Explanation | None) -> None:
    """Put the badge into `label`, in its colour; nothing where there is nothing to compare."""
    is_compared = explanation is not None and explanation.error is not None
    label.setText(check_text(explanation) if explanation is not None and is_compared else "")
    label.setToolTip(check_tip(explanation) if explanation is not None else "")
    label.setProperty("role", "good" if explanation is not None and holds(explanation) else "error")
    label.style().unpolish(label)
    label.style().polish(label)
