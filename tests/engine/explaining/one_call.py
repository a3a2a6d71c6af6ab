"""One call of every kind that is explained, and of some that are not, recorded forward and back."""

from __future__ import annotations

from collections.abc import Callable

import torch
import torch.nn.functional as F  # noqa: N812
from torch import nn

import explorer
from explorer.arithmetic.activation import Activation
from explorer.arithmetic.operations import OPERATIONS
from explorer.engine.recording.recording import Recording
from tests.arithmetic.calls import function_of

MAPS, ROWS = (2, 4, 5, 6), (3, 4)


class OneCall(nn.Module):
    """Parameters called `a`, `b` and `c`, and a call that is made of them and of the input."""

    def __init__(self, function: Callable[..., torch.Tensor], shapes: tuple[tuple[int, ...], ...]) -> None:
        super().__init__()
        self.function = function
        for name, shape in zip("abc", shapes, strict=False):
            self.register_parameter(name, nn.Parameter(torch.randn(shape)))

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return self.function(x, *self.parameters())


FUNCTIONS = [kind for operation in OPERATIONS if isinstance(operation, Activation) for kind in operation.kinds]

OF_POSITIVE = ("log", "log2", "log10", "log1p", "sqrt", "rsqrt")

# Of each kind: its first input's shape, the shapes of its parameters, and the call.
EXPLAINED: dict[str, tuple[tuple[int, ...], tuple[tuple[int, ...], ...], Callable[..., torch.Tensor]]] = {
    "conv2d": (MAPS, ((6, 2, 3, 2), (6,)), lambda x, w, b: F.conv2d(x, w, b, (2, 1), (1, 0), (1, 2), groups=2)),
    "conv_transpose2d": (MAPS, ((4, 3, 2, 3), (3,)), lambda x, w, b: F.conv_transpose2d(x, w, b, 2, 1)),
    "conv3d": ((1, 2, 3, 4, 3), ((2, 2, 2, 2, 2), (2,)), lambda x, w, b: F.conv3d(x, w, b, (1, 2, 1), 1)),
    "conv_transpose1d": ((2, 4, 3), ((4, 2, 3), (2,)), lambda x, w, b: F.conv_transpose1d(x, w, b, 2, 1)),
    "linear": (ROWS, ((5, 4), (5,)), F.linear),
    "max_pool2d": (MAPS, (), lambda x: F.max_pool2d(x, 3, 2, 1)),
    "avg_pool2d": (MAPS, (), lambda x: F.avg_pool2d(x, 3, 2, 1, count_include_pad=False)),
    "max_pool3d": ((1, 2, 3, 4, 3), (), lambda x: F.max_pool3d(x, 2, (1, 2, 1), 1)),
    "avg_pool1d": ((2, 3, 6), (), lambda x: F.avg_pool1d(x, 3, 2, 1)),
    "adaptive_max_pool2d": (MAPS, (), lambda x: F.adaptive_max_pool2d(x, (2, 4))),
    "adaptive_avg_pool3d": ((1, 2, 3, 4, 3), (), lambda x: F.adaptive_avg_pool3d(x, (2, 3, 1))),
    "adaptive_avg_pool2d": (MAPS, (), lambda x: F.adaptive_avg_pool2d(x, (2, 4))),
    **{kind: (ROWS, (), function_of(kind)) for kind in FUNCTIONS},
    **{kind: (ROWS, (), lambda x, kind=kind: function_of(kind)(x.exp())) for kind in OF_POSITIVE},
    "matmul": (ROWS, ((4, 2),), torch.matmul),
    "einsum": (ROWS, ((4, 5),), lambda x, y: torch.einsum("ij,jk->ik", x, y)),
    "addmm": (ROWS, ((4, 5), (5,)), lambda x, y, z: torch.addmm(z, x, y, beta=2, alpha=3)),
    "softmax": (ROWS, (), lambda x: F.softmax(x, 1)),
    "log_softmax": (ROWS, (), lambda x: F.log_softmax(x, 1)),
    "batch_norm": (
        MAPS,
        ((4,), (4,)),
        lambda x, w, b: F.batch_norm(x, torch.zeros(4, dtype=x.dtype), torch.ones(4, dtype=x.dtype), w, b, True),
    ),
    "group_norm": (MAPS, ((4,), (4,)), lambda x, w, b: F.group_norm(x, 2, w, b)),
    "layer_norm": (ROWS, ((4,), (4,)), lambda x, w, b: F.layer_norm(x, (4,), w, b)),
    "add": (ROWS, ((4,),), lambda x, y: torch.add(x, y, alpha=3)),
    "sub": (ROWS, ((4,),), lambda x, y: torch.sub(x, y, alpha=3)),
    "mul": (ROWS, ((4,),), torch.mul),
    "div": (ROWS, ((4,),), lambda x, y: torch.div(x, 2 + y * y)),
    "addcmul": (ROWS, ((4,), (4,)), lambda x, y, z: torch.addcmul(x, y, z, value=2)),
    "scaled_dot_product_attention": (MAPS, (), lambda x: F.scaled_dot_product_attention(x, x, x)),
    "cat": (ROWS, ((2, 4),), lambda x, y: torch.cat((x, y))),
    "mean": (MAPS, (), lambda x: x.mean((1, 3))),
    "sum": (MAPS, (), lambda x: x.sum((1, 3))),
    "amax": (MAPS, (), lambda x: x.amax((1, 3))),
    "normalize": (ROWS, (), F.normalize),
    "flatten": (MAPS, (), lambda x: x.flatten(1)),
    "permute": (MAPS, (), lambda x: x.permute(0, 2, 3, 1)),
    "to": (ROWS, (), lambda x: x.to(x.dtype, copy=True)),
    "identity": (ROWS, (), nn.Identity()),
    "dropout": (ROWS, (), lambda x: F.dropout(x, 0.4, training=True)),
    "interpolate": (MAPS, (), lambda x: F.interpolate(x, scale_factor=2.5, mode="bilinear")),
}
UNEXPLAINED = {
    "lerp": (ROWS, ((3, 4),), lambda x, y: torch.lerp(x, y, 0.3)),
    "fft_fft": (ROWS, (), lambda x: torch.fft.fft(x).real),
    "fft_ifft": (ROWS, (), lambda x: torch.fft.ifft(torch.fft.fft(x) ** 2).imag),
    "lstm": (ROWS, ((8, 4), (8, 2)), lambda *given: _lstm(*given)),
}
CALLS = EXPLAINED | UNEXPLAINED


def _lstm(x: torch.Tensor, w: torch.Tensor, v: torch.Tensor) -> torch.Tensor:
    state = torch.zeros(1, 1, 2, dtype=x.dtype)
    return torch.lstm(x.unsqueeze(1), (state, state), [w, v], False, 1, 0.0, False, False, False)[0]


def recorded(kind: str, seed: int, dtype: torch.dtype = torch.float64) -> Recording:
    """A pass through the call `kind` on numbers of `seed`, with half the squared error behind it."""
    shape, shapes, function = CALLS[kind]
    torch.manual_seed(seed)
    model = nn.Sequential(OneCall(function, shapes)).to(dtype)
    x = torch.randn(shape, dtype=dtype, requires_grad=True)
    target = torch.randn(model(x).shape, dtype=dtype)
    return explorer.record(model, x, target=target, loss="half_squared_error", train=True)
