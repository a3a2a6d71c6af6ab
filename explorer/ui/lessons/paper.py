"""A hand-out on sheets of paper, as PDF, and one step of it as a picture: letters and lines that stay sharp."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtCore import QBuffer, QMarginsF, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFont, QImage, QPageLayout, QPageSize, QPainter, QPdfWriter, QTextDocument
from PySide6.QtSvg import QSvgGenerator, QSvgRenderer

from explorer.lessons.handout import Exercise, HandOut
from explorer.lessons.handout_page import Group, Piece, pieces_of, step_pieces
from explorer.lessons.number_drawing import Vector
from explorer.ui.common.drawn_files import drawn_bytes

MARGIN_MM = 18
DOTS, CSS_DOTS = 1200, 96  # an inch of the paper, and of what is set on it
GAP, BELOW_TEXT = 14, 6
HIGHEST_PICTURE = 0.5  # of a sheet
STEP_WIDTH, STEP_MARGIN, SCALE = 760, 24, 2
STYLE = "h1 { font-size: 22px; } h2 { font-size: 17px; } p { margin: 0 0 10px 0; } li { margin: 2px 0; }"


def pdf(handout: HandOut) -> bytes:
    """The hand-out as PDF on A4; a step that fits on a sheet stands on one."""

    def draw(buffer: QBuffer) -> None:
        writer = QPdfWriter(buffer)
        writer.setTitle(handout.title)
        writer.setPageSize(QPageSize(QPageSize.PageSizeId.A4))
        writer.setPageMargins(QMarginsF(*[MARGIN_MM] * 4), QPageLayout.Unit.Millimeter)
        writer.setResolution(DOTS)
        painter = QPainter(writer)
        scale = DOTS / CSS_DOTS
        painter.scale(scale, scale)
        pieces = pieces_of(handout)
        sheets = _Sheets(painter, writer.width() / scale, writer.height() / scale, writer.newPage)
        sheets.set([pieces.head, *pieces.exercises])
        if pieces.solutions:
            sheets.turn()
            sheets.set(pieces.solutions)
        painter.end()

    return drawn_bytes(draw)


class _Sheets:
    """Sets groups one below the other, on as many sheets as they need."""

    def __init__(self, painter: QPainter, width: float, height: float, new_page: Callable[[], object]) -> None:
        self._painter, self._width, self._height, self._new_page = painter, width, height, new_page
        self._top = 0.0

    def turn(self) -> None:
        """Begin another sheet."""
        self._new_page()
        self._top = 0.0

    def set(self, groups: Sequence[Group]) -> None:
        """What is higher than a sheet is made smaller: nothing of it is lost."""
        for group in groups:
            height = _height(group, self._width, self._height)
            if self._top and self._top + height > self._height:
                self.turn()
            scale = min(1.0, self._height / height)
            self._painter.save()
            self._painter.translate(0, self._top)
            self._painter.scale(scale, scale)
            _paint(self._painter, group, self._width, self._height)
            self._painter.restore()
            self._top += height * scale + GAP


def step_png(step: Exercise) -> bytes:
    """A step without its answer as PNG, on white."""
    size = _step_size(step)
    image = QImage(size * SCALE, QImage.Format.Format_RGB32)
    image.setDevicePixelRatio(SCALE)
    image.fill(Qt.GlobalColor.white)
    painter = QPainter(image)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    _paint_step(painter, step)
    painter.end()
    return drawn_bytes(lambda buffer: image.save(buffer, "PNG"))


def step_svg(step: Exercise) -> bytes:
    """The same as SVG."""

    def draw(buffer: QBuffer) -> None:
        size = _step_size(step)
        generator = QSvgGenerator()
        generator.setOutputDevice(buffer)
        generator.setResolution(CSS_DOTS)
        generator.setSize(size)
        generator.setViewBox(QRect(0, 0, size.width(), size.height()))
        generator.setTitle(step.title)
        painter = QPainter(generator)
        painter.fillRect(QRect(0, 0, size.width(), size.height()), QColor("white"))
        _paint_step(painter, step)
        painter.end()

    return drawn_bytes(draw)


def _step_size(step: Exercise) -> QSize:
    height = _height(step_pieces(step), STEP_WIDTH, STEP_WIDTH * 2)
    return QSize(STEP_WIDTH + 2 * STEP_MARGIN, round(height) + 2 * STEP_MARGIN)


def _paint_step(painter: QPainter, step: Exercise) -> None:
    painter.translate(STEP_MARGIN, STEP_MARGIN)
    _paint(painter, step_pieces(step), STEP_WIDTH, STEP_WIDTH * 2)


# --- a group ---


def _height(group: Group, width: float, sheet: float) -> float:
    return sum(_piece_height(piece, width, sheet) for piece in group)


def _piece_height(piece: Piece, width: float, sheet: float) -> float:
    if isinstance(piece, Vector):
        return piece.height * _scale(piece, width, sheet) + GAP
    return _text(piece, width).size().height() + BELOW_TEXT


def _paint(painter: QPainter, group: Group, width: float, sheet: float) -> None:
    painter.save()
    for piece in group:
        if isinstance(piece, Vector):
            scale = _scale(piece, width, sheet)
            place = QRectF(0, 0, piece.width * scale, piece.height * scale)
            QSvgRenderer(piece.svg.encode()).render(painter, place)
        else:
            _text(piece, width).drawContents(painter)
        painter.translate(0, _piece_height(piece, width, sheet))
    painter.restore()


def _scale(picture: Vector, width: float, sheet: float) -> float:
    return min(1.0, width / picture.width, HIGHEST_PICTURE * sheet / picture.height)


def _text(html: str, width: float) -> QTextDocument:
    """HTML set for letters of any size, whatever the screen is like, in black."""
    document = QTextDocument()
    font = QFont("sans-serif")
    font.setPixelSize(15)
    document.setDefaultFont(font)
    document.setDocumentMargin(0)
    document.setUseDesignMetrics(True)
    document.setDefaultStyleSheet(STYLE)
    document.setHtml(f'<div style="color: #111111">{html.replace("<hr>", WRITE_ON)}</div>')
    document.setTextWidth(width)
    return document


WRITE_ON = '<p style="margin-top: 26px"><hr></p>'
