"""The work that a crash must not take, as one file of safetensors: arrays, and the rest as JSON in its metadata.

The document stands there as a network file does, the weights under their names, what was typed under names of ours.
"""

from __future__ import annotations

import json
import struct
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np

from explorer.bounds import brief, quoted
from explorer.data import Picture, PictureError, read_picture
from explorer.data.turning import turned
from explorer.network.files import carrying, read_network
from explorer.orientation import Orientation
from explorer.session.chosen_data import augmentation, class_group
from explorer.session.document import Document
from explorer.session.example import Example, Target
from explorer.session.state import State
from explorer.writing import FileError

Arrays = Mapping[str, np.ndarray]

VERSION = 1
_ENTRY = "left-over"
_TYPED = "typed/"  # no layer's name contains a slash
_KINDS = {
    "bool": "BOOL",
    "uint8": "U8",
    "int8": "I8",
    "int16": "I16",
    "int32": "I32",
    "int64": "I64",
    "float16": "F16",
    "float32": "F32",
    "float64": "F64",
}


@dataclass(frozen=True, eq=False)
class Work:
    """The document, and what a person typed, drew or chose beside it. The weights are apart: the worker has them.

    `step` is how far the run that changes them was, 0 without one.
    """

    document: Document
    picture: Picture | None = None
    numbers: np.ndarray | None = None
    target: Target = None
    batch: tuple[Example, ...] = ()
    is_batch_alone: bool = False
    step: int = 0
    is_typed: bool = False
    input_gradient: bool = False

    @classmethod
    def of(cls, state: State) -> Work:
        """What `state` holds of it."""
        fed, steps = state.input, state.steps
        return cls(
            state.document,
            picture=fed.picture,
            numbers=fed.numbers,
            target=steps.target,
            batch=steps.batch,
            is_batch_alone=steps.is_batch_alone,
            step=state.training.step,
            is_typed=fed.is_typed,
            input_gradient=steps.input_gradient,
        )

    def is_same(self, other: Work) -> bool:
        """Whether nothing was changed; arrays are replaced, never changed."""
        pairs = [(getattr(self, name), getattr(other, name)) for name in vars(self)]
        return all(one is two or (isinstance(one, int | tuple | Document) and one == two) for one, two in pairs)


def content(work: Work, weights: Arrays) -> Iterator[bytes | memoryview]:
    """The parts of the file: a header, then each array as it lies in memory, so that nothing is copied."""
    arrays = {name: np.require(values, requirements="C") for name, values in {**weights, **_typed(work)}.items()}
    header: dict[str, Any] = {"__metadata__": carrying(work.document.as_file()) | {_ENTRY: json.dumps(_rest(work))}}
    at = 0
    for name, values in arrays.items():
        offsets = [at, at := at + values.nbytes]
        header[name] = {"dtype": _KINDS[values.dtype.name], "shape": list(values.shape), "data_offsets": offsets}
    text = json.dumps(header).encode()
    text += b" " * (-len(text) % 8)
    yield struct.pack("<Q", len(text))
    yield text
    for values in arrays.values():
        yield values.reshape(-1).view(np.uint8).data


def read(path: Path) -> tuple[Work, Arrays]:
    """The work in a file, its layers under ids of their own, and the weights. Raises FileError."""
    import safetensors

    file = read_network(path)
    try:
        with safetensors.safe_open(path, "numpy") as opened:
            rest = json.loads((opened.metadata() or {})[_ENTRY])
            arrays = {name: opened.get_tensor(name) for name in opened.keys()}  # noqa: SIM118  # no mapping
        document = replace(_document(Document.opened(file, path), rest), title=file.title)
        typed = {name: values for name, values in arrays.items() if name.startswith(_TYPED)}
        for values in typed.values():
            values.flags.writeable = False
        work = _work(document, rest, typed)
    except Exception as error:  # a damaged file can fail in any way: SafetensorError, KeyError, RecursionError …
        raise FileError(f"{path.name} does not hold unsaved work of this version: {brief(str(error), 200)}.") from error
    return work, {name: values for name, values in arrays.items() if name not in typed}


def _typed(work: Work) -> dict[str, np.ndarray]:
    """What was typed or drawn. A picture with a file of its own is read from there again."""
    found = {f"{_TYPED}batch {at}": example.values for at, example in enumerate(work.batch)}
    if work.numbers is not None:
        found[f"{_TYPED}numbers"] = work.numbers
    if work.picture is not None and work.picture.path is None:
        found[f"{_TYPED}picture"] = (work.picture.read or work.picture).pixels
    return found


