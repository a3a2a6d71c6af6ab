"""The workbench: a model that follows the edits and keeps the weights that still fit."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import torch

from explorer.engine import Cancelled, EngineError, LoadError
from explorer.engine.model.load import load, read_weights
from explorer.engine.model.workbench import Workbench, read_saved
from explorer.network import Network
from explorer.network.files import NetworkFile
from explorer.resources import resource

TEXT = "3x8x8 conv(4, 3, padding=1) batchnorm relu maxpool(2) flatten linear(5)"


@pytest.fixture
def bench() -> Workbench:
    return Workbench()


def values(*shape: int) -> np.ndarray:
    return np.random.default_rng(0).normal(size=shape).astype(np.float32)


def trained(bench: Workbench, network: Network, ids: tuple[int, ...]) -> None:
    """Shows a network and gives every weight a value that fresh ones do not have."""
    bench.show(network, ids)
    assert bench.model is not None
    with torch.no_grad():
        for weight in bench.model.parameters():
            weight.fill_(0.25)


def is_trained(bench: Workbench, name: str) -> bool:
    weight, _ = bench.parameters(name)
    assert weight is not None
    return bool((weight == 0.25).all())


def test_what_it_records_equals_plain_pytorch_in_every_layer(bench: Workbench) -> None:
    network = Network.parse(TEXT)
    bench.show(network, tuple(range(6)))
    x = values(3, 8, 8)
    recording = bench.record(x)
    output = torch.from_numpy(x)[None]
    for name, module in network.build(seed=0).eval().named_children():
        output = module(output)
        assert torch.equal(recording[name].output, output), name


def test_showing_the_same_network_again_keeps_the_model(bench: Workbench) -> None:
    bench.show(Network.parse(TEXT), tuple(range(6)))
    model = bench.model
    bench.show(Network.parse(TEXT), tuple(range(6)))
    assert bench.model is model


def test_an_edit_keeps_the_weights_of_the_layers_that_still_fit(bench: Workbench) -> None:
    network = Network.parse(TEXT)
    trained(bench, network, (0, 1, 2, 3, 4, 5))
    wider = network.replace("linear1", Network.parse("5 linear(7)").layers[0])
    bench.show(wider, (0, 1, 2, 3, 4, 5))
    assert is_trained(bench, "conv1")
    assert not is_trained(bench, "linear1")


def test_a_renamed_and_a_moved_layer_keep_their_weights(bench: Workbench) -> None:
    network = Network.parse(TEXT)
    trained(bench, network, (0, 1, 2, 3, 4, 5))
    bench.show(network.rename("conv1", "edges").move("relu1", 1), (0, 2, 1, 3, 4, 5))
    assert is_trained(bench, "edges")
    assert is_trained(bench, "linear1")


def test_undoing_a_removal_brings_trained_weights_back(bench: Workbench) -> None:
    network = Network.parse(TEXT)
    trained(bench, network, (0, 1, 2, 3, 4, 5))
    bench.show(network.remove("conv1"), (1, 2, 3, 4, 5))
    bench.show(network, (0, 1, 2, 3, 4, 5))
    assert is_trained(bench, "conv1")
    assert is_trained(bench, "linear1")


def test_undoing_a_change_of_size_brings_trained_weights_back(bench: Workbench) -> None:
    network = Network.parse(TEXT)
    trained(bench, network, (0, 1, 2, 3, 4, 5))
    bench.show(Network.parse(TEXT.replace("conv(4", "conv(6")), (0, 1, 2, 3, 4, 5))
    assert not is_trained(bench, "conv1")
    bench.show(network, (0, 1, 2, 3, 4, 5))
    assert is_trained(bench, "conv1")
    assert is_trained(bench, "linear1")


def test_new_ids_mean_fresh_weights(bench: Workbench) -> None:
    network = Network.parse(TEXT)
    trained(bench, network, (0, 1, 2, 3, 4, 5))
    bench.show(network, (10, 11, 12, 13, 14, 15))
    assert not is_trained(bench, "conv1")


def test_one_change_can_be_taken_back_whatever_its_weights_take() -> None:
    bench = Workbench(bank_bytes=0)
    network = Network.parse(TEXT)
    trained(bench, network, (0, 1, 2, 3, 4, 5))
    bench.show(Network.parse("3x8x8 relu"), (9,))
    bench.show(network, (0, 1, 2, 3, 4, 5))
    assert is_trained(bench, "conv1")
    assert bench.take_notes() == ""


def test_weights_kept_for_older_changes_are_bounded_in_bytes_which_is_told_before_and_after() -> None:
    bench = Workbench(bank_bytes=500)
    network = Network.parse(TEXT)
    trained(bench, network, (0, 1, 2, 3, 4, 5))
    bench.show(Network.parse("3x8x8 relu"), (9,))
    assert bench.take_notes() == ""
    bench.show(Network.parse("3x8x8 tanh"), (10,))
    assert bench.take_notes() == (
        "Undo keeps 500 bytes of weights: the oldest were given up; layers that come back from there get fresh ones."
    )
    bench.show(network, (0, 1, 2, 3, 4, 5))
    assert not is_trained(bench, "conv1")
    assert bench.take_notes().startswith("Fresh weights were made for conv1")
    bench.show(network, (20, 21, 22, 23, 24, 25))
    assert bench.take_notes() == ""


def test_what_is_shown_is_never_given_up_whatever_its_weights_take(tmp_path: Path) -> None:
    bench, ids = Workbench(bank_bytes=0), (0, 1, 2, 3, 4, 5)
    network = Network.parse(TEXT)
    model = network.build(seed=7)
    torch.save(model.state_dict(), tmp_path / "trained.pt")

    def assert_kept(shown: Network) -> None:
        for given, value in zip(model.state_dict().values(), bench.model.state_dict().values(), strict=True):
            assert torch.equal(given, value), shown
        assert "Fresh" not in bench.take_notes()

    bench.show(network, (90, 91, 92, 93, 94, 95))
    bench.load_weights(read_weights(tmp_path / "trained.pt"), network, ids, source="trained.pt")
    bench.show(network, ids)
    assert_kept(network)
    renamed = network.rename("relu1", "middle")
    bench.show(renamed, ids)
    assert_kept(renamed)
    bench.to_save(NetworkFile(renamed))(tmp_path / "trained.json")
    bench.load(read_saved(tmp_path / "trained.json"), (30, 31, 32, 33, 34, 35))
    bench.show(renamed, (30, 31, 32, 33, 34, 35))
    assert_kept(renamed)
    broken = renamed.replace("pool1", Network.parse("8x8x8 maxpool(99)").layers[0])
    for shown in (broken, broken.rename("middle", "between"), renamed):
        bench.show(shown, (30, 31, 32, 33, 34, 35))
    assert_kept(renamed)
    bench.begin_training((40, 41, 42, 43, 44, 45))
    assert_kept(renamed)


def test_a_broken_network_runs_up_to_its_first_error(bench: Workbench) -> None:
    network = Network.parse("3x8x8 conv(4, 3) relu conv(4, 99) linear(2)")
    bench.show(network, (0, 1, 2, 3))
    assert [call.name for call in bench.record(values(3, 8, 8)).calls] == ["conv1", "relu1"]


def test_a_network_broken_from_the_start_runs_nothing(bench: Workbench) -> None:
    bench.show(Network.parse("3x8x8 conv(4, 99)"), (0,))
    assert bench.record(values(3, 8, 8)).calls == ()


def test_the_weights_of_a_broken_layer_wait_for_its_repair_also_in_a_file(bench: Workbench, tmp_path: Path) -> None:
    network, ids = Network.parse(TEXT), (0, 1, 2, 3, 4, 5)
    trained(bench, network, ids)
    broken = network.replace("pool1", Network.parse("8x8x8 maxpool(99)").layers[0])
    bench.show(broken, ids)
    bench.to_save(NetworkFile(broken))(tmp_path / "broken.json")
    other = Workbench()
    other.load(read_saved(tmp_path / "broken.json"), ids)
    other.show(network, ids)
    assert is_trained(other, "linear1")


def test_a_bundled_network_keeps_its_weights_from_file_to_model(bench: Workbench) -> None:
    loaded = load("cifar10")
    ids = tuple(range(len(loaded.network.layers)))
    bench.load(read_saved(resource("networks", "cifar10.json")), ids)
    bench.show(loaded.network, ids)
    x = values(3, 32, 32)
    with torch.no_grad():
        assert torch.equal(bench.record(x).outputs, loaded.model(torch.from_numpy(x)[None]))


def test_weights_of_another_network_are_refused_by_name_and_shapes(bench: Workbench, tmp_path: Path) -> None:
    network = Network.parse(TEXT)
    bench.show(network, tuple(range(6)))
    bench.to_save(NetworkFile(network))(tmp_path / "net.json")
    text = (tmp_path / "net.json").read_text()
    (tmp_path / "net.json").write_text(text.replace('"out_channels": 4', '"out_channels": 6'))
    with pytest.raises(LoadError, match=r"conv1\.weight is 4 × 3 × 3 × 3 there, but the network needs 6 × 3 × 3 × 3"):
        bench.load(read_saved(tmp_path / "net.json"), tuple(range(6)))


def test_a_layer_too_large_for_any_memory_is_not_built(bench: Workbench) -> None:
    bench.show(Network.parse("3x8x8 flatten linear(10000000000) relu"), (0, 1, 2))
    assert [call.name for call in bench.record(values(3, 8, 8)).calls] == ["flatten1"]


def test_the_mode_is_eval_unless_set(bench: Workbench) -> None:
    bench.show(Network.parse("3x8x8 dropout(0.5)"), (0,))
    x = values(3, 8, 8)
    assert torch.equal(bench.record(x)["dropout1"].output[0], torch.from_numpy(x))
    bench.set_mode("train")
    assert (bench.record(x)["dropout1"].output == 0).any()
    assert bench.model is not None
    assert not bench.model.training


def test_a_person_s_own_model_is_recorded_as_it_is(bench: Workbench) -> None:
    model = torch.nn.Sequential(torch.nn.Linear(4, 2), torch.nn.ReLU())
    bench.adopt(model)
    assert [call.name for call in bench.record(values(4)).calls] == ["0", "1"]
    assert bench.parameters("0")[0].shape == (2, 4)
    assert model.training


def test_parameters_follow_the_weights_and_are_copies(bench: Workbench) -> None:
    network = Network.parse(TEXT)
    bench.show(network, tuple(range(6)))
    weight, bias = bench.parameters("conv1")
    assert weight.shape == (4, 3, 3, 3)
    assert bias.shape == (4,)
    assert bench.parameters("conv1")[0] is weight
    trained(bench, network, tuple(range(6)))
    assert is_trained(bench, "conv1")
    assert not (weight == 0.25).all()
    assert bench.parameters("relu1") == (None, None)
    assert bench.parameters("nothing") == (None, None)


def test_a_pass_can_be_stopped(bench: Workbench) -> None:
    bench.show(Network.parse(TEXT), tuple(range(6)))
    with pytest.raises(Cancelled):
        bench.record(values(3, 8, 8), lambda: True)


def test_an_input_of_the_wrong_shape_is_an_error_of_the_first_layer(bench: Workbench) -> None:
    bench.show(Network.parse(TEXT), tuple(range(6)))
    recording = bench.record(values(4, 8, 8))
    assert str(recording.error).startswith("conv1 failed on 1 × 4 × 8 × 8")


def test_without_a_network_there_is_a_sentence(bench: Workbench) -> None:
    with pytest.raises(EngineError, match="no network to run yet"):
        bench.record(values(3, 8, 8))


def test_the_device_is_named_and_an_unknown_one_refused(bench: Workbench) -> None:
    assert bench.device_name in bench.available_devices()
    assert bench.available_devices()[-1] == "CPU"
    bench.set_device("CPU")
    with pytest.raises(EngineError, match="no device called"):
        bench.set_device("abacus")


def test_a_file_that_became_another_network_after_it_was_opened_is_told(bench: Workbench, tmp_path: Path) -> None:
    bench.show(Network.parse(TEXT), (0, 1, 2, 3, 4, 5))
    bench.to_save(NetworkFile(Network.parse(TEXT)))(tmp_path / "a.json")
    with pytest.raises(LoadError, match="was changed after it was opened: open it again"):
        bench.load(read_saved(tmp_path / "a.json"), (10, 11))
