"""The line of a person's own code that made a call."""

from __future__ import annotations

import sys
from pathlib import Path
from types import CodeType, FrameType

import torch

_HERE = str(Path(__file__).parent)
_TORCH = str(Path(torch.__file__).parent)
_is_machinery: dict[CodeType, bool] = {}


def caller_frame() -> FrameType:
    """The innermost frame outside the recorder."""
    frame = sys._getframe(1)
    while frame.f_back is not None and frame.f_code.co_filename.startswith(_HERE):
        frame = frame.f_back
    return frame


def source_line(frame: FrameType | None) -> str:
    """The innermost line that is not PyTorch's own: "/home/me/model.py:12"; "" if there is none."""
    while frame is not None:
        code = frame.f_code
        machinery = _is_machinery.get(code)
        if machinery is None:
            machinery = _is_machinery[code] = code.co_filename.startswith((_HERE, _TORCH))
        if not machinery:
            return f"{code.co_filename}:{frame.f_lineno}"
        frame = frame.f_back
    return ""
