"""Programs that PyTorch wrote: of torch.export, and of TorchScript, which is taken apart into the calls it makes."""

from __future__ import annotations

import logging
import warnings
import zipfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import replace
from pathlib import Path
from typing import Any

import torch
from torch import Tensor, nn

from explorer.bounds import Refused, brief, check_regular, memory_budget_bytes, open_regular
from explorer.engine.errors import LoadError
from explorer.engine.opening.expected_input import ExpectedInput, Shape, expected_input
from explorer.engine.opening.hugging_face import open_folder
from explorer.engine.opening.model_of_files import ModelOfFiles
from explorer.engine.opening.onnx_file import converted
from explorer.engine.opening.python_file import told
from explorer.network.file_names import is_model_folder

EXPORTED, SCRIPTED, ONNX, FOLDER = "torch.export", "TorchScript", "ONNX", "Hugging Face"
HARMLESS = (ONNX, FOLDER)
"""Of what no file can run code when it is opened."""
_ENTRIES = {
    EXPORTED: ("serialized_exported_program.json", "/archive_format", "archive_format"),
    SCRIPTED: ("/constants.pkl",),
}


def program_kind(path: Path) -> str:
    """Of what the file at `path` is a program, by the names in it; "" for any other file. Nothing of it is read."""
    if path.suffix.lower() == ".onnx":
        return ONNX
    if is_model_folder(path):
        return FOLDER
    try:
        with open_regular(path) as file, zipfile.ZipFile(file) as archive:
            names = archive.namelist()
    except (zipfile.BadZipFile, OSError, ValueError, RuntimeError, NotImplementedError, Refused):
        return ""
    return next((kind for kind, ends in _ENTRIES.items() if any(name.endswith(ends) for name in names)), "")


def open_program(
    path: Path, *, shape: Shape | None = None, should_stop: Callable[[], bool] = lambda: False
) -> ModelOfFiles:
    """The model that the program at `path` is, with the names of its modules where it kept them.

    `shape` is what the person said that it takes. Raises LoadError with a sentence, Cancelled.
    """
    kind, name = program_kind(path), brief(path.name)
    if not kind:
        raise LoadError(f"{name} is not a whole program of torch.export or TorchScript: write it again.")
    if kind == FOLDER:
        return open_folder(path, shape=shape, should_stop=should_stop)
    try:
        check_regular(path, at_most_bytes=memory_budget_bytes())
        with _quiet():
            made = _exported(path) if kind == EXPORTED else _OPENERS[kind](path, shape, should_stop)
    except Refused as error:
        raise LoadError(str(error)) from None
    except MemoryError:
        raise LoadError(f"There is not enough memory for {name}.") from None
    except (RuntimeError, ValueError, KeyError, TypeError, AttributeError, NotImplementedError, OSError) as error:
        raise LoadError(
            f"{name} is a program of {kind} that PyTorch {torch.__version__} does not open: {told(error)}"
        ) from error
    module, expected, remark = made
    return ModelOfFiles(module, path.stem, expected, f"{name} is a program of {kind}{remark}.")


@contextmanager
def _quiet() -> Iterator[None]:
    """PyTorch warns that TorchScript is old, and logs what it guesses of sizes."""
    before = logging.root.manager.disable
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        logging.disable(logging.WARNING)
        try:
            yield
        finally:
            logging.disable(before)


Made = tuple[nn.Module, ExpectedInput, str]


def _exported(path: Path) -> Made:
    program = torch.export.load(path)
    module = torch.export.unflatten(program)
    placed: Sequence[Any] = program.example_inputs[0] if program.example_inputs else ()
    if len(placed) != 1 or not isinstance(placed[0], Tensor) or placed[0].dim() < 2:
        return module, ExpectedInput(told="It takes something else than one tensor of examples."), ""
    example = placed[0]
    if len(example) != 1 and not _takes_one(module, example):
        told_of = f"It was exported for batches of {len(example):,} alone: export it with a batch of one example."
        return module, ExpectedInput(told=told_of), ""
    found = ExpectedInput(
        tuple(example.shape[1:]), "as it was exported with", is_tokens=not example.is_floating_point()
    )
    return module, found, ", and its modules have the names that they had"


def _takes_one(module: nn.Module, example: Tensor) -> bool:
    with suppress(Exception), torch.no_grad():
        module(example[:1])
        return True
    return False


def _from_onnx(path: Path, shape: Shape | None, should_stop: Callable[[], bool]) -> Made:
    module, said = converted(path)
    expected = expected_input(module.eval(), asked=shape or said, should_stop=should_stop)
    told_of = "as its file says" if shape is None and said is not None else expected.told
    return module, replace(expected, told=told_of if expected.shape else expected.told), ""


def _scripted(path: Path, shape: Shape | None, should_stop: Callable[[], bool]) -> Made:
    script: nn.Module = torch.jit.load(path, map_location="cpu").eval()  # type: ignore[no-untyped-call]
    expected = expected_input(script, asked=shape, should_stop=should_stop)
    if expected.shape is None:
        return script, expected, ""
    try:
        return _taken_apart(script, expected.shape), expected, ", shown by the calls that it makes"
    except Exception:  # what converts programs is young, and gives up in many ways
        return script, expected, ", which can be seen from outside only: what happens in it is one call"


def _taken_apart(script: Any, shape: Shape) -> nn.Module:
    from torch._export.converter import TS2EPConverter

    x = torch.rand(1, *shape)
    module = torch.export.unflatten(TS2EPConverter(script, (x,)).convert())
    with torch.no_grad():
        if not torch.allclose(module(x), script(x), rtol=1e-4, atol=1e-5):
            raise ValueError("taken apart, it gives something else")
    return module


_OPENERS: dict[str, Callable[[Path, Shape | None, Callable[[], bool]], Made]] = {SCRIPTED: _scripted, ONNX: _from_onnx}
