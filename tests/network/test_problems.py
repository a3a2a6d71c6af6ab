"""What is wrong with a network, said with numbers and mended with one click."""

from __future__ import annotations

import re
from typing import Any

import pytest
import torch
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from explorer.network import LAYERS, Layer, Network, NetworkError, Problem
from explorer.network.layers import AvgPool2d, Conv2d, ConvTranspose2d, LeakyReLU
from tests.campaigns.fixes import wrong_fixes
from tests.network import strategies


def only_problem(text: str) -> Problem:
    (problem,) = Network.parse(text).problems()
    return problem


def said(network: Network) -> list[str]:
    return [problem.message for problem in network.problems()]


FAULTS = [
    # what is written, the layer, what is said, what is written after the fix
    ("3x7x7 conv(4, 9)", "conv1", "The 9×9 kernel window is larger than the 7×7 map that arrives.", "3x7x7 conv(4, 7)"),
    (
        "3x7x7 conv(4, 3, dilation=4)",
        "conv1",
        "The 9×9 kernel window (with its dilation) is larger than the 7×7 map that arrives.",
        "3x7x7 conv(4, 2, dilation=4)",
    ),
    (
        "3x2x9 conv(4, 5, padding=1)",
        "conv1",
        "The 5×5 kernel window is larger than the 2×9 map that arrives, 4×11 with padding.",
        "3x2x9 conv(4, (4, 5), padding=1)",
    ),
    (
        "3x2x2 maxpool(2) maxpool(2)",
        "pool2",
        "The 2×2 kernel window is larger than the 1×1 map that arrives.",
        "3x2x2 maxpool(2) maxpool(1)",
    ),
    (
        "3x1x1 convtranspose(4, 2, padding=1)",
        "convtranspose1",
        "Nothing is left of the map: (1 − 1)·1 − 2·1 + 2 = 0.",
        "3x1x1 convtranspose(4, 2)",
    ),
    (
        "3x8x8 convtranspose(4, 2, output_padding=1)",
        "convtranspose1",
        "Output padding = 1 must be smaller than the stride or the dilation.",
        "3x8x8 convtranspose(4, 2)",
    ),
    (
        "10 linear(5, in_features=7)",
        "linear1",
        "Input features = 7, but 10 numbers arrive.",
        "10 linear(5, in_features=10)",
    ),
    (
        "3x8x9 linear(4)",
        "linear1",
        "Linear needs a row of numbers, but a map of 3×8×9 arrives. PyTorch would act on its last axis of 9 alone, "
        "row by row.",
        "3x8x9 flatten linear(4)",
    ),
    (
        "3x8x8 a=relu relu linear(4, in_features=7, input=a)",
        "linear1",
        "Linear needs a row of numbers, but a map of 3×8×8 arrives. PyTorch would act on its last axis of 8 alone, "
        "row by row.",
        "3x8x8 a=relu relu flatten(input=a) linear(4, in_features=192)",
    ),
    (
        "3x8x8 conv(4, 3, in_channels=1)",
        "conv1",
        "Input channels = 1, but 3 channels arrive.",
        "3x8x8 conv(4, 3, in_channels=3)",
    ),
    (
        "6x8x8 conv(9, 3, groups=4)",
        "conv1",
        "Groups = 4 does not divide the 6 channels that arrive; every group needs the same number.",
        "6x8x8 conv(9, 3, groups=3)",
    ),
    (
        "4x8x8 conv(6, 3, groups=4)",
        "conv1",
        "Groups = 4 does not divide the 6 filters; every group needs the same number.",
        "4x8x8 conv(6, 3, groups=2)",
    ),
    (
        "3x8x8 conv(4, 5, stride=2, padding=same)",
        "conv1",
        "Padding = same keeps the size of the map, so it needs stride 1, not 2.",
        "3x8x8 conv(4, 5, stride=2, padding=2)",
    ),
    (
        "3x8x8 maxpool(2, padding=(2, 1))",
        "pool1",
        "Padding = 2 × 1 is more than half of the 2×2 kernel window; some patches would hold nothing but padding.",
        "3x8x8 maxpool(2, padding=1)",
    ),
    (
        "3x1x9 maxpool(2, stride=4, padding=1, dilation=2)",
        "pool1",
        "Dilation = 2 steps over the 1×9 map that arrives; some patches would hold nothing but padding.",
        "3x1x9 maxpool(2, stride=4, padding=1, dilation=(1, 2))",
    ),
    (
        "6x8x8 groupnorm(4)",
        "groupnorm1",
        "Groups = 4 does not divide the 6 channels that arrive.",
        "6x8x8 groupnorm(3)",
    ),
    (
        "3x8x8 batchnorm(num_features=4)",
        "bn1",
        "Channels = 4, but 3 channels arrive.",
        "3x8x8 batchnorm(num_features=3)",
    ),
    (
        "3x8x8 upsample(2, align_corners=True)",
        "upsample1",
        "Align corners needs a method that interpolates; nearest does not.",
        "3x8x8 upsample(2)",
    ),
    (
        "10 conv(4, 3)",
        "conv1",
        "Conv2d needs a map of channels × height × width, but what arrives is a row of 10 numbers.",
        None,
    ),
    ("3x8x8 conv(-4, 3)", "conv1", "Filters = −4, but it must be at least 1.", "3x8x8 conv(1, 3)"),
    (
        "10 layernorm(dimensions=2)",
        "layernorm1",
        "Axes = 2, but what arrives (10 numbers) has 1 axis.",
        "10 layernorm(dimensions=1)",
    ),
    (
        "4x1x1 groupnorm(4)",
        "groupnorm1",
        "Each of the 4 groups holds a single number, and one number has no variance.",
        "4x1x1 groupnorm(1)",
    ),
    ("3x8x8 maxpool(2, stride=(0, 2))", "pool1", "Stride = 0, but it must be at least 1.", None),
    ("3x8x8 dropout(1.5)", "dropout1", "Probability = 1.5, but it must be at most 1.", "3x8x8 dropout(1.0)"),
    (
        "3x8x8 a=conv(3, 3) b=relu add(input, a)",
        "add1",
        "Add needs inputs of one shape, or of size 1 along an axis, but 3×8×8 and 3×6×6 arrive.",
        "3x8x8 a=conv(3, 3, padding=same) b=relu add(input, a)",
    ),
    (
        "3x8x8 a=conv(4, 1) add(input, a)",
        "add1",
        "Add needs inputs of one shape, or of size 1 along an axis, but 3×8×8 and 4×8×8 arrive.",
        "3x8x8 a=conv(3, 1) add(input, a)",
    ),
    (
        "3x8x8 a=conv(4, 1) relu(input=input) add(a, relu1)",
        "add1",
        "Add needs inputs of one shape, or of size 1 along an axis, but 4×8×8 and 3×8×8 arrive.",
        "3x8x8 a=conv(4, 1) relu(input=input) add1=concat(a, relu1)",
    ),
    (
        "3x8x8 a=conv(3, 3) concat(input, a)",
        "concat1",
        "Concat needs maps of one height and width, but 3×8×8 and 3×6×6 arrive.",
        "3x8x8 a=conv(3, 3, padding=same) concat(input, a)",
    ),
    (
        "3x8x8 a=conv(8, 3) relu conv(4, 3, stride=2, padding=1) batchnorm relu add(relu2, a)",
        "add1",
        "Add needs inputs of one shape, or of size 1 along an axis, but 4×3×3 and 8×6×6 arrive.",
        "3x8x8 a=conv(8, 3) relu conv(8, 3, padding=same) batchnorm relu add(relu2, a)",
    ),
    (
        "3x8x8 a=conv(8, 3) maxpool(2) concat(a, pool1)",
        "concat1",
        "Concat needs maps of one height and width, but 8×6×6 and 8×3×3 arrive.",
        None,
    ),
    (
        "3x8x8 a=conv(3, 1) relu add",
        "add1",
        "Add needs at least 2 inputs by name, as in add(conv1, relu2).",
        "3x8x8 a=conv(3, 1) relu add(a, relu1)",
    ),
    (
        "3x8x8 relu add(relu1, gone)",
        "add1",
        "There is no layer called 'gone' to take from.",
        None,
    ),
    (
        "3x8x8 a=relu relu(input=gone)",
        "relu2",
        "There is no layer called 'gone' to take from.",
        "3x8x8 a=relu relu(input=a)",
    ),
    (
        "3x8x8 a=relu(input=b) b=relu(input=input)",
        "a",
        "It takes 'b', which comes later; data would go round in a circle.",
        "3x8x8 a=relu(input=input) b=relu(input=input)",
    ),
    (
        "3x8x8 a=relu(input=a)",
        "a",
        "The layer takes its own output; data would go round in a circle.",
        "3x8x8 a=relu(input=input)",
    ),
    (
        "3x8x8 relu relu(input=relu1, input=input)",
        "relu2",
        "ReLU takes one input, not 2.",
        "3x8x8 relu relu(input=relu1)",
    ),
    (
        "3x8x8 a=relu a=relu",
        "a",
        "Two layers are called 'a'; every name may occur only once.",
        "3x8x8 a=relu relu1=relu",
    ),
    (
        "3x8x8 forward=relu",
        "forward",
        "The name 'forward' already means something in PyTorch or Python.",
        "3x8x8 relu",
    ),
]


