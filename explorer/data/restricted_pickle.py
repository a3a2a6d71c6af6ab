"""Reading the pickles in which CIFAR-10 is published, without running them.

A pickle is a program: it may call whatever it names. Here nothing it names is ever looked up. The three names that an
array of bytes needs stand for small classes of this file; every other name is refused. What comes out is made of
dictionaries, lists, texts, bytes, numbers and arrays of uint8.
"""

from __future__ import annotations

import io
import pickle
from typing import Any, ClassVar

import numpy as np

from explorer.bounds import brief
from explorer.data.data_set import DataError

PLAIN = (bytes, str, int, float)


class _Array:
    """Stands for numpy.ndarray while it is put together."""

    content = np.zeros(0, np.uint8)

    def __setstate__(self, state: Any) -> None:
        _version, shape, kind, is_fortran, content = state
        if not isinstance(kind, _Kind) or kind.name not in ("u1", "|u1"):
            raise DataError("It holds an array that is not made of bytes.")
        flat = np.frombuffer(content if isinstance(content, bytes) else content.encode("latin-1"), np.uint8)
        self.content = flat.reshape(shape, order="F" if is_fortran else "C")


class _Kind:
    """Stands for numpy.dtype; its state, the byte order, says nothing about bytes."""

    def __init__(self, name: Any, *_flags: Any) -> None:
        self.name = name.decode("latin-1") if isinstance(name, bytes) else str(name)

    def __setstate__(self, state: Any) -> None:
        pass


def _reconstruct(*_arguments: Any) -> _Array:
    return _Array()


STAND_INS: dict[tuple[str, str], Any] = {
    ("numpy.core.multiarray", "_reconstruct"): _reconstruct,
    ("numpy._core.multiarray", "_reconstruct"): _reconstruct,
    ("numpy", "ndarray"): _Array,
    ("numpy", "dtype"): _Kind,
}


class _Reader(pickle._Unpickler):
    """Python's own reader: the one in C takes gigabytes for a length in a damaged pickle, though nothing follows."""

    # The opcodes that make room before they read.
    dispatch: ClassVar = {
        code: read for code, read in pickle._Unpickler.dispatch.items() if code not in pickle.BYTEARRAY8
    }

    def __init__(self, content: bytes) -> None:
        super().__init__(io.BytesIO(content), encoding="bytes")
        self._room = len(content)

    def find_class(self, module: str, name: str) -> Any:
        if (module, name) == ("_codecs", "encode"):
            return self._encoded
        if (module, name) not in STAND_INS:
            raise DataError(f"It asks to run {brief(f'{module}.{name}')}, which is refused.")
        return STAND_INS[module, name]

    def _encoded(self, text: Any, encoding: Any) -> bytes:
        """How Python 3 writes bytes into the older pickles; each of them stands there once."""
        if not isinstance(text, str) or encoding not in ("latin1", b"latin1"):
            raise DataError("It holds text in a strange encoding.")
        self._room -= len(text)
        if self._room < 0:
            raise DataError("It makes more of its texts than it holds.")
        return text.encode("latin-1")


def read_pickled(content: bytes) -> dict[str, Any]:
    """The dictionary pickled in `content`, its keys as texts, its texts of Python 2 as bytes.

    Raises DataError, also for a damaged pickle.
    """
    try:
        value = _Reader(content).load()
    except DataError:
        raise
    except Exception as error:  # a damaged pickle fails in any way
        raise DataError("It is damaged.") from error
    if not isinstance(value, dict):
        raise DataError("It holds no dictionary.")
    return {_text(key): _plain(entry) for key, entry in value.items()}


def _plain(entry: Any) -> Any:
    """An array, a text, a number, or a list of texts and numbers. Nothing deeper: it could refer to itself."""
    if isinstance(entry, _Array):
        return entry.content
    if isinstance(entry, list) and all(isinstance(part, PLAIN) for part in entry):
        return entry
    if isinstance(entry, PLAIN):
        return entry
    raise DataError(f"It holds a {type(entry).__name__} that is not a list of numbers or texts.")


def _text(key: Any) -> str:
    return key.decode("latin-1") if isinstance(key, bytes) else str(key)
