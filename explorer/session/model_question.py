"""What a person is asked before a model out of a file is opened."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum


class Asks(Enum):
    """What is to be answered: which model by its name, whether and what to run, what it takes, or whether to leave what
    is open."""

    NAME = "name"
    RUN = "run"
    INPUT = "input"
    LEAVE = "leave"


@dataclass(frozen=True)
class ModelQuestion:
    """A question of one kind. `choices` may be answered with, or something of the person's own, beginning at `usual`.

    `agree` stands on the button that goes on.
    """

    asks: Asks
    title: str
    text: str
    agree: str
    choices: tuple[str, ...] = ()
    usual: str = ""
    field: str = ""
    """What is chosen or written, as the label of its field; "" where there is only yes or no."""
