"""Network files: JSON with the network and what belongs to it; the weights lie beside it as safetensors."""

import dataclasses
import json
import re
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal, TypeVar, cast

from explorer.bounds import Refused, brief, quoted, read_regular
from explorer.network.layer import Layer
from explorer.network.layers import BY_KIND
from explorer.network.network import Network
from explorer.network.shape import NetworkError
from explorer.writing import FileError, write_atomically

FORMAT = "network-explorer network"
VERSION = 1
FITS = ("crop", "pad", "stretch")
Fit = Literal["crop", "pad", "stretch"]
T = TypeVar("T")

LARGEST_FILE_BYTES = 16 * 10**6
LONGEST_TITLE, LONGEST_DESCRIPTION = 300, 20_000
LONGEST_CLASS, MOST_CLASSES = 300, 200_000


@dataclass(frozen=True)
class NetworkFile:
    """A network with what is needed to use it."""

    network: Network
    title: str = ""
    description: str = ""
    classes: tuple[str, ...] = ()
    """What each output stands for."""
    mean: tuple[float, ...] = ()
    """Per channel, of pixels divided by 255; subtracted. Empty: 0."""
    std: tuple[float, ...] = ()
    """Per channel, of pixels divided by 255; divided by. Empty: 1."""
    fit: Fit = "crop"
    """How a picture of another size is brought to the network's."""
    weights: str | None = None
    """Name of the safetensors file beside this one."""
    learning: Mapping[str, Any] = field(default_factory=dict)
    """What was chosen for its training, by the names of the hyperparameters: plain numbers, words, lists of numbers."""


def read_network(path: str | Path) -> NetworkFile:
    """Reads a network file, or text notation from a .txt; raises FileError."""
    path = Path(path)
    text = _read_text(path)
    if path.suffix.lower() == ".txt":
        return NetworkFile(_understood(path, lambda: Network.parse(text)), title=path.stem)
    try:
        content = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise FileError(f"{brief(path.name)} is not a whole network file: {_json_fault(error)}.") from None
    return _understood(path, lambda: _from_content(content))


def write_network(path: str | Path, file: NetworkFile) -> None:
    """Writes a network file, text notation into a .txt; raises FileError, and the old file survives."""
    path = Path(path)
    as_notation = path.suffix.lower() == ".txt"
    text = file.network.text() + "\n" if as_notation else _json_text(_content(file))
    write_atomically(path, text.encode())


def _read_text(path: Path) -> str:
    try:
        return read_regular(path, at_most_bytes=LARGEST_FILE_BYTES).decode("utf-8-sig").replace("\r\n", "\n")
    except Refused as error:
        raise FileError(str(error)) from None
    except UnicodeDecodeError:
        raise FileError(f"{brief(path.name)} is not a network file: it is no text.") from None


def _understood(path: Path, read: Callable[[], T]) -> T:
    try:
        return read()
    except (FileError, NetworkError) as error:
        raise FileError(f"{brief(path.name)}: {error}") from None


def _content(file: NetworkFile) -> dict[str, Any]:
    return {
        "format": FORMAT,
        "version": VERSION,
        "title": file.title,
        "description": file.description,
        "input_shape": list(file.network.input_shape),
        "layers": [_layer_content(layer) for layer in file.network.layers],
        "classes": list(file.classes),
        "mean": list(file.mean),
        "std": list(file.std),
        "fit": file.fit,
        "weights": file.weights,
    } | ({"learning": dict(file.learning)} if file.learning else {})


def _json_text(content: dict[str, Any]) -> str:
    """One line an entry and one a layer, so that files can be read and compared."""
    layers = ",\n".join(f"    {_compact(layer)}" for layer in content["layers"])
    written = {name: _compact(value) for name, value in content.items()}
    written["layers"] = f"[\n{layers}\n  ]" if layers else "[]"
    entries = ",\n".join(f'  "{name}": {value}' for name, value in written.items())
    return f"{{\n{entries}\n}}\n"


def _compact(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, allow_nan=False)


def _layer_content(layer: Layer) -> dict[str, Any]:
    """All settings, so that the file means the same when a default changes; open ones are left out."""
    settings = {name: getattr(layer, name) for name, _, _ in layer.settings()}
    inputs = {"inputs": list(layer.inputs)} if layer.inputs else {}
    written = {name: value for name, value in settings.items() if value is not None}
    return {"kind": layer.kind, "name": layer.name, **inputs, **written}


