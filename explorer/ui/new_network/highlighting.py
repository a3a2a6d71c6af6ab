"""How a network's text is set: kinds of layers in semibold, comments dim."""

from __future__ import annotations

import re

from PySide6.QtGui import QColor, QFont, QSyntaxHighlighter, QTextCharFormat, QTextDocument

from explorer.network.layers import words
from explorer.ui.common import theme

LONGEST_LINE = 20_000
"""A longer one stays as it is: it is looked through with every letter that is typed in it."""

_COMMENT = re.compile(r"#.*")
_KIND = re.compile(rf"\b(?:{'|'.join(sorted(words(), key=len, reverse=True))})\b(?!\s*=)", re.IGNORECASE)


class Highlighting(QSyntaxHighlighter):
    """Follows the theme by `rehighlight`."""

    def __init__(self, document: QTextDocument) -> None:
        super().__init__(document)

    def highlightBlock(self, text: str) -> None:
        if len(text) > LONGEST_LINE:
            return
        colours = theme.current()
        comment = _COMMENT.search(text)
        end = comment.start() if comment else len(text)
        bold = QTextCharFormat()
        bold.setFontWeight(QFont.Weight.Bold)
        bold.setForeground(QColor(colours.text))
        for found in _KIND.finditer(text, 0, end):
            self.setFormat(found.start(), found.end() - found.start(), bold)
        if comment:
            dim = QTextCharFormat()
            dim.setForeground(QColor(colours.dim))
            self.setFormat(end, len(text) - end, dim)
