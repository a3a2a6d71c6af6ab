"""Every colour of the window, light and dark."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType


@dataclass(frozen=True)
class Theme:
    """Every colour of one theme, as "#rrggbb". Text on `window`, `pane` and `sunken` has at least 4.5 : 1 contrast."""

    name: str
    window: str
    pane: str
    sunken: str
    border: str
    text: str
    dim: str
    accent: str
    accent_text: str
    selection: str
    warning: str
    error: str
    good: str
    signed_low: str
    signed_high: str
    rising: tuple[str, ...]
    """What values from zero up pass through after `neutral`: viridis' own colours where they lead away from it."""
    kinds: Mapping[str, str]
    phases: Mapping[str, str]

    @property
    def neutral(self) -> str:
        """The colour of zero: the pane's own background, so that zero looks like nothing."""
        return self.pane

    def of_sign(self, value: float) -> str:
        """The colour of a bar of `value`: what is positive looks alike everywhere, also where nothing is negative."""
        return self.signed_low if value < 0 else self.signed_high


LIGHT = Theme(
    name="light",
    window="#eef1f5",
    pane="#ffffff",
    sunken="#f4f6f9",
    border="#d9dee6",
    text="#161b22",
    dim="#5b6472",
    accent="#1a61e0",
    accent_text="#ffffff",
    selection="#e1edfc",
    warning="#8a5a00",
    error="#b3261e",
    good="#167544",
    signed_low="#2f72d6",
    signed_high="#e8791e",
    rising=("#c6e6b3", "#6cc494", "#26949c", "#31688e", "#2f2a66", "#2a0845"),
    kinds=MappingProxyType(
        {
            "input": "#5b6472",
            "convolution": "#3d82f0",
            "activation": "#9b6ade",
            "pooling": "#1fa394",
            "shape": "#7b8594",
            "linear": "#e08a1e",
            "normalization": "#7b8594",
            "merge": "#5f7c99",
            "output": "#d6558f",
            "other": "#7b8594",
        }
    ),
    phases=MappingProxyType({"forward": "#3d82f0", "loss": "#d6558f", "backward": "#e08a1e", "update": "#1fa394"}),
)

DARK = Theme(
    name="dark",
    window="#12161b",
    pane="#1b2027",
    sunken="#242a33",
    border="#323a45",
    text="#e8ecf2",
    dim="#9aa5b4",
    accent="#5a9cff",
    accent_text="#0b1220",
    selection="#20344f",
    warning="#f0b23c",
    error="#ff8078",
    good="#4fc38a",
    signed_low="#3f8cff",
    signed_high="#f28a2e",
    rising=("#24506b", "#26828e", "#35b779", "#8fd744", "#fde725"),
    kinds=MappingProxyType(
        {
            "input": "#9aa5b4",
            "convolution": "#5a9cff",
            "activation": "#b48bf2",
            "pooling": "#35bfae",
            "shape": "#8792a2",
            "linear": "#f0a040",
            "normalization": "#8792a2",
            "merge": "#86a3c2",
            "output": "#ec7ab0",
            "other": "#8792a2",
        }
    ),
    phases=MappingProxyType({"forward": "#5a9cff", "loss": "#ec7ab0", "backward": "#f0a040", "update": "#35bfae"}),
)
