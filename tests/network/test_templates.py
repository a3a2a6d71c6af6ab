"""Each template is a whole network: it has no problem, is built, and a step through it gives PyTorch's own numbers."""

from __future__ import annotations

import pytest
import torch

import explorer
from explorer.network.notation import LONGEST_TEXT
from explorer.network.templates import TEMPLATES, Template
from explorer.resources import resource

each_template = pytest.mark.parametrize("template", TEMPLATES, ids=[template.name for template in TEMPLATES])


@each_template
def test_a_template_has_nothing_wrong_with_it(template: Template) -> None:
    assert template.network.problems() == ()
    assert all(shape is not None for shape in template.network.shapes())
    assert explorer.Network.parse(template.network.text()) == template.network


@each_template
def test_what_is_said_of_a_template_is_short(template: Template) -> None:
    assert len(template.text) < LONGEST_TEXT / 100
    assert template.title
    assert not template.title.endswith(".")
    assert all(words.endswith(".") and len(words) <= 90 for words in (template.sentence, template.use))


def test_every_file_of_the_folder_is_offered_once() -> None:
    names = [template.name for template in TEMPLATES]
    assert sorted(names) == sorted(path.stem for path in resource("templates").glob("*.txt"))
    assert len({template.title for template in TEMPLATES}) == len(TEMPLATES)


def test_one_template_has_no_layer_and_all_others_but_pooling_have_something_to_learn() -> None:
    assert [template.name for template in TEMPLATES if not template.network.layers] == ["empty"]
    unlearned = [each.name for each in TEMPLATES if not sum(each.network.parameter_counts())]
    assert unlearned == ["two-poolings", "three-activations", "empty"]


@pytest.mark.parametrize(
    "template", [each for each in TEMPLATES if each.network.layers], ids=lambda template: template.name
)
def test_a_step_through_a_template_is_recorded_as_pytorch_computes_it(template: Template) -> None:
    model = template.network.build(seed=1).eval()
    torch.manual_seed(2)
    x = torch.randn(2, *template.network.input_shape, requires_grad=True)  # pooling has nothing else to lead back to
    target = torch.rand(2, *(template.network.shapes()[-1] or ()))
    recording = explorer.record(model, x, target=target, loss="mse")
    assert {step.kind for step in recording.steps} == {"forward", "loss", "backward"}

    first = template.network.layers[0].name
    outputs: list[torch.Tensor] = []
    model.get_submodule(first).register_forward_hook(lambda _module, _inputs, output: outputs.append(output))
    given = model(x)
    (expected,) = torch.autograd.grad(torch.nn.functional.mse_loss(given, target), outputs)
    assert torch.allclose(recording.outputs, given, atol=1e-6)
    assert recording[first].grad_output is not None
    assert torch.allclose(recording[first].grad_output, expected, atol=1e-6)