def _rest(work: Work) -> dict[str, Any]:
    document, picture = work.document, work.picture
    return {
        "version": VERSION,
        "path": str(document.path) if document.path else None,
        "has_fresh_weights": document.has_fresh_weights,
        "picture": picture and _told_picture(picture),
        "target": work.target,
        "batch": [{"name": example.name, "target": example.target} for example in work.batch],
        "is_batch_alone": work.is_batch_alone,
        "is_typed": work.is_typed,
        "input_gradient": work.input_gradient,
        "step": work.step,
    }


def _document(opened: Document, rest: dict[str, Any]) -> Document:
    """`opened` with what a network file does not tell; its weights are in hand, so no file is to be read for them."""
    if rest["version"] != VERSION:
        raise ValueError(f"it is of version {rest['version']}")
    return replace(
        opened if "data" not in rest else _with_data(opened, rest),
        path=Path(rest["path"]) if rest["path"] else None,
        weights=None,
        weight_ids=(),
        has_fresh_weights=_of(rest["has_fresh_weights"], bool),
    )


def _with_data(opened: Document, rest: dict[str, Any]) -> Document:
    """With what it is to learn from where an older version wrote that, which network files did not hold."""
    changed = [dict(each) for each in rest["augmentations"]]
    return replace(
        opened,
        data=_of(rest["data"], str),
        class_groups=tuple(class_group(*_of(each, list)) for each in rest.get("class_groups", ())),
        augmentations=tuple(augmentation(each.pop("name"), each) for each in changed),
    )


def _work(document: Document, rest: dict[str, Any], typed: Arrays) -> Work:
    batch = tuple(
        Example(_numbers(typed[f"{_TYPED}batch {at}"]), _target(each["target"]), _of(each["name"], str))
        for at, each in enumerate(rest["batch"])
    )
    numbers = _numbers(typed[f"{_TYPED}numbers"]) if f"{_TYPED}numbers" in typed else None
    picture = _picture(rest["picture"], typed.get(f"{_TYPED}picture"))
    step = _of(rest.get("step", 0), int)  # older versions did not write it
    is_alone, is_typed = _of(rest["is_batch_alone"], bool), _of(rest.get("is_typed", numbers is not None), bool)
    asks_input = _of(rest.get("input_gradient", False), bool)
    return Work(document, picture, numbers, _target(rest["target"]), batch, is_alone, step, is_typed, asks_input)


def _target(told: Any) -> Target:
    if isinstance(told, list):
        return tuple(_of(number, int, float) for number in told)
    return None if told is None else _of(told, int)


def _of(value: Any, *kinds: type) -> Any:
    """`value`, if it is of one of these kinds."""
    if type(value) not in kinds:
        raise TypeError(f"it has {quoted(value)} in a place for something else")
    return value


def _numbers(values: np.ndarray) -> np.ndarray:
    """What a network was fed, (C, H, W) or (features,)."""
    if values.dtype != np.float32 or values.ndim not in (1, 3) or not values.size:
        raise TypeError(f"an input of {values.dtype} {values.shape} was never typed")
    return values


def _told_picture(picture: Picture) -> dict[str, Any]:
    path = str(picture.path) if picture.path else None
    return {"name": picture.name, "path": path, "page": picture.page, "lying": list(picture.lying)}


def _picture(told: dict[str, Any] | None, pixels: np.ndarray | None) -> Picture | None:
    """The picture that was looked at; None where its file is gone."""
    if told is None:
        return None
    if pixels is not None:
        if pixels.dtype != np.uint8 or pixels.ndim != 3 or pixels.shape[2] != 3 or not pixels.size:
            raise TypeError(f"{pixels.dtype} {pixels.shape} is not a picture")
        return _as_it_lay(Picture(_of(told["name"], str), pixels), told)
    try:
        page = max(_of(told.get("page", 0), int), 0)  # older versions did not write it
        return _as_it_lay(read_picture(Path(told["path"]), page=page), told)
    except PictureError:
        return None


def _as_it_lay(read: Picture, told: dict[str, Any]) -> Picture:
    """The picture turned as it was when the work was kept; older versions turned none."""
    is_mirrored, quarters = told.get("lying", (False, 0))
    return turned(read, Orientation(_of(is_mirrored, bool), _of(quarters, int) % 4))
