"""What a recording shows of itself and hands out in a notebook, against plain PyTorch."""

from __future__ import annotations

import base64
import io
import re
from fnmatch import fnmatchcase
from typing import Any

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image
from torch import Tensor, nn

import explorer
from explorer.engine import record
from explorer.engine.recording.call_page import drawn
from explorer.engine.recording.recording import Recording
from tests.named_models import NAMED_MODELS, ResNet18

SCREEN = (24, 120)  # lines, letters


def network() -> nn.Sequential:
    torch.manual_seed(0)
    return nn.Sequential(nn.Conv2d(3, 4, 3), nn.ReLU(), nn.MaxPool2d(2), nn.Flatten(), nn.Linear(36, 2))


def picture() -> Tensor:
    return torch.randn(1, 3, 8, 8, generator=torch.Generator().manual_seed(1))


def step() -> Recording:
    model = network()
    optimizer = torch.optim.SGD(model.parameters(), 0.1)
    return record(model, picture(), target=[0], loss="cross_entropy", optimizer=optimizer)


@pytest.mark.filterwarnings("ignore:.*torch.jit.*:DeprecationWarning", "ignore:.*omplex.*:UserWarning")
@pytest.mark.parametrize(("make", "x"), [*NAMED_MODELS, (ResNet18, lambda: torch.randn(1, 3, 32, 32))])
def test_a_recording_is_one_screen_and_each_of_its_parts_one_line(make: Any, x: Any) -> None:
    recording = record(make(), x())
    lines = repr(recording).splitlines()
    assert len(lines) <= SCREEN[0]
    assert max(map(len, lines)) <= SCREEN[1]
    for part in (*recording.calls, *recording.steps):
        assert "\n" not in repr(part)
        assert len(repr(part)) <= 2 * SCREEN[1]
        assert part.call.name in repr(part) if hasattr(part, "call") else part.name in repr(part)


def test_the_table_tells_of_each_call_what_plain_pytorch_gives() -> None:
    model, x = network().eval(), picture()
    rows = repr(record(model, x)).splitlines()[2:]
    assert len(rows) == len(model)
    for place, row in enumerate(rows):
        x = model[place](x).detach()
        shape = " × ".join(map(str, x.shape))
        told = [float(number.replace("−", "-")) for number in re.split(r"  +", row.split(shape)[1].strip())[:3]]
        expected = [float(f"{float(value):.3g}") for value in (x.min(), x.mean(), x.max())]
        assert told == pytest.approx(expected, rel=2e-2, abs=1e-9)


def test_of_many_calls_the_middle_is_cut_and_counted() -> None:
    recording = record(nn.Sequential(*(nn.ReLU() for _ in range(100))), torch.ones(1, 3))
    text = repr(recording)
    shown = [int(found) for found in re.findall(r"^ *(\d+)  ", text, re.MULTILINE)]
    assert shown[0] == 0
    assert shown[-1] == 99
    assert f"… {100 - len(shown)} more calls" in text


def test_a_loss_a_fault_and_what_was_dropped_are_told_over_the_table() -> None:
    recording = step()
    assert f"loss {recording.loss:.5g}" in repr(recording)
    failed = record(network(), torch.randn(1, 1, 8, 8))
    assert " ".join(repr(failed).splitlines()[1:]) == str(failed.error)
    small = record(network(), picture(), budget_bytes=0)
    assert f"{len(small.dropped)} outputs did not fit the memory budget" in repr(small)
    assert "dropped" in repr(small).splitlines()[3]


def test_numbers_that_are_none_are_shown_as_such() -> None:
    with np.errstate(all="raise"):
        text = repr(record(nn.ReLU(), torch.tensor([[torch.nan, torch.inf, 1.0]])))
        empty = repr(record(nn.ReLU(), torch.empty(0, 3)))
    assert "NaN" in text
    assert "0 × 3" in empty


def test_an_explanation_is_one_line_with_what_pytorch_has() -> None:
    recording = step()
    long = explorer.explain(recording, "4", (0, 1))
    assert "\n" not in repr(long)
    assert len(repr(long)) < 200
    assert repr(long).startswith(f"<Explanation {str(long)[:40]}")
    assert "PyTorch has" in repr(long)
    assert repr(recording.updates[0]) == "<Update of 0.weight (4 × 3 × 3 × 3) by SGD>"


def test_the_page_holds_the_maps_of_a_notebooks_table() -> None:
    page = step()._repr_html_()
    pictures = [
        Image.open(io.BytesIO(base64.b64decode(code))) for code in re.findall(r"base64,([A-Za-z0-9+/=]+)", page)
    ]
    assert [each.size for each in pictures] == [(6, 6)] * 8 + [(3, 3)] * 4
    values = network()[0](picture()).detach()[0].numpy()
    assert np.array_equal(np.asarray(pictures[0]), drawn(values)[0])
    assert page.count("<tr>") == 6