@pytest.mark.parametrize(("text", "layer", "message", "fixed"), FAULTS, ids=[fault[0] for fault in FAULTS])
def test_a_fault_is_said_with_its_numbers_and_mended(text: str, layer: str, message: str, fixed: str | None) -> None:
    problem = only_problem(text)
    assert (problem.layer, problem.message, problem.severity) == (layer, message, "error")
    if fixed is not None:
        assert problem.fix is not None
        assert problem.fix.network.text() == fixed
        assert [each for each in problem.fix.network.problems() if each.severity == "error"] == []


def test_no_sentence_names_a_setting_otherwise_than_the_form() -> None:
    fields = {name for layer in LAYERS for name, rules, _ in layer.settings() if rules.label.lower() != name}
    for text, _, message, _ in FAULTS:
        assert not fields & set(re.findall(r"\w+", message)), text


def test_a_fix_says_what_it_does() -> None:
    labels = {
        "3x7x7 conv(4, 9)": "Set window = 7",
        "3x8x8 linear(4)": "Insert Flatten before",
        "3x8x8 a=conv(4, 3) add(input, a)": "Set filters = 3, padding = same in a",
        "3x8x8 a=conv(4, 1) relu(input=input) add(a, relu1)": "Use Concat instead",
        "3x8x8 a=relu a=relu": "Call it relu1",
        "3x8x8 a=relu relu(input=gone)": "Take a instead",
        "3x8x8 a=conv(3, 1) relu add": "Take a and relu1",
        "3x2x9 conv(4, 5, padding=1)": "Set window = 4 × 5",
        "3x7x7 maxpool(2)": "Set round up = yes",
    }
    for text, label in labels.items():
        fix = only_problem(text).fix
        assert fix is not None
        assert fix.label == label


