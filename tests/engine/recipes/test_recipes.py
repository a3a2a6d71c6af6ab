"""Recipes: one command makes a network's files again."""

from __future__ import annotations

import io
from pathlib import Path

import numpy as np
import pytest
import safetensors.torch
import torch
from PIL import Image

from explorer.engine.recipes.__main__ import main
from explorer.engine.recipes.recipe import Recipe, Training, read_recipe, write_recipe
from explorer.network import Network
from explorer.network.files import read_network
from explorer.resources import bundled_networks, resource

TINY = Recipe(
    name="lecture",
    title="Tiny",
    description="Right on {accuracy} of the test pictures.",
    network="3x32x32 conv(2, 3) relu maxpool(5) flatten linear(2)",
    classes=("dark", "bright"),
    mean=(0.5, 0.5, 0.5),
    std=(0.25, 0.25, 0.25),
    training=Training(
        epochs=3,
        batch_size=8,
        learning_rate=0.05,
        warm_up=0.3,
        momentum=0.9,
        weight_decay=1e-4,
        label_smoothing=0.0,
        shift=2,
        precision="float32",
        seed=0,
    ),
)


@pytest.fixture
def archive(tmp_path: Path) -> Path:
    """Forty dark and bright pictures to learn from, ten to test."""
    contents: dict[str, np.ndarray] = {"classes": np.array(["dark", "bright"])}
    for split, count in (("train", 40), ("test", 10)):
        labels = np.arange(count) % 2
        files = [_jpeg(60 + 120 * int(label)) for label in labels]
        contents[f"{split}_jpeg"] = np.frombuffer(b"".join(files), np.uint8)
        contents[f"{split}_offset"] = np.cumsum([0, *map(len, files)])
        contents[f"{split}_label"] = labels
    path = tmp_path / "pictures.npz"
    np.savez(path, **contents)
    return path


def _jpeg(level: int) -> bytes:
    content = io.BytesIO()
    Image.new("RGB", (32, 32), (level, level, level)).save(content, "JPEG")
    return content.getvalue()


@pytest.mark.parametrize("name", bundled_networks())
def test_every_bundled_network_has_a_recipe_that_survives_being_written(name, tmp_path):
    recipe = read_recipe(resource("networks"), name)
    assert [p for p in Network.parse(recipe.network).problems() if p.severity == "error"] == []
    write_recipe(tmp_path, recipe)
    assert read_recipe(tmp_path, name) == recipe


def test_given_weights_are_written_as_the_files_that_come_with_the_program(tmp_path):
    write_recipe(tmp_path, read_recipe(resource("networks"), "two-two-two"))
    main(["two-two-two", "--folder", str(tmp_path)])
    made, bundled = (folder / "two-two-two" for folder in (tmp_path, resource("networks")))
    assert read_network(made.with_suffix(".json")) == read_network(bundled.with_suffix(".json"))
    assert made.with_suffix(".safetensors").read_bytes() == bundled.with_suffix(".safetensors").read_bytes()


def test_a_trained_recipe_says_how_good_it_became_and_gives_the_same_weights_again(tmp_path, archive, capsys):
    states = []
    for run in ("first", "second"):
        folder = tmp_path / run
        folder.mkdir()
        write_recipe(folder, TINY)
        main(["lecture", "--data", str(archive), "--folder", str(folder), "--checkpoint", str(folder / "run.ckpt"),
              "--threads", str(torch.get_num_threads())])  # fmt: skip
        assert not (folder / "run.ckpt").exists()
        states.append(safetensors.torch.load_file(folder / "lecture.safetensors"))
    assert all(torch.equal(value, states[1][name]) for name, value in states[0].items())
    reached = read_recipe(folder, "lecture").reached
    assert reached is not None
    assert reached.test_accuracy == 1.0
    assert read_network(folder / "lecture.json").description == "Right on 100 % of the test pictures."
    told = capsys.readouterr()
    assert "Tiny: Right on 100 % of the test pictures." in told.out
    assert "epoch 3/3" in told.err


def test_training_without_data_is_told(tmp_path):
    write_recipe(tmp_path, TINY)
    with pytest.raises(SystemExit, match=r"lecture is trained on CIFAR-10: say --data"):
        main(["lecture", "--folder", str(tmp_path)])
