"""Models that are hard to record, each for the one reason its docstring gives, and a plain ResNet-18."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, NamedTuple

import torch
import torch.nn.functional as F  # noqa: N812
from torch import Tensor, nn
from torch.utils.checkpoint import checkpoint


class ReusedModule(nn.Module):
    """One ReLU runs three times and two layers are one and the same."""

    def __init__(self) -> None:
        super().__init__()
        self.conv1 = nn.Conv2d(3, 4, 3, padding=1)
        self.conv2 = nn.Conv2d(4, 4, 3, padding=1)
        self.conv3 = self.conv2
        self.relu = nn.ReLU()

    def forward(self, x: Tensor) -> Tensor:
        x = self.relu(self.conv1(x))
        x = self.relu(self.conv2(x))
        return self.relu(self.conv3(x))


class FunctionalCalls(nn.Module):
    """No activation, pooling or flattening has a module of its own."""

    def __init__(self) -> None:
        super().__init__()
        self.conv = nn.Conv2d(3, 4, 3, padding=1)
        self.weight = nn.Parameter(torch.randn(10, 64) / 8)

    def forward(self, x: Tensor) -> Tensor:
        x = F.max_pool2d(torch.tanh(self.conv(x)), 2)
        x = torch.cat([x, 2 - x], dim=1)[:, :4]
        return F.log_softmax(F.linear(x.flatten(1), self.weight), dim=1)


class AddedInPlace(nn.Module):
    """A residual sum written as x += y, and the old x was saved under another name before."""

    def __init__(self) -> None:
        super().__init__()
        self.conv1 = nn.Conv2d(3, 4, 3, padding=1)
        self.conv2 = nn.Conv2d(4, 4, 3, padding=1)
        self.norm = nn.BatchNorm2d(4)

    def forward(self, x: Tensor) -> Tensor:
        x = self.conv1(x)
        same = x
        x *= 2
        y = self.norm(self.conv2(x))
        y += x
        return y + same


class InPlaceReLU(nn.Module):
    """nn.ReLU(inplace=True), once with its result dropped, and a bare relu_()."""

    def __init__(self) -> None:
        super().__init__()
        self.conv1 = nn.Conv2d(3, 4, 3, padding=1)
        self.conv2 = nn.Conv2d(4, 4, 3, padding=1)
        self.norm = nn.BatchNorm2d(4)
        self.relu = nn.ReLU(inplace=True)

    def forward(self, x: Tensor) -> Tensor:
        x = self.norm(self.conv1(x))
        self.relu(x)
        x = self.conv2(x)
        x.sub_(0.1)
        return self.relu(x.mul_(2.0))


class AliasedViews(nn.Module):
    """Writes through views: the base changes without being named."""

    def __init__(self) -> None:
        super().__init__()
        self.conv = nn.Conv2d(3, 4, 3, padding=1)

    def forward(self, x: Tensor) -> Tensor:
        x = self.conv(x)
        half = x[:, :2]
        half *= 3
        x[:, 2] = 0.5
        flat = x.view(x.shape[0], -1)
        F.relu(flat, inplace=True)
        return x + 1


class DictionaryOutput(nn.Module):
    """Gives an ordered dictionary, as segmentation models do."""

    def __init__(self) -> None:
        super().__init__()
        self.body = nn.Conv2d(3, 4, 3, padding=1)
        self.head = nn.Conv2d(4, 2, 1)

    def forward(self, x: Tensor) -> OrderedDict[str, Tensor]:
        features = F.relu(self.body(x))
        return OrderedDict(out=self.head(features), features=features)


class Pair(NamedTuple):
    low: Tensor
    high: Tensor


@dataclass
class Found:
    pair: Pair
    scores: list[Tensor]
    note: str = "as it was"


class NestedOutput(nn.Module):
    """Gives a dataclass with a named tuple and a list, and writes into one part at the end."""

    def __init__(self) -> None:
        super().__init__()
        self.split = nn.Conv2d(3, 4, 1)

    def forward(self, x: Tensor) -> Found:
        low, high = self.split(x).chunk(2, dim=1)
        scores = [low.mean(dim=(1, 2, 3)) * 1.0]
        scores[0] += 1
        return Found(Pair(low, high), scores)


class SharedTensor(nn.Module):
    """One tensor goes into three places, and one weight serves two layers."""

    def __init__(self) -> None:
        super().__init__()
        self.first = nn.Conv2d(3, 3, 1)
        self.second = nn.Conv2d(3, 3, 1)
        self.second.weight = self.first.weight

    def forward(self, x: Tensor) -> Tensor:
        y = self.first(x)
        return self.second(y) + y * x


class WithoutGradient(nn.Module):
    """Half of it runs under no_grad, a piece in inference mode."""

    def __init__(self) -> None:
        super().__init__()
        self.conv1 = nn.Conv2d(3, 4, 3)
        self.conv2 = nn.Conv2d(4, 4, 3)

    def forward(self, x: Tensor) -> Tensor:
        with torch.no_grad():
            x = self.conv1(x)
            x += 0.5
        with torch.inference_mode():
            scale = x.mean() * 2
            scale += 1
        return self.conv2(x) * float(scale)


class Checkpointed(nn.Module):
    """Activation checkpointing, with and without reentrance, and of a bare forward."""

    def __init__(self) -> None:
        super().__init__()
        self.first = nn.Sequential(nn.Conv2d(3, 4, 3), nn.ReLU(inplace=True))
        self.second = nn.Sequential(nn.Conv2d(4, 4, 3), nn.ReLU())
        self.third = nn.Tanh()

    def forward(self, x: Tensor) -> Tensor:
        x = checkpoint(self.first, x, use_reentrant=False)
        x = checkpoint(self.second, x, use_reentrant=True)
        return checkpoint(self.third.forward, x, use_reentrant=True) * 2


class Recurrent(nn.Module):
    """An LSTM: one call, three outputs, zeros made on the way."""

    def __init__(self) -> None:
        super().__init__()
        self.lstm = nn.LSTM(8, 6, batch_first=True)
        self.head = nn.Linear(6, 3)

    def forward(self, x: Tensor) -> Tensor:
        output, (hidden, _) = self.lstm(x.flatten(1, 2))
        return self.head(output[:, -1] + hidden[0])


class Attention(nn.Module):
    """Multi-head attention over the rows of a picture."""

    def __init__(self) -> None:
        super().__init__()
        self.attention = nn.MultiheadAttention(8, 2, batch_first=True)
        self.norm = nn.LayerNorm(8)

    def forward(self, x: Tensor) -> Tensor:
        rows = x.flatten(1, 2)
        attended, _ = self.attention(rows, rows, rows)
        return self.norm(rows + attended)


class IntegerInput(nn.Module):
    """Word numbers go in."""

    def __init__(self) -> None:
        super().__init__()
        self.embedding = nn.Embedding(10, 4)
        self.linear = nn.Linear(4, 2)

    def forward(self, words: Tensor) -> Tensor:
        return self.linear(self.embedding(words).mean(dim=1))


class _Branching(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.conv = nn.Conv2d(3, 3, 1)

    def forward(self, x: Tensor) -> Tensor:
        if bool(x.sum() > 0):
            return self.conv(x)
        return torch.relu(x)


class ScriptedControlFlow(nn.Module):
    """A piece of compiled TorchScript with an if in it."""

    def __init__(self) -> None:
        super().__init__()
        self.before = nn.Conv2d(3, 3, 1)
        self.branching = torch.jit.script(_Branching())

    def forward(self, x: Tensor) -> Tensor:
        return self.branching(self.before(x)) + 1


class Bookkeeping(nn.Module):
    """Batch norm's counter, zeros, constants and shape reads: nothing of it is arithmetic."""

    def __init__(self) -> None:
        super().__init__()
        self.norm = nn.BatchNorm2d(3)
        self.register_buffer("runs", torch.zeros(()))

    def forward(self, x: Tensor) -> Tensor:
        self.runs += 1
        start = torch.zeros(x.shape[0], x.size(1), device=x.device)
        scale = torch.tensor([2.0], dtype=x.dtype)
        if x.dim() == 4 and x.is_floating_point() and len(x) > 0:
            x = self.norm(x)
        return x.data.mean(dim=(2, 3)) * scale + start


