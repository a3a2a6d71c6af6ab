"""What is taken for the boxes of a detector: what torchvision's return, for each example or for all."""

from __future__ import annotations

from typing import Any

import pytest
import torch

from explorer.engine.recording.detections import detections_of

BOXES = torch.arange(24.0).reshape(2, 3, 4)
LABELS, SCORES = torch.tensor([[1, 2, 3], [4, 5, 6]]), torch.rand(2, 3, generator=torch.Generator().manual_seed(0))


@pytest.mark.parametrize("example", [0, 1])
@pytest.mark.parametrize(
    "outputs",
    [
        [{"boxes": BOXES[at], "labels": LABELS[at], "scores": SCORES[at]} for at in range(2)],
        {"boxes": BOXES, "labels": LABELS, "scores": SCORES},
    ],
    ids=["each", "all"],
)
def test_the_boxes_of_an_example_are_found(outputs: Any, example: int) -> None:
    found = detections_of(outputs, example)
    assert found is not None
    boxes, labels, scores = found
    assert labels is not None
    assert scores is not None
    torch.testing.assert_close(boxes, BOXES[example])
    torch.testing.assert_close(labels, LABELS[example])
    torch.testing.assert_close(scores, SCORES[example])


def test_labels_and_scores_need_not_be_there() -> None:
    found = detections_of([{"boxes": BOXES[0], "labels": LABELS}])
    assert found is not None
    assert found[1:] == (None, None)


@pytest.mark.parametrize("outputs", [BOXES, [BOXES[0]], {"boxes": LABELS}, [{"masks": BOXES}], {}, None, ["boxes"]])
def test_other_outputs_are_none(outputs: Any) -> None:
    assert detections_of(outputs) is None
