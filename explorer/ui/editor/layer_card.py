"""A layer's card: what stands on it, where each part lies, and how it is painted."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from functools import cache, cached_property, lru_cache

from PySide6.QtCore import QRect, Qt
from PySide6.QtGui import QColor, QFont, QFontMetrics

from explorer.ui.common import text, theme
from explorer.ui.editor.minis import Minis

LEFT, RIGHT, TOP, BOTTOM = 18, 12, 7, 8
LINE, SMALL_LINE = 18, 16
MINIS_HEIGHT, MINIS_WIDTH = 16, 106
MARK = 14
BUTTON_HEIGHT = 24
SMALL_PIXELS = 11


@dataclass(frozen=True)
class CardProblem:
    """A problem's sentence, its severity ("error" or "remark") and the word on the button that mends it, or ""."""

    message: str
    severity: str = "error"
    fix: str = ""


@dataclass(frozen=True)
class Card:
    """All that one card shows. `shape` is None where it cannot be worked out; `takes` names inputs worth naming.

    `runs` is False for a layer that is not run because of an error in it or before it.
    """

    name: str
    kind: str
    family: str
    shape: tuple[int, ...] | None
    parameters: int = 0
    settings: tuple[str, ...] = ()
    takes: tuple[str, ...] = ()
    problems: tuple[CardProblem, ...] = ()
    runs: bool = True
    is_input: bool = False
    minis: Minis | None = field(default=None, compare=False)

    @cached_property
    def without_minis(self) -> Card:
        """What is kept of a card must not hold on to the maps of a network that is gone."""
        return replace(self, minis=None)

    @property
    def has_error(self) -> bool:
        """Whether one of its problems keeps it from running."""
        return any(problem.severity == "error" for problem in self.problems)

    @property
    def is_dimmed(self) -> bool:
        """Whether it is drawn pale: a layer after the one that has the error."""
        return not self.runs and not self.has_error

    @property
    def shape_text(self) -> str:
        """ "12 × 32 × 32", or "?" where it is not known."""
        return text.shape_text(self.shape) if self.shape is not None else "?"

    @property
    def facts(self) -> str:
        """The small line on the right: how many parameters, or nothing."""
        return text.plural(self.parameters, "parameter") if self.parameters else ""

    @property
    def tip(self) -> str:
        """Everything on the card in whole sentences."""
        if self.is_input:
            return f"{self.name}: what the network is fed, {self.shape_text}."
        lines = [f"{self.name}: {self.kind}, output {self.shape_text}."]
        lines.append(f"Learns {self.facts}." if self.parameters else "Learns nothing: it has no parameters.")
        if self.settings:
            lines.append(f"Set by hand: {', '.join(self.settings)}.")
        if self.is_dimmed:
            lines.append("Not run: a layer before it has an error.")
        lines.extend(problem.message for problem in self.problems)
        return "\n".join(lines)


@dataclass(frozen=True)
class ProblemPlace:
    """Where one problem of a card lies."""

    box: QRect
    message: QRect
    button: QRect


@dataclass(frozen=True)
class CardPlaces:
    """Where the parts of a card lie, from its top left corner."""

    height: int
    title: QRect
    shape: QRect
    minis: QRect
    facts: QRect
    takes: QRect
    problems: tuple[ProblemPlace, ...]

    def button_at(self, x: int, y: int) -> int | None:
        """The number of the problem whose button lies under (x, y)."""
        for number, problem in enumerate(self.problems):
            if problem.button.contains(x, y):
                return number
        return None


# Looking a font up takes 0.2 ms, more than all else that is painted on a card: each is looked up once.
@cache
def title_font() -> QFont:
    """The font of a layer's name."""
    return theme.interface_font(semibold=True)


@cache
def plain_font() -> QFont:
    """The font of what stands beside a name."""
    return theme.interface_font()


@cache
def small_font() -> QFont:
    """The font of what explains."""
    return theme.interface_font(SMALL_PIXELS)


def arranged(card: Card, width: int) -> CardPlaces:
    """The places of `card` in a list `width` pixels wide. Kept: a list asks for them with every painting."""
    return _arranged(card.without_minis, width)


@lru_cache(maxsize=4000)
def _arranged(card: Card, width: int) -> CardPlaces:
    right = width - RIGHT
    shape_width = QFontMetrics(plain_font()).horizontalAdvance(card.shape_text) + 2
    shape = QRect(right - shape_width, TOP, shape_width, LINE)
    title = QRect(LEFT, TOP, max(0, shape.left() - 8 - LEFT), LINE)
    row = TOP + LINE + 4
    minis = QRect(LEFT, row, MINIS_WIDTH, MINIS_HEIGHT)
    facts = QRect(minis.right() + 6, row, max(0, right - minis.right() - 6), MINIS_HEIGHT)
    bottom = row + MINIS_HEIGHT
    takes = QRect(LEFT, bottom + 4, right - LEFT, SMALL_LINE) if card.takes else QRect()
    bottom = takes.bottom() + 1 if card.takes else bottom
    problems = []
    for problem in card.problems:
        place = _problem_place(problem, QRect(LEFT, bottom + 6, right - LEFT, 0))
        problems.append(place)
        bottom = place.box.bottom() + 1
    return CardPlaces(bottom + BOTTOM, title, shape, minis, facts, takes, tuple(problems))


def _problem_place(problem: CardProblem, room: QRect) -> ProblemPlace:
    """An error stands in a tinted box, its button below; a remark is bare text, its button a word after it."""
    inset = 8 if problem.severity == "error" else 0
    metrics = QFontMetrics(small_font())
    wrap = QRect(0, 0, room.width() - 2 * inset - MARK - 4, 10_000)
    height = max(SMALL_LINE, metrics.boundingRect(wrap, int(Qt.TextFlag.TextWordWrap), problem.message).height())
    pad = inset * 3 // 4
    message = QRect(room.left() + inset + MARK + 4, room.top() + pad, wrap.width(), height)
    bottom = message.bottom() + 1
    button = QRect()
    if problem.fix:
        button_width = min(metrics.horizontalAdvance(problem.fix) + 20, wrap.width())
        tall = BUTTON_HEIGHT if inset else SMALL_LINE + 4
        button = QRect(
            message.left() if inset else message.left() - 6, bottom + (6 if inset else 1), button_width, tall
        )
        bottom = button.bottom() + 1
    box = QRect(room.left(), room.top(), room.width(), bottom + pad - room.top())
    return ProblemPlace(box, message, button)


def mixed(over: str, under: str, share: float) -> QColor:
    """`share` of the colour `over` on `under`."""
    a, b = QColor(over), QColor(under)
    parts = ((a.red(), b.red()), (a.green(), b.green()), (a.blue(), b.blue()))
    return QColor(*(round(share * x + (1 - share) * y) for x, y in parts))
