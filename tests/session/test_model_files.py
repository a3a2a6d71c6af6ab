"""A person's own model out of files: nothing runs unasked, and whatever does not fit is told."""

from __future__ import annotations

import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
import torch
from pytestqt.qtbot import QtBot
from torch import nn

from explorer.network.model_names import EXTRA_MODELS
from explorer.session import Session
from explorer.session.model_question import Asks
from tests.ui.fakes import make_picture, values_of, wait_until_shown

NET = """
from pathlib import Path
from torch import nn
Path(__file__).with_name("ran.txt").write_text("it ran")
MEAN, STD = (0.5, 0.5, 0.5), (0.25, 0.25, 0.25)
class Net(nn.Sequential):
    def __init__(self, classes=4):
        super().__init__(nn.Conv2d(3, 2, 3), nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(2, classes))
"""
TWO = (
    NET
    + """
def with_seven():
    return Net(7)
"""
)


@pytest.fixture
def session(qtbot: QtBot) -> Iterator[Session]:
    session = Session()
    session.files.new_network("3x8x8 conv(2, 3) relu")
    session.input.use_picture(make_picture())
    yield session
    assert session.close()


@pytest.fixture
def source(tmp_path: Path) -> Path:
    path = tmp_path / "net.py"
    path.write_text(NET)
    return path


def net(classes: int = 4) -> nn.Sequential:
    return nn.Sequential(nn.Conv2d(3, 2, 3), nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(2, classes))


def saved(folder: Path, classes: int = 4) -> Path:
    torch.manual_seed(classes)
    path = folder / f"net{classes}.pth"
    torch.save({"state_dict": {f"module.{name}": value for name, value in net(classes).state_dict().items()}}, path)
    return path


def wait_until_asked(qtbot: QtBot, session: Session, asks: Asks = Asks.RUN) -> None:
    qtbot.waitUntil(lambda: session.state.files.question is not None)
    assert session.state.files.question.asks is asks  # type: ignore[union-attr]


def open_and_agree(qtbot: QtBot, session: Session, *paths: Path, words: str = "") -> None:
    session.files.models.open(paths)
    wait_until_asked(qtbot, session)
    session.files.models.answer(words)


def wait_until_open(qtbot: QtBot, session: Session, title: str = "Net") -> None:
    qtbot.waitUntil(lambda: session.state.title == title)
    wait_until_shown(qtbot, session)


def wait_until_told(qtbot: QtBot, session: Session, words: str) -> None:
    qtbot.waitUntil(lambda: words in session.state.status.notice)


def test_nothing_runs_before_the_person_agreed_or_after_they_declined(
    session: Session, source: Path, qtbot: QtBot
) -> None:
    document = session.state.document
    session.open_path(source)
    wait_until_asked(qtbot, session)
    assert "net.py" in session.state.files.question.text  # type: ignore[union-attr]
    session.files.models.decline()
    assert session.state.files.question is None
    assert session.state.document is document
    assert not source.with_name("ran.txt").exists()
    assert session.state.files.trusted == ()


def test_a_file_is_asked_about_once_and_again_when_it_has_changed(session: Session, source: Path, qtbot: QtBot) -> None:
    open_and_agree(qtbot, session, source)
    wait_until_open(qtbot, session)
    document = session.state.document
    session.open_path(source)
    qtbot.waitUntil(lambda: session.state.document is not document)
    assert session.state.files.question is None
    source.write_text(NET + "# another line\n")
    session.open_path(source)
    wait_until_asked(qtbot, session)


def test_it_is_fed_pictures_as_its_file_says(session: Session, source: Path, qtbot: QtBot) -> None:
    weights = saved(source.parent)
    open_and_agree(qtbot, session, source, weights)
    wait_until_open(qtbot, session)
    assert session.state.status.notice == (
        "Net of net.py has the weights of net4.pth. Its input is 3 × 224 × 224, found by trying."
    )
    model = net()
    table = torch.load(weights, weights_only=True)["state_dict"]
    model.load_state_dict({name.removeprefix("module."): value for name, value in table.items()})
    fed = session.state.values
    assert fed is not None
    assert fed.min() < 0, "the mean is taken off"
    with torch.no_grad():
        expected = model(torch.from_numpy(fed.copy())[None])[0]
    np.testing.assert_allclose(values_of(session, "3"), expected, rtol=1e-4)


