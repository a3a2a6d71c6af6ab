"""Paints a layer's card into its row of the list."""

from __future__ import annotations

from typing import NamedTuple
from weakref import WeakKeyDictionary

from PySide6.QtCore import QPoint, QPointF, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFontMetrics, QImage, QPainter, QPen

from explorer.ui.common import theme
from explorer.ui.common.eliding import elided
from explorer.ui.common.icons import draw_icon
from explorer.ui.common.late import LATE_OPACITY
from explorer.ui.common.saved_painter import saved
from explorer.ui.common.theme_colours import Theme
from explorer.ui.editor.layer_card import (
    MARK,
    MINIS_HEIGHT,
    MINIS_WIDTH,
    Card,
    CardPlaces,
    CardProblem,
    ProblemPlace,
    arranged,
    mixed,
    plain_font,
    small_font,
    title_font,
)
from explorer.ui.editor.minis import SHOWN, Minis

PALE = 0.45


class Looks(NamedTuple):
    """How a card is drawn apart from what stands on it."""

    selected: bool = False
    hovered: bool = False
    focused: bool = False
    stale: bool = False
    hot_button: int | None = None


class CardPainter:
    """Paints cards, and keeps their miniature maps as images until these change."""

    def __init__(self) -> None:
        # An image goes with its maps: they are a whole layer's, and 400 of them once were a gigabyte.
        self._images: WeakKeyDictionary[Minis, tuple[str, float, QImage]] = WeakKeyDictionary()

    def paint(self, painter: QPainter, rect: QRect, card: Card, looks: Looks) -> None:
        """Draw `card` into `rect` of the painter's device."""
        colours = theme.current()
        with saved(painter):
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            self._background(painter, rect, colours, looks)
            painter.translate(rect.topLeft())
            places = arranged(card, rect.width())
            bar = mixed(colours.kinds[card.family], colours.pane, PALE if card.is_dimmed else 1.0)
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(bar)
            painter.drawRoundedRect(7, 7, 3, rect.height() - 15, 1.5, 1.5)
            self._titles(painter, card, places, colours)
            self._second_row(painter, card, places, stale=looks.stale)
            for number, (problem, place) in enumerate(zip(card.problems, places.problems, strict=True)):
                _problem(painter, problem, place, hot=looks.hot_button == number)

    def _background(self, painter: QPainter, rect: QRect, colours: Theme, looks: Looks) -> None:
        fill = colours.selection if looks.selected else colours.sunken if looks.hovered else colours.pane
        painter.fillRect(rect, QColor(fill))
        painter.fillRect(QRect(rect.left(), rect.bottom(), rect.width(), 1), QColor(colours.border))
        if looks.focused:
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.setPen(QPen(QColor(colours.accent), 1))
            painter.drawRoundedRect(rect.toRectF().adjusted(1.5, 1.5, -1.5, -2.5), 4, 4)

    def _titles(self, painter: QPainter, card: Card, places: CardPlaces, colours: Theme) -> None:
        names, kinds = QFontMetrics(title_font()), QFontMetrics(plain_font())
        room = places.title.width()
        name = elided(card.name, names, room, Qt.TextElideMode.ElideMiddle)
        wide = names.horizontalAdvance(name)
        painter.setFont(title_font())
        painter.setPen(QColor(colours.dim if card.is_dimmed else colours.text))
        middle = Qt.AlignmentFlag.AlignVCenter
        painter.drawText(places.title, middle | Qt.AlignmentFlag.AlignLeft, name)
        painter.setFont(plain_font())
        if room - wide > 30:
            kind = elided(card.kind, kinds, room - wide - 8)
            painter.setPen(QColor(colours.dim))
            painter.drawText(places.title.adjusted(wide + 8, 0, 0, 0), middle | Qt.AlignmentFlag.AlignLeft, kind)
        painter.setPen(QColor(colours.dim if card.is_dimmed or card.shape is None else colours.text))
        painter.drawText(places.shape, middle | Qt.AlignmentFlag.AlignRight, card.shape_text)

    def _second_row(self, painter: QPainter, card: Card, places: CardPlaces, *, stale: bool) -> None:
        colours = theme.current()
        painter.setFont(small_font())
        painter.setPen(QColor(colours.dim))
        middle = Qt.AlignmentFlag.AlignVCenter
        if card.runs:
            painter.setOpacity(LATE_OPACITY if stale else 1.0)
            self._maps(painter, card, places.minis)
            painter.setOpacity(1.0)
        else:
            painter.drawText(places.minis, middle | Qt.AlignmentFlag.AlignLeft, "not run")
        _facts_and_marks(painter, card, places.facts)
        if card.takes:
            words = f"takes {', '.join(card.takes)}"
            words = elided(words, painter.fontMetrics(), places.takes.width())
            painter.drawText(places.takes, middle | Qt.AlignmentFlag.AlignLeft, words)

    def _maps(self, painter: QPainter, card: Card, place: QRect) -> None:
        if card.minis is None:
            _empty_maps(painter, card, place)
            return
        image = self._image(card.minis, painter.device().devicePixelRatioF())
        if not image.isNull():
            painter.drawImage(place.topLeft(), image)
            if card.minis.is_row:
                _edge(painter, QRectF(QPointF(place.topLeft()), image.deviceIndependentSize()))

    def _image(self, minis: Minis, ratio: float) -> QImage:
        """The image of `minis`, made when it is first painted, so that cards out of sight cost nothing."""
        name = theme.current().name
        kept = self._images.get(minis)
        if kept is None or kept[:2] != (name, ratio):
            image = minis.rendered(round(MINIS_HEIGHT * ratio), round(MINIS_WIDTH * ratio), round(2 * ratio))
            image.setDevicePixelRatio(ratio)
            kept = self._images[minis] = (name, ratio, image)
        return kept[2]


