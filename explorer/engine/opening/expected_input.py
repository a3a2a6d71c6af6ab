"""What a model takes: as its file or its library says, else the first that runs on the meta device."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from types import ModuleType
from typing import Any

import torch
from torch import Tensor, nn
from torch.func import functional_call
from torch.overrides import TorchFunctionMode

from explorer.bounds import brief
from explorer.engine.errors import Cancelled, shape_text

Shape = tuple[int, ...]

SIZES = (224, 32, 28, 64, 96, 128, 256, 48, 160, 192, 299, 384, 512, 16, 8, 227, 112, 320)
"""Sides of square pictures, the most usual first: a model that takes any is given the first."""

LARGEST_SIZE = 1024
LENGTH, TOKENS, VOLUME = 64, 16, 16
"""Of what a model of signals, of tokens and of volumes is given, which mostly takes any length."""

SHAPE_NAMES = ("INPUT_SHAPE", "INPUT_SIZE", "IMAGE_SIZE", "input_shape", "input_size", "image_size", "img_size")
CLASS_NAMES = ("CLASSES", "CLASS_NAMES", "LABELS", "classes", "class_names", "labels")
MEAN_NAMES, STD_NAMES = ("MEAN", "mean", "image_mean"), ("STD", "std", "image_std")
_PRODUCT = re.compile(r"[(\[]\d+(?:x|, )(\d+)[\])]?(?: and | X \[)(\d+)(?:x|, )\d+[)\]]")
"""As PyTorch tells a product that cannot be: "(1x6084 and 5184x5)", and on the meta device "[1, 6084] X [5184, 5]"."""


@dataclass(frozen=True)
class ExpectedInput:
    """What a model is fed, without the batch axis, and what its file says about pictures and classes.

    `told` says in a sentence where the shape comes from; where it is None, why nothing was found. Of `is_tokens` the
    numbers are indices.
    """

    shape: Shape | None = None
    told: str = ""
    is_tokens: bool = False
    mean: tuple[float, ...] = ()
    std: tuple[float, ...] = ()
    classes: tuple[str, ...] = ()
    outputs: int = 0
    """How many numbers it gives for one example; 0 where that is not one row."""


def expected_input(
    model: nn.Module,
    source: ModuleType | None = None,
    *,
    asked: Shape | None = None,
    known: ExpectedInput | None = None,
    should_stop: Callable[[], bool] = lambda: False,
) -> ExpectedInput:
    """What `model` takes; `source` is the file that it was made by, `asked` what the person said, and `known` what the
    weights of its library say.

    Runs the model with tensors without numbers. Raises Cancelled.
    """
    said = known or _said(model, source)
    trial = _Trial(model, should_stop)
    channels = _channels(model)
    if asked is not None:
        said = replace(said, shape=asked)
    elif said.shape is not None and len(said.shape) == 1:  # the side of a square picture, or what a layer calls so
        said = replace(said, shape=(channels, *said.shape * 2) if _takes_pictures(model) else None)
    if said.shape is not None and trial.runs(said.shape):
        return _complete(replace(said, told=said.told or "as was asked for"), trial)
    if asked is not None:
        return replace(said, shape=None, told=f"An input of {shape_text(asked)} does not run: {trial.why}")
    is_tokens = _is_of_tokens(model)
    for shape in _likely(model, channels):
        if trial.runs(shape, is_tokens=is_tokens):
            return _complete(replace(said, shape=shape, told="found by trying", is_tokens=is_tokens), trial)
    size = trial.searched(channels) if _takes_pictures(model) else None
    if size is not None:
        return _complete(replace(said, shape=(channels, size, size), told="found by trying"), trial)
    return replace(said, shape=None, told=trial.first_why or "It has no layer that tells what it takes.")


class _Stoppable(TorchFunctionMode):
    """Ends a pass between two calls once nobody wants it any more: a model may go on for ever."""

    def __init__(self, should_stop: Callable[[], bool]) -> None:
        super().__init__()
        self._should_stop = should_stop

    def __torch_function__(self, function: Any, _types: Any, given: Any = (), named: Any = None) -> Any:
        if self._should_stop():
            raise Cancelled
        return function(*given, **(named or {}))


class _Trial:
    """Runs a model on the meta device, where tensors have shapes and no numbers."""

    def __init__(self, model: nn.Module, should_stop: Callable[[], bool]) -> None:
        self._model, self._should_stop, self._stoppable = model, should_stop, _Stoppable(should_stop)
        tensors = {**dict(model.named_parameters()), **dict(model.named_buffers())}
        self._hollow = {name: tensor.detach().to("meta") for name, tensor in tensors.items()}
        self._dtype = next((each.dtype for each in tensors.values() if each.is_floating_point()), torch.float32)
        self.output: object = None
        self._text = ""
        self.why = self.first_why = ""

    def runs(self, shape: Shape, *, is_tokens: bool = False) -> bool:
        """Whether an example of `shape` goes through; if not, `why` says what the model said."""
        if self._should_stop():
            raise Cancelled
        dtype = torch.int64 if is_tokens else self._dtype
        if isinstance(self._model, torch.jit.ScriptModule):
            return self._runs_in_earnest(shape, dtype)
        try:
            with torch.no_grad(), self._stoppable:
                x = torch.zeros((1, *shape), dtype=dtype, device="meta")
                self.output = functional_call(self._model, self._hollow, (x,))
        except Cancelled:
            raise
        except Exception as error:  # somebody else's code
            self._text = str(error)
            self.why = f"{shape_text(shape)}: {brief(' '.join(str(error).split()).rstrip('.'), 160)}."
            self.first_why = self.first_why or self.why
            if not _is_of_meta(error):
                return False
            return self._runs_in_earnest(shape, dtype)
        return True

    def _runs_in_earnest(self, shape: Shape, dtype: torch.dtype) -> bool:
        """With numbers, where something in the model is of a device that it names itself."""
        try:
            with torch.no_grad(), self._stoppable:
                self.output = self._model(torch.zeros((1, *shape), dtype=dtype))
        except Cancelled:
            raise
        except Exception as error:
            self._text = str(error)
            self.why = f"{shape_text(shape)}: {brief(' '.join(str(error).split()), 160)}."
            self.first_why = self.why
            return False
        return True

    def searched(self, channels: int) -> int | None:
        """The side of the squares that fit the first layer that counts them: it says how many came and it takes."""
        smallest, largest = 1, LARGEST_SIZE
        while smallest <= largest:
            size = (smallest + largest) // 2
            if self.runs((channels, size, size)):
                return self._smallest(channels, size)
            counted = _PRODUCT.search(self._text)
            is_too_small = counted is None or int(counted[1]) < int(counted[2])
            smallest, largest = (size + 1, largest) if is_too_small else (smallest, size - 1)
        return None

    def _smallest(self, channels: int, size: int) -> int:
        """Down from a side that fits: pooling leaves out what does not fill a window."""
        while size > 1 and self.runs((channels, size - 1, size - 1)):
            size -= 1
        self.runs((channels, size, size))
        return size


def _is_of_meta(error: Exception) -> bool:
    return "meta" in str(error) or isinstance(error, NotImplementedError)


def _said(model: nn.Module, source: ModuleType | None) -> ExpectedInput:
    """What the model's library, the model itself and its file say, the first that does."""
    for library in ("pretrained_cfg", "default_cfg"):
        said = _of_mapping(getattr(model, library, None))
        if said.shape is not None:
            return replace(said, told="as its library says")
    example = getattr(model, "example_input_array", None)
    if isinstance(example, Tensor) and example.dim() > 1:
        return ExpectedInput(tuple(example.shape[1:]), "as its example says")
    names = [each for each in (vars(model), vars(source) if source is not None else {}) if each]
    said = ExpectedInput(
        shape=next((shape for each in names if (shape := _shape(each, SHAPE_NAMES))), None),
        mean=next(filter(None, (_row(each, MEAN_NAMES) for each in names)), ()),
        std=next(filter(None, (_row(each, STD_NAMES) for each in names)), ()),
        classes=next(filter(None, map(_words, names)), ()),
    )
    return replace(said, told="as its file says" if said.shape is not None else "")