class Doubling(torch.autograd.Function):
    @staticmethod
    def forward(ctx: Any, x: Tensor) -> Tensor:
        return x.detach().clone() * 2

    @staticmethod
    def backward(ctx: Any, gradient: Tensor) -> Tensor:
        return gradient * 2


class CustomFunction(nn.Module):
    """A function with a backward of its own, in the middle."""

    def __init__(self) -> None:
        super().__init__()
        self.conv = nn.Conv2d(3, 3, 1)
        self.relu = nn.ReLU(inplace=True)

    def forward(self, x: Tensor) -> Tensor:
        x = self.relu(self.conv(x))
        return Doubling.apply(x) + 1


class RandomInside(nn.Module):
    """Dropout and noise."""

    def __init__(self) -> None:
        super().__init__()
        self.conv = nn.Conv2d(3, 4, 1)
        self.dropout = nn.Dropout(0.5)

    def forward(self, x: Tensor) -> Tensor:
        x = self.dropout(self.conv(x))
        return x + torch.randn_like(x) * torch.rand(())


class Dropouts(nn.Module):
    """Cells dropped one by one and by whole channels, in place and not, where the input is 0 and where it is not."""

    def __init__(self) -> None:
        super().__init__()
        self.conv = nn.Conv2d(3, 4, 3, padding=1)
        self.relu = nn.ReLU()
        self.cells = nn.Dropout(0.4)
        self.again = nn.Conv2d(4, 6, 1)
        self.channels = nn.Dropout2d(0.5, inplace=True)

    def forward(self, x: Tensor) -> Tensor:
        x = self.again(self.cells(self.relu(self.conv(x))))
        return F.dropout(self.channels(x), 0.3, self.training)