REMARKS = [
    (
        "3x7x7 conv(4, 3, stride=3)",
        "3×3 with stride 3 on 7×7: (7 + 2·0 − 3)/3 + 1 = 2.33, which PyTorch rounds down to 2. So the last row and "
        "the last column are never read.",
        "3x7x7 conv(4, 3, stride=3, padding=1)",
    ),
    (
        "3x7x7 maxpool(2)",
        "2×2 with stride 2 on 7×7: (7 + 2·0 − 2)/2 + 1 = 3.5, which PyTorch rounds down to 3. So the last row and "
        "the last column are never read.",
        "3x7x7 maxpool(2, ceil_mode=True)",
    ),
    (
        "3x8x6 maxpool((2, 4))",
        "2×4 with stride 2×4 on 8×6: rows: (8 + 2·0 − 2)/2 + 1 = 4; columns: (6 + 2·0 − 4)/4 + 1 = 1.5, which PyTorch "
        "rounds down to 1. So the last 2 columns are never read.",
        "3x8x6 maxpool((2, 4), ceil_mode=True)",
    ),
]


@pytest.mark.parametrize(("text", "message", "fixed"), REMARKS, ids=[remark[0] for remark in REMARKS])
def test_cells_that_are_never_read_are_a_remark_and_the_network_runs(text: str, message: str, fixed: str) -> None:
    problem = only_problem(text)
    assert (problem.message, problem.severity) == (message, "remark")
    assert Network.parse(text).runnable() == 1
    assert problem.fix is not None
    assert problem.fix.network.text() == fixed
    assert problem.fix.network.problems() == ()


