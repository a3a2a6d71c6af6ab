"""The words by which people name what belongs to training and test, and what keeps examples together."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

TRAIN = (
    "train", "training", "trn", "trainval", "traindev", "learn", "learning", "fit", "fitting", "development",
)  # fmt: skip
TEST = (
    "test", "testing", "tst", "publictest", "val", "valid", "validation", "validate", "validating", "dev", "devel",
    "eval", "evaluation", "evaluate", "evaluating", "heldout", "holdout", "devtest", "privatetest",
)  # fmt: skip
"""The first of them that is there is what is held out."""
ELSE_TRAIN = ("dev", "devel", "devtest", "val", "valid", "validation", "validate", "validating", "publictest")
"""The first of them is what to learn from where nothing is called training: dev, where there are dev and eval."""

GROUPS = (
    "group", "patient", "subject", "person", "participant", "individual", "donor", "case", "animal", "study",
    "specimen", "slide", "series", "sequence", "video", "lesion",
)  # fmt: skip
"""Whose pictures must not lie on both sides, the widest first: a patient has several studies, those several slides."""

_BESIDE = {"set", "sets", "seg", "data", "dataset", "images", "image", "imgs", "img", "pictures", "split", "folder"}
_NUMBERS = ("", "s", "id", "ids", "uid", "instanceuid", "no", "number", "name", "key", "code")


def plain(name: str) -> str:
    """A name without what people write differently: "Patient ID", "patient_id" and "PatientId" are "patientid"."""
    return "".join(letter for letter in name.lower() if letter.isalnum())


def part_word(name: str) -> str | None:
    """The word of `TRAIN` or `TEST` that `name` is made of: "training_set", "seg_train", "Testset"; None if of none."""
    words = [word for word in re.split(r"[\W_]+", name.lower()) if word and word not in _BESIDE]
    if len(words) == 2 and plain("".join(words)) in TEST:
        words = ["".join(words)]  # "held out"
    if len(words) != 1:
        return None
    for ending in ("", "sets", "set", "data", "images"):
        if words[0].endswith(ending) and (word := words[0].removesuffix(ending)) in TRAIN + TEST:
            return word
    return None


def of_part(names: Iterable[str], words: Sequence[str]) -> str | None:
    """The first of `names` that stands for the first of the `words` that any stands for."""
    known = {part_word(name): name for name in reversed(list(names))}
    return next((known[word] for word in words if word in known), None)


def training_and_test(names: Iterable[str]) -> tuple[str | None, str | None]:
    """Which of `names` stands for what to learn from and which for what is held out; None where none does."""
    names = list(names)
    train, test = of_part(names, TRAIN), of_part(names, TEST)
    if train is not None or test is None:
        return train, test
    train = of_part(names, ELSE_TRAIN)
    test = of_part([name for name in names if name != train], [word for word in TEST if word != part_word(train or "")])
    return (train, test) if test is not None else (None, of_part(names, TEST))


def group_name(names: Sequence[str]) -> str | None:
    """The one of `names` that says what belongs together, if one does."""
    known = {plain(name): name for name in reversed(names)}
    forms = (word + ending for word in GROUPS for ending in _NUMBERS)
    return next((known[form] for form in forms if form in known), None)
