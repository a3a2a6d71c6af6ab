"""Models of libraries by name: listed without importing them, opened, and fed as their own weights say."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from explorer.engine.opening.named import source_of
from explorer.engine.opening.open_model import open_python_file
from explorer.network.library_names import LIBRARIES, names_of

RESNET = """
from torch import nn
from ._api import register_model

class ResNet(nn.Sequential):
    def __init__(self):
        super().__init__(nn.Conv2d(3, 2, 3), nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(2, 3))

@register_model()
def tiny_resnet(*, weights=None):
    return ResNet()
"""
API = """
made = {}
def register_model():
    def enter(function):
        if function.__name__ in made:
            raise ValueError("An entry is already registered")
        made[function.__name__] = function
        return function
    return enter

class Recipe:
    crop_size, mean, std = [40], [0.5, 0.4, 0.3], [0.2, 0.2, 0.2]

class Weights:
    meta = {"categories": ["ant", "bee", "cow"]}
    def transforms(self):
        return Recipe()

class Known:
    FIRST = DEFAULT = Weights()

def get_model_weights(name):
    return Known
"""


@pytest.fixture
def libraries(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A torchvision and a timm as they lie among installed packages, as far as they are asked."""
    folder = tmp_path / "site-packages"
    for name in ("torchvision", "timm"):
        (folder / name / "models").mkdir(parents=True)
        (folder / name / "__init__.py").write_text("")
        (folder / name / "models" / "_api.py").write_text(API)
        (folder / name / "models" / "resnet.py").write_text(RESNET)
        (folder / name / "models" / "__init__.py").write_text("from .resnet import *\nfrom ._api import *\n")
    monkeypatch.syspath_prepend(str(folder))
    names_of.cache_clear()
    yield folder
    names_of.cache_clear()
    for name in [name for name in sys.modules if name.split(".")[0] in ("torchvision", "timm")]:
        del sys.modules[name]


def test_they_are_listed_by_name_and_nothing_of_them_runs(libraries: Path) -> None:
    assert [names_of(library) for library in LIBRARIES] == [("torchvision.models:tiny_resnet",), ("timm:tiny_resnet",)]
    assert not {"torchvision", "timm"} & set(sys.modules)


def test_where_none_is_installed_there_are_none(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("explorer.network.library_names.find_spec", lambda _name: None)
    names_of.cache_clear()
    assert [names_of(library) for library in LIBRARIES] == [(), ()]
    names_of.cache_clear()


@pytest.mark.parametrize("name", ["torchvision.models:tiny_resnet", "timm:tiny_resnet"])
def test_a_library_is_not_run_twice(libraries: Path, name: str) -> None:
    path, call = source_of(name)
    opened = open_python_file(path, call)
    assert (opened.name, opened.expected.shape) == ("tiny_resnet", (3, 224, 224))
    assert "the weights that it makes itself" in opened.remark


@pytest.mark.parametrize("weights", ["DEFAULT", "Tiny_ResNet_Weights.FIRST"])
def test_its_weights_say_how_pictures_are_fed_and_what_the_classes_are(libraries: Path, weights: str) -> None:
    path, call = source_of(f"torchvision.models:tiny_resnet(weights={weights!r})")
    opened = open_python_file(path, call)
    expected = opened.expected
    assert (expected.shape, expected.mean, expected.std) == ((3, 40, 40), (0.5, 0.4, 0.3), (0.2, 0.2, 0.2))
    assert expected.classes == ("ant", "bee", "cow")
    assert expected.told == "as the library's weights say"
    assert opened.remark.endswith("has the weights of its library.")
