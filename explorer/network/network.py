"""The network: an input shape and layers, frozen. Every change gives a new one."""

from collections import OrderedDict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING, Any, Self

from explorer.amounts import MINUS
from explorer.bounds import quoted
from explorer.network import notation
from explorer.network.layer import Layer
from explorer.network.names import INPUT, check_name, free_name, with_names
from explorer.network.problems import Analysis, Problem, analyse, errors
from explorer.network.shape import LARGEST_SIZE, MOST_CONNECTIONS, MOST_LAYERS, NetworkError, Shape

if TYPE_CHECKING:
    from torch import nn


@dataclass(frozen=True)
class Network:
    """What a person edits. It may be broken: `problems` says how, and `runnable` how far it runs."""

    input_shape: Shape
    """(C, H, W) or (features,)."""
    layers: tuple[Layer, ...] = ()

    def __post_init__(self) -> None:
        object.__setattr__(self, "input_shape", _checked_shape(self.input_shape))
        object.__setattr__(self, "layers", with_names(_checked_layers(self.layers)))
        for layer in self.layers:
            for name in layer.inputs:
                check_name(name)

    @classmethod
    def parse(cls, text: str) -> Self:
        """Reads text notation; raises NotationError with a sentence and the place."""
        return cls(*notation.parse_network(text))

    def text(self) -> str:
        """Text notation; `parse` gives the same network back."""
        return notation.network_text(self.input_shape, self.layers)

    def layers_text(self, names: Iterable[str]) -> str:
        """Some layers in text notation, for copying."""
        wanted = set(names)
        return notation.layers_text([layer for layer in self.layers if layer.name in wanted])

    @cached_property
    def names(self) -> tuple[str, ...]:
        """The layers' names in order."""
        return tuple(layer.name for layer in self.layers)

    def index(self, name: str) -> int:
        """The place of a layer; raises NetworkError for an unknown name."""
        for index, layer in enumerate(self.layers):
            if layer.name == name:
                return index
        raise NetworkError(f"There is no layer called {quoted(name)}.")

    def layer(self, name: str) -> Layer:
        """A layer by name; raises NetworkError for an unknown one."""
        return self.layers[self.index(name)]

    @cached_property
    def _analysis(self) -> Analysis:
        return analyse(self)

    def shapes(self) -> tuple[Shape | None, ...]:
        """The shape after each layer; None where it cannot be worked out."""
        return self._analysis.shapes

    def problems(self) -> tuple[Problem, ...]:
        """Faults and remarks, in the order of the layers."""
        return self._analysis.problems

    def runnable(self) -> int:
        """How many layers can run: all before the first error."""
        return self._analysis.runnable

    def inputs(self, name: str) -> tuple[str, ...]:
        """Names of what a layer takes; "input" is the network's input."""
        return self._analysis.inputs[self.index(name)]

    def input_shapes(self, name: str) -> tuple[Shape | None, ...]:
        """The shapes that arrive at a layer."""
        return self._analysis.input_shapes[self.index(name)]

    def parameter_counts(self) -> tuple[int, ...]:
        """Learned weights of each layer; 0 where unknown."""
        return tuple(layer.parameter_count(*shapes) if shapes else 0 for layer, shapes in self._worked_out())

    def multiply_adds(self) -> tuple[int, ...]:
        """Multiply-adds of each layer for one picture; 0 where unknown."""
        return tuple(layer.multiply_adds(*shapes) if shapes else 0 for layer, shapes in self._worked_out())

    def _worked_out(self) -> list[tuple[Layer, tuple[Shape, ...]]]:
        """Each layer with the shapes that arrive; without any where its output has no shape."""
        analysis = self._analysis
        rows = zip(self.layers, analysis.shapes, analysis.input_shapes, strict=True)
        return [
            (layer, tuple(shape for shape in arriving if shape is not None) if output is not None else ())
            for layer, output, arriving in rows
        ]

    # Editing

    def with_layers(self, layers: Iterable[Layer]) -> Self:
        """The same input with other layers."""
        return replace(self, layers=tuple(layers))

    def with_layers_at(self, index: int, layers: Iterable[Layer]) -> Self:
        """The layer at `index` replaced by any number of layers."""
        return self.with_layers((*self.layers[:index], *layers, *self.layers[index + 1 :]))

    def with_input_shape(self, input_shape: Shape) -> Self:
        """The same layers on another input."""
        return replace(self, input_shape=input_shape)

    def insert(self, index: int, layer: Layer) -> Self:
        """A layer put in before the one at `index`; an unnamed one gets an automatic name."""
        if layer.name in self.names:
            raise NetworkError(f"There is already a layer called {layer.name!r}.")
        index = self.place(index)
        return self.with_layers((*self.layers[:index], layer, *self.layers[index:]))

    def place(self, index: int) -> int:
        """The place nearest to `index` at which a layer can be put in: 0 is before the first."""
        return max(0, min(index, len(self.layers)))

    def remove(self, name: str) -> Self:
        """The network without a layer. Layers that took it by name are left with a problem."""
        return self.with_layers_at(self.index(name), ())

    def replace(self, name: str, layer: Layer) -> Self:
        """Another layer in the place of one; an unnamed one keeps the name, and references follow a new name."""
        index = self.index(name)
        changed = self.with_layers_at(index, (replace(layer, name=name),))
        return changed.rename(name, layer.name) if layer.name and layer.name != name else changed

    def rename(self, name: str, new: str) -> Self:
        """A layer under another name; references follow."""
        index = self.index(name)
        check_name(new)
        if new == INPUT:
            raise NetworkError(f"{INPUT!r} is the name of the network's input.")
        if new != name and new in self.names:
            raise NetworkError(f"There is already a layer called {new!r}.")
        return self.with_layers_at(index, (replace(self.layers[index], name=new),)).taking({name: new})

    def taking(self, new_names: Mapping[str, str]) -> Self:
        """The same layers, still taking from those layers that now have new names; "input" is the network's, always."""
        new_names = {old: new for old, new in new_names.items() if old != INPUT}
        return self.with_layers(replace(layer, inputs=_renamed(layer.inputs, new_names)) for layer in self.layers)

    def move(self, name: str, index: int) -> Self:
        """A layer taken out and put back so that it stands at `index`."""
        layer = self.layer(name)
        others = [other for other in self.layers if other is not layer]
        index = max(0, min(index, len(others)))
        return self.with_layers((*others[:index], layer, *others[index:]))

    def duplicate(self, name: str) -> Self:
        """A copy of a layer behind it, with an automatic name."""
        index = self.index(name)
        layer = self.layers[index]
        return self.with_layers_at(index, (layer, replace(layer, name="")))

    def paste(self, text: str, index: int) -> Self:
        """Layers in text notation, without an input shape, put in at `index`; taken names are replaced."""
        pasted = with_names(notation.parse_layers(text))
        taken = set(self.names) | {layer.name for layer in pasted}
        new_names: dict[str, str] = {}
        for layer in pasted:
            if layer.name in self.names:
                new_names[layer.name] = free_name(layer.stem, taken)
                taken.add(new_names[layer.name])
        renamed = [
            replace(layer, name=new_names.get(layer.name, layer.name), inputs=_renamed(layer.inputs, new_names))
            for layer in pasted
        ]
        index = self.place(index)
        return self.with_layers((*self.layers[:index], *renamed, *self.layers[index:]))

    def prefix(self, count: int) -> Self:
        """The first `count` layers."""
        return self.with_layers(self.layers[:count])

    # PyTorch

    def build(self, seed: int = 0) -> "nn.Module":
        """The model, its submodules named as the layers; raises NetworkError where a problem is an error.

        The same seed gives the same weights; the global random state is left as it was.
        """
        import torch

        from explorer.network.modules import assemble

        self.require_runnable()
        before = torch.get_rng_state()
        # torch.manual_seed would seed the accelerators too; weights are drawn on the CPU.
        torch.default_generator.manual_seed(seed)
        try:
            modules = OrderedDict((layer.name, layer.build(*shapes)) for layer, shapes in self._worked_out())
        finally:
            torch.set_rng_state(before)
        return assemble(modules, dict(zip(self.names, self._analysis.inputs, strict=True)))

    def require_runnable(self) -> None:
        """Raises NetworkError with the first error, if there is one."""
        problem = next(errors(self.problems()), None)
        if problem is not None:
            raise NetworkError(f"{problem.layer}: {problem.message}")

    def source(self) -> str:
        """PyTorch source that runs by itself and leaves the model in `model`."""
        from explorer.network.source import network_source

        self.require_runnable()
        return network_source(self)

    @classmethod
    def from_module(cls, module: Any, input_shape: Shape) -> Self:
        """The network of an nn.Sequential; raises NetworkError for a module without a counterpart."""
        from explorer.network.from_module import sequential_layers

        return cls(input_shape, sequential_layers(module, _checked_shape(input_shape)))


def _checked_shape(shape: Shape) -> Shape:
    sizes = tuple(shape)
    whole = all(type(size) is int and 1 <= size <= LARGEST_SIZE for size in sizes)
    if len(sizes) not in (1, 3) or not whole:
        written = "×".join(str(size) for size in sizes).replace("-", MINUS)
        raise NetworkError(
            f"An input is channels × height × width or a number of features, each at least 1, not {written or 'empty'}."
        )
    return sizes


def _checked_layers(layers: Iterable[Layer]) -> tuple[Layer, ...]:
    checked = tuple(layers)
    if len(checked) > MOST_LAYERS:
        raise NetworkError(f"A network has up to {MOST_LAYERS:,} layers, not {len(checked):,}; more are not shown.")
    connections = sum(len(layer.inputs) for layer in checked)
    if connections > MOST_CONNECTIONS:
        raise NetworkError(f"Its layers name {connections:,} inputs; at most {MOST_CONNECTIONS:,} are shown.")
    return checked


def _renamed(names: tuple[str, ...], new_names: Mapping[str, str]) -> tuple[str, ...]:
    return tuple(new_names.get(name, name) for name in names)
