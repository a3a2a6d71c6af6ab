"""The model that the window looks at: built from the network as it is edited, keeping the weights that still fit."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Literal

import numpy as np
import torch
from torch import Tensor, nn

from explorer.engine.arrays import array
from explorer.engine.errors import EngineError, LoadError, requested_memory
from explorer.engine.model import device
from explorer.engine.model.load import build, fill, network_path, read_weights, save, weights_path
from explorer.engine.model.weight_bank import BANK_BYTES, WeightBank, of_layer
from explorer.engine.model.weights import State
from explorer.engine.recording.allocator import reuse_freed_memory
from explorer.engine.recording.call import Call
from explorer.engine.recording.feed import Feed
from explorer.engine.recording.frozen import freeze
from explorer.engine.recording.owned import owned_tensors
from explorer.engine.recording.recorder import DEFAULT_BUDGET_BYTES, record
from explorer.engine.recording.recording import Recording
from explorer.network import Network
from explorer.network.files import NetworkFile, read_network
from explorer.writing import FileError

if TYPE_CHECKING:
    from explorer.engine.explaining.breakpoints import Breakpoint
    from explorer.engine.training.stepper import LearningBatch, RecordedStep, Stepper

Parameters = tuple[np.ndarray | None, np.ndarray | None]
TensorStates = tuple[tuple[Tensor, int] | None, ...]
"""Tensors, each with how often it was written into."""


class Workbench:
    """Owns the model. Used by one thread only, the worker's."""

    def __init__(self, *, bank_bytes: int = BANK_BYTES) -> None:
        device.leave_a_core_to_the_window()
        reuse_freed_memory()
        self._bank = WeightBank(bank_bytes)
        self._model: nn.Module | None = None
        self._network: Network | None = None
        self._layer_ids: tuple[int, ...] = ()
        self._device_name = device.available()[0]
        self.fed: Feed | None = None  # what a person's own model was fed last, where it was
        self._training = False
        self._own_stepper: Stepper | None = None
        self._parameters: dict[str, tuple[TensorStates, Parameters]] = {}

    @property
    def model(self) -> nn.Module | None:
        """The model that `record` runs."""
        return self._model

    @property
    def device_name(self) -> str:
        return self._device_name

    def available_devices(self) -> tuple[str, ...]:
        return device.available()

    def set_device(self, name: str) -> None:
        """Moves the model; raises EngineError for a name that is not among the available devices."""
        device.device_called(name)
        if name != self._device_name:
            self._device_name = name
            self._move()

    def set_mode(self, mode: Literal["eval", "train"] | str) -> None:
        self._training = mode == "train"

    # The model

    def show(self, network: Network, layer_ids: tuple[int, ...]) -> None:
        """Builds what runs of the network. A layer keeps its weights if its id and its weights' shapes are the same.

        Raises EngineError if the memory does not suffice; what was shown before is then still there.
        """
        if self._network == network and self._layer_ids == layer_ids:
            return
        model = build(network)
        self._deposit()
        self._bank.fill(model, network.names, layer_ids)
        self._hold(model, network, layer_ids)
        self._bank.give_up(layer_ids)

    def take_notes(self) -> str:
        """What is to be told of weights that are no longer kept, once; "" where there is nothing."""
        return self._bank.take_notes()

    @property
    def missed(self) -> tuple[str, ...]:
        """The layers that have fresh weights since the last change, as theirs were no longer kept."""
        return self._bank.missed

    def take_anew(self) -> tuple[str, ...]:
        """The layers that start from fresh weights since the last change, as their own had other shapes; told once."""
        return self._bank.take_anew()

    def adopt(self, model: nn.Module) -> None:
        """Takes a person's own model, as it is and where it is. Raises EngineError for a model without numbers."""
        if any(tensor.is_meta for tensor in (*model.parameters(), *model.buffers())):
            raise EngineError("This model is on the meta device, where weights have shapes but no numbers: load them.")
        if self._model is not model:
            self._deposit()
            self._hold(model, None, ())

    def load(self, loaded: tuple[Network, State], layer_ids: tuple[int, ...]) -> None:
        """Takes the weights that `read_saved` gave for the layers with these ids, in the order of the file's network.

        They are in the model once the network is shown. Raises LoadError if the file is by now of another network.
        """
        network, state = loaded
        if len(layer_ids) != len(network.names):
            raise LoadError("The file was changed after it was opened: open it again.")
        self._deposit()
        self._bank.put(state, network.names, layer_ids)
        self._model, self._network, self._layer_ids = None, None, ()

    def load_weights(self, read: State, network: Network, layer_ids: tuple[int, ...], *, source: str) -> None:
        """Takes weights that `read_weights` gave of the file `source` for the layers of `network`, under these ids.

        They are in the model once the network is shown with these ids. Raises LoadError if they do not fit.
        """
        model = build(network)
        state = fill(model, network, read, source=source) | model.state_dict()
        self._bank.put(state, network.names, layer_ids)

    def to_save(self, file: NetworkFile) -> Callable[[Path], str]:
        """What writes the shown network with its present weights to a path, those of layers that cannot run too.

        Any thread may call it, while the model goes on to learn. It answers as `save` does.
        """
        state = {name: value.clone() for name, value in self._state().items()}
        return lambda path: save(path, file, state)

    def copied_weights(self) -> dict[str, np.ndarray]:
        """The weights that `save` would write, as they are now: the model may go on to learn."""
        return {name: array(value.clone()) for name, value in self._state().items()}  # numpy's copy stops the window

    def take_weights(self, weights: Mapping[str, np.ndarray], network: Network, layer_ids: tuple[int, ...]) -> None:
        """Takes weights, by their names in `network`, for its layers under these ids, to be shown next."""
        state = {name: torch.from_numpy(np.require(values, requirements="W")) for name, values in weights.items()}
        self._bank.put(state, network.names, layer_ids)

    def hold_back(self, layer_ids: tuple[int, ...]) -> None:
        """Keeps the weights of these layers, beyond the limit too, until others are held back."""
        self._bank.hold_back(layer_ids)

    def has_weights(self, path: Path) -> bool:
        """Whether a file of weights belongs to the network that was saved at `path`, whatever it holds."""
        try:
            weights = weights_path(path, read_network(path))
        except FileError:
            return False
        return weights is not None and weights.exists()

    def _hold(self, model: nn.Module, network: Network | None, layer_ids: tuple[int, ...]) -> None:
        self._model, self._network, self._layer_ids, self.fed = model, network, layer_ids, None
        self._parameters.clear()
        if network is not None:
            model.eval()
            self._move()

    def _move(self) -> None:
        if self._model is None or self._network is None:
            return
        try:
            self._model.to(device.device_called(self._device_name))
        except RuntimeError as error:
            if requested_memory(error) is None:
                raise
            raise EngineError(f"{self._device_name} has not enough memory for this network.") from error

    def _deposit(self, *, as_copies: bool = False) -> None:
        """Puts the weights of the layers in the model into the bank; copies only if the model goes on to be used."""
        if self._model is not None and self._network is not None:
            self._bank.deposit(self._model, self._layer_ids, as_copies=as_copies)

    def _state(self) -> State:
        if self._model is None or self._network is None:
            return {}
        state = dict(self._model.state_dict())
        waiting = list(zip(self._layer_ids, self._network.names, strict=True))[self._network.runnable() :]
        for layer_id, name in waiting:
            state |= {f"{name}.{key}": value for key, value in self._bank.latest(layer_id).items()}
        return state

    # What is read from it

    def record(
        self, fed: np.ndarray | Feed, should_stop: Callable[[], bool] | None = None, *, looked_at: int = 0
    ) -> Recording:
        """Records the model on one example, (C, H, W) or (features,), or on whatever a program feeds it.

        Of several inputs the one that is `looked_at` is called so. Raises Cancelled; EngineError without a model.
        """
        if self._model is None:
            raise EngineError("There is no network to run yet.")
        try:
            self.fed = fed.on(self._where()) if isinstance(fed, Feed) else None
            x = torch.from_numpy(np.array(fed[None])).to(self._where()) if isinstance(fed, np.ndarray) else None
        except RuntimeError as error:
            raise EngineError(f"{self._device_name} has not enough memory for the input.") from error
        with torch.no_grad():
            return record(
                self._model,
                x if self.fed is None else self.fed.given,
                train=self._training,
                should_stop=should_stop,
                budget_bytes=DEFAULT_BUDGET_BYTES,
                input_names=() if self.fed is None else self.fed.input_names(looked_at),
            )

    def freeze(self, recording: Recording) -> None:
        """Let a recording of the shown model keep the present weights, which are about to change where they lie."""
        model = self._shown_model()
        freeze(recording, (*model.parameters(), *model.buffers()))

    def _where(self) -> torch.device:
        assert self._model is not None
        weight = next(self._model.parameters(), None)
        if weight is not None:
            return weight.device
        return device.device_called(self._device_name) if self._network is not None else torch.device("cpu")

    @property
    def _stepper(self) -> Stepper:
        """Made, and its arithmetic imported, when the first training step is wanted: the first maps do not wait."""
        if self._own_stepper is None:
            from explorer.engine.training.stepper import Stepper

            self._own_stepper = Stepper()
        return self._own_stepper

    def record_step(self, batch: LearningBatch, should_stop: Callable[[], bool] | None = None) -> RecordedStep:
        """A whole training step on record, taken on a copy: the model stays as it is. Raises EngineError, Cancelled."""
        return self._stepper.record(
            self._shown_model(),
            self._layer_ids,
            batch,
            training=self._training,
            should_stop=should_stop,
        )

    def run_until(
        self, batch: LearningBatch, breakpoints: tuple[Breakpoint, ...], *, limit: int
    ) -> Iterator[RecordedStep]:
        """Training steps on a copy until one of the breakpoints stops them; see `Stepper.run_until`."""
        return self._stepper.run_until(
            self._shown_model(), self._layer_ids, batch, breakpoints, training=self._training, limit=limit
        )

    def record_gradients(self, batch: LearningBatch) -> RecordedStep:
        """Forward, loss and backward of the model as it is, on record; nothing is changed."""
        from explorer.engine.training.stepper import record_gradients

        return record_gradients(self._shown_model(), batch, training=self._training)

    def begin_training(self, layer_ids: tuple[int, ...]) -> nn.Module:
        """The model, to be trained in place: its layers go under new ids, and the old ids keep the present weights.

        Raises EngineError for a model that is not made from a network, or that cannot run to its end.
        """
        model = self._shown_model()
        if self._network is None:
            raise EngineError("The weights of a model opened from a program are its own: train it in that program.")
        if self._network.runnable() < len(self._network.layers):
            raise EngineError("This network cannot run to its end: repair the layer that is marked first.")
        self._deposit(as_copies=True)
        self._layer_ids = layer_ids
        self._bank.give_up(layer_ids)
        return model

    def keep_trained(self, model: nn.Module, layer_ids: tuple[int, ...]) -> None:
        """Keep what a model learned beside the shown one, for layers of these ids; where that is much, older go."""
        self._bank.keep(model, layer_ids)
        self._bank.give_up(self._layer_ids)

    @contextmanager
    def other_weights(self, state: Mapping[str, Tensor]) -> Iterator[None]:
        """Inside, the model has the weights of `state`; outside its own again, bit for bit."""
        model = self._shown_model()
        own = {name: value.clone() for name, value in model.state_dict().items()}
        model.load_state_dict(dict(state))
        try:
            yield
        finally:
            model.load_state_dict(own)

    def keep_step(self, layer_ids: tuple[int, ...]) -> None:
        """Keeps the weights that the last recorded step led to, for the shown network's layers under new ids."""
        self._keep(self._stepper.keep_step(layer_ids), layer_ids)

    def keep_before(self, layer_ids: tuple[int, ...]) -> None:
        """Keeps the weights that the last step of `run_until` began with, under new ids."""
        self._keep(self._stepper.keep_before(layer_ids), layer_ids)

    def keep_gradients(self, layer_ids: tuple[int, ...], gradients: Mapping[str, np.ndarray]) -> None:
        """Gradients of training steps before, by parameter, for the layers of these ids."""
        self._stepper.keep_gradients(layer_ids, gradients)

    def type_over(
        self,
        name: str,
        values: np.ndarray,
        *,
        start: tuple[int, ...],
        network: Network,
        ids_before: tuple[int, ...],
        ids: tuple[int, ...],
    ) -> None:
        """A block of the parameter or buffer `name` ("linear1.weight") of `network` typed over, from cell `start` on.

        `values` has as many axes as the parameter. The layer's other weights are those kept under `ids_before`; they
        are in the model once the network is shown with `ids`. Raises EngineError where there are no such cells, and
        the weights are then the same under both.
        """
        layer, _, parameter = name.rpartition(".")
        at = network.index(layer)
        state = {key: value.clone() for key, value in self._weights_of(network, layer, ids_before[at]).items()}
        is_written = _write_block(state.get(parameter), values, start)
        self._bank.put({f"{layer}.{key}": value for key, value in state.items()}, (layer,), (ids[at],))
        if self._own_stepper is not None:
            self._own_stepper.rename(ids_before, ids)
        if not is_written:
            raise EngineError(f"{name} has no cell {start}.")

    def _weights_of(self, network: Network, layer: str, layer_id: int) -> State:
        """The weights of a layer wherever they are; those that it is built with where there are none yet."""
        if self._network is not None and layer_id in self._layer_ids[: self._network.runnable()]:
            return of_layer(self._state(), self._network.names[self._layer_ids.index(layer_id)])
        return self._bank.latest(layer_id) or of_layer(build(network).state_dict(), layer)

    def _keep(self, state: Mapping[str, Tensor], layer_ids: tuple[int, ...]) -> None:
        if self._network is None:
            raise EngineError("The weights of a model opened from a program are its own: train it in that program.")
        self._bank.put(state, self._network.names, layer_ids)

    def _shown_model(self) -> nn.Module:
        if self._model is None:
            raise EngineError("There is no network to run yet.")
        return self._model

    def parameters(self, name: str) -> Parameters:
        """Weight and bias of a layer of the shown network, float32; None for what it does not have."""
        module = None if self._model is None else getattr(self._model, name, None)
        return self._as_arrays(name, getattr(module, "weight", None), getattr(module, "bias", None))

    def parameters_of(self, call: Call) -> Parameters:
        """Weight and bias that a call was given, float32; None for what it was not given.

        A person's module is not asked for them: asking may change one that works its weight out, as spectral norm does.
        """
        named = call.arguments
        return self._as_arrays(call.name, named.get("weight"), named.get("bias"))

    def learned_of(self, call: Call) -> tuple[tuple[str, np.ndarray], ...]:
        """All weights and buffers of modules that a call was given, float32, by their dotted names."""
        owned = owned_tensors(call).items()
        arrays = ((owner, self._as_arrays(f"{call.name}/{owner}", tensor, None)[0]) for owner, tensor in owned)
        return tuple((owner, values) for owner, values in arrays if values is not None)

    def _as_arrays(self, name: str, *tensors: object) -> Parameters:
        """Copied once for each state of the tensors: a run looks at the same ones again and again."""
        state = tuple((tensor, tensor._version) if isinstance(tensor, Tensor) else None for tensor in tensors)
        cached = self._parameters.get(name)
        if cached is None or not _is_same_state(cached[0], state):
            cached = self._parameters[name] = (state, (_as_array(tensors[0]), _as_array(tensors[1])))
        return cached[1]


