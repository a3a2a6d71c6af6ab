"""A scene as it stands on the stage: the network, the model and the recording of its pass, each made when asked for."""

from __future__ import annotations

from copy import deepcopy
from dataclasses import replace
from functools import cached_property, lru_cache
from typing import Any

import numpy as np

from explorer.amounts import count, plural
from explorer.bounds import quoted
from explorer.data import SAMPLES, Picture, PictureError, fit_picture, read_sample
from explorer.data.turning import turned
from explorer.engine.errors import EngineError, shape_text
from explorer.engine.model.load import Loaded, build, bundled, load
from explorer.engine.recording.recording import Recording
from explorer.engine.training.hyperparameters import Hyperparameters, from_settings
from explorer.engine.training.pass_by_hand import (
    Model,
    PassByHand,
    PassesMade,
    buffers_after,
    freeze,
    make_passes,
    numbers_of,
    set_numbers,
    take_over,
)
from explorer.lessons.readings.expressions import ReadingError
from explorer.lessons.script import Scene
from explorer.network import Network, NetworkError
from explorer.orientation import TURNS

MOST_MULTIPLY_ADDS = 2 * 10**10
"""Of all passes of a scene together: some seconds. More is not made without being asked."""


class Stage:
    """A scene that can be asked. Whatever of it cannot be set up raises ReadingError with a sentence."""

    def __init__(self, scene: Scene) -> None:
        self.scene = scene

    @cached_property
    def loaded(self) -> Loaded | None:
        """The bundled network that the scene names; None where it is text notation."""
        if self.scene.network not in bundled():
            return None
        return _loaded(self.scene.network)

    @cached_property
    def network(self) -> Network:
        """What the scene says, with what was changed in it since."""
        return _frozen(self._written, self.scene.freeze)

    @property
    def _written(self) -> Network:
        if self.scene.changed is not None:
            return self.scene.changed
        if self.loaded is not None:
            return self.loaded.network
        try:
            return Network.parse(self.scene.network)
        except NetworkError as error:
            known = f"; or the name of one that comes along: {', '.join(bundled())}"
            raise ReadingError(f"{str(error).rstrip('.')}{known if self.scene.network.isalpha() else ''}") from error

    @cached_property
    def model(self) -> Model:
        """The model with the scene's weights, as it is before the pass."""
        try:
            model = self._built()
            set_numbers(model, self._weights_that_run(model))
            freeze(model, self.scene.freeze)
        except EngineError as error:
            raise ReadingError(str(error)) from error
        return model

    def _built(self) -> Model:
        if self.loaded is not None and self.scene.changed is None:
            return deepcopy(self.loaded.model)
        if not self.network.runnable():
            raise ReadingError(self.why_not(self.network.names[0] if self.network.names else ""))
        if self.scene.seed and self.network.runnable() == len(self.network.names):
            model = self.network.build(seed=self.scene.seed)
        else:
            model = build(self.network)
        if self.loaded is not None:
            take_over(model, self.loaded.model)
        return model.eval()

    def _weights_that_run(self, model: Model) -> dict[str, Any]:
        """The scene's numbers for what can run; where a layer was changed since, those that still fit."""
        waiting = self.network.names[self.network.runnable() :]
        weights = {name: values for name, values in self.scene.weights.items() if name.split(".")[0] not in waiting}
        if self.scene.changed is None:
            return weights
        sizes = {name: numbers.size for name, numbers in numbers_of(model).items()}
        return {name: values for name, values in weights.items() if np.size(values) in (1, sizes.get(name))}

    def why_not(self, layer: str) -> str:
        """Why a layer cannot run, in the words of the first problem that keeps it from it."""
        first = next((each for each in self.network.problems() if each.severity == "error"), None)
        return f"{layer} cannot run" if first is None else f"{layer or 'it'} cannot run. {first.layer}: {first.message}"

    @cached_property
    def input(self) -> np.ndarray:
        """What goes in, (N, …)."""
        shape = self.network.input_shape
        if self.scene.input is not None:
            return self._typed(shape)
        if self.picture is not None:
            return self._shown(self.picture, shape)
        numbers: np.ndarray = np.random.default_rng(0).random((1, *shape), dtype=np.float32)
        return numbers

    def _typed(self, shape: tuple[int, ...]) -> np.ndarray:
        given = np.asarray(self.scene.input, dtype=np.float32)
        sizes = given.shape if given.ndim > 1 and len(shape) > 1 else (given.size,)
        fits = given.size % int(np.prod(shape)) == 0 and sizes[-min(len(sizes), 2) :] == shape[-min(len(sizes), 2) :]
        if not given.size or not (fits or (len(shape) == 1 and given.size % shape[0] == 0)):
            raise ReadingError(f"the input is {_words(given.shape)}, but the network takes {_words(shape)}")
        return given.reshape(-1, *shape)

    @cached_property
    def picture(self) -> Picture | None:
        """The sample, turned as the scene says; None where numbers go in."""
        if not self.scene.sample or self.scene.input is not None:
            return None
        try:
            picture = read_sample(self.scene.sample)
        except KeyError:
            there = ", ".join(each.name for each in SAMPLES)
            raise ReadingError(f"there is no sample {quoted(self.scene.sample)}; there are {there}") from None
        except PictureError as error:
            raise ReadingError(str(error)) from error
        if not self.scene.turned:
            return picture
        if self.scene.turned not in TURNS:
            raise ReadingError(f"there are the turns {', '.join(TURNS)}, not {quoted(self.scene.turned)}")
        return turned(picture, TURNS[self.scene.turned])

    def _shown(self, picture: Picture, shape: tuple[int, ...]) -> np.ndarray:
        if len(shape) != 3:
            raise ReadingError("a network of plain numbers takes no picture: give it an input")
        rule = {} if self.loaded is None else {"mean": self.loaded.mean, "std": self.loaded.std}
        fitted = fit_picture(picture, shape, mode="crop" if self.loaded is None else self.loaded.fit, **rule)
        return fitted.values[None]

    @cached_property
    def passes(self) -> PassesMade:
        """The pass, or the passes one after the other."""
        self._check_work()
        return self._made(self._given)

    @cached_property
    def forward(self) -> Recording:
        """The last pass for what is read forwards: there is one too where nothing of the target fits what comes out."""
        try:
            return self.passes.last
        except ReadingError:
            if not self._given.loss:
                raise
        return self._made(replace(self._given, loss="", steps=1, input_gradient=False)).last

    def _made(self, given: PassByHand) -> PassesMade:
        try:
            return make_passes(self.model, given)
        except EngineError as error:
            raise ReadingError(str(error)) from error

    @cached_property
    def buffers_after(self) -> dict[str, np.ndarray]:
        """What as many passes as the scene has steps leave in the buffers."""
        self._check_work()
        model, given = self.model, self._given
        return buffers_after(model, replace(given, steps=self.scene.steps))

    @property
    def _given(self) -> PassByHand:
        scene, before = self.scene, self.before
        goes_back = scene.loss and (scene.target is not None or not scene.data)  # else the loss is that of a run
        return PassByHand(
            self.input,
            loss=scene.loss if goes_back else "",
            target=scene.target,
            learning=self.learning,
            steps=max(scene.steps, scene.kept) if goes_back else 1,
            is_training=scene.mode == "train",
            input_gradient=bool(goes_back) and (scene.input_gradient or not _learns(before)),
            seed=scene.seed,
        )

    def _check_work(self) -> None:
        scene = self.scene
        if scene.kept > 1 and scene.learning:
            raise ReadingError("gradients are kept in passes without an optimizer: leave out the one or the other")
        work = sum(self.network.multiply_adds()) * max(scene.steps, scene.kept) * len(self.input)
        if work > MOST_MULTIPLY_ADDS:
            raise ReadingError(
                f"its passes would take {count(work)} multiplications; a lesson makes up to {count(MOST_MULTIPLY_ADDS)}"
            )

    @cached_property
    def learning(self) -> Hyperparameters | None:
        """How the weights change; None where they do not."""
        if not self.scene.learning:
            return None
        try:
            return from_settings(self.scene.learning)
        except ValueError as error:
            raise ReadingError(str(error)) from error

    @cached_property
    def before(self) -> dict[str, np.ndarray]:
        """All parameters and buffers as the scene sets them."""
        return numbers_of(self.model)

    @property
    def recording(self) -> Recording:
        """The last pass, with its way back where there is a loss."""
        return self.passes.last

    @property
    def classes(self) -> tuple[str, ...]:
        """The names of the outputs, where they have any."""
        return self.scene.classes or (() if self.loaded is None else self.loaded.classes)


@lru_cache(maxsize=4)
def _loaded(name: str) -> Loaded:
    """A bundled network, read once: every step of a lesson, and every change of one, stages it anew."""
    try:
        return load(name)
    except EngineError as error:
        raise ReadingError(str(error)) from error


def _frozen(network: Network, layers: tuple[str, ...]) -> Network:
    """The network with the weights of these layers frozen, where they have any."""
    for layer in network.layers:
        if layer.name in layers and "frozen" in layer.defaults():
            network = network.replace(layer.name, layer.with_settings(frozen=True))
    return network


def _learns(numbers: dict[str, np.ndarray]) -> bool:
    return any(name.endswith((".weight", ".bias")) for name in numbers)


def _words(shape: tuple[int, ...]) -> str:
    return plural(shape[0], "number") if len(shape) == 1 else shape_text(shape)