def _from_content(content: Any) -> NetworkFile:
    if not isinstance(content, dict) or content.get("format") != FORMAT:
        raise FileError("this is no network file of Network Explorer.")
    _check_version(content.get("version"))
    file = NetworkFile(
        network=_network(content),
        title=_text(content, "title", LONGEST_TITLE),
        description=_text(content, "description", LONGEST_DESCRIPTION),
        classes=_texts(content, "classes"),
        mean=_numbers(content, "mean"),
        std=_numbers(content, "std"),
        fit=cast(Fit, content.get("fit", "crop")),
        weights=content.get("weights"),
        learning=_learning(content),
    )
    _check_file(file)
    return file


def _learning(content: dict[str, Any]) -> dict[str, Any]:
    learning = content.get("learning", {})
    if not isinstance(learning, dict):
        raise FileError("learning must hold what was chosen by name.")
    return learning


def _check_version(version: Any) -> None:
    if not isinstance(version, int) or isinstance(version, bool) or version < 1:
        raise FileError(f"its version is {quoted(version)}, which is no version number.")
    if version > VERSION:
        raise FileError(
            f"it is of version {version}, made by a newer Network Explorer; this one reads up to version {VERSION}."
        )


def _check_file(file: NetworkFile) -> None:
    if file.fit not in FITS:
        raise FileError(f"fit is {quoted(file.fit)}; it must be one of {', '.join(FITS)}.")
    channels = file.network.input_shape[0]
    for name, values in (("mean", file.mean), ("std", file.std)):
        if values and len(values) != channels:
            raise FileError(f"{name} has {len(values)} numbers, but the input has {channels} channels.")
    if any(value <= 0 for value in file.std):
        raise FileError("std must be above 0 in every channel.")
    if file.weights is not None and not _is_plain_name(file.weights):
        raise FileError(f"weights is {quoted(file.weights)}; it must be the name of a file beside this one.")


def _is_plain_name(name: Any) -> bool:
    return isinstance(name, str) and name not in ("", ".", "..") and re.search(r"[/\\:\0]", name) is None


def _network(content: dict[str, Any]) -> Network:
    shape, layers = content.get("input_shape"), content.get("layers")
    if not isinstance(shape, list):
        raise FileError("it has no input_shape.")
    if not isinstance(layers, list):
        raise FileError("it has no list of layers.")
    return Network(tuple(shape), tuple(_layer(entry, number) for number, entry in enumerate(layers, 1)))


def _layer(entry: Any, number: int) -> Layer:
    if not isinstance(entry, dict):
        raise FileError(f"layer {number} is no table of settings.")
    kind = BY_KIND.get(str(entry.get("kind")))
    if kind is None:
        raise FileError(f"layer {number} is of the kind {quoted(entry.get('kind'))}, which this version does not know.")
    known = {field.name for field in dataclasses.fields(kind)}
    unknown = sorted(set(entry) - known - {"kind"})
    if unknown:
        raise FileError(
            f"layer {number} ({kind.kind}) has a setting {quoted(unknown[0])}, which this version does not know."
        )
    values = {name: value for name, value in entry.items() if name != "kind"}
    name, inputs = values.get("name", ""), values.get("inputs", [])
    if not isinstance(name, str) or not isinstance(inputs, list) or not all(isinstance(each, str) for each in inputs):
        raise FileError(f"layer {number} ({kind.kind}): name and inputs must be text.")
    try:
        return kind(**values)
    except NetworkError as error:
        raise FileError(f"layer {number} ({kind.kind}): {error}") from None


def _text(content: dict[str, Any], name: str, longest: int) -> str:
    value = content.get(name, "")
    if not isinstance(value, str):
        raise FileError(f"{name} must be text.")
    if len(value) > longest:
        raise FileError(f"{name} has {len(value):,} letters: up to {longest:,} are shown.")
    return value


def _texts(content: dict[str, Any], name: str) -> tuple[str, ...]:
    value = content.get(name, [])
    if not isinstance(value, list) or not all(isinstance(each, str) for each in value):
        raise FileError(f"{name} must be a list of texts.")
    if len(value) > MOST_CLASSES or max(map(len, value), default=0) > LONGEST_CLASS:
        raise FileError(f"{name} must be up to {MOST_CLASSES:,} texts of up to {LONGEST_CLASS} letters.")
    return tuple(value)


def _numbers(content: dict[str, Any], name: str) -> tuple[float, ...]:
    value = content.get(name, [])
    good = isinstance(value, list) and all(
        isinstance(each, (int, float)) and not isinstance(each, bool) and abs(each) <= sys.float_info.max
        for each in value
    )
    if not good:
        raise FileError(f"{name} must be a list of numbers.")
    return tuple(float(each) for each in value)


def _json_fault(error: Exception) -> str:
    if isinstance(error, json.JSONDecodeError):
        return f"it cannot be understood from line {error.lineno}, column {error.colno} on"
    return "it cannot be understood"
