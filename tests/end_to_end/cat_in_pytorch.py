"""What PyTorch itself says of the network of the first window, asked without this program's recorder."""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor, nn

import explorer
from explorer.ui.shell.main_window import MainWindow


@dataclass(frozen=True, eq=False)
class Pass:
    """One pass and its gradients: what goes in, what each layer gave, the logits, their loss."""

    model: nn.Module
    input: Tensor
    outputs: dict[str, Tensor]
    logits: Tensor
    loss: Tensor
    target: int

    def parameter(self, name: str) -> nn.Parameter:
        """The one called "conv1.weight", with its gradient."""
        return self.model.get_parameter(name)

    def gradient(self, name: str) -> Tensor:
        """That of a parameter."""
        found = self.parameter(name).grad
        assert found is not None
        return found

    @property
    def chances(self) -> Tensor:
        """The softmax of the logits."""
        return self.logits.softmax(dim=-1)[0]


def pass_of(window: MainWindow) -> Pass:
    """Through the cat network, of what the window feeds it; the target is what it says itself."""
    values = window.session.state.values
    assert values is not None
    x = torch.from_numpy(values.copy())[None]
    outputs: dict[str, Tensor] = {}
    model = explorer.load("cifar10").model.eval()
    hooks = [
        layer.register_forward_hook(lambda _layer, _given, made, name=name: outputs.update({name: made.detach()}))
        for name, layer in model.named_children()
    ]
    try:
        logits = model(x)
    finally:
        for hook in hooks:
            hook.remove()
    target = int(logits.argmax())
    loss = nn.functional.cross_entropy(logits, torch.tensor([target]))
    loss.backward()
    return Pass(model, x, outputs, logits.detach(), loss.detach(), target)