@pytest.mark.parametrize(
    ("text", "part"),
    [
        ("1x4x4 conv(1, 1, stride=3, padding=1)", "rows 0, 1 and 3 and columns 0, 1 and 3, counted from 0, are never"),
        ("2x7x4 conv(2, 4, padding=(1, 2), stride=4, dilation=2)", "rows 0, 2, 4 and 6 and columns 1 and 3, counted"),
        ("1x8x8 conv(1, 2, dilation=4, stride=6)", "6 of 8 rows and 6 of 8 columns are never read."),
        ("1x7x7 conv(1, 2, dilation=4)", "row 3 and column 3, counted from 0, are never read."),
        ("1x5x5 convtranspose(1, 2, padding=2)", "rows 0 and 4 and columns 0 and 4, counted from 0, are never read."),
    ],
)
def test_cells_between_the_windows_and_in_their_holes_are_told_too(text: str, part: str) -> None:
    assert part in only_problem(text).message


@settings(max_examples=60, deadline=None)
@given(data=st.data(), size=st.tuples(st.integers(1, 11), st.integers(1, 11)))
@pytest.mark.parametrize("kind", [Conv2d, AvgPool2d, ConvTranspose2d])
@pytest.mark.filterwarnings("ignore:Using padding='same' with even kernel")
def test_a_remark_tells_exactly_the_cells_that_no_gradient_reaches(
    kind: type[Layer], data: st.DataObject, size: tuple[int, int]
) -> None:
    network = Network((1, *size), (data.draw(strategies.layers(kind)).with_settings(**_ONE_GROUP.get(kind, {})),))
    assume(network.runnable() == 1)
    model, x = network.build(), torch.ones(1, 1, *size, requires_grad=True)
    with torch.no_grad():
        for parameter in model.parameters():
            parameter.fill_(1.0)
    model(x).sum().backward()
    assert x.grad is not None
    unread = [(x.grad[0, 0] == 0).all(dim=dim).nonzero().flatten().tolist() for dim in (1, 0)]
    remarks = [problem.message for problem in network.problems()]
    layer: Any = network.layers[0]
    found = layer.unread((1, *size))
    nothing = unread == [list(range(size[0])), list(range(size[1]))]
    assert nothing or [list(cells) for cells in found] == unread
    assert len(remarks) == any(map(len, found))


_ONE_GROUP: dict[type[Layer], dict[str, Any]] = {
    kind: {"groups": 1, "in_channels": None, "out_channels": 1} for kind in (Conv2d, ConvTranspose2d)
}


def test_a_remark_of_a_network_whose_layer_hides_the_input_is_told_all_the_same() -> None:
    network = Network.parse("1x1x3 a=convtranspose(1, 1, padding=(0, 1)) input=conv(1, 1, groups=2)")
    assert [problem.layer for problem in network.problems()] == ["a", "input", "input"]


def test_padding_that_is_never_read_is_no_remark() -> None:
    assert Network.parse("3x32x32 conv(4, 3, stride=2, padding=1)").problems() == ()


