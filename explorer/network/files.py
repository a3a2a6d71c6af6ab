"""Network files: JSON with the network and what belongs to it; the weights lie beside it as safetensors.

The weights' file carries the text of the JSON that it was saved with. The two take their places one after the other: a
save that was cut off between them leaves an older JSON beside newer weights, and is read from the weights' file alone.
"""

import dataclasses
import json
import math
import re
import sys
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Literal, TypeVar, cast

from explorer.bounds import Refused, brief, open_regular, quoted, read_regular
from explorer.network.file_names import is_weights
from explorer.network.layer import Layer
from explorer.network.layers import layer_of_kind
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
MOST_FED = 200_000

_CARRIED = "network-explorer"  # the entry of a safetensors file's metadata that holds the JSON
_LARGEST_HEADER_BYTES = 100_000_000  # as safetensors itself has it


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
    weights_digest: str = ""
    """Tells whether the weights there are those it was saved with; empty where nobody wrote it down."""
    learning: Mapping[str, Any] = field(default_factory=dict)
    """What was chosen for its training, by the names of the hyperparameters: plain numbers, words, lists of numbers."""
    data: Mapping[str, Any] = field(default_factory=dict)
    """What it is to learn from: the data by name, their classes put together, their pictures changed at random."""
    fed: tuple[float, ...] = ()
    """The numbers typed for it to be fed, as many as its input has, the last axis first; empty where none were."""
    remark: str = field(default="", compare=False)
    """Sentences on how it was read; not part of the file."""


def read_network(path: str | Path) -> NetworkFile:
    """Reads a network file, text notation from a .txt, or what weights carry; raises FileError."""
    path = Path(path)
    if is_weights(path):
        return _carried_alone(path)
    text = _read_text(path)
    if path.suffix.lower() == ".txt":
        return NetworkFile(_understood(path, lambda: Network.parse(text)), title=path.stem)
    try:
        content = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise FileError(f"{brief(path.name)} is not a whole network file: {_json_fault(error)}.") from None
    return _of_one_save(path, _understood(path, lambda: _from_content(content)))


def _of_one_save(path: Path, file: NetworkFile) -> NetworkFile:
    """`file`, or the network that its weights were saved with, where that is another one."""
    carried = _carried(path.with_name(file.weights)) if file.weights and file.weights_digest else None
    if carried is None or carried.weights_digest == file.weights_digest:
        return file
    both = f"{brief(path.name)} and {brief(str(file.weights))}"
    remark = f"{both} were not saved together: this is the network that the weights belong to."
    return replace(carried, weights=file.weights, remark=remark)


def _carried_alone(path: Path) -> NetworkFile:
    carried = _carried(path)
    if carried is None:
        raise FileError(f"{brief(path.name)} holds weights without a network: open the network's .json file beside it.")
    return replace(carried, weights=path.name)


def _carried(weights: Path) -> NetworkFile | None:
    """The network that a safetensors file carries; None for a file without one, and for any other file."""
    try:
        with open_regular(weights) as file:
            length = int.from_bytes(file.read(8), "little")
            header = json.loads(file.read(length)) if length <= _LARGEST_HEADER_BYTES else {}
        return _from_content(json.loads(header["__metadata__"][_CARRIED]))
    except (Refused, OSError, ValueError, RecursionError, LookupError, TypeError, FileError, NetworkError):
        return None


def carrying(file: NetworkFile) -> dict[str, str]:
    """The metadata of the weights that are saved with `file`."""
    return {_CARRIED: network_text(file)}


def write_network(path: str | Path, file: NetworkFile) -> None:
    """Writes a network file, text notation into a .txt; raises FileError, and the old file survives."""
    path = Path(path)
    as_notation = path.suffix.lower() == ".txt"
    text = file.network.text() + "\n" if as_notation else network_text(file)
    write_atomically(path, text.encode())