def _edge(painter: QPainter, place: QRectF) -> None:
    """A fine line around numbers: a zero at either end has the card's own colour, and would be lost."""
    with saved(painter):
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.setPen(QPen(QColor(theme.current().border), 1))
        painter.drawRect(place.adjusted(0, 0, -1, -1))


def _empty_maps(painter: QPainter, card: Card, place: QRect) -> None:
    """Blank squares where the maps will stand."""
    amount = min(card.shape[0], SHOWN) if card.shape is not None and len(card.shape) > 2 else 1
    for index in range(amount):
        square = QRect(place.left() + 18 * index, place.top(), MINIS_HEIGHT, MINIS_HEIGHT)
        painter.fillRect(square, QColor(theme.current().sunken))


def _facts_and_marks(painter: QPainter, card: Card, place: QRect) -> None:
    """Sliders for a layer with settings, and how many parameters it learns, or a cap where there is no room."""
    advance, mark = painter.fontMetrics().horizontalAdvance, MARK + 3
    names = ["ph.sliders-horizontal"] * bool(card.settings)
    words = card.facts
    if advance(words) + 6 + len(names) * mark > place.width():
        words, names = words.split(" ")[0], ["ph.graduation-cap", *names]
    painter.drawText(place, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignRight, words)
    right = place.right() - (advance(words) + 6 if words else 0)
    for number, name in enumerate(reversed(names), start=1):
        draw_icon(painter, name, theme.current().dim, QRect(right - number * mark, place.top() + 1, MARK, MARK))


def _problem(painter: QPainter, problem: CardProblem, place: ProblemPlace, *, hot: bool) -> None:
    colours = theme.current()
    is_error = problem.severity == "error"
    colour = colours.error if is_error else colours.warning
    if is_error:
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(mixed(colour, colours.pane, 0.1))
        painter.drawRoundedRect(place.box, 6, 6)
    mark = QRect(QPoint(place.message.left() - MARK - 4, place.message.top() + 1), QSize(MARK, MARK))
    draw_icon(painter, "ph.warning-circle" if is_error else "ph.warning", colour, mark)
    painter.setFont(small_font())
    painter.setPen(QColor(colour))
    flags = int(Qt.TextFlag.TextWordWrap) | int(Qt.AlignmentFlag.AlignLeft)
    painter.drawText(place.message, flags, problem.message)
    if problem.fix:
        _button(painter, problem.fix, place.button, framed=is_error, hot=hot)


def _button(painter: QPainter, label: str, place: QRect, *, framed: bool, hot: bool) -> None:
    colours = theme.current()
    painter.setPen(QColor(colours.border) if framed else Qt.PenStyle.NoPen)
    if framed or hot:
        painter.setBrush(QColor(colours.sunken if hot else colours.pane))
        painter.drawRoundedRect(place.toRectF().adjusted(0.5, 0.5, -0.5, -0.5), 6, 6)
    painter.setPen(QColor(colours.text if framed else colours.accent))
    side = Qt.AlignmentFlag.AlignHCenter if framed else Qt.AlignmentFlag.AlignLeft
    inside = place if framed else place.adjusted(6, 0, -2, 0)
    shown = elided(label, painter.fontMetrics(), inside.width())
    painter.drawText(inside, Qt.AlignmentFlag.AlignVCenter | side, shown)