def _of_mapping(given: object) -> ExpectedInput:
    given = given if isinstance(given, Mapping) else getattr(given, "__dict__", {})
    shape, mean, std = _shape(given, ("input_size",)), _row(given, MEAN_NAMES), _row(given, STD_NAMES)
    return ExpectedInput(shape, mean=mean, std=std, classes=_words(given))


def _shape(given: Mapping[str, Any], names: tuple[str, ...]) -> Shape | None:
    """Sizes of at least one axis; a batch of one before three others is none of them."""
    for name in names:
        value = given.get(name)
        sizes = (value,) if isinstance(value, int) else tuple(value) if isinstance(value, (tuple, list)) else ()
        if sizes and all(isinstance(size, int) and size > 0 for size in sizes):
            return sizes[1:] if len(sizes) == 4 and sizes[0] == 1 else sizes
    return None


def _row(given: Mapping[str, Any], names: tuple[str, ...]) -> tuple[float, ...]:
    value = next((given[name] for name in names if isinstance(given.get(name), (tuple, list))), ())
    return tuple(float(each) for each in value) if all(isinstance(each, (int, float)) for each in value) else ()


def _words(given: Mapping[str, Any]) -> tuple[str, ...]:
    value = next((given[name] for name in CLASS_NAMES if isinstance(given.get(name), (tuple, list))), ())
    return tuple(value) if all(isinstance(each, str) for each in value) else ()