@pytest.mark.parametrize(
    ("text", "layer", "part"),
    [
        ("3x100x100 flatten linear(333400)", "linear1", "10,002,333,400 weights would take 37.3 GiB; at most 2 GiB"),
        ("3x8x8 conv(10000000000, 3)", "conv1", "280,000,000,000 weights would take 1.02 TiB; at most 2 GiB"),
        ("3x8x8 upsample(1000) upsample(1000)", "upsample2", "Its output would take 698 TiB; at most 2 GiB"),
        ("3x100000x100000 relu", "input", "The input would take 112 GiB; at most 64 MiB"),
        (
            "20000 linear(20000) linear(20000)",
            "linear2",
            "With this layer all weights together would take 2.98 GiB; at most 2 GiB",
        ),
    ],
)
def test_what_is_too_large_is_refused_with_its_size_before_memory_is_asked_for(
    text: str, layer: str, part: str
) -> None:
    network = Network.parse(text)
    problem = next(problem for problem in network.problems() if problem.severity == "error")
    assert problem.layer == layer
    assert part in problem.message
    with pytest.raises(NetworkError, match=r"at most .* is allowed"):
        network.build()


def test_everything_before_the_first_error_still_runs() -> None:
    network = Network.parse("3x8x8 conv(4, 3) relu conv(4, 9) relu")
    assert network.runnable() == 2
    assert network.shapes() == ((4, 6, 6), (4, 6, 6), None, None)
    assert [problem.layer for problem in network.problems()] == ["conv2"]
    assert network.prefix(network.runnable()).build() is not None


@settings(max_examples=150, deadline=None)
@given(network=strategies.networks())
def test_no_network_is_too_broken_to_be_looked_at(network: Network) -> None:
    count = len(network.layers)
    assert len(network.shapes()) == len(network.parameter_counts()) == len(network.multiply_adds()) == count
    errors = [problem for problem in network.problems() if problem.severity == "error"]
    assert (network.runnable() == count) == (not errors)
    assert network.prefix(network.runnable()).runnable() == network.runnable()
    for problem in network.problems():
        assert problem.layer in (*network.names, "input")
        assert problem.message.endswith(".")


@settings(max_examples=200, deadline=None)
@given(network=st.one_of(strategies.networks(), strategies.running_networks()))
def test_a_fix_mends_what_it_was_offered_for_and_breaks_nothing(network: Network) -> None:
    # A name that stands twice hides what is wrong with the layers behind it; mending it may show the same fault there.
    assume(len(set(network.names)) == len(network.names))
    assert list(wrong_fixes(network)) == []
    for problem in network.problems():
        if problem.fix is not None:
            assert problem.fix.label
            assert problem.fix.network != network


@pytest.mark.parametrize("name", ["train", "class", "forward"])
def test_a_layer_that_is_called_otherwise_is_still_taken_from(name: str) -> None:
    problem = only_problem(f"1x7x7 {name}=conv(3, 3, padding=1) relu add({name}, relu1) flatten linear(2)")
    assert problem.fix is not None
    mended = problem.fix.network
    assert mended.problems() == ()
    assert mended.layer("add1").inputs == ("conv1", "relu1")


def test_of_two_layers_with_one_name_the_first_is_still_taken_from() -> None:
    network = Network.parse("1x7x7 a=conv(3, 3, padding=1) a=relu add(a, a)")
    renamed = next(problem.fix for problem in network.problems() if problem.fix is not None).network
    assert renamed.names == ("a", "relu1", "add1")
    assert renamed.layer("add1").inputs == ("a", "a")


def test_who_takes_the_input_still_does_when_a_layer_of_that_name_is_called_otherwise() -> None:
    network = Network.parse("1 relu(input=input) a=relu flatten input=leakyrelu")
    renamed = next(problem.fix for problem in network.problems() if problem.fix is not None).network
    assert renamed.layer("relu1").inputs == ("input",)
    assert renamed.problems() == ()


