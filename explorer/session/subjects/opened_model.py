"""A person's own model out of files: it is looked at as they make it, and fed what it takes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType

from explorer.network import Shape
from explorer.session.subjects.own_model import OwnModel
from explorer.session.subjects.subject import Verb

OWN_WEIGHTS = "This model comes with weights of its own: for others, open the Python file of their class with them."
NO_PICTURES = "This model takes no pictures: its numbers are typed into the fields of the input."
FROM_FILE: Mapping[Verb, str] = MappingProxyType(
    {
        Verb.EDIT: "This model was made by {file} and can be looked at, but not edited here.",
        Verb.CHANGE_WEIGHTS: "The weights of this model are those of its file: load others, or change them in Python.",
        Verb.SAVE: "This model is made by {file}, which keeps it.",
        Verb.USE_DATA: "A model out of a file is shown pictures one by one, not data that are opened here.",
        Verb.TRAIN: "This model is made by {file}: train it in Python.",
    }
)


@dataclass(frozen=True, eq=False)
class OpenedModel(OwnModel):
    """A model that the Python file or program at `source` makes, and the (C, H, W) or (features,) that it takes.

    `shape` is None where it takes anything else, of which it is given an example.
    """

    source: Path = Path()
    made_by: str = ""
    shape: Shape | None = None

    def refusal(self, verb: Verb) -> str:
        if verb is Verb.SHOW_PICTURE:
            return "" if self.picture_shape is not None else NO_PICTURES
        if verb is Verb.LOAD_WEIGHTS and not self.made_by:
            return OWN_WEIGHTS
        return FROM_FILE.get(verb, "").format(file=self.source.name)

    @property
    def own_source(self) -> Path | None:
        return self.source if self.made_by else None

    @property
    def input_shape(self) -> Shape | None:
        return self.shape
