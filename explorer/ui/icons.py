"""One family of icons (Phosphor, from qtawesome), in the colour of the theme."""

from __future__ import annotations

from functools import cache

from PySide6.QtGui import QIcon

from explorer.ui import theme


def icon(name: str, colour: str | None = None) -> QIcon:
    """The Phosphor icon `name`, such as "ph.plus", in `colour` or the theme's text colour."""
    chosen = theme.current()
    return _icon(name, colour or chosen.text, chosen.dim)


@cache
def _icon(name: str, colour: str, disabled: str) -> QIcon:
    # qtawesome reads its fonts when it is imported, about 0.2 s: not before the first icon is asked for.
    import qtawesome

    return qtawesome.icon(name, color=colour, color_disabled=disabled)