def test_other_weights_are_put_into_the_model_that_is_open(session: Session, source: Path, qtbot: QtBot) -> None:
    source.write_text(TWO)
    open_and_agree(qtbot, session, source, words="with_seven")
    wait_until_open(qtbot, session, "with_seven")
    session.open_path(saved(source.parent, 7))
    wait_until_told(qtbot, session, "with_seven of net.py has the weights of net7.pth.")
    session.open_path(saved(source.parent, 4))
    wait_until_told(
        qtbot,
        session,
        "The weights in net4.pth do not fit with_seven: of another shape: 3.weight is 4 × 2 there and 7 × 2 here, and "
        "1 more. They fit Net of the same file.",
    )
    assert session.state.title == "with_seven"


def test_whatever_of_the_file_fits_the_weights_is_found(session: Session, source: Path, qtbot: QtBot) -> None:
    source.write_text(TWO)
    open_and_agree(qtbot, session, source, saved(source.parent, 7))
    wait_until_open(qtbot, session, "with_seven")


def test_a_call_with_arguments_may_be_written(session: Session, source: Path, qtbot: QtBot) -> None:
    open_and_agree(qtbot, session, source, saved(source.parent, 9), words="Net(classes=9)")
    wait_until_open(qtbot, session, "Net(classes=9)")
    assert values_of(session, "3").shape == (9,)


def test_how_it_was_made_is_taken_from_the_checkpoint(session: Session, source: Path, qtbot: QtBot) -> None:
    source.write_text(NET.replace("classes=4", "classes"))
    path = source.with_name("net.ckpt")
    torch.save({"state_dict": net(6).state_dict(), "hyper_parameters": {"classes": 6, "lr": 0.1}}, path)
    open_and_agree(qtbot, session, source, path, words="Net")
    wait_until_open(qtbot, session)
    assert values_of(session, "3").shape == (6,)


def test_a_pickle_that_would_run_code_is_never_run(session: Session, source: Path, qtbot: QtBot) -> None:
    path = source.with_name("whole.pt")
    torch.save(net(), path)
    session.files.models.open((source, path))
    wait_until_told(
        qtbot,
        session,
        "whole.pt holds more than weights (torch.nn.modules.container.Sequential) and would run code of its author "
        "when opened: in Python, torch.save(model.state_dict(), …) writes a file that is read.",
    )
    assert session.state.files.question is None
    assert not source.with_name("ran.txt").exists()


def test_a_program_is_asked_about_and_opened_under_any_name(session: Session, tmp_path: Path, qtbot: QtBot) -> None:
    x = torch.rand(1, 3, 16, 16)
    torch.export.save(torch.export.export(net().eval(), (x,)), tmp_path / "net.pt2")
    (tmp_path / "net.pt2").rename(tmp_path / "net.pt")
    session.open_path(tmp_path / "net.pt")
    wait_until_asked(qtbot, session)
    assert "a program of torch.export" in session.state.files.question.text  # type: ignore[union-attr]
    session.files.models.answer()
    wait_until_open(qtbot, session, "net")
    assert session.state.input_shape == (3, 16, 16)
    assert list(session.state.maps.activations.by_name)[:2] == ["input", "0"]  # type: ignore[union-attr]
    session.open_path(saved(tmp_path))
    wait_until_told(qtbot, session, "comes with weights of its own")


@pytest.mark.filterwarnings("ignore:.*torch.jit.*:DeprecationWarning")
def test_a_program_that_is_called_as_weights_are_opens_beside_another_program_and_alone(
    session: Session, tmp_path: Path, qtbot: QtBot
) -> None:
    for name in ("first.pt", "second.pth"):
        torch.jit.trace(net().eval(), torch.rand(1, 3, 16, 16)).save(tmp_path / name)
        session.open_path(tmp_path / name)
        wait_until_asked(qtbot, session)
        assert "a program of TorchScript" in session.state.files.question.text  # type: ignore[union-attr]
        session.files.models.answer()
        wait_until_open(qtbot, session, Path(name).stem)
    with_nothing = Session()
    with_nothing.open_path(tmp_path / "first.pt")
    wait_until_asked(qtbot, with_nothing)
    assert with_nothing.close()


