"""Layers that take more than one input: the ends of skip connections."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from explorer.network.layer import Layer, Repair, ShapeError
from explorer.network.shape import Shape, is_map, shape_text

if TYPE_CHECKING:
    from torch import nn


class _Merge(Layer):
    """A layer of two inputs or more."""

    @property
    def is_module(self) -> bool:
        return False


@dataclass(frozen=True)
class Add(_Merge):
    """The sum, cell by cell."""

    kind = "Add"
    word = "add"
    stem = "add"
    family = "merge"
    summary = "Adds two or more activations cell by cell; an axis of size 1 is broadcast."
    least_inputs = 2
    most_inputs = None

    def output_shape(self, *shapes: Shape) -> Shape:
        sizes = [set(axis) - {1} for axis in zip(*shapes, strict=False)]
        if len({len(shape) for shape in shapes}) > 1 or any(len(axis) > 1 for axis in sizes):
            listed = " and ".join(shape_text(shape) for shape in shapes)
            raise ShapeError(
                f"Add needs inputs of one shape, or of size 1 along an axis, but {listed} arrive.", self._concat(shapes)
            )
        return tuple(max(axis) for axis in zip(*shapes, strict=True))

    def build(self, *shapes: Shape) -> "nn.Module":
        from explorer.network.modules import merge_modules

        module: nn.Module = merge_modules().add()
        return module

    def expression(self, *names: str) -> str:
        return " + ".join(names)

    def _concat(self, shapes: tuple[Shape, ...]) -> Repair | None:
        replacement = Concat(name=self.name, inputs=self.inputs)
        try:
            replacement.output_shape(*shapes)
        except ShapeError:
            return None
        return Repair("Use Concat instead", (replacement,))


@dataclass(frozen=True)
class Concat(_Merge):
    """All channels (or features), one input after the other."""

    kind = "Concat"
    word = "concat"
    stem = "concat"
    family = "merge"
    summary = "Puts the channels of two or more activations one after the other."
    least_inputs = 2
    most_inputs = None

    def output_shape(self, *shapes: Shape) -> Shape:
        if len({shape[1:] for shape in shapes}) > 1:
            listed = " and ".join(shape_text(shape) for shape in shapes)
            what = "maps of one height and width" if all(is_map(shape) for shape in shapes) else "inputs of one kind"
            raise ShapeError(f"Concat needs {what}, but {listed} arrive.")
        return sum(shape[0] for shape in shapes), *shapes[0][1:]

    def size_formula(self, *shapes: Shape) -> str:
        total = sum(shape[0] for shape in shapes)
        return f"{' + '.join(str(shape[0]) for shape in shapes)} = {total:,}"

    def build(self, *shapes: Shape) -> "nn.Module":
        from explorer.network.modules import merge_modules

        module: nn.Module = merge_modules().concat()
        return module

    def expression(self, *names: str) -> str:
        return f"torch.cat(({', '.join(names)}), dim=1)"
