"""The weights that PyTorch's attentions keep to themselves: as it gives them where it is asked."""

from __future__ import annotations

import pytest
import torch
from torch import Tensor, nn
from torch.nn import functional

import explorer
from explorer.engine.recording import attention_weights as weights_of_calls
from explorer.engine.recording.attention_weights import attention_weights

TOKENS, FEATURES, HEADS = 5, 8, 2


class Fused(nn.Module):
    """Scaled dot-product attention of its inputs, with what the function takes besides."""

    def __init__(self, **more: object) -> None:
        super().__init__()
        self.more = more

    def forward(self, query: Tensor, key: Tensor, value: Tensor) -> Tensor:
        return functional.scaled_dot_product_attention(query, key, value, **self.more)  # type: ignore[arg-type]


MASK = torch.tensor([[True, True, False, True, True]]).expand(TOKENS, TOKENS)
ADDED = torch.linspace(-1, 1, 2 * HEADS * TOKENS * TOKENS).reshape(2, HEADS, TOKENS, TOKENS)


@pytest.mark.parametrize(
    "more",
    [{}, {"is_causal": True}, {"scale": 0.3}, {"attn_mask": MASK}, {"attn_mask": ADDED}, {"enable_gqa": True}],
    ids=["plain", "causal", "scale", "mask", "added", "shared heads"],
)
@pytest.mark.parametrize("example", [0, 1])
def test_the_output_of_a_fused_attention_is_the_mean_of_the_values_by_its_weights(
    more: dict[str, object], example: int
) -> None:
    torch.manual_seed(0)
    query = torch.randn(2, HEADS, TOKENS, 4)
    key, value = torch.randn(2, 2, 1 if more.get("enable_gqa") else HEADS, TOKENS, 4)
    call = explorer.record(Fused(**more), (query, key, value)).calls[-1]
    weights = attention_weights(call, example)
    assert weights is not None
    assert weights.shape == (HEADS, TOKENS, TOKENS)
    torch.testing.assert_close(weights @ value[example], call.output[example])


def test_those_of_several_heads_are_the_ones_that_pytorch_gives_where_it_is_asked() -> None:
    torch.manual_seed(0)
    model = nn.MultiheadAttention(FEATURES, HEADS, batch_first=True).eval()
    x = torch.randn(2, TOKENS, FEATURES)
    _, asked = model(x, x, x, need_weights=True, average_attn_weights=False)
    layer = nn.TransformerEncoderLayer(FEATURES, HEADS, 16, batch_first=True).eval()
    layer.self_attn = model
    recording = explorer.record(layer, x)
    call = next(each for each in recording.calls if each.kind == "multi_head_attention_forward")
    weights = attention_weights(call, 1)
    assert weights is not None
    torch.testing.assert_close(weights, asked[1])
    assert not weights.requires_grad


def test_other_calls_have_none() -> None:
    call = explorer.record(nn.Linear(3, 2), torch.randn(1, 3)).calls[0]
    assert attention_weights(call) is None


def test_very_many_are_not_worked_out(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(weights_of_calls, "MOST_CELLS", HEADS * TOKENS * TOKENS - 1)
    given = torch.randn(3, 1, HEADS, TOKENS, 4)
    call = explorer.record(Fused(), (given[0], given[1], given[2])).calls[-1]
    assert attention_weights(call) is None
