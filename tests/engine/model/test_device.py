"""Where PyTorch runs."""

from __future__ import annotations

from types import SimpleNamespace

import pytest
import torch

from explorer.engine import EngineError
from explorer.engine.model import device
from explorer.engine.recording.allocator import reuse_freed_memory


def test_the_cpu_is_always_there_and_last() -> None:
    assert device.available()[-1] == "CPU"
    assert device.device_called("CPU") == torch.device("cpu")
    assert device.describe("CPU").startswith("CPU, ")


def test_an_unknown_device_is_refused_with_those_that_are_there() -> None:
    with pytest.raises(EngineError, match="CPU"):
        device.device_called("abacus")


def test_one_core_is_left_to_the_window() -> None:
    threads = torch.get_num_threads()
    try:
        device.leave_a_core_to_the_window()
        assert torch.get_num_threads() == max(1, device.core_count() - 1)
    finally:
        torch.set_num_threads(threads)


def test_the_c_library_can_be_asked_to_reuse_memory_anywhere() -> None:
    assert reuse_freed_memory() in (True, False)


@pytest.mark.parametrize(
    ("names", "expected"),
    [(["A100"], ["A100", "CPU"]), (["A100", "A100"], ["A100 (0)", "A100 (1)", "CPU"])],
)
def test_equal_accelerators_are_told_apart(
    names: list[str], expected: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(torch.accelerator, "is_available", lambda: True)
    monkeypatch.setattr(torch.accelerator, "current_accelerator", lambda: torch.device("cuda"))
    monkeypatch.setattr(torch.accelerator, "device_count", lambda: len(names))
    kind = SimpleNamespace(get_device_properties=lambda found: SimpleNamespace(name=names[found.index]))
    monkeypatch.setattr(torch, "get_device_module", lambda _found: kind)
    assert list(device.available()) == expected
