"""What a network is to learn from, as its file keeps it: plain words and numbers, by name."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields, replace
from typing import TYPE_CHECKING, Any, Protocol

from explorer.bounds import brief, quoted

if TYPE_CHECKING:
    from explorer.data.augment import Augmentation
    from explorer.data.grouping import ClassGroup, Grouping

LONGEST_NAME = 4096  # letters, of a path too


class LearnsFrom(Protocol):
    """A document, as far as it says what is learned from."""

    @property
    def data(self) -> str: ...
    @property
    def class_groups(self) -> Grouping: ...
    @property
    def augmentations(self) -> tuple[Augmentation, ...]: ...


@dataclass(frozen=True)
class ChosenData:
    """The name or path of a data set, its classes put together, and how its pictures are changed at random."""

    data: str = ""
    class_groups: Grouping = ()
    augmentations: tuple[Augmentation, ...] = ()


def as_written(chosen: LearnsFrom) -> dict[str, Any]:
    """What was chosen, by name; what was not is left out."""
    written = {
        "name": chosen.data,
        "groups": {group.name: list(group.classes) for group in chosen.class_groups},
        "changed": {each.name: asdict(each) for each in chosen.augmentations},
    }
    return {name: value for name, value in written.items() if value}


def from_written(written: Mapping[str, Any]) -> ChosenData:
    """What `as_written` wrote. Raises ValueError with a sentence for what cannot have been chosen; names that it does
    not know, as a newer version may write them, are passed over."""
    name, groups, changed = written.get("name", ""), written.get("groups", {}), written.get("changed", {})
    if not isinstance(name, str) or len(name) > LONGEST_NAME:
        raise ValueError(f"the name of its data is {quoted(name)}, which is no name or path.")
    if not isinstance(groups, dict) or not isinstance(changed, dict):
        raise ValueError("groups of classes, and changes of pictures, must each be told by name.")
    return ChosenData(
        name,
        tuple(class_group(each, classes) for each, classes in groups.items()),
        tuple(augmentation(each, values) for each, values in changed.items()),
    )


def class_group(name: Any, classes: Any) -> ClassGroup:
    """A group of these classes. Raises ValueError for what is none."""
    from explorer.data import ClassGroup

    if not isinstance(name, str) or not isinstance(classes, list) or not all(isinstance(each, str) for each in classes):
        raise ValueError(f"the group {quoted(name)} must be a list of classes.")
    return ClassGroup(name, tuple(classes))


def augmentation(name: Any, values: Any) -> Augmentation:
    """The change of pictures called `name` with these settings. Raises ValueError for what cannot be."""
    from explorer.data import AUGMENTATIONS

    usual = next((each for each in AUGMENTATIONS if each.name == name), None)
    if usual is None:
        raise ValueError(
            f"there is no change of pictures {quoted(name)}; there are {', '.join(_names(AUGMENTATIONS))}."
        )
    known = {each.name: each.metadata for each in fields(usual)}
    if not isinstance(values, dict) or not set(values) <= set(known):
        raise ValueError(f"{usual.name} has settings {brief(str(values))}, which this version does not know.")
    for setting, value in values.items():
        low, high = known[setting]["minimum"], known[setting]["maximum"]
        is_like = type(value) in (int, type(getattr(usual, setting)))
        if not is_like or not low <= value <= high:
            raise ValueError(f"{setting} of {usual.name} is {quoted(value)}, but has to be from {low} to {high}.")
    return replace(usual, **values)


def _names(augmentations: tuple[Augmentation, ...]) -> list[str]:
    return [each.name for each in augmentations]