def test_names_on_a_page_cannot_be_read_as_its_code() -> None:
    class Odd(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.add_module("<b>&", nn.ReLU())

        def forward(self, x: Tensor) -> Tensor:
            return next(self.children())(x)

    page = record(Odd(), torch.ones(1, 3))._repr_html_()
    assert "&lt;b&gt;&amp;" in page
    assert "<b>" not in page


@given(
    st.lists(
        st.floats(allow_nan=True, allow_infinity=True, width=32),
        min_size=1,
        max_size=12,
    )
)
@settings(deadline=None)
def test_maps_are_white_at_zero_red_above_and_blue_below(numbers: list[float]) -> None:
    colours = drawn(np.asarray(numbers, dtype=np.float32).reshape(1, 1, -1))[0, 0].astype(int)
    for number, (red, green, blue) in zip(numbers, colours.tolist(), strict=True):
        if not np.isfinite(number):
            assert red == green == blue == 128
        elif number == 0:
            assert red == green == blue == 255
        else:
            assert (red >= blue) if number > 0 else (red <= blue)


def test_calls_are_found_by_number_slice_name_and_pattern() -> None:
    recording = record(ResNet18(), torch.randn(2, 3, 32, 32))
    assert recording[3] is recording.calls[3]
    assert recording[torch.tensor(3)] is recording[np.int64(3)] is recording[3]
    assert recording[-1] is recording.calls[-1]
    assert recording[2:5] == recording.calls[2:5]
    assert recording["layer1.0.conv1"].kind == "conv2d"
    assert recording["layer1.0"].name == "layer1.0.relu:2"
    assert recording["layer1.*"] == tuple(call for call in recording if call.module.startswith("layer1"))
    assert {call.kind for call in recording["*.conv?"]} == {"conv2d"}
    assert [*recording] == [*recording.calls]
    assert len(recording) == len(recording.calls)
    assert recording[0] in recording
    assert "layer1.0" in recording
    assert "layer9" not in recording
    assert recording.get("layer9") is None
    assert dict(recording)["fc"] is recording["fc"]


@given(st.text(alphabet="layer12.conv*?[]0", min_size=1, max_size=10))
@settings(deadline=None)
def test_a_pattern_finds_what_fnmatch_says_and_else_says_so(pattern: str) -> None:
    names = SMALL.keys()
    expected = {SMALL.call(name).index for name in names if name == pattern or fnmatchcase(name, pattern)}
    if not expected:
        with pytest.raises(KeyError, match="in this recording; "):
            SMALL[pattern]
        return
    found = SMALL[pattern]
    assert [call.index for call in (found if isinstance(found, tuple) else (found,))] == sorted(expected)


SMALL = record(nn.Sequential(nn.Sequential(nn.Linear(3, 3), nn.ReLU()), nn.Linear(3, 2)), torch.ones(1, 3))


def test_every_key_is_found_and_completed() -> None:
    recording = record(ResNet18(), torch.randn(2, 3, 32, 32))
    assert recording._ipython_key_completions_() == [*recording.keys()]
    assert {call.name for call in recording} < {*recording.keys()}
    for name in recording.keys():  # noqa: SIM118  it is no dictionary
        assert recording[name] in recording
    assert len({*recording.keys()}) == len(recording.keys())


def test_what_is_not_there_is_told_in_a_sentence() -> None:
    recording = step()
    with pytest.raises(KeyError) as missing:
        recording["fc"]
    assert str(missing.value) == "There is no call 'fc' in this recording; it has 0, 1, 2, 3, 4, loss."
    with pytest.raises(explorer.EngineError, match="There is no call 'fc'"):
        explorer.explain(recording, "fc", (0,))
    with pytest.raises(IndexError, match=r"There is no call 12: the recording has 5\."):
        recording[12]
    with pytest.raises(KeyError, match="near it are layer1.0.conv1".replace(".", "[.]")):
        record(ResNet18(), torch.randn(2, 3, 32, 32))["layer1.0.con1"]


def test_the_loss_is_found_by_its_name() -> None:
    recording = step()
    assert recording["loss"] is recording.loss_call
    assert explorer.explain(recording, "loss", ()).computed == pytest.approx(recording.loss)


def test_a_failed_pass_says_so_where_a_later_call_is_asked_for() -> None:
    failed = record(network(), torch.randn(1, 1, 8, 8))
    with pytest.raises(KeyError) as missing:
        failed["4"]
    assert str(missing.value) == f"There is no call '4' in this recording; the pass ended early. {failed.error}"
    with pytest.raises(IndexError, match="0 failed on"):
        failed[0]


def test_a_table_of_pandas_is_made_from_it() -> None:
    pandas = pytest.importorskip("pandas", reason="pandas is not installed here")
    recording = record(network(), picture())
    table = pandas.DataFrame(recording.to_dict())
    assert list(table["name"]) == [call.name for call in recording]
    assert len(table) == len(recording)
    assert table["bytes"].sum() == sum(call.output_bytes for call in recording)


def test_a_dictionary_of_columns_is_what_a_table_is_made_from() -> None:
    model, x = network(), picture()
    recording = record(model, x)
    table = recording.to_dict()
    assert {len(column) for column in table.values()} == {len(recording)}
    assert table["name"] == [call.name for call in recording]
    assert table["shape"] == [call.output_shape for call in recording]
    assert table["parents"][0] == ("input",)
    plain = []
    for module in model:
        x = module(x)
        plain.append(float(x.detach().mean()))
    assert table["mean"] == pytest.approx(plain, rel=1e-4)
    assert table["bytes"][0] == 4 * 4 * 6 * 6
