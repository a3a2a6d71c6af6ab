"""The command line as a person types it."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import fields
from pathlib import Path

import pytest
from PIL import Image

from explorer.cli import run
from explorer.engine.training.hyperparameters import Hyperparameters
from explorer.training_options import hyperparameters, parser
from tests.ui.fakes import make_picture


def _run(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "explorer", *arguments], capture_output=True, text=True, timeout=120, check=False
    )


@pytest.fixture
def photo(tmp_path: Path) -> Path:
    path = tmp_path / "photo.png"
    Image.fromarray(make_picture(3).pixels).save(path)
    return path


def test_help_shows_examples() -> None:
    done = _run("--help")
    assert done.returncode == 0
    assert "network-explorer maps photo.jpg --layer conv1" in done.stdout
    assert "network-explorer train net.txt --data textures" in done.stdout


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["nothing_here:Net"], "There is no module nothing_here"),
        (["torch.nn:Linear", "--classes", "missing.txt"], "There is no file missing.txt"),
        (["photo.jpg", "--weights", "net.pth"], "--weights and --classes go with a model"),
    ],
)
def test_a_model_that_is_named_wrongly_ends_in_a_sentence(
    words: list[str], told: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(words) == 1
    assert told in capsys.readouterr().err


def test_train_has_an_option_for_every_hyperparameter() -> None:
    options = parser().parse_args(["net.txt", "--data", "textures", "--out", "run"])
    assert {field.name for field in fields(Hyperparameters)} < set(vars(options))
    assert hyperparameters(options) == Hyperparameters()


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        (["--epochs", "0"], "must be 1 or more"),
        (["--epochs", "ten"], "'ten' is not a whole number"),
        (["--batch-size", "−4"], "'−4' is not a whole number"),
        (["--patience", "-3"], "must be 0 or more"),
        (["--checkpoint-every", "-5"], "must be 0 or more"),
        (["--learning-rate", "nan"], "must be finite"),
        (["--momentum", "inf"], "must be finite"),
        (["--alpha", "0,9"], "'0,9' is not a number"),
        (["--seed", "1" + 20 * "0"], "must have 18 digits at most"),
        (["--optimizer", "Magic"], "invalid choice"),
        (["--out"], "expected one argument"),
    ],
)
def test_an_option_that_makes_no_sense_is_named(
    wrong: list[str], words: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit):
        parser().parse_args(["net.txt", "--data", "textures", "--out", "run", *wrong])
    assert f"error: argument {wrong[0]}: {words}" in capsys.readouterr().err


def test_maps_writes_all_feature_maps_of_a_layer(photo: Path, tmp_path: Path) -> None:
    out = tmp_path / "maps.png"
    done = _run("maps", str(photo), "--layer", "conv1", "--out", str(out), "--network", "lecture")
    assert done.returncode == 0, done.stderr
    with Image.open(out) as sheet:
        assert sheet.width > 3 * 32
        assert len(sheet.convert("RGB").getcolors(maxcolors=100_000) or ()) > 50


@pytest.mark.parametrize(
    ("picture", "layer", "out", "words"),
    [
        ("photo.png", "nosuch", "maps.png", "There is no layer"),
        ("missing.png", "conv1", "maps.png", "missing.png"),
        ("photo.png", "conv1", "nowhere/maps.png", "nowhere"),
        ("photo.png", "conv1", "maps.svg", "The maps are written as PNG: maps.svg must end in .png."),
        ("photo.png", "conv1", "maps", "must end in .png."),
    ],
)
def test_what_cannot_be_done_ends_in_a_sentence(
    photo: Path, picture: str, layer: str, out: str, words: str, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = photo.parent
    options = ["maps", str(folder / picture), "--layer", layer, "--out", str(folder / out), "--network", "lecture"]
    assert run(options) == 1
    told = capsys.readouterr().err
    assert words in told
    assert "Traceback" not in told
    assert told.strip().endswith(".")
