"""Where a number comes from: for each kind of call, forward and backward side by side. numpy only.

`explanation` says what an explanation is, `operation` what a kind of call has to offer; one file a family holds them.
Nothing here runs PyTorch or draws. Values come from a recording, and each explanation is checked against it.
"""

from explorer.arithmetic.explanation import Explanation, Factor, Term, Terms
from explorer.arithmetic.operation import CallValues, Operation

__all__ = ["CallValues", "Explanation", "Factor", "Operation", "Term", "Terms"]