def test_a_remark_offers_no_fix_that_breaks_a_layer_behind() -> None:
    before = "3x7x7 a=conv(4, 3, stride=3) {} "
    assert only_problem(before.format("relu")).fix is not None
    assert only_problem(before.format("flatten linear(10, in_features=16)")).fix is None
    branches = "3x8x8 a=conv(4, 1, stride=2) b=conv(4, 3, stride=2, padding=1, input=input) add(a, b)"
    assert only_problem(branches).fix is None


def test_the_numbers_of_a_setting_are_written_as_all_numbers_are() -> None:
    assert {rules.text(value) for _, rules, _ in LeakyReLU.settings() for value in (1e-05, -0.1, 0.0)} == {
        "1e−5",
        "−0.1",
        "0",
    }
    message = next(problem.message for problem in Network.parse("3x8x8 batchnorm(eps=-1e-6)").problems())
    assert "−1e−6" in message


@pytest.mark.parametrize("kind", LAYERS, ids=lambda kind: kind.kind)
def test_a_layer_type_explains_itself(kind: type[Layer]) -> None:
    assert kind.summary.endswith(".")
    assert kind.__doc__
    for _, rules, _ in kind.settings():
        assert rules.label
        assert rules.help.endswith(".")


def test_every_layer_type_is_listed_once_under_its_own_words() -> None:
    assert len({kind.kind for kind in LAYERS}) == len({kind.word for kind in LAYERS}) == len(LAYERS)


@pytest.mark.parametrize(
    ("text", "size", "parameters"),
    [
        ("3x32x32 conv(12, 5, padding=2)", "(32 + 2·2 − 5)/1 + 1 = 32", "5·5·3·12 + 12 = 912"),
        ("4x9x7 conv(6, 3, groups=2, bias=False)", "rows: (9 + 2·0 − 3)/1 + 1 = 7; columns: (7 + 2·0 − 3)/1 + 1 = 5",
         "3·3·(4/2)·6 = 108"),
        ("1x8x8 conv(1, 4, padding=same)", "(8 + 1 + 2 − 4)/1 + 1 = 8", "4·4·1·1 + 1 = 17"),
        ("1x9x9 conv(1, 3, dilation=2)", "(9 + 2·0 − 2·(3 − 1) − 1)/1 + 1 = 5", "3·3·1·1 + 1 = 10"),
        ("2x4x4 convtranspose(3, 2, stride=2)", "(4 − 1)·2 − 2·0 + 2 = 8", "2·2·2·3 + 3 = 27"),
        ("3x7x7 maxpool(2, ceil_mode=True)", "(7 + 2·0 − 2)/2 + 1 = 3.5, which PyTorch rounds up to 4", ""),
        ("12x16x16 flatten", "12·16·16 = 3,072", ""),
        ("1x301x5 maxpool((2, 1), stride=(300, 1))", "rows: (301 + 2·0 − 2)/300 + 1 = 1.9967, which PyTorch rounds down"
         " to 1; columns: (5 + 2·0 − 1)/1 + 1 = 5", ""),
        ("1x1000x1000 avgpool(3, stride=999)", "(1000 + 2·0 − 3)/999 + 1 = 1.998, which PyTorch rounds down to 1", ""),
        ("3072 linear(10)", "3,072 numbers → 10", "3,072·10 + 10 = 30,730"),
        ("3x5x5 upsample(2)", "5·2 = 10", ""),
        ("3x5x5 batchnorm", "", "3 + 3 = 6"),
        ("3x5x5 layernorm(bias=False)", "", "75 = 75"),
    ],
)  # fmt: skip
def test_the_arithmetic_is_written_with_its_numbers(text: str, size: str, parameters: str) -> None:
    network = Network.parse(text)
    (layer,) = network.layers
    assert layer.size_formula(network.input_shape) == size
    assert layer.parameter_formula(network.input_shape) == parameters
