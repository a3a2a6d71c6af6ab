"""Where a number comes from and what is said of it: for each kind of call, loss and optimizer, both ways. numpy only.

`explanation` says what an explanation is; `operation`, `loss` and `update` what each of the three has to offer; all
of them are listed in `operations`, `losses` and `updates`, one file a family. Nothing here draws, or runs
PyTorch except for `Loss.compute`, which is handed its tensors. Values come from a recording, and each explanation is
checked against it.
"""

from explorer.arithmetic.explanation import Explanation, Factor, Term, Terms
from explorer.arithmetic.operation import CallValues, Operation

__all__ = ["CallValues", "Explanation", "Factor", "Operation", "Term", "Terms"]
