"""The fully connected layer."""

from dataclasses import dataclass

from explorer.network.layer import Arguments, Layer, Repair, ShapeError
from explorer.network.layers.reshape import Flatten
from explorer.network.setting import frozen_setting, setting
from explorer.network.shape import Shape, cells, is_map, shape_text


@dataclass(frozen=True)
class Linear(Layer):
    """Each output is a weighted sum of all inputs."""

    kind = "Linear"
    word = "linear"
    stem = "linear"
    family = "linear"
    summary = "Every output neuron adds up all inputs, each with its own weight."
    arriving = "in_features"

    out_features: int = setting(10, "int", label="Neurons", help="How many numbers leave.", minimum=1, required=True)
    bias: bool = setting(True, "bool", label="Bias", help="Adds one learned number to each output.")
    in_features: int | None = setting(
        None, "optional int", label="Input features", help="None: as many as arrive.", minimum=1, seldom=True
    )
    frozen: bool = frozen_setting()

    def output_shape(self, *shapes: Shape) -> Shape:
        shape = shapes[0]
        if is_map(shape):
            raise ShapeError(
                f"Linear needs a row of numbers, but a map of {shape_text(shape)} arrives. PyTorch would act on its "
                f"last axis of {shape[-1]} alone, row by row.",
                self._flatten_before(shape),
            )
        if self.in_features is not None and self.in_features != shape[0]:
            raise ShapeError(
                f"{self.stated('in_features')}, but {shape_text(shape)} {'arrives' if shape[0] == 1 else 'arrive'}.",
                self.repair(in_features=shape[0]),
            )
        return (self.out_features,)

    def size_formula(self, *shapes: Shape) -> str:
        return f"{shape_text(shapes[0])} → {self.out_features:,}"

    def parameter_count(self, *shapes: Shape) -> int:
        return shapes[0][0] * self.out_features + (self.out_features if self.bias else 0)

    def parameter_formula(self, *shapes: Shape) -> str:
        bias = f" + {self.out_features:,}" if self.bias else ""
        return f"{shapes[0][0]:,}·{self.out_features:,}{bias} = {self.parameter_count(*shapes):,}"

    def multiply_adds(self, *shapes: Shape) -> int:
        return shapes[0][0] * self.out_features

    def arguments(self, *shapes: Shape) -> Arguments:
        leading, others = super().arguments(*shapes)
        return (self.in_features or shapes[0][0], *leading), others

    def _flatten_before(self, shape: Shape) -> Repair:
        width = None if self.in_features is None else cells(shape)
        after = self.with_settings(inputs=(), in_features=width)
        return Repair("Insert Flatten before", (Flatten(inputs=self.inputs), after))
