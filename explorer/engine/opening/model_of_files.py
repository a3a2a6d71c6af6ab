"""What comes of opening the files of a model."""

from __future__ import annotations

from dataclasses import dataclass

from torch import nn

from explorer.engine.opening.expected_input import ExpectedInput


@dataclass(frozen=True, eq=False)
class ModelOfFiles:
    """A model in eval mode, what it is called, what it takes, and what the person should know about it."""

    module: nn.Module
    name: str
    expected: ExpectedInput
    remark: str = ""
