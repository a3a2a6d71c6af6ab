"""The line of a person's own code that made a call."""

from __future__ import annotations

import sys
from functools import cache
from pathlib import Path
from types import FrameType

import torch

# Each ends with a separator: torchvision lies beside torch and is not part of it.
_HERE = str(Path(__file__).parent / "_")[:-1]
_PROGRAM = str(Path(__file__).parents[2] / "_")[:-1]
_TORCH = str(Path(torch.__file__).parent / "_")[:-1]


def caller_frame() -> FrameType:
    """The innermost frame outside the recorder."""
    frame = sys._getframe(1)
    while frame.f_back is not None and _is_ours(frame.f_code.co_filename):
        frame = frame.f_back
    return frame


def source_line(frame: FrameType | None) -> str:
    """The innermost line that is not PyTorch's own: "/home/me/model.py:12"; "" if that is one of this program."""
    while frame is not None:
        file = frame.f_code.co_filename
        if not _is_machinery(file):
            return "" if file.startswith(_PROGRAM) else f"{file}:{frame.f_lineno}"
        frame = frame.f_back
    return ""


@cache
def _is_ours(file: str) -> bool:
    return file.startswith(_HERE)


@cache
def _is_machinery(file: str) -> bool:
    return file.startswith((_HERE, _TORCH))