def test_where_nobody_knows_what_it_takes_it_is_asked_with_the_reason(
    session: Session, source: Path, qtbot: QtBot
) -> None:
    source.write_text(
        "import torch\nfrom torch import nn\nclass Odd(nn.Module):\n"
        "    def forward(self, x):\n        assert x.shape[1:] == (5, 10, 10)\n        return torch.relu(x)\n"
    )
    open_and_agree(qtbot, session, source)
    wait_until_asked(qtbot, session, Asks.INPUT)
    session.files.models.answer("many")
    assert session.state.files.question.text.startswith("'many' is no shape")  # type: ignore[union-attr]
    session.files.models.answer("5 × 9 × 9")
    wait_until_asked(qtbot, session, Asks.INPUT)
    assert "An input of 5 × 9 × 9 does not run" in session.state.files.question.text  # type: ignore[union-attr]
    session.files.models.answer("(5, 10, 10)")
    wait_until_open(qtbot, session, "Odd")
    assert session.state.input_shape == (5, 10, 10)


def test_a_model_of_signals_is_given_an_example(session: Session, source: Path, qtbot: QtBot) -> None:
    source.write_text("from torch import nn\nsignal = nn.Sequential(nn.Conv1d(2, 3, 5), nn.ReLU())\n")
    open_and_agree(qtbot, session, source)
    wait_until_open(qtbot, session, "signal")
    assert session.state.values is not None
    assert session.state.values.shape == (2, 64)
    assert values_of(session, "0").shape[-2:] == (3, 60)
    session.input.use_picture(make_picture())
    assert session.state.status.notice.startswith("This model takes no pictures")


def test_unsaved_work_is_asked_about_before_it_goes(session: Session, source: Path, qtbot: QtBot) -> None:
    session.editing.rename_layer("relu1", "mine")
    assert session.state.files.unsaved
    open_and_agree(qtbot, session, source)
    wait_until_asked(qtbot, session, Asks.LEAVE)
    session.files.models.decline()
    assert session.state.title != "Net"
    open_again = session.files.models
    open_again.open((source,))
    wait_until_asked(qtbot, session, Asks.LEAVE)
    open_again.answer()
    wait_until_open(qtbot, session)


def test_what_the_command_line_named_runs_unasked_with_its_weights_and_classes(
    qtbot: QtBot, session: Session, source: Path, tmp_path: Path
) -> None:
    weights = saved(tmp_path)
    names = ("a", "b", "c", "d")
    session.files.models.open((source, weights), asked="Net", classes=names, is_agreed=True)
    qtbot.waitUntil(lambda: session.state.subject.own_source == source, timeout=60_000)
    assert session.state.files.question is None
    assert session.state.classes == names
    assert "has the weights of net4.pth" in session.state.status.notice


@pytest.mark.skipif(not EXTRA_MODELS[0].is_there, reason=EXTRA_MODELS[0].how_to_get_it)
def test_a_network_of_imagenet_is_opened_by_its_name_and_names_what_it_sees(session: Session, qtbot: QtBot) -> None:
    session.files.open_network("efficientnet-lite0")
    wait_until_open(qtbot, session, "EfficientNet-Lite0")
    session.input.use_sample("coffee")
    wait_until_shown(qtbot, session)
    prediction = session.state.prediction
    assert prediction is not None
    assert prediction.names[prediction.surest[0]] == "espresso"


ODD = """
import torch
from torch import nn
class Odd(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv = nn.Conv2d(3, 2, 3)
    def forward(self, x):
        print("it prints")
        {body}
"""


def test_a_model_that_goes_on_for_ever_is_cancelled(session: Session, source: Path, qtbot: QtBot) -> None:
    source.write_text(ODD.format(body="while True: x = x + 1"))
    document = session.state.document
    open_and_agree(qtbot, session, source)
    qtbot.waitUntil(lambda: session.state.status.opening is not None)
    session.tasks.cancel()
    wait_until_told(qtbot, session, "Cancelled")
    assert session.state.document is document