class UnusedBranch(nn.Module):
    """One branch runs and goes nowhere, another is multiplied by 0, a third never runs."""

    def __init__(self) -> None:
        super().__init__()
        self.used = nn.Conv2d(3, 4, 3)
        self.unused = nn.Conv2d(3, 4, 3)
        self.silenced = nn.Conv2d(3, 4, 3)
        self.idle = nn.Conv2d(3, 4, 3)

    def forward(self, x: Tensor) -> Tensor:
        self.unused(x).relu()
        return self.used(x) + self.silenced(x) * 0


class DetachedInside(nn.Module):
    """A copy that is cut off from the gradient scales what it was made from."""

    def __init__(self) -> None:
        super().__init__()
        self.before = nn.Linear(8, 5)
        self.after = nn.Linear(5, 4)

    def forward(self, x: Tensor) -> Tensor:
        x = self.before(x)
        return self.after(x * x.detach() + x.data)


class FrozenLayers(nn.Module):
    """The first layer and one in the middle do not learn; the gradient passes through the one in the middle."""

    def __init__(self) -> None:
        super().__init__()
        self.first = nn.Linear(8, 6).requires_grad_(False)
        self.second = nn.Linear(6, 5)
        self.third = nn.Linear(5, 5).requires_grad_(False)
        self.fourth = nn.Linear(5, 2)
        self.fourth.bias.requires_grad_(False)

    def forward(self, x: Tensor) -> Tensor:
        return self.fourth(torch.tanh(self.third(torch.tanh(self.second(self.first(x))))))


class WrittenIntoZeros(nn.Module):
    """Zeros that require no gradient until something that does is written into them."""

    def __init__(self) -> None:
        super().__init__()
        self.conv = nn.Conv2d(3, 2, 1)
        self.mix = nn.Conv2d(4, 3, 1)

    def forward(self, x: Tensor) -> Tensor:
        canvas = torch.zeros(x.shape[0], 4, *x.shape[2:])
        canvas[:, 1:3] = self.conv(x)
        return self.mix(canvas)


class SeveralOutputs(nn.Module):
    """One call gives two tensors and the gradient arrives at both, another's arrives only at the second."""

    def __init__(self) -> None:
        super().__init__()
        self.conv = nn.Conv2d(3, 4, 1)

    def forward(self, x: Tensor) -> Tensor:
        low, high = self.conv(x).chunk(2, dim=1)
        _, last = (low * high).chunk(2, dim=1)
        return last + low.mean(dim=1, keepdim=True)


class WeightOfNoModule(nn.Module):
    """A parameter of the model itself, used twice, the second time transposed."""

    def __init__(self) -> None:
        super().__init__()
        self.matrix = nn.Parameter(torch.randn(8, 8) / 3)
        self.shift = nn.Parameter(torch.randn(8))

    def forward(self, x: Tensor) -> Tensor:
        return torch.tanh(x @ self.matrix + self.shift) @ self.matrix.T


