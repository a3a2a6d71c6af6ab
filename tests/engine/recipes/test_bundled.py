"""The networks that come with the program: whole, small, as good as they say, and equal to plain PyTorch."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import safetensors.torch
import torch
from PIL import Image
from skimage.data import astronaut
from torch import Tensor
from torch.nn import functional as F  # noqa: N812  # the name PyTorch's own pages use

import explorer
from explorer.data.cifar_archive import read_cifar_archive
from explorer.data.samples import read_sample
from explorer.engine.recipes.make import examples_of, loss_of
from explorer.engine.recipes.recipe import Recipe, read_recipe
from explorer.engine.training.familiarity import LOOKED_AT, KnownExamples, familiarity, features_of
from explorer.engine.training.known_file import read_known
from explorer.engine.training.train import evaluate
from explorer.network.file_names import known_path
from explorer.network.files import read_network
from explorer.resources import bundled_networks, resource

NAMES = bundled_networks()
TRAINED = tuple(name for name in NAMES if name != "two-two-two")
SHARED_DATA = Path(__file__).parents[4] / "shared" / "data"
CIFAR = SHARED_DATA / "cifar10_jpeg.npz"
TINYVGG = SHARED_DATA / "tinyvgg"
needs_cifar = pytest.mark.skipif(not CIFAR.exists(), reason=f"The CIFAR-10 pictures are not at {CIFAR}.")
needs_tinyvgg = pytest.mark.skipif(not TINYVGG.exists(), reason=f"The trained TinyVGG is not at {TINYVGG}.")
TEST_PICTURES = 1_000

Outputs = dict[str, Tensor]


def recipe_of(name: str) -> Recipe:
    return read_recipe(resource("networks"), name)


@pytest.mark.parametrize("name", NAMES)
def test_it_loads_without_a_problem_and_with_every_class_named(name):
    loaded = explorer.load(name)
    assert [p for p in loaded.network.problems() if p.severity == "error"] == []
    assert loaded.title
    assert loaded.description.endswith(".")
    outputs = loaded.network.shapes()[-1]
    assert len(loaded.classes) in {"two-two-two": (0, 2), "one-neuron": (2,)}.get(name, outputs)


@pytest.mark.parametrize("name", NAMES)
def test_its_file_says_what_its_recipe_says(name):
    file, recipe = read_network(resource("networks", f"{name}.json")), recipe_of(name)
    assert file.network == explorer.Network.parse(recipe.network)
    assert (file.title, file.description) == (recipe.title, recipe.told())
    assert (file.classes, file.mean, file.std, file.fit) == (recipe.classes, recipe.mean, recipe.std, recipe.fit)


@pytest.mark.parametrize("name", NAMES)
def test_its_weights_are_float32_and_at_most_two_megabytes(name):
    path = resource("networks", f"{name}.safetensors")
    assert path.stat().st_size <= 2_000_000
    kinds = {key: value.dtype for key, value in safetensors.torch.load_file(path).items()}
    assert {kind for key, kind in kinds.items() if not key.endswith("num_batches_tracked")} == {torch.float32}


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("name", NAMES)
def test_its_start_list_picture_is_there_without_a_ground_for_each_theme(name, theme):
    with Image.open(resource("networks", f"{name}-{theme}.png")) as picture:
        assert picture.size == (320, 200)
        assert picture.getpixel((1, 1))[3] == 0


@pytest.mark.parametrize(("name", "least"), [("cifar10", 0.85), ("lecture", 0.6), ("one-neuron", 0.8)])
def test_its_description_claims_the_accuracy_that_was_measured(name, least):
    reached = recipe_of(name).reached
    assert reached is not None
    assert reached.test_accuracy >= least
    assert f"{100 * reached.test_accuracy:.1f} %" in read_network(resource("networks", f"{name}.json")).description


def known_of(name: str) -> KnownExamples:
    known, _ = read_known(known_path(resource("networks", f"{name}.json")))
    return known


@pytest.mark.parametrize("name", TRAINED)
def test_what_is_unlike_all_it_learned_from_is_told_from_what_is_like_it(name):
    """Noise, brick and a flat grey are unlike photographs of things; a cat and an astronaut are not."""
    loaded, known = explorer.load(name), known_of(name)
    noise = np.random.default_rng(0).integers(0, 256, (32, 32, 3), dtype=np.uint8)
    shown = {"noise": noise, "grey": np.full_like(noise, 128)}
    shown |= {name: read_sample(name).pixels for name in ("cat", "astronaut", "brick", "gravel", "horse")}
    shown["inverted horse"] = 255 - shown["horse"]
    ratios = {what: familiarity(loaded.model, known, loaded.prepare(x)[0].numpy())[0] for what, x in shown.items()}
    assert all(ratios[what] > 1 for what in ("noise", "grey", "brick", "gravel", "inverted horse")), ratios
    assert all(ratios[what] < 1 for what in ("cat", "astronaut")), ratios


def test_what_they_know_is_small_and_holds_no_picture():
    paths = [known_path(resource("networks", f"{name}.json")) for name in TRAINED]
    assert sum(path.stat().st_size for path in paths) < 300_000
    for path in paths:
        kept = safetensors.torch.load_file(path)
        assert set(kept) == {"centre", "spread", "features", "labels"}
        assert kept["features"].shape[1] < 3 * 32 * 32


@needs_cifar
@pytest.mark.parametrize("name", TRAINED)
def test_what_it_knows_was_kept_of_pictures_that_it_learned_from(name):
    recipe = recipe_of(name)
    pictures = read_cifar_archive(CIFAR, "train")
    drawn = np.sort(np.random.default_rng(0).permutation(len(pictures.pixels))[:LOOKED_AT])
    learning = examples_of(recipe, pictures)
    features = features_of(explorer.load(name).model, learning.prepared(learning.taken(torch.from_numpy(drawn[:20]))))
    known, labels = read_known(known_path(resource("networks", f"{name}.json")))
    assert labels.tolist() == learning.targets[torch.from_numpy(drawn)].tolist()
    nearest = torch.cdist(known.measured(features), known.features)
    assert nearest.argmin(dim=1).tolist() == list(range(20))
    assert float(nearest.min(dim=1).values.max()) < known.usual / 2


@needs_cifar
@pytest.mark.parametrize("name", TRAINED)
def test_nearly_all_test_pictures_are_like_what_it_learned_from(name):
    learning = examples_of(recipe_of(name), read_cifar_archive(CIFAR, "test", limit=300))
    loaded, known = explorer.load(name), known_of(name)
    features = features_of(loaded.model, learning.prepared(learning.inputs))
    ratios = torch.cdist(known.measured(features), known.features).min(dim=1).values / known.usual
    assert float((ratios > 1).float().mean()) < 0.1


@needs_cifar
@pytest.mark.parametrize("name", TRAINED)
def test_it_is_as_good_on_test_pictures_as_it_claims(name):
    recipe = recipe_of(name)
    assert recipe.training is not None
    assert recipe.reached is not None
    pictures = examples_of(recipe, read_cifar_archive(CIFAR, "test", limit=TEST_PICTURES))
    accuracy = evaluate(explorer.load(name).model, pictures, loss_of(recipe.training)).accuracy
    spread = (recipe.reached.test_accuracy * (1 - recipe.reached.test_accuracy) / TEST_PICTURES) ** 0.5
    assert accuracy == pytest.approx(recipe.reached.test_accuracy, abs=4 * spread)


@needs_cifar
def test_prepare_feeds_a_test_picture_as_it_was_fed_in_training():
    loaded = explorer.load("cifar10")
    pictures = read_cifar_archive(CIFAR, "test", limit=3)
    examples = examples_of(recipe_of("cifar10"), pictures)
    for index, pixels in enumerate(pictures.pixels):
        expected = examples.prepared(examples.inputs[index : index + 1])
        torch.testing.assert_close(loaded.prepare(pixels), expected, rtol=1e-6, atol=1e-6)


def test_the_two_two_two_network_gives_the_numbers_of_the_slides():
    loaded = explorer.load("two-two-two")
    recording = explorer.record(loaded.model, torch.tensor([[0.0, 1.0]]))
    assert recording["linear1"].output.tolist() == [[1.0, 2.0]]
    assert recording["linear2"].output.tolist() == [[2.0, 2.0]]


# The same networks in plain PyTorch, written out by hand: every layer's output by its name.


def plain_cifar10(w: Outputs, x: Tensor) -> Outputs:
    o: Outputs = {}

    def conv_bn_relu(index: int, x: Tensor) -> Tensor:
        c, b = f"conv{index}", f"bn{index}"
        o[c] = F.conv2d(x, w[f"{c}.weight"], padding=1)
        o[b] = F.batch_norm(
            o[c], w[f"{b}.running_mean"], w[f"{b}.running_var"], w[f"{b}.weight"], w[f"{b}.bias"], training=False
        )
        o[f"relu{index}"] = torch.relu(o[b])
        return o[f"relu{index}"]

    o["pool1"] = F.max_pool2d(conv_bn_relu(1, x), 2)
    o["add1"] = conv_bn_relu(2, o["pool1"]) + conv_bn_relu(4, conv_bn_relu(3, o["relu2"]))
    o["pool2"] = F.max_pool2d(o["add1"], 2)
    o["pool3"] = F.max_pool2d(conv_bn_relu(6, conv_bn_relu(5, o["pool2"])), 2)
    o["flatten1"] = o["pool3"].flatten(1)
    o["linear1"] = F.linear(o["flatten1"], w["linear1.weight"], w["linear1.bias"])
    return o


def plain_lecture(w: Outputs, x: Tensor) -> Outputs:
    o: Outputs = {"conv1": F.conv2d(x, w["conv1.weight"], w["conv1.bias"], padding=2)}
    o["relu1"] = torch.relu(o["conv1"])
    o["pool1"] = F.max_pool2d(o["relu1"], 2)
    o["flatten1"] = o["pool1"].flatten(1)
    o["linear1"] = F.linear(o["flatten1"], w["linear1.weight"], w["linear1.bias"])
    return o


def plain_two_two_two(w: Outputs, x: Tensor) -> Outputs:
    o: Outputs = {"linear1": x @ w["linear1.weight"].T + w["linear1.bias"]}
    o["linear2"] = o["linear1"] @ w["linear2.weight"].T + w["linear2.bias"]
    return {**o, "identity1": o["linear1"], "identity2": o["linear2"]}


def plain_one_neuron(w: Outputs, x: Tensor) -> Outputs:
    o: Outputs = {"conv1": F.conv2d(x, w["conv1.weight"], w["conv1.bias"], padding=2)}
    o["pool1"] = F.max_pool2d(o["conv1"], 2)
    o["flatten1"] = o["pool1"].flatten(1)
    o["linear1"] = F.linear(o["flatten1"], w["linear1.weight"], w["linear1.bias"])
    o["sigmoid1"] = torch.sigmoid(o["linear1"])
    return o


def plain_tinyvgg(w: Outputs, x: Tensor) -> Outputs:
    o: Outputs = {}
    for index in (1, 2, 3, 4):
        x = o[f"conv{index}"] = F.conv2d(x, w[f"conv{index}.weight"], w[f"conv{index}.bias"])
        x = o[f"relu{index}"] = torch.relu(x)
        if index in (2, 4):
            x = o[f"pool{index // 2}"] = F.max_pool2d(x, 2)
    o["flatten1"] = x.flatten(1)
    o["linear1"] = F.linear(o["flatten1"], w["linear1.weight"], w["linear1.bias"])
    return o


PLAIN: dict[str, Callable[[Outputs, Tensor], Outputs]] = {
    "cifar10": plain_cifar10,
    "lecture": plain_lecture,
    "two-two-two": plain_two_two_two,
    "one-neuron": plain_one_neuron,
}


def assert_equal_in_every_layer(model: torch.nn.Module, names: tuple[str, ...], x: Tensor, expected: Outputs) -> None:
    recording = explorer.record(model, x)
    assert set(names) == set(expected)
    for name in names:
        torch.testing.assert_close(recording[name].output, expected[name], rtol=1e-5, atol=1e-5)


def test_every_bundled_network_is_written_out_here():
    assert set(PLAIN) == set(NAMES)


@pytest.mark.parametrize("name", NAMES)
def test_the_same_picture_gives_the_numbers_of_plain_pytorch_in_every_layer(name):
    loaded = explorer.load(name)
    x = torch.tensor([[0.0, 1.0]]) if name == "two-two-two" else loaded.prepare(astronaut())
    weights = safetensors.torch.load_file(resource("networks", f"{name}.safetensors"))
    assert_equal_in_every_layer(loaded.model, loaded.network.names, x, PLAIN[name](weights, x))


BLOCK = "conv(10, 3) relu conv(10, 3) relu maxpool(2)"
TINYVGG_TEXT = f"3x64x64 {BLOCK} {BLOCK} flatten linear(10)"


@needs_tinyvgg
def test_a_network_trained_by_others_and_written_as_text_gives_the_numbers_of_plain_pytorch():
    network = explorer.Network.parse(TINYVGG_TEXT)
    state = torch.load(TINYVGG / "tinyvgg_state.pt", weights_only=True)
    own_keys = list(network.build().state_dict())
    weights = dict(zip(own_keys, state.values(), strict=True))
    model = network.build()
    model.load_state_dict(weights)
    model.eval()
    picture = sorted((TINYVGG / "img").glob("*panda*"))[0]
    with Image.open(picture) as opened:
        pixels = np.asarray(opened.convert("RGB").resize((64, 64)))
    x = torch.from_numpy(pixels.copy()).permute(2, 0, 1)[None].float() / 255
    expected = plain_tinyvgg(weights, x)
    assert_equal_in_every_layer(model, network.names, x, expected)
    assert expected["linear1"].argmax().item() == 7  # a red panda
