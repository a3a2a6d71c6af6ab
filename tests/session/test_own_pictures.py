"""Pictures for a person's own model: through its program's transform, or by mean and spread at the size it takes."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from PIL import Image
from pytestqt.qtbot import QtBot
from torch import Tensor, nn

from explorer.data import picture_from_array
from explorer.engine.errors import EngineError
from explorer.session import Session, Verb
from explorer.session.own_document import Pictured, seen_document
from tests.ui.fakes import make_picture

MEAN, STD = torch.tensor([0.5, 0.4, 0.3])[:, None, None], torch.tensor([0.2, 0.25, 0.3])[:, None, None]


def transform(image: Image.Image) -> Tensor:
    """As torchvision's Resize, CenterCrop, ToTensor and Normalize."""
    cut = image.resize((20, 20)).crop((2, 2, 18, 18))
    return (torch.from_numpy(np.array(cut)).permute(2, 0, 1) / 255 - MEAN) / STD


class Net(nn.Module):
    """Takes pictures of 16 × 16 alone."""

    def __init__(self) -> None:
        super().__init__()
        self.conv, self.head = nn.Conv2d(3, 4, 3), nn.Linear(4 * 14 * 14, 2)

    def forward(self, x: Tensor) -> Tensor:
        return self.head(self.conv(x).flatten(1))


def look(qtbot: QtBot, session: Session, x: Any, **pictures: Any) -> Net:
    model = Net().eval()
    document, picture = seen_document(model, x, pictures=Pictured(**pictures), classes=("cat", "dog"))
    session.files.look_at(document, picture)
    settle(qtbot, session)
    return model


def settle(qtbot: QtBot, session: Session) -> None:
    qtbot.waitUntil(lambda: session.state.maps.shown is not None, timeout=60_000)
    qtbot.waitUntil(lambda: session.state.maps.shown is session.state.maps.asked, timeout=60_000)
    assert session.state.maps.fault is None


def fed(session: Session) -> np.ndarray:
    assert session.state.maps.activations is not None
    return session.state.maps.activations.by_name["input"].values


@pytest.mark.parametrize("spelling", ["path", "image", "bytes"])
def test_a_picture_is_fed_as_the_programs_transform_makes_it(
    qtbot: QtBot, session: Session, tmp_path: Path, spelling: str
) -> None:
    image = Image.fromarray(make_picture(3).pixels)
    image.save(tmp_path / "photo.png")
    x = {"path": tmp_path / "photo.png", "image": image, "bytes": np.array(image)}[spelling]
    model = look(qtbot, session, x, transform=transform)
    expected = transform(image)
    np.testing.assert_allclose(fed(session), expected, rtol=1e-6)
    assert session.state.prediction is not None
    with torch.no_grad():
        np.testing.assert_allclose(session.state.prediction.values, model(expected[None])[0].softmax(0), rtol=1e-4)
    fitted = session.state.input.fitted
    assert fitted is not None
    assert fitted.source_box is None
    assert fitted.steps[0].startswith("The program's own transform makes 3 × 16 × 16 numbers")
    back = (fitted.values * STD.numpy() + MEAN.numpy()).transpose(1, 2, 0) * 255
    np.testing.assert_allclose(fitted.pixels, back, atol=0.51)  # shown in the picture's own colours


def test_opened_sampled_and_drawn_pictures_take_the_place_of_the_example_that_is_looked_at(
    qtbot: QtBot, session: Session
) -> None:
    batch = torch.randn(2, 3, 16, 16)
    look(qtbot, session, batch, transform=transform)
    session.input.look_at((0, 1))
    settle(qtbot, session)
    picture = make_picture(5)
    session.input.use_picture(picture)
    settle(qtbot, session)
    np.testing.assert_allclose(fed(session), transform(Image.fromarray(picture.pixels)), rtol=1e-6)
    session.input.use_sample("cat")
    settle(qtbot, session)
    sheet = np.random.default_rng(0).integers(0, 256, (16, 16, 3), np.uint8)
    session.input.draw(replace(picture_from_array(sheet, "drawing"), is_drawn=True))
    settle(qtbot, session)
    expected = (torch.from_numpy(sheet).permute(2, 0, 1) / 255 - MEAN) / STD
    np.testing.assert_allclose(fed(session), expected, rtol=1e-4, atol=1e-5)
    session.input.look_at((0, 0))
    settle(qtbot, session)
    np.testing.assert_array_equal(fed(session), batch[0])


def test_mean_and_spread_open_pictures_by_the_windows_rule(qtbot: QtBot, session: Session) -> None:
    look(qtbot, session, torch.randn(1, 3, 16, 16), mean=(0.5, 0.4, 0.3), std=0.25)
    assert session.state.subject.can(Verb.SHOW_PICTURE)
    session.input.use_picture(make_picture(2))
    settle(qtbot, session)
    pixels = session.state.input.fitted
    assert pixels is not None
    expected = (pixels.pixels.transpose(2, 0, 1) / 255 - np.array([0.5, 0.4, 0.3])[:, None, None]) / 0.25
    np.testing.assert_allclose(fed(session), expected, rtol=1e-4, atol=1e-5)


def test_a_picture_alone_is_brought_to_the_size_that_the_model_takes(qtbot: QtBot, session: Session) -> None:
    look(qtbot, session, np.array(make_picture(4).pixels))
    assert fed(session).shape == (3, 16, 16)


def test_what_a_transform_cuts_at_random_is_the_same_each_time(qtbot: QtBot, session: Session) -> None:
    def noisy(image: Image.Image) -> Tensor:
        return transform(image) + torch.rand(3, 16, 16) + float(np.random.rand())

    state = torch.get_rng_state()
    look(qtbot, session, make_picture(1), transform=noisy)
    before = fed(session)
    session.passes.ask()
    settle(qtbot, session)
    np.testing.assert_array_equal(fed(session), before)
    del state


def test_without_a_rule_pictures_are_refused_with_the_way_to_one(qtbot: QtBot, session: Session) -> None:
    look(qtbot, session, torch.randn(1, 3, 16, 16))
    assert "give view a transform" in session.state.subject.refusal(Verb.SHOW_PICTURE)


@pytest.mark.parametrize(
    ("pictures", "told"),
    [
        ({"transform": lambda image: image}, "end it with one that makes a tensor"),
        ({"transform": lambda image: torch.zeros(4, 4)}, "channels, rows and columns"),
        ({"transform": lambda image: 1 / 0}, "The transform failed: ZeroDivisionError"),
        ({"transform": transform, "mean": 0.5}, "give a transform, or mean and std"),
        ({"mean": (0.5, 0.5)}, "2 numbers of mean or std do not fit 3 channels"),
    ],
)
def test_what_does_not_fit_is_told_in_a_sentence(pictures: dict[str, Any], told: str) -> None:
    with pytest.raises((ValueError, EngineError), match=told):
        seen_document(Net(), torch.randn(1, 3, 16, 16), pictures=Pictured(**pictures))
    with pytest.raises(ValueError, match="Mean and std are of pictures"):
        seen_document(nn.Linear(4, 2), torch.randn(1, 4), pictures=Pictured(mean=0.5))