@pytest.mark.parametrize("place", ["forward", "file"])
def test_a_loop_that_calls_nothing_of_pytorch_is_cancelled(
    place: str, session: Session, source: Path, qtbot: QtBot
) -> None:
    endless, as_usual = ODD.format(body="while True: pass"), ODD.format(body="return self.conv(x)")
    source.write_text(endless if place == "forward" else as_usual + "while True: pass\n")
    before = set(threading.enumerate())
    open_and_agree(qtbot, session, source)
    qtbot.waitUntil(lambda: session.state.status.opening is not None)
    lane = [each for each in threading.enumerate() if each not in before and each.name == "explorer-model"]
    session.tasks.cancel()
    wait_until_told(qtbot, session, "Cancelled")
    qtbot.waitUntil(lambda: not any(each.is_alive() for each in lane))


@pytest.mark.parametrize(
    ("body", "told"),
    [("raise ValueError('not today')", "not today"), ("return self.missing(x)", "no attribute 'missing'")],
)
def test_a_model_that_raises_is_asked_about_with_its_own_words(
    body: str, told: str, session: Session, source: Path, qtbot: QtBot
) -> None:
    source.write_text(ODD.format(body=body))
    open_and_agree(qtbot, session, source)
    wait_until_asked(qtbot, session, Asks.INPUT)
    assert told in session.state.files.question.text  # type: ignore[union-attr]


@pytest.mark.parametrize(
    "body",
    [
        "self.conv(x); return None",
        "self.conv.weight.data.mul_(1.5); return self.conv(x)",
        "return {'maps': self.conv(x)}",
    ],
)
def test_a_model_that_gives_nothing_or_changes_its_weights_is_shown(
    body: str, session: Session, source: Path, qtbot: QtBot
) -> None:
    source.write_text(ODD.format(body=body))
    open_and_agree(qtbot, session, source)
    wait_until_open(qtbot, session, "Odd")
    assert values_of(session, "conv").shape == (2, 222, 222)
    assert session.state.maps.fault is None


def test_weights_that_are_larger_than_the_memory_are_told(
    session: Session, source: Path, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("explorer.bounds.memory_budget_bytes", lambda: 10)
    session.files.models.open((source, saved(source.parent)))
    wait_until_told(qtbot, session, "net4.pth")
    assert "up to 10 bytes are read" in session.state.status.notice
    assert session.state.files.question is None


def test_a_model_in_onnx_needs_no_question_and_no_code(
    session: Session, tmp_path: Path, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    def missing(name: str) -> object:
        raise ModuleNotFoundError(name=name)

    monkeypatch.setattr("explorer.engine.opening.onnx_file.importlib.import_module", missing)
    (tmp_path / "net.onnx").write_bytes(b"a model")
    session.open_path(tmp_path / "net.onnx")
    wait_until_told(qtbot, session, "net.onnx is a model in ONNX, which onnx2torch opens: pip install")
    assert session.state.files.question is None


NAMES = ("mynets_of_a_test:Net", "mynets_of_a_test:Missing", "")


@pytest.fixture
def importable(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    (tmp_path / "mynets_of_a_test.py").write_text(NET)
    monkeypatch.syspath_prepend(str(tmp_path))
    yield
    sys.modules.pop("mynets_of_a_test", None)


def test_a_model_is_opened_by_its_name(importable: None, session: Session, qtbot: QtBot) -> None:
    session.files.models.ask_name()
    wait_until_asked(qtbot, session, Asks.NAME)
    session.files.models.answer(NAMES[0])
    wait_until_open(qtbot, session)
    assert session.state.input_shape == (3, 224, 224)


@pytest.mark.parametrize(("name", "told"), [(NAMES[1], "There is no Missing"), (NAMES[2], "names no model")])
def test_a_name_of_nothing_is_told(importable: None, session: Session, qtbot: QtBot, name: str, told: str) -> None:
    session.files.models.ask_name()
    session.files.models.answer(name)
    wait_until_told(qtbot, session, told)
    assert session.state.files.question is None
