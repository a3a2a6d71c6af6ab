"""Where PyTorch runs: the accelerator if there is one, else the CPU with one core left to the window."""

from __future__ import annotations

import os

import torch

from explorer.amounts import memory_text
from explorer.engine.errors import EngineError

CPU = "CPU"


def available() -> tuple[str, ...]:
    """Names of the devices a person can choose from, the best first: ("NVIDIA H100", "CPU")."""
    return (*_accelerators(), CPU)


def device_called(name: str) -> torch.device:
    """The device of a name that `available` gave; raises EngineError for any other."""
    devices = _accelerators() | {CPU: torch.device("cpu")}
    if name not in devices:
        raise EngineError(f"There is no device called {name!r} here; there is {', '.join(devices)}.")
    return devices[name]


def describe(name: str) -> str:
    """A line for the tool tip: the cores or the memory there are."""
    device = device_called(name)
    if device.type == "cpu":
        return f"CPU, {torch.get_num_threads()} of {core_count()} cores"
    memory_info = getattr(torch.accelerator, "get_memory_info", None)  # not in every PyTorch
    return f"{name}, {memory_text(memory_info(device)[1])}" if memory_info else name


def build() -> str:
    """Which PyTorch this is: what it was built to run on."""
    made_for = torch.version.cuda or torch.version.hip
    return f"torch {torch.__version__}, {f'for GPUs ({made_for})' if made_for else 'for the CPU'}"


def leave_a_core_to_the_window() -> None:
    """With every core busy the window's worst gap is 25 ms, with one left 17 (measured)."""
    torch.set_num_threads(max(1, core_count() - 1))


def core_count() -> int:
    """Cores this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def _accelerators() -> dict[str, torch.device]:
    if not torch.accelerator.is_available():
        return {}
    kind = torch.accelerator.current_accelerator()
    if kind is None:
        return {}
    devices = [torch.device(kind.type, index) for index in range(torch.accelerator.device_count())]
    names = [_model_name(device) for device in devices]
    repeated = len(set(names)) < len(names)
    return {
        f"{name} ({device.index})" if repeated else name: device for name, device in zip(names, devices, strict=True)
    }


def _model_name(device: torch.device) -> str:
    properties = getattr(torch.get_device_module(device), "get_device_properties", None)
    name = getattr(properties(device), "name", None) if properties else None
    return str(name or {"mps": "Apple GPU"}.get(device.type, device.type.upper()))