class Failing(nn.Module):
    """The last layer does not fit."""

    def __init__(self) -> None:
        super().__init__()
        self.conv = nn.Conv2d(3, 4, 3)
        self.linear = nn.Linear(10, 2)

    def forward(self, x: Tensor) -> Tensor:
        return self.linear(F.relu(self.conv(x)).flatten(1))


class BasicBlock(nn.Module):
    def __init__(self, in_channels: int, channels: int, stride: int) -> None:
        super().__init__()
        self.conv1 = nn.Conv2d(in_channels, channels, 3, stride, 1, bias=False)
        self.bn1 = nn.BatchNorm2d(channels)
        self.relu = nn.ReLU(inplace=True)
        self.conv2 = nn.Conv2d(channels, channels, 3, 1, 1, bias=False)
        self.bn2 = nn.BatchNorm2d(channels)
        self.downsample = None
        if stride != 1 or in_channels != channels:
            narrow = nn.Conv2d(in_channels, channels, 1, stride, bias=False)
            self.downsample = nn.Sequential(narrow, nn.BatchNorm2d(channels))

    def forward(self, x: Tensor) -> Tensor:
        out = self.relu(self.bn1(self.conv1(x)))
        out = self.bn2(self.conv2(out))
        out += x if self.downsample is None else self.downsample(x)
        return self.relu(out)


class ResNet18(nn.Module):
    """He et al., arXiv:1512.03385, table 1."""

    def __init__(self, classes: int = 1000) -> None:
        super().__init__()
        self.conv1 = nn.Conv2d(3, 64, 7, 2, 3, bias=False)
        self.bn1 = nn.BatchNorm2d(64)
        self.relu = nn.ReLU(inplace=True)
        self.maxpool = nn.MaxPool2d(3, 2, 1)
        self.layer1 = nn.Sequential(BasicBlock(64, 64, 1), BasicBlock(64, 64, 1))
        self.layer2 = nn.Sequential(BasicBlock(64, 128, 2), BasicBlock(128, 128, 1))
        self.layer3 = nn.Sequential(BasicBlock(128, 256, 2), BasicBlock(256, 256, 1))
        self.layer4 = nn.Sequential(BasicBlock(256, 512, 2), BasicBlock(512, 512, 1))
        self.avgpool = nn.AdaptiveAvgPool2d(1)
        self.fc = nn.Linear(512, classes)

    def forward(self, x: Tensor) -> Tensor:
        x = self.maxpool(self.relu(self.bn1(self.conv1(x))))
        x = self.layer4(self.layer3(self.layer2(self.layer1(x))))
        return self.fc(self.avgpool(x).flatten(1))


def picture() -> Tensor:
    return torch.randn(2, 3, 8, 8, generator=torch.Generator().manual_seed(1))


def words() -> Tensor:
    return torch.tensor([[1, 2, 3], [4, 5, 6]])


# Every model that a recorder must get right, with what goes in.
NAMED_MODELS: tuple[tuple[Callable[[], nn.Module], Callable[[], Tensor]], ...] = (
    (ReusedModule, picture),
    (FunctionalCalls, picture),
    (AddedInPlace, picture),
    (InPlaceReLU, picture),
    (AliasedViews, picture),
    (DictionaryOutput, picture),
    (NestedOutput, picture),
    (SharedTensor, picture),
    (WithoutGradient, picture),
    (Checkpointed, picture),
    (Recurrent, picture),
    (Attention, picture),
    (IntegerInput, words),
    (ScriptedControlFlow, picture),
    (Bookkeeping, picture),
    (CustomFunction, picture),
    (RandomInside, picture),
    (Dropouts, picture),
    (UnusedBranch, picture),
    (DetachedInside, picture),
    (FrozenLayers, picture),
    (WrittenIntoZeros, picture),
    (SeveralOutputs, picture),
    (WeightOfNoModule, picture),
)

# Those of them that give one tensor and learn: a whole training step of each must be right.
LEARNING_MODELS = tuple(
    (make, given) for make, given in NAMED_MODELS if make not in (DictionaryOutput, NestedOutput, Bookkeeping)
)