def _first(model: nn.Module, kind: type[nn.Module]) -> Any:
    return next((each for each in model.modules() if isinstance(each, kind)), None)


def _channels(model: nn.Module) -> int:
    conv = _first(model, nn.Conv2d)
    return _scripted_channels(model) or 3 if conv is None else int(conv.in_channels)


def _scripted_channels(model: nn.Module) -> int:
    """Those of the first filters of a program of TorchScript, whose modules have no kinds; 0 for any other model."""
    filters = (each for each in model.parameters() if each.dim() == 4)
    is_script = isinstance(model, torch.jit.ScriptModule)
    return next((int(each.shape[1]) for each in filters), 0) if is_script else 0


def _takes_pictures(model: nn.Module) -> bool:
    return _first(model, nn.Conv2d) is not None or _scripted_channels(model) > 0


def _is_of_tokens(model: nn.Module) -> bool:
    first = next((each for each in model.modules() if isinstance(each, _TELLING)), None)
    return isinstance(first, nn.Embedding)


_TELLING = (nn.Conv2d, nn.Conv1d, nn.Conv3d, nn.Linear, nn.Embedding, nn.LSTM, nn.GRU, nn.RNN, nn.BatchNorm1d)


def _likely(model: nn.Module, channels: int) -> Iterator[Shape]:
    """What the first layer that tells it takes, and then pictures of one and of three channels."""
    first = next((each for each in model.modules() if isinstance(each, _TELLING)), None)
    if isinstance(first, nn.Linear):
        yield (first.in_features,)
        yield from ((count, side, side) for count, side in _squares(first.in_features))
    elif isinstance(first, nn.BatchNorm1d):
        yield (first.num_features,)
    elif isinstance(first, nn.Conv1d):
        yield from ((first.in_channels, length) for length in (LENGTH, 16 * LENGTH))
    elif isinstance(first, nn.Conv3d):
        yield (first.in_channels, *[VOLUME] * 3)
    elif isinstance(first, nn.Embedding):
        yield (TOKENS,)
    elif isinstance(first, (nn.LSTM, nn.GRU, nn.RNN)):
        yield (TOKENS, first.input_size)
    if _takes_pictures(model):
        yield from ((channels, side, side) for side in SIZES)
        return
    rows = next((each for each in model.parameters() if each.dim() == 2), None)
    if first is None and rows is not None:
        yield (int(rows.shape[1]),)
    yield from ((3, side, side) for side in SIZES[:3])


def _squares(features: int) -> Iterator[tuple[int, int]]:
    """Pictures that have so many numbers: of one channel, or of three."""
    for channels in (1, 3):
        side = round((features / channels) ** 0.5)
        if channels * side * side == features:
            yield channels, side


def _complete(found: ExpectedInput, trial: _Trial) -> ExpectedInput:
    """`found` with how many numbers come out; a mean, a spread or names of another amount do not belong to it."""
    output = trial.output
    logits = output.get("logits") if isinstance(output, Mapping) else getattr(output, "logits", output)
    outputs = int(logits.shape[1]) if isinstance(logits, Tensor) and logits.dim() == 2 else 0
    channels = found.shape[0] if found.shape else 0
    return replace(
        found,
        outputs=outputs,
        mean=found.mean if len(found.mean) == channels == len(found.std) else (),
        std=found.std if len(found.mean) == channels == len(found.std) else (),
        classes=found.classes if len(found.classes) == outputs else (),
    )