def network_text(file: NetworkFile) -> str:
    """What stands in a network file. Raises FileError for what could not be opened again."""
    try:
        text = _json_text(_content(file))
        again = _json_text(_content(_from_content(json.loads(text))))
    except (FileError, NetworkError, ValueError) as error:
        raise FileError(f"This network cannot be saved, since it could not be opened again: {error}") from None
    if again != text or len(text) > LARGEST_FILE_BYTES:
        raise FileError("This network cannot be saved, since it could not be opened again as it is.")
    return text


def _read_text(path: Path) -> str:
    try:
        return read_regular(path, at_most_bytes=LARGEST_FILE_BYTES).decode("utf-8-sig").replace("\r\n", "\n")
    except Refused as error:
        raise FileError(str(error)) from None
    except UnicodeDecodeError:
        raise FileError(f"{brief(path.name)} is not a network file: it is not text.") from None


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
    } | {name: value for name, value in _more(file) if value}


def _more(file: NetworkFile) -> Iterator[tuple[str, Any]]:
    """What is left out where there is nothing to say."""
    yield "weights_digest", file.weights_digest
    yield "learning", dict(file.learning)
    yield "data", dict(file.data)
    yield "fed", list(file.fed)


def _json_text(content: dict[str, Any]) -> str:
    """One line for each entry and each layer, so that files can be read and compared."""
    layers = ",\n".join(f"    {_compact(layer)}" for layer in content["layers"])
    written = {name: _compact(value) for name, value in content.items()}
    written["layers"] = f"[\n{layers}\n  ]" if layers else "[]"
    entries = ",\n".join(f'  "{name}": {value}' for name, value in written.items())
    return f"{{\n{entries}\n}}\n"


def _compact(value: Any) -> str:
    text = json.dumps(value, ensure_ascii=False, allow_nan=False)
    # A file's name may hold half a letter, which a text file cannot hold, but JSON's escapes can.
    return text if _is_whole(text) else json.dumps(value, allow_nan=False)


def _is_whole(text: str) -> bool:
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True


def _layer_content(layer: Layer) -> dict[str, Any]:
    """All settings, so that the file means the same when a default changes; open ones are left out.

    So is that a layer is not frozen: programs that know no frozen layers read the file too.
    """
    of_layer = [(name, rules, getattr(layer, name)) for name, rules, _ in layer.settings()]
    settings = {name: value for name, rules, value in of_layer if rules.is_argument or value}
    inputs = {"inputs": list(layer.inputs)} if layer.inputs else {}
    written = {name: value for name, value in settings.items() if value is not None}
    return {"kind": layer.kind, "name": layer.name, **inputs, **written}


def _from_content(content: Any) -> NetworkFile:
    if not isinstance(content, dict) or content.get("format") != FORMAT:
        raise FileError(
            "this is not a network file of Network Explorer: a network of another program is built here, "
            "or written in text notation."
        )
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
        weights_digest=_text(content, "weights_digest", LONGEST_TITLE),
        learning=_chosen(content, "learning"),
        data=_chosen(content, "data"),
        fed=_numbers(content, "fed"),
    )
    _check_file(file)
    return file


def _chosen(content: dict[str, Any], name: str) -> dict[str, Any]:
    chosen = content.get(name, {})
    if not isinstance(chosen, dict):
        raise FileError(f"{name} must hold what was chosen by name.")
    return chosen


def _check_version(version: Any) -> None:
    if not isinstance(version, int) or isinstance(version, bool) or version < 1:
        raise FileError(f"its version is {quoted(version)}, which is not a version number.")
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
    numbers = math.prod(file.network.input_shape)
    if file.fed and (len(file.fed) != numbers or numbers > MOST_FED):
        there, most = f"fed has {len(file.fed):,} numbers", f"at most {MOST_FED:,} are kept"
        raise FileError(f"{there}; the input has {numbers:,}, and {most}.")
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
        raise FileError(f"layer {number} is not a table of settings.")
    kind = layer_of_kind(str(entry.get("kind")))
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
        raise FileError(f"{name} has {len(value):,} letters; at most {longest:,} are shown.")
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
