"""Folders as Hugging Face's library writes them, opened through that library; no code of a folder's own runs."""

from __future__ import annotations

import importlib
import json
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from torch import nn

from explorer.bounds import Refused, brief, read_regular
from explorer.engine.errors import LoadError
from explorer.engine.opening.expected_input import ExpectedInput, Shape, expected_input
from explorer.engine.opening.model_of_files import ModelOfFiles
from explorer.engine.opening.python_file import told

LIBRARY = "transformers"
LARGEST_SETTINGS_BYTES = 10 * 10**6


def open_folder(
    path: Path, *, shape: Shape | None = None, should_stop: Callable[[], bool] = lambda: False
) -> ModelOfFiles:
    """The model of the folder at `path`, of the class that its settings name. Raises LoadError, Cancelled."""
    name = brief(path.name)
    try:
        library = importlib.import_module(LIBRARY)
    except ModuleNotFoundError as error:
        raise LoadError(f"{name} is a folder of Hugging Face's: install {LIBRARY} to open it.") from error
    settings = _settings(path / "config.json")
    kind = next(iter(settings.get("architectures") or ()), "AutoModel")
    maker = getattr(library, kind, None)
    if maker is None:
        raise LoadError(f"{name} holds a {brief(kind)}, which {LIBRARY} {library.__version__} does not have.")
    try:
        module: nn.Module = maker.from_pretrained(path, local_files_only=True, trust_remote_code=False)
    except Exception as error:  # of damaged files, and of whatever the library wants
        raise LoadError(f"{name} could not be opened by {LIBRARY}: {told(error)}") from error
    said = _said(settings, path)
    expected = expected_input(module.eval(), asked=shape or said.shape, should_stop=should_stop)
    if expected.shape is not None:
        where = "as its settings say" if shape is None and said.shape is not None else expected.told
        expected = replace(expected, told=where, mean=said.mean, std=said.std, classes=_fitting(said, expected))
    return ModelOfFiles(module, brief(kind), expected, f"{name} is a folder of Hugging Face's, opened by {LIBRARY}.")


def _settings(path: Path) -> Mapping[str, Any]:
    """What a file of settings holds; nothing where there is none."""
    try:
        found = json.loads(read_regular(path, at_most_bytes=LARGEST_SETTINGS_BYTES))
    except (Refused, ValueError):
        return {}
    return found if isinstance(found, dict) else {}


def _said(settings: Mapping[str, Any], folder: Path) -> ExpectedInput:
    side, channels = settings.get("image_size"), settings.get("num_channels", 3)
    pictures = _settings(folder / "preprocessor_config.json")
    labels = settings.get("id2label") or {}
    return ExpectedInput(
        (channels, side, side) if isinstance(side, int) else None,
        mean=tuple(pictures.get("image_mean") or ()),
        std=tuple(pictures.get("image_std") or ()),
        classes=tuple(str(label) for _, label in sorted(labels.items(), key=lambda each: int(each[0]))),
    )


def _fitting(said: ExpectedInput, found: ExpectedInput) -> tuple[str, ...]:
    return said.classes if len(said.classes) == found.outputs else ()
