"""What a report of a problem holds: versions, folders, and what went wrong since the program started.

Nothing is sent. Needs neither Qt nor torch: whoever knows of the display, the device or the document adds a part.
"""

from __future__ import annotations

import logging
import os
import platform
import sys
import time
from collections import deque
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import explorer

LIBRARIES = (
    "PySide6-Essentials",
    "pyqtgraph",
    "qtawesome",
    "numpy",
    "torch",
    "safetensors",
    "Pillow",
    "scikit-image",
    "tifffile",
    "platformdirs",
    "pooch",
    "requests",
    "urllib3",
    "tqdm",
)
NOT_INSTALLED = "(not installed)"
REMEMBERED = 100
LONGEST = 4000  # characters of one thing that went wrong

_remembered: deque[str] = deque(maxlen=REMEMBERED)


@dataclass(frozen=True)
class Part:
    """One titled part of a report: rows of a name and its value, or plain lines under the name ""."""

    title: str
    rows: tuple[tuple[str, str], ...]

    def __str__(self) -> str:
        width = max((len(name) for name, _ in self.rows), default=0)
        lines = (f"  {name.ljust(width)}  {text}" if name else f"  {text}" for name, text in self.rows)
        return "\n".join((self.title, *(line.rstrip() for line in lines)))


def remember(text: str) -> None:
    """Keep what went wrong for a report; the oldest is forgotten, and what is very long loses its middle."""
    if len(text) > LONGEST:
        text = f"{text[: LONGEST // 2]} … {text[-LONGEST // 2 :]}"
    _remembered.append(f"{time.strftime('%H:%M:%S')}  {text}")


def remember_warnings() -> None:
    """Keep every warning that is logged."""
    logging.captureWarnings(True)
    logging.getLogger().addHandler(_Remembering(logging.WARNING))


class _Remembering(logging.Handler):
    """What libraries log goes into the report too."""

    def emit(self, record: logging.LogRecord) -> None:
        remember(f"{record.name}: {record.getMessage()}")


def report(*parts: Part) -> str:
    """The text to paste: the program and its libraries, the system and its folders, `parts`, and what went wrong."""
    return _without_home("\n\n".join(map(str, (_program(), _system(), _folders(), *parts, _log()))) + "\n")


def version_of(distribution: str) -> str:
    """The installed version of a library."""
    from importlib import metadata  # with all of `email`: not at the start of the window

    try:
        return metadata.version(distribution)
    except metadata.PackageNotFoundError:
        return NOT_INSTALLED


def lines_of(text: str) -> Iterable[tuple[str, str]]:
    """Plain rows, one for each line of `text`."""
    return (("", line) for line in text.splitlines())


def _program() -> Part:
    libraries = tuple((name, version_of(name)) for name in LIBRARIES)
    return Part(f"Network Explorer {explorer.__version__}", (("Python", platform.python_version()), *libraries))


def _system() -> Part:
    words = (platform.platform(), f"{os.cpu_count()} processors")
    variables = ("QT_QPA_PLATFORM", "QT_SCALE_FACTOR", "OMP_NUM_THREADS", "CUDA_VISIBLE_DEVICES", "LANG")
    given = tuple((name, os.environ[name]) for name in variables if name in os.environ)
    return Part("System", (*(("", line) for line in words), *given))


def _folders() -> Part:
    import platformdirs  # not at the start of the window

    return Part(
        "Folders",
        (
            ("program", str(Path(explorer.__file__).parent)),
            ("Python", sys.prefix),
            ("settings", platformdirs.user_config_dir("network-explorer")),
            ("downloads", platformdirs.user_cache_dir("network-explorer")),
            ("unsaved work", platformdirs.user_state_dir("network-explorer")),
            ("here", str(Path.cwd())),
        ),
    )


def _log() -> Part:
    lines = tuple(row for text in _remembered for row in lines_of(text))
    return Part("What went wrong since the start", lines or (("", "nothing"),))


def _without_home(text: str) -> str:
    """A person's name need not be in what they paste."""
    home = str(Path.home())
    return text.replace(home, "~") if len(home) > 1 else text
