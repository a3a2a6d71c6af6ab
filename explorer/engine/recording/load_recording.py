"""A recording out of a file."""

from __future__ import annotations

from pathlib import Path

from explorer.engine.recording.recording import Recording
from explorer.engine.recording.recording_file import read_state


def load_recording(path: str | Path) -> Recording:
    """The recording that `recording.save(path)` wrote. No code in the file is run.

    It explains itself as it did, but for calls of a person's own code, which the file does not hold. Outputs that were
    a dataclass come back as a dictionary. Raises LoadError, an EngineError, with a sentence for any other file.
    """
    recording = Recording.__new__(Recording)
    recording.__setstate__(read_state(path))
    return recording
