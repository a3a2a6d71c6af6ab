"""The one guard around what Qt calls in Python: painting, events, models, hints of size.

An exception must not leave a function that Qt called: PySide keeps it until the call from Python that is going on
ends, and the process ends with it where C code raised it, a list's IndexError say, and not a `raise`; a painter is
left at work. So every class of this program, and of pyqtgraph, that overrides a virtual function of Qt's is guarded as
it is made. A slot needs no guard: PySide hands its exceptions to `sys.excepthook`, which `faults` watches.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import wraps
from types import FunctionType
from typing import Any

from PySide6.QtCore import QAbstractItemModel, QModelIndex, QObject, QRectF, QSize, QSortFilterProxyModel, Qt
from PySide6.QtGui import QIconEngine, QPainterPath, QPixmap, QSyntaxHighlighter, QValidator
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractItemDelegate,
    QAbstractItemView,
    QAbstractScrollArea,
    QAbstractSpinBox,
    QComboBox,
    QDoubleSpinBox,
    QGraphicsItem,
    QPlainTextEdit,
    QSpinBox,
    QWidget,
)
from shiboken6 import Shiboken

from explorer.ui.common import faults, painting_faults
from explorer.ui.common.painting_rests import resting

GUARDED_ROOMS = ("explorer", "pyqtgraph")
NOTHING = type(None)
PAINTING = ("paintEvent", "paint")
VIRTUALS: tuple[tuple[type, dict[str, Callable[[], Any]]], ...] = (
    (QObject, {"event": bool, "eventFilter": bool}),
    (
        QWidget,
        {
            "setAccessibleName": NOTHING,
            "sizeHint": QSize,
            "minimumSizeHint": QSize,
            "hasHeightForWidth": bool,
            "heightForWidth": lambda: -1,
        },
    ),
    (QAbstractScrollArea, {"viewportEvent": bool, "scrollContentsBy": NOTHING}),
    (QAbstractItemView, {"currentChanged": NOTHING, "updateGeometries": NOTHING}),
    (QPlainTextEdit, {"insertFromMimeData": NOTHING}),
    (QSyntaxHighlighter, {"highlightBlock": NOTHING}),
    (QAbstractButton, {"nextCheckState": NOTHING}),
    (QComboBox, {"showPopup": NOTHING}),
    (
        QAbstractSpinBox,
        {"stepBy": NOTHING, "fixup": str, "validate": lambda: QValidator.State.Invalid},
    ),
    (QSpinBox, {"textFromValue": str, "valueFromText": int}),
    (QDoubleSpinBox, {"textFromValue": str, "valueFromText": float}),
    (
        QAbstractItemModel,
        {
            "data": NOTHING,
            "setData": bool,
            "headerData": NOTHING,
            "rowCount": int,
            "columnCount": int,
            "flags": lambda: Qt.ItemFlag.NoItemFlags,
            "index": QModelIndex,
            "parent": QModelIndex,
            "canFetchMore": bool,
            "fetchMore": NOTHING,
        },
    ),
    (QSortFilterProxyModel, {"filterAcceptsRow": bool, "lessThan": bool}),
    (
        QAbstractItemDelegate,
        {"paint": NOTHING, "sizeHint": QSize, "createEditor": NOTHING, "updateEditorGeometry": NOTHING},
    ),
    (QGraphicsItem, {"paint": NOTHING, "boundingRect": QRectF, "shape": QPainterPath}),
    (QIconEngine, {"paint": NOTHING, "pixmap": QPixmap, "clone": NOTHING}),
)
"""The virtual functions that are overridden here, by Qt's class, each with what is answered where one fails.

Events are known by their names, and answer nothing.
"""


def guard_overrides() -> None:
    """From now on guard every class as it is made, and those that were made before."""
    Shiboken.Object.__init_subclass__ = classmethod(_guard_new)  # type: ignore[assignment, arg-type]
    for made in _below(Shiboken.Object):
        guard(made)


def guard(made: type) -> None:
    """Guard what the class `made` overrides, by itself or by what stands beside Qt's class among its bases."""
    if made.__module__.split(".")[0] not in GUARDED_ROOMS:
        return
    for name, function in overrides(made):
        answer = _answer(made, name)
        if answer is not None and not hasattr(function, "is_guarded"):
            guarded = _guarded_painting(function) if name in PAINTING else _guarded(function, answer)
            guarded.is_guarded = True  # type: ignore[attr-defined]
            setattr(made, name, guarded)


def overrides(made: type) -> Iterator[tuple[str, FunctionType]]:
    """The functions written in Python that a class has under the name of one of Qt's, each as it is found first."""
    ours = [base for base in made.__mro__ if not _is_of_qt(base)]
    qt = [base for base in made.__mro__ if _is_of_qt(base)]
    for name in dict.fromkeys(name for base in ours for name in vars(base)):
        function = next(vars(base)[name] for base in ours if name in vars(base))
        if isinstance(function, FunctionType) and not name.startswith("__") and any(name in vars(base) for base in qt):
            yield name, function


def _guard_new(made: type, **options: Any) -> None:
    super(Shiboken.Object, made).__init_subclass__(**options)  # type: ignore[misc]  # a class method made by hand
    guard(made)


def _answer(made: type, name: str) -> Callable[[], Any] | None:
    """What gives the answer of a virtual function that failed; None for a function that Qt does not call."""
    if name.endswith("Event") and name not in ("viewportEvent",):
        return NOTHING
    for base, answers in VIRTUALS:
        if name in answers and issubclass(made, base):
            return answers[name]
    return None


def _guarded(function: FunctionType, answer: Callable[[], Any]) -> Callable[..., Any]:
    @wraps(function)
    def guarded(*arguments: Any, **named: Any) -> Any:
        try:
            return function(*arguments, **named)
        except Exception as error:
            faults.catch(error)
            return answer()

    return guarded


def _guarded_painting(function: FunctionType) -> Callable[..., Any]:
    @wraps(function)
    def guarded(painted: Any, *arguments: Any) -> None:
        if resting and painting_faults.rests(painted):
            return
        try:
            function(painted, *arguments)
        except Exception as error:
            painting_faults.failed(painted, arguments, error)
        else:
            if resting:
                painting_faults.succeeded(painted)

    return guarded


def _is_of_qt(base: type) -> bool:
    return base.__module__.split(".")[0] in ("PySide6", "shiboken6", "Shiboken", "builtins")


def _below(base: type) -> Iterator[type]:
    below: list[type] = type.__subclasses__(base)
    for made in below:
        yield made
        yield from _below(made)
