"""Text notation: what it says, that it comes back, and where it says a mistake lies."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from explorer.network import LAYERS, Layer, Network, NotationError
from tests.network import strategies

EXAMPLE = "3x32x32 conv(12, 3, padding=1) relu maxpool(2) flatten linear(10)"


def test_the_example_has_the_shapes_it_is_said_to_have() -> None:
    network = Network.parse(EXAMPLE)
    assert network.shapes() == ((12, 32, 32), (12, 32, 32), (12, 16, 16), (3072,), (10,))
    assert network.problems() == ()
    assert network.text() == EXAMPLE


@settings(max_examples=200, deadline=None)
@given(network=strategies.networks())
def test_text_comes_back_as_the_same_network(network: Network) -> None:
    assert Network.parse(network.text()) == network


@settings(max_examples=200, deadline=None)
@given(text=st.text(alphabet="3x 2(=,)#conv'addinput\n-.relu", max_size=40))
def test_any_text_is_read_or_refused_with_a_place(text: str) -> None:
    read = parsed(text)
    if isinstance(read, Network):
        assert Network.parse(read.text()) == read
    else:
        assert 0 <= read.position <= len(text)
        assert f"line {read.line}, column {read.column}" in str(read)


def parsed(text: str) -> Network | NotationError:
    try:
        return Network.parse(text)
    except NotationError as error:
        return error


@pytest.mark.parametrize("kind", LAYERS, ids=lambda kind: kind.kind)
def test_a_layer_may_be_called_as_pytorch_calls_it(kind: type[Layer]) -> None:
    (layer,) = Network((3, 8, 8), (kind(),)).layers
    text = Network((3, 8, 8), (kind(),)).text().replace(kind.word, kind.kind)
    assert Network.parse(text).layers == (layer,)


@pytest.mark.parametrize(
    ("text", "layers"),
    [
        ("3x8x8 conv(4, (3, 5))", "conv(4, (3, 5))"),
        ("3x8x8 conv(4, (3, 3))", "conv(4, 3)"),
        ("3x8x8 conv(4, kernel_size=3, stride=1)", "conv(4, 3)"),
        ("3x8x8 conv(4, 3, 2, 1)", "conv(4, 3, stride=2, padding=1)"),
        ("3×8×8 conv(4, 3, padding='same', bias=false)", "conv(4, 3, padding=same, bias=False)"),
        ("3x8x8  # a picture\n conv(4, 3) # filters\n relu", "conv(4, 3) relu"),
        ("3x8x8 c1 = relu add(c1, input)", "c1=relu add(c1, input)"),
        ("3x8x8 leakyrelu(0.2) dropout(1)", "leakyrelu(negative_slope=0.2) dropout(1.0)"),
    ],
)
def test_there_is_one_way_to_write_a_layer_and_several_to_read_it(text: str, layers: str) -> None:
    assert Network.parse(text).text() == f"3x8x8 {layers}"


@pytest.mark.parametrize(
    ("text", "sentence", "position"),
    [
        ("", "The text ends where an input shape such as 3x32x32 should come", 0),
        ("conv(12, 3)", "A network begins with its input shape", 0),
        ("3x32 relu", "channels x height x width or one number", 0),
        ("0x8x8 relu", "channels x height x width or one number", 0),
        ("9999999999999x8x8 relu", "channels x height x width or one number", 0),
        ("3x8x8 conv(99999999999999, 3)", "The number is too long", 11),
        ("3x8x8 cnov(4, 3)", "There is no layer called 'cnov'; perhaps conv?", 6),
        ("3x8x8 conv(4)", "conv needs kernel_size, as in conv(16, 3)", 6),
        ("3x8x8 conv(4, 3, pading=1)", "conv has no setting 'pading'", 17),
        ("3x8x8 conv(4, 3, out_channels=1)", "out_channels is given twice", 17),
        ("3x8x8 conv(4, soft)", "kernel_size must be a whole number or a pair such as (3, 5), not 'soft'", 14),
        ("3x8x8 conv(4, 3", "The text ends where ',' or ')' should come", 15),
        ("3x8x8 relu(1)", "relu has no setting left for '1'", 11),
        ("3x8x8 relu ?", "'?' is not understood", 11),
        ("3x8x8 _a=relu", "'_a' is not a name", 6),
        ("3x8x8\nrelu\n  1=relu", "Expected a layer, not '1'", 13),
    ],
)
def test_a_mistake_is_named_with_its_place(text: str, sentence: str, position: int) -> None:
    with pytest.raises(NotationError) as caught:
        Network.parse(text)
    assert sentence in str(caught.value)
    assert caught.value.position == position


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("3x8x8 conv(4, 3) conv(4, 3) maxpool(2) avgpool(2)", ("conv1", "conv2", "pool1", "pool2")),
        ("3x8x8 relu relu1=relu relu", ("relu2", "relu1", "relu3")),
        ("3x8x8 a=relu relu", ("a", "relu2")),
        ("3x8x8 batchnorm add(bn1, bn1)", ("bn1", "add1")),
    ],
)
def test_layers_without_a_name_are_numbered_by_their_place(text: str, names: tuple[str, ...]) -> None:
    assert Network.parse(text).names == names


def test_a_network_of_plain_numbers_is_written_with_one_size() -> None:
    network = Network.parse("2 linear(2) identity linear(2)")
    assert (network.input_shape, network.shapes()) == ((2,), ((2,), (2,), (2,)))
    assert network.parameter_counts() == (6, 0, 6)


WORDS = [(kind, name, word) for kind in LAYERS for name, rules, _ in kind.settings() for word in rules.choices]


@pytest.mark.parametrize(("kind", "name", "word"), WORDS, ids=lambda value: getattr(value, "word", value))
def test_every_word_that_a_setting_takes_is_typed_without_quotes(kind: type[Layer], name: str, word: str) -> None:
    required = ", ".join(str(kind.defaults()[each]) for each, rules, _ in kind.settings() if rules.required)
    for written in (word, word.upper(), repr(word)):
        layer = Network.parse(f"3x9x9 {kind.word}({required}{', ' if required else ''}{name}={written})").layers[0]
        assert getattr(layer, name) == word
