"""Which editor belongs to which kind of setting."""

from __future__ import annotations

from explorer.ui.editor.box_editors import BoolEditor, ChoiceEditor, FloatEditor, IntEditor, OptionalIntEditor
from explorer.ui.editor.editor import Editor
from explorer.ui.editor.size_editors import PaddingEditor, PairEditor

LARGEST = 2_000_000_000


def editor_for(
    kind: str,
    label: str,
    *,
    minimum: float | None,
    maximum: float | None,
    choices: tuple[str, ...] = (),
    unset: str = "",
) -> Editor:
    """The editor for a setting of `kind`, one of `explorer.network.setting.SettingType`."""
    low, high = int(minimum or 0), int(min(LARGEST, maximum if maximum is not None else LARGEST))
    if kind == "bool":
        return BoolEditor(label)
    if kind == "choice":
        return ChoiceEditor(label, choices)
    if kind == "float":
        return FloatEditor(label, -LARGEST if minimum is None else minimum, LARGEST if maximum is None else maximum)
    if kind == "padding":
        return PaddingEditor(label, choices, low, high)
    if kind == "optional int":
        return OptionalIntEditor(label, low, high, unset=unset)
    if kind in ("pair", "optional pair"):
        return PairEditor(label, low, high, none_text=unset if kind == "optional pair" else "")
    return IntEditor(label, low if minimum is not None else -LARGEST, high)
