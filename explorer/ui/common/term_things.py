"""The terms of an explanation as things: a term's number can be copied, and each tensor behind it gone to."""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import QModelIndex

from explorer.session import Session
from explorer.ui.common.explanation_view import ExplanationView
from explorer.ui.common.row_things import More, offer_rows
from explorer.ui.common.term_rows import TermRow, cell_text
from explorer.ui.common.text import exact


def offer_terms(view: ExplanationView, session: Session) -> None:
    """Let the terms of `view` be copied and followed."""

    def row_at(index: QModelIndex) -> TermRow:
        return view.terms.terms.rows[index.row()]

    def value(index: QModelIndex) -> str:
        row = row_at(index)
        return row.text if row.value is None else exact(row.value)

    def ways(index: QModelIndex) -> More:
        return tuple(
            (f"Go to where {name}{cell_text(cell)} was made", partial(view.followed.emit, name, cell))
            for name, cell in view.followable(row_at(index))
        )

    offer_rows(view.terms, session, value=value, more=ways)
