"""What is offered where: kinds of layers, settings not yet given, their words, and names of layers before."""

from __future__ import annotations

import pytest

from explorer.network import LAYERS, Layer, Network
from explorer.network.completing import completions, layer_completion, surroundings

NAMES = {"conv1": "12 × 30 × 30", "relu1": "12 × 30 × 30"}


def _offered(text: str) -> list[str]:
    return [each.word for each in completions(text, len(text), NAMES).found]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("3x32x32 co", ["conv", "convtranspose", "concat"]),
        ("3x32x32 c1=bat", ["batchnorm"]),
        ("3x32x32 norm", ["batchnorm", "groupnorm", "layernorm"]),
        ("3x32x32 conv(16, 3, pa", ["padding"]),
        ("3x32x32 conv(16, 3, padding=", ["valid", "same", "full"]),
        ("3x32x32 conv(16, 3, bias=f", ["False"]),
        ("3x32x32 relu(", ["input"]),
        ("3x32x32 relu(input=", ["relu1", "conv1", "input"]),
        ("3x32x32 add(conv1, r", ["relu1"]),
        ("3x32x32 upsample(2, mode=bi", ["bilinear", "bicubic"]),
        ("3x32x32 conv(16", []),
        ("3x32x32 conv(16, (3, ", []),
        ("3x32x32 # con", []),
        ("3x", []),
        ("", []),
    ],
)
def test_what_can_stand_at_a_place_is_offered(text: str, words: list[str]) -> None:
    assert _offered(text)[: len(words) or None] == words


def test_a_setting_that_is_given_by_place_or_by_name_is_not_offered_again() -> None:
    offered = _offered("3x32x32 conv(16, 3, stride=2, ")
    assert not {"out_channels", "kernel_size", "stride"} & set(offered)
    assert {"padding", "dilation", "groups", "bias", "input"} <= set(offered)


@pytest.mark.parametrize("kind", LAYERS, ids=lambda kind: kind.word)
def test_each_kind_is_offered_at_a_layers_place_and_its_settings_inside(kind: type[Layer]) -> None:
    assert kind.word in _offered("3x32x32 ")
    inside = _offered(f"3x32x32 {kind.word}(")
    assert [name for name, _, _ in kind.settings()] == [name for name in inside if name not in (*NAMES, "input")]
    assert surroundings(f"3x32x32 {kind.word}(").kind is kind


@pytest.mark.parametrize("kind", [kind for kind in LAYERS if kind.most_inputs == 1], ids=lambda kind: kind.word)
def test_what_a_kind_puts_in_is_a_whole_layer_whose_first_number_is_chosen(kind: type[Layer]) -> None:
    completion = layer_completion(kind)
    network = Network.parse(f"3x32x32 {completion.text}")
    assert isinstance(network.layers[0], kind)
    required = [name for name, rules, _ in kind.settings() if rules.required]
    chosen = "" if completion.chosen is None else completion.text[slice(*completion.chosen)]
    assert chosen == (str(kind.defaults()[required[0]]) if required else "")