def _write_block(tensor: Tensor | None, values: np.ndarray, start: tuple[int, ...]) -> bool:
    """Write `values` into `tensor` from `start` on; whether it has these cells."""
    if tensor is None or not tensor.ndim == values.ndim == len(start):
        return False
    ends = [first + size for first, size in zip(start, values.shape, strict=True)]
    if any(first < 0 or end > size for first, end, size in zip(start, ends, tensor.shape, strict=True)):
        return False
    block = tuple(slice(first, end) for first, end in zip(start, ends, strict=True))
    tensor[block] = torch.tensor(values).to(tensor)
    return True


def read_saved(path: Path) -> tuple[Network, State]:
    """A network file's network and weights, checked to fit each other. Raises EngineError."""
    path = network_path(path)
    try:
        file = read_network(path)
    except FileError as error:
        raise EngineError(str(error)) from error
    source = weights_path(path, file)
    if source is None:
        return file.network, {}
    model = build(file.network)
    given = fill(model, file.network, read_weights(source), source=source.name)
    return file.network, given | model.state_dict()


def _is_same_state(old: TensorStates, new: TensorStates) -> bool:
    pairs = zip(old, new, strict=True)
    return all(a is b or (a is not None and b is not None and a[0] is b[0] and a[1] == b[1]) for a, b in pairs)


def _as_array(tensor: object) -> np.ndarray | None:
    if not isinstance(tensor, Tensor):
        return None
    values = array(tensor).astype(np.float32)
    values.flags.writeable = False
    return values
