"""What a file of PyTorch's says that it holds, looked at before PyTorch takes memory for it.

A pickle of some kilobytes can ask for gigabytes: by the length of a storage, by a tensor larger than its storage, by
`bytearray(5000000000)`. Such a file is refused here. Nothing of it is run: stand-ins take the place of all it names.
"""

from __future__ import annotations

import io
import pickle
import zipfile
from collections.abc import Sequence
from pathlib import Path
from typing import IO, Any, ClassVar

import torch

from explorer.amounts import file_size
from explorer.bounds import Budget, Refused, brief, check_size, open_regular

LARGEST_PICKLE_BYTES = 20 * 10**6
"""Names, shapes and order; the numbers lie elsewhere in the file."""

_ITEM_BYTES = {"Double": 8, "Long": 8, "ComplexDouble": 16, "ComplexFloat": 8, "Float": 4, "Int": 4, "QInt32": 4}
_SHORT_BYTES = {"Half": 2, "BFloat16": 2, "Short": 2}
_ARCHIVE = b"PK\x03\x04"
_LEGACY_PICKLES = 4  # a magic number, the version, the machine, and then what was saved
_TENSOR_MAKERS = ("_rebuild_tensor", "_rebuild_tensor_v2", "_rebuild_tensor_v3", "_rebuild_qtensor")


def check_declared(path: Path) -> None:
    """Raises Refused for what is not a plain file, asks for more than it holds, or holds more than the memory allows.

    Raises BadZipFile for an archive that is not whole. Whatever else is not a file of PyTorch's passes: its own reader
    says so.
    """
    with open_regular(path) as file:
        length, budget = file.seek(0, 2), Budget(path.name)
        budget.spend(length)
        if _is_archive(file):
            _check_archive(path.name, file, budget)
        else:
            _check_pickles(path.name, [file] * _LEGACY_PICKLES, length)


def _is_archive(file: IO[bytes]) -> bool:
    """As PyTorch tells an archive from the older format, by its first bytes: an archive's end may stand in either."""
    file.seek(0)
    start = file.read(len(_ARCHIVE))
    file.seek(0)
    return start == _ARCHIVE


def _check_archive(name: str, file: IO[bytes], budget: Budget) -> None:
    """Sizes are looked at with Python's reader of archives, the pickle is read with PyTorch's own.

    The two differ over damaged ones: what one skips as faulty must not be read by the other.
    """
    try:
        with zipfile.ZipFile(file) as archive:
            entries = archive.infolist()
    except Exception as error:  # a damaged archive can fail in any way
        raise zipfile.BadZipFile from error
    pickles = [entry for entry in entries if entry.filename.endswith(".pkl")]
    for entry in pickles:
        check_size(f"{name}: {entry.filename}", entry.file_size, LARGEST_PICKLE_BYTES)
    numbers = sum(entry.file_size for entry in entries if entry not in pickles)
    budget.spend(numbers)
    file.seek(0)
    try:
        content = torch._C.PyTorchFileReader(file).get_record("data.pkl")
    except RuntimeError:  # PyTorch says so itself, and why
        return
    _check_pickles(name, [io.BytesIO(content)], numbers)


def _check_pickles(name: str, pickles: Sequence[IO[bytes]], length: int) -> None:
    """Those that follow each other in a file with room for `length` bytes of numbers."""
    try:
        for pickled in pickles:
            scan = _Scan(pickled)
            scan.load()
            scan.check(name, length)
    except Refused:
        raise
    except _Reaching as error:
        raise Refused(f"{brief(name)} is not a whole PyTorch file: {error} reaches beyond its numbers.") from None
    except _Asking as error:
        raise Refused(f"{brief(name)} asks for memory by a number ({error}) instead of holding tensors.") from None
    except Exception:  # a damaged pickle can fail in any way, and PyTorch's reader fails at the same place
        return


class _Asking(Exception):
    """What a pickle asks for."""


class _Reaching(Exception):
    """A tensor that is larger than its storage."""


class _Storage:
    """A row of numbers that lies elsewhere in the file."""

    def __init__(self, count: int, item_bytes: int) -> None:
        self.count, self.item_bytes = count, item_bytes


class _Inert:
    """Takes the place of whatever a pickle names; takes whatever it is given."""

    def __new__(cls, *_arguments: object, **_named: object) -> Any:
        return super().__new__(cls)

    def __init__(self, *_arguments: object, **_named: object) -> None:
        pass

    def __setstate__(self, _state: object) -> None:
        pass

    def __setitem__(self, _key: object, _value: object) -> None:
        pass

    def append(self, _value: object) -> None:
        pass

    def extend(self, _values: object) -> None:
        pass

    def add(self, _value: object) -> None:
        pass


class _Allocator(_Inert):
    """A type that makes as much room as a number says."""

    def __new__(cls, *arguments: object, **_named: object) -> Any:
        number = next((argument for argument in arguments if isinstance(argument, int)), None)
        if number is not None:
            raise _Asking(f"{cls.__name__}({number})"[:60])
        return super().__new__(cls)


def _tensor(storage: object, offset: int, size: Sequence[int], stride: Sequence[int], *_others: object) -> _Inert:
    """A tensor is no larger than its storage: PyTorch would make the storage larger."""
    reach = sum((cells - 1) * step for cells, step in zip(size, stride, strict=True))
    if isinstance(storage, _Storage) and 0 not in size and offset + reach >= storage.count:
        raise _Reaching(f"a tensor of {tuple(size)}"[:60])
    return _Inert()


class _Scan(pickle._Unpickler):
    """Python's own reader, which takes no memory for what a number announces and never follows."""

    dispatch: ClassVar = {
        code: read for code, read in pickle._Unpickler.dispatch.items() if code not in pickle.BYTEARRAY8
    }

    def __init__(self, file: IO[bytes]) -> None:
        super().__init__(file)
        self._storages: dict[object, int] = {}

    def check(self, name: str, length: int) -> None:
        """Raises Refused where the storages are longer than `length` bytes."""
        declared = sum(self._storages.values())
        if declared > length:
            sizes = f"its numbers take {file_size(declared)}, but it holds {file_size(length)}"
            raise Refused(f"{brief(name)} is not a whole PyTorch file: {sizes}.")

    def find_class(self, module: str, name: str) -> Any:
        if name in _TENSOR_MAKERS:
            return _tensor
        is_allocator = name == "bytearray" or (module.startswith("torch") and name.endswith(("Tensor", "Storage")))
        return type(name, (_Allocator if is_allocator else _Inert,), {})

    def persistent_load(self, identity: Any) -> _Storage:
        kind, stored, key, _place, count, *_view = identity
        if kind != "storage":
            raise ValueError(kind)
        word = stored.__name__.removesuffix("Storage")
        item_bytes = (_ITEM_BYTES | _SHORT_BYTES).get(word, 1)
        self._storages[key] = count * item_bytes
        return _Storage(count, item_bytes)
