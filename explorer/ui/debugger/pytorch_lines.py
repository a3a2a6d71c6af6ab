"""The line of PyTorch that does what a step shows, as a person would write it. Pure."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from explorer.arithmetic.losses import loss_of_kind
from explorer.arithmetic.updates import update_of
from explorer.session.step_tensors import StepTensors
from explorer.session.timeline import TimelineStep
from explorer.ui.debugger.facts import inputs_of

# Settings that a person leaves out while they are as here; those of ALWAYS are written anyhow.
DEFAULTS: Mapping[str, Any] = {
    "dilation": 1,
    "groups": 1,
    "output_padding": 0,
    "padding": 0,
    "inplace": False,
    "ceil_mode": False,
    "return_indices": False,
    "count_include_pad": True,
    "divisor_override": None,
    "alpha": 1,
    "momentum": 0.1,
    "eps": 1e-5,
    "keepdim": False,
    "approximate": "none",
    "mode": "nearest",
    "align_corners": False,
    "antialias": False,
    "recompute_scale_factor": None,
    "reduction": "mean",
    "ignore_index": -100,
    "label_smoothing": 0.0,
    "delta": 1.0,
    "beta": 1.0,
}
ALWAYS = {"conv2d": ("stride", "padding"), "conv_transpose2d": ("stride", "padding"), "elu": ("alpha",)}
WEIGHTS_BY_NAME = ("group_norm", "layer_norm")  # a setting stands before them
UNNAMED = "argument_"  # what a function of PyTorch's own does not name
HIDDEN = ("dtype", "out", "cudnn_enable", "cudnn_enabled")
IN_FUNCTIONAL = (
    *("conv2d", "conv_transpose2d", "linear", "max_pool2d", "avg_pool2d", "adaptive_avg_pool2d", "interpolate"),
    *("relu", "leaky_relu", "elu", "gelu", "silu", "softmax", "log_softmax", "upsample"),
    *("dropout", "dropout1d", "dropout2d", "dropout3d"),
    *("batch_norm", "group_norm", "layer_norm"),
)

_Line = Callable[[list[str], Mapping[str, Any]], str]


def _method(name: str) -> _Line:
    def line(names: list[str], settings: Mapping[str, Any]) -> str:
        given = next((settings[setting] for setting in ("shape", "size", "dim") if setting in settings), "")
        places = given if isinstance(given, list | tuple) else (given,)
        return f"{names[0]}.{name}({', '.join(str(place) for place in places if place != '')})"

    return line


_LINES: Mapping[str, _Line] = {
    "add": lambda names, settings: f"{names[0]} + {_second(names, settings)}",
    "mul": lambda names, settings: f"{names[0]} * {_second(names, settings)}",
    "cat": lambda names, settings: f"torch.cat(({', '.join(names)}), dim={settings.get('dim', 0)})",
    "mean": lambda names, settings: f"{names[0]}.mean({_given(settings, 'dim', 'keepdim')})",
    "reshape": _method("reshape"),
    "view": _method("view"),
    "squeeze": _method("squeeze"),
    "unsqueeze": _method("unsqueeze"),
    "identity": lambda names, _settings: f"nn.Identity()({names[0]})",
    "max_pool2d_with_indices": lambda names, settings: f"F.max_pool2d({_call(names, 'max_pool2d', settings)})",
    "flatten": lambda names, settings: f"torch.flatten({names[0]}, {settings.get('start_dim', 0)})",
    "sigmoid": lambda names, _settings: f"torch.sigmoid({names[0]})",
    "tanh": lambda names, _settings: f"torch.tanh({names[0]})",
}


def forward_line(step: TimelineStep, tensors: StepTensors) -> str:
    """`F.conv2d(relu1, conv2.weight, conv2.bias, stride=1, padding=1)`; for the loss `loss = …`."""
    names = [variable(name) for name, _ in inputs_of(step, tensors) if not name.startswith(UNNAMED)] or ["x"]
    loss = loss_of_kind(step.kind)
    if loss is not None and step.call == "loss":
        return f"loss = {loss.line.format(input=names[0])}"
    written = _LINES.get(step.kind)
    if written is not None:
        return written(names, tensors.settings)
    by_name = "{0.name}={0.title}" if step.kind in WEIGHTS_BY_NAME else "{0.title}"
    names += [by_name.format(tensor) for tensor in (*tensors.given, *tensors.beside) if tensor.role == "weight"]
    place = "F." if loss is not None or step.kind in IN_FUNCTIONAL else ""
    return f"{place}{step.kind}({_call(names, step.kind, tensors.settings)})"


def backward_line(of: str, name: str) -> str:
    """`loss.backward()`, and which gradient of it is looked at: a tensor that is used twice adds up what comes back."""
    if of in ("weight", "bias"):
        return f"loss.backward()  # {name}.grad"
    return f"loss.backward()  # adds to {variable(name)}.grad"


def variable(name: str) -> str:
    """A call's name as a variable: the second run of relu is relu_2."""
    return name.replace(":", "_")


def update_line(step: TimelineStep, settings: Mapping[str, Any]) -> str:
    """`optimizer.step()  # SGD(lr=0.1, momentum=0.9)`."""
    update = update_of(step.kind)
    known = {"lr": settings["lr"]} if "lr" in settings else {}
    chosen = known if update is None else update.changed(settings)
    written = ", ".join(f"{name}={_value(value)}" for name, value in chosen.items())
    return f"optimizer.step()  # {step.kind}({written})"


def _second(names: list[str], settings: Mapping[str, Any]) -> str:
    other = names[1] if len(names) > 1 else _value(settings.get("other", names[0]))
    alpha = settings.get("alpha", 1)
    return other if alpha == 1 else f"{_value(alpha)} * {other}"


def _call(names: list[str], kind: str, settings: Mapping[str, Any]) -> str:
    always = ALWAYS.get(kind, ())
    shown = [
        f"{name}={_value(value)}"
        for name, value in settings.items()
        if name not in HIDDEN
        and not name.startswith(UNNAMED)
        and (name in always or name not in DEFAULTS or _single(value) != DEFAULTS[name])
    ]
    return ", ".join([*names, *shown])


def _given(settings: Mapping[str, Any], *names: str) -> str:
    """Those settings that differ from what they are when left out."""
    shown = ((name, settings[name]) for name in names if name in settings)
    return ", ".join(f"{name}={value!r}" for name, value in shown if value not in (None, False))


def _single(value: Any) -> Any:
    """(1, 1) as 1: what a person writes for both axes."""
    if isinstance(value, list | tuple) and value and all(item == value[0] for item in value) and len(value) == 2:
        return value[0]
    return value


def _value(value: Any) -> str:
    value = _single(value)
    return f"{value:g}" if isinstance(value, float) else repr(value)
