"""A model in ONNX is opened by its converter, and says so where that is not installed."""

from __future__ import annotations

import importlib
from pathlib import Path

import numpy as np
import pytest
import torch

import explorer
from explorer.engine.errors import LoadError
from explorer.engine.opening.program import open_program, program_kind

RANDOM = np.random.default_rng(0)
FILTERS, ROWS = (RANDOM.standard_normal(shape).astype(np.float32) for shape in ((4, 3, 3, 3), (5, 4)))


@pytest.fixture
def converter() -> None:
    pytest.importorskip("onnx", reason="pip install network-explorer[onnx]")
    try:
        importlib.import_module("onnx2torch")
    except (ImportError, RuntimeError) as error:
        pytest.skip(f"onnx2torch cannot be imported here: {error}")


def written(path: Path, *sizes: int | str) -> Path:
    from onnx import TensorProto, helper, numpy_helper, save

    node = helper.make_node
    nodes = [
        node("Conv", ["x", "filters"], ["c"], name="/first/conv/Conv", kernel_shape=[3, 3], pads=[1, 1, 1, 1]),
        node("Relu", ["c"], ["r"], name="/first/relu/Relu"),
        node("GlobalAveragePool", ["r"], ["p"], name="/pool/Pool"),
        node("Flatten", ["p"], ["f"], name="/Flatten"),
        node("Gemm", ["f", "rows"], ["y"], name="/head/Gemm", transB=1),
    ]
    given = helper.make_tensor_value_info("x", TensorProto.FLOAT, ["batch", 3, *sizes])
    gives = helper.make_tensor_value_info("y", TensorProto.FLOAT, ["batch", 5])
    weights = [numpy_helper.from_array(FILTERS, "filters"), numpy_helper.from_array(ROWS, "rows")]
    graph = helper.make_graph(nodes, "net", [given], [gives], weights)
    save(helper.make_model(graph, opset_imports=[helper.make_opsetid("", 13)]), str(path))
    return path


@pytest.mark.usefixtures("converter")
@pytest.mark.parametrize(
    ("sizes", "shape", "told"),
    [((24, 24), (3, 24, 24), "as its file says"), (("h", "w"), (3, 224, 224), "found by trying")],
)
def test_its_nodes_are_named_and_give_what_they_should(
    sizes: tuple[int | str, ...], shape: tuple[int, ...], told: str, tmp_path: Path
) -> None:
    opened = open_program(written(tmp_path / "net.onnx", *sizes))
    assert (opened.expected.shape, opened.expected.told) == (shape, told)
    x = torch.rand(1, *shape)
    recording = explorer.record(opened.module, x)
    assert [call.name for call in recording.calls][:2] == ["first/conv/Conv", "first/relu/Relu"]
    maps = torch.relu(torch.nn.functional.conv2d(x, torch.from_numpy(FILTERS), padding=1))
    assert torch.allclose(recording.outputs, maps.mean((2, 3)) @ torch.from_numpy(ROWS).T, atol=1e-5)


@pytest.mark.usefixtures("converter")
def test_a_damaged_one_is_told(tmp_path: Path) -> None:
    (tmp_path / "net.onnx").write_bytes(b"nothing of the kind")
    with pytest.raises(LoadError, match=r"^net\.onnx could not be made into modules by onnx2torch: "):
        open_program(tmp_path / "net.onnx")


def test_where_the_converter_is_missing_it_is_told_how_to_get_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def missing(name: str) -> object:
        raise ModuleNotFoundError(name=name)

    monkeypatch.setattr("explorer.engine.opening.onnx_file.importlib.import_module", missing)
    (tmp_path / "net.onnx").write_bytes(b"")
    assert program_kind(tmp_path / "net.onnx") == "ONNX"
    with pytest.raises(LoadError, match=r"pip install network-explorer\[onnx\]\.$"):
        open_program(tmp_path / "net.onnx")
