"""A folder of Hugging Face's is opened through its own library, or told what to install."""

from __future__ import annotations

import importlib
import json
from pathlib import Path

import pytest
import torch

from explorer.engine.errors import LoadError
from explorer.engine.opening.program import open_program, program_kind
from explorer.network.file_names import is_model


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A small vision transformer with its settings and those of its pictures."""
    library = pytest.importorskip("transformers", reason="transformers is not installed here")
    settings = library.ViTConfig(
        image_size=32,
        patch_size=8,
        hidden_size=16,
        num_hidden_layers=2,
        num_attention_heads=2,
        intermediate_size=24,
        id2label={at: f"kind {at}" for at in range(12)},
    )
    path = tmp_path / "vit"
    library.ViTForImageClassification(settings).save_pretrained(path)
    (path / "preprocessor_config.json").write_text(json.dumps({"image_mean": [0.5] * 3, "image_std": [0.25] * 3}))
    return path


def test_what_it_takes_and_gives_is_in_its_settings(folder: Path) -> None:
    assert is_model(folder)
    opened = open_program(folder)
    expected = opened.expected
    assert (opened.name, expected.shape, expected.told) == (
        "ViTForImageClassification",
        (3, 32, 32),
        "as its settings say",
    )
    assert (expected.mean, expected.std) == ((0.5,) * 3, (0.25,) * 3)
    assert expected.classes == tuple(f"kind {at}" for at in range(12))
    assert opened.module(torch.zeros(1, 3, 32, 32)).logits.shape == (1, 12)


def test_where_the_library_is_missing_it_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def missing(name: str) -> object:
        raise ModuleNotFoundError(name=name)

    assert not is_model(tmp_path)
    for name in ("config.json", "model.safetensors"):
        (tmp_path / name).write_text("{}")
    assert program_kind(tmp_path) == "Hugging Face"
    monkeypatch.setattr(importlib, "import_module", missing)
    with pytest.raises(LoadError, match=r"is a folder of Hugging Face's: install transformers to open it\.$"):
        open_program(tmp_path)
