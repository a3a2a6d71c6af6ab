"""The form of the selected layer: its name, its settings, what it takes, and below what follows from them."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QSize, Qt, QTimer, Slot
from PySide6.QtGui import QColor, QPainter, QPaintEvent
from PySide6.QtWidgets import QApplication, QFrame, QHBoxLayout, QLabel, QLineEdit, QScrollArea, QVBoxLayout, QWidget

from explorer.session import LayerActivation, Session, State, Verb
from explorer.session.asked_sizes import CoveredNetwork
from explorer.session.soon import soon
from explorer.session.state import pointer_to
from explorer.ui.common import settings, theme
from explorer.ui.common.fault_card import lead_to_card
from explorer.ui.common.focus_ring import FocusRing
from explorer.ui.common.following_view import FollowingView
from explorer.ui.common.pane import ElidedLabel
from explorer.ui.common.tab_order import chain
from explorer.ui.editor.cards import INPUT
from explorer.ui.editor.inputs_editor import InputsEditor
from explorer.ui.editor.layer_arithmetic import LayerArithmetic
from explorer.ui.editor.layer_facts import LayerFacts
from explorer.ui.editor.run_looks import LOOK_MS, is_only_a_look
from explorer.ui.editor.settings_grid import Field, SettingsGrid, field_of, row_label

if TYPE_CHECKING:
    from explorer.network import Layer, Network

NOTHING = "Select a layer to see its settings and where its size comes from."
MARGIN = 12
SETTLED_MS = 150
AXES = (("channels", "Colours or maps."), ("height", "Rows."), ("width", "Columns."))


class LayerForm(FollowingView, QWidget):
    """Shows the selected layer. Editors are kept while the layer type stays, so typing is never interrupted."""

    shows = ("document", "maps.activations", "maps.fault", "selection")

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(session, parent)
        self.setObjectName("layerForm")
        self.setAccessibleName("Selected layer")
        self._shown: object = None  # the layer the form shows: its id, "input", or the name of a call
        self._name = ""
        self._is_open = settings.are_all_settings_shown()
        # The debugger's cursor takes the selection from layer to layer: building a form for each would hold it up.
        self._later = QTimer(self, singleShot=True, interval=SETTLED_MS)
        self._later.timeout.connect(self.redraw)
        self._looks = QTimer(self, singleShot=True, interval=LOOK_MS + 80)  # the form is drawn after the cards
        self._looks.timeout.connect(self.redraw)
        self._make_parts()
        application = QApplication.instance()
        assert isinstance(application, QApplication)
        application.focusChanged.connect(self._follow_focus)
        self.follow_session()

    def _make_parts(self) -> None:
        content = QWidget()
        self.nothing = self._words(NOTHING)
        self.name_edit = QLineEdit(content)
        self.name_edit.setObjectName("layerName")
        self.name_edit.setAccessibleName("Name of the layer")
        self.name_edit.setToolTip("The layer's name; other layers, weights and PyTorch source use it.")
        self.name_edit.editingFinished.connect(self._rename)
        self.kind_label = QLabel(content)
        self.kind_label.setProperty("role", "dim")
        self.kind_label.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        self.title = ElidedLabel(parent=content, mode=Qt.TextElideMode.ElideMiddle)
        self.title.setProperty("role", "title")
        self.summary = self._words("")
        self._grids: dict[tuple[Field, ...], SettingsGrid] = {}
        self._grid: SettingsGrid | None = None
        self._waiting = QWidget(self.parentWidget() or self)
        self._waiting.hide()
        self._grid_place = QVBoxLayout()
        self.inputs_row = QWidget(content)
        self.inputs_line = QHBoxLayout(self.inputs_row)
        self.inputs_line.setContentsMargins(0, 0, 0, 0)
        self.inputs_line.setSpacing(8)
        self.inputs_line.addWidget(row_label("Takes", self.inputs_row), 0, Qt.AlignmentFlag.AlignTop)
        self.inputs: InputsEditor | None = None
        self.facts = LayerFacts(content)
        self._content, self._widest = content, 0
        self._lay_out(content)

    def _lay_out(self, content: QWidget) -> None:
        header = QHBoxLayout()
        header.setSpacing(8)
        header.addWidget(self.title, 1)
        header.addWidget(self.name_edit, 1)
        header.addWidget(self.kind_label)
        column = QVBoxLayout(content)
        column.setContentsMargins(MARGIN, 8, MARGIN, MARGIN)
        column.setSpacing(6)
        column.addLayout(header)
        column.addWidget(self.nothing)
        column.addLayout(self._grid_place)
        for part in (self.inputs_row, self.facts, self.summary):
            column.addWidget(part)
        column.addStretch(1)
        self.area = QScrollArea(self, widgetResizable=True)
        self.area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.area.setFrameShape(QFrame.Shape.NoFrame)
        self.area.setAccessibleName("Settings of the layer")
        FocusRing(self.area)
        self.area.setWidget(content)
        self.arithmetic = LayerArithmetic(self)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 1, 0, 0)
        whole.setSpacing(0)
        whole.addWidget(self.area, 1)
        whole.addWidget(self.arithmetic)

    def minimumSizeHint(self) -> QSize:
        """As wide as the widest form that was shown needs: another layer never makes the pane narrower.

        The scroll bar may lie over the margin.
        """
        bar = self.area.verticalScrollBar().sizeHint().width()
        self._widest = max(self._widest, self._content.minimumSizeHint().width() - MARGIN + bar)
        return super().minimumSizeHint().expandedTo(QSize(self._widest, 0))

    def _words(self, words: str) -> QLabel:
        label = QLabel(words)
        label.setWordWrap(True)
        label.setProperty("role", "dim")
        return label

    def paintEvent(self, event: QPaintEvent) -> None:
        QPainter(self).fillRect(0, 0, self.width(), 1, QColor(theme.current().border))

    # --- what it shows ---

    def show_changes(self, old: State | None, new: State) -> None:
        """Show the selected layer of `new`, or soon where more will follow at once."""
        if old is not None and new.steps.is_watched and old.selection is not new.selection and not self._has_focus():
            self._later.start()
        elif old is not None and is_only_a_look(old, new, self.shows):
            if not self._looks.isActive():
                self._looks.start()
        else:
            self.redraw()

    @Slot()
    def redraw(self) -> None:
        """Show what is selected now."""
        self._later.stop()
        self._looks.stop()
        self._show(self._session.state)

    def _has_focus(self, widget: QWidget | None = None) -> bool:
        """Whether what is typed now goes into the form, or into `widget` of it."""
        focus = QApplication.focusWidget()
        return focus is not None and (widget or self).isAncestorOf(focus)

    @Slot(QWidget, QWidget)
    def _follow_focus(self, _before: QWidget | None, _now: QWidget | None) -> None:
        """Whoever begins to type does not wait for the cursor to settle."""
        if self._later.isActive() and self._has_focus():
            self.redraw()

    def _show(self, state: State) -> None:
        about = _about(state)
        fresh = self._turn_to(about)
        layer, call = state.layer(state.selection.layer or ""), state.entry(state.selection.layer)
        if layer is not None:
            network = CoveredNetwork.of(state.subject.edited, state.lessons.veil.sizes)
            self._show_layer(state, network, layer, fresh=fresh)
        elif about == INPUT and state.subject.can(Verb.EDIT):
            self._show_input(state, state.subject.edited, fresh=fresh)
        elif about is not None and call is not None:
            self._show_call(state, call)
        else:
            self._show_nothing()
            self.arithmetic.show_nothing()

    def _pointer(self, state: State, name: str) -> str:
        """What stands below the form of a part with a fault, which its card tells, and where it leads."""
        has_fault = _has_fault(state, name)
        self.arithmetic.error.lead((lambda: lead_to_card(self, self._session, name)) if has_fault else None)
        return pointer_to(name) if has_fault else ""

    def _show_layer(self, state: State, network: Network, layer: Layer, *, fresh: bool) -> None:
        self._show_header(layer.name, kind=layer.kind, summary=layer.summary, editable=True)
        defaults = layer.defaults()
        fields = tuple(field_of(name, rules, kind, defaults[name]) for name, rules, kind in layer.settings())
        self._show_settings(fields, {field.name: getattr(layer, field.name) for field in fields}, fresh=fresh)
        self._show_inputs(network, layer)
        self.facts.show_layer(network, layer, state.entry(layer.name))
        self.arithmetic.show_layer(network, layer, self._pointer(state, layer.name))

    def _show_input(self, state: State, network: Network, *, fresh: bool) -> None:
        shape = network.input_shape
        self._show_header(INPUT, kind="what the network is fed", editable=False)
        axes = AXES if len(shape) == 3 else (("features", "Numbers."),)
        fields = tuple(Field(name, "int", name.capitalize(), help, 1, 100_000, ()) for name, help in axes)
        self._show_settings(fields, dict(zip((name for name, _ in axes), shape, strict=True)), fresh=fresh)
        self.inputs_row.hide()
        self.facts.show_input(shape, is_asked=state.lessons.veil.sizes.input_cells)
        self.arithmetic.show_nothing(self._pointer(state, INPUT))

    def _show_call(self, state: State, call: LayerActivation) -> None:
        self._show_header(call.name, kind=call.kind, editable=False)
        self._show_settings((), {}, fresh=True)
        self.inputs_row.hide()
        taken = (state.entry(name) for name in call.parents)
        self.facts.show_call(call, tuple(entry.shape for entry in taken if entry is not None))
        self.arithmetic.show_nothing(self._pointer(state, call.name))

    def _show_nothing(self) -> None:
        self.nothing.show()
        self._show_settings((), {}, fresh=True)
        self.inputs_row.hide()
        for part in (self.title, self.name_edit, self.kind_label, self.summary, self.facts):
            part.hide()

    def _turn_to(self, key: object) -> bool:
        """Start at the top for another layer; True if it is another one."""
        if key == self._shown:
            return False
        self._shown = key
        self.name_edit.setModified(False)
        self.area.verticalScrollBar().setValue(0)
        return True

    def _show_header(self, name: str, *, kind: str, summary: str = "", editable: bool) -> None:
        self.nothing.hide()
        self.facts.show()
        self.title.set_whole(name)
        self.title.setVisible(not editable)
        self.kind_label.setText(kind)
        self.kind_label.show()
        self.summary.setText(summary)
        self.summary.setVisible(bool(summary))
        if name != self._name or not self.name_edit.isModified():
            self.name_edit.setText(name)
        self._name = name
        self.name_edit.setVisible(editable)

    def _show_settings(self, fields: tuple[Field, ...], values: dict[str, Any], *, fresh: bool) -> None:
        """The editors for `fields`, made once: making them takes longer than a click on a layer may."""
        grid = self._grids.get(fields)
        if fields and grid is None:
            grid = self._grids[fields] = SettingsGrid(fields, self.area.widget())
            grid.edited.connect(self._edit)
            grid.refused.connect(self._session.say)
            grid.opened.connect(self._open_settings)
        if grid is not self._grid:
            self._exchange(grid)
        if grid is not None:
            grid.set_open(self._is_open)
            grid.set_values(values, fresh=fresh)

    @Slot(bool)
    def _open_settings(self, is_open: bool) -> None:
        """What was opened for one layer is open for all, and at the next start."""
        self._is_open = is_open
        settings.set_all_settings_shown(is_open)

    def _exchange(self, grid: SettingsGrid | None) -> None:
        """Put `grid` in; the one before it waits outside of the form, which holds nothing that is not seen."""
        before, self._grid = self._grid, None  # what it tells as it loses the focus was meant for the layer before
        if before is not None:
            if self._has_focus(before):
                self.area.setFocus()  # else the next key goes to whichever control comes next
            self._grid_place.removeWidget(before)
            before.hide()
            before.setParent(self._waiting)
        self._grid = grid
        if grid is not None:
            self._grid_place.addWidget(grid)
            grid.show()
        self._chain()

    def _show_inputs(self, network: Network, layer: Layer) -> None:
        many = layer.most_inputs != 1
        is_other = self.inputs is None or self.inputs.many != many
        if is_other:
            self._make_inputs(many)
        assert self.inputs is not None
        above = (INPUT, *network.names[: network.index(layer.name)])
        self.inputs.set_names(above, above[-1])
        self.inputs.set_value(network.inputs(layer.name) if many else layer.inputs)
        if is_other:
            self._chain()
        self.inputs_row.show()

    def _chain(self) -> None:
        """Let Tab go through the form as it stands, whichever of its parts came last."""
        chain(*filter(None, (self.name_edit, self._grid, self.inputs)))

    def _make_inputs(self, many: bool) -> None:
        if self.inputs is not None:
            self.inputs.hide()
            self.inputs.deleteLater()
        self.inputs = InputsEditor("Takes", many=many, parent=self.inputs_row)
        self.inputs.setObjectName("inputs")
        self.inputs.edited.connect(self._edit_inputs)
        self.inputs_line.addWidget(self.inputs, 1)

    # --- what the person does ---

    def edit_setting(self, name: str) -> None:
        """Bring the setting `name` of the selected layer into sight, and the keyboard into its field."""
        self.redraw()
        editor = self._grid.editors.get(name) if self._grid is not None else None
        if self._grid is not None and editor is not None:
            self._grid.reveal(name)
            editor.setFocus(Qt.FocusReason.ShortcutFocusReason)
            soon(self, lambda: self.area.ensureWidgetVisible(editor))  # once what was folded is laid out

    def _is_meant(self) -> bool:
        """Whether the form still shows what is selected: else what was typed was meant for another layer."""
        is_meant = self._shown == _about(self._session.state)
        if not is_meant:
            self.redraw()
        return is_meant

    @Slot(str, object, bool)
    def _edit(self, field: str, value: Any, settled: bool) -> None:
        subject = self._session.state.subject
        if not subject.can(Verb.EDIT) or self.sender() is not self._grid or not self._is_meant():
            return
        network = subject.edited
        if self._shown == INPUT:
            names = [name for name, _ in AXES] if len(network.input_shape) == 3 else ["features"]
            shape = list(network.input_shape)
            shape[names.index(field)] = value
            self._session.editing.set_input_shape(tuple(shape))
            return
        layer = network.layer(self._name)
        self._session.editing.replace_layer(self._name, dataclasses.replace(layer, **{field: value}), merge=not settled)

    @Slot(object, bool)
    def _edit_inputs(self, inputs: tuple[str, ...], settled: bool) -> None:
        layer = self._session.state.layer(self._name)
        if layer is not None and self._is_meant():
            self._session.editing.replace_layer(self._name, dataclasses.replace(layer, inputs=inputs))

    @Slot()
    def _rename(self) -> None:
        if not self.name_edit.isModified() or not self._is_meant():
            return
        self.name_edit.setModified(False)
        wanted = self.name_edit.text().strip()
        if wanted and wanted != self._name:
            self._session.editing.rename_layer(self._name, wanted)
        self.name_edit.setText(self._name)  # the old one, where the new one was refused


def _has_fault(state: State, name: str) -> bool:
    """Whether something is wrong with the part called `name`, or went wrong when it ran."""
    fault = state.maps.fault
    went_wrong = fault is not None and fault.layer == name
    return went_wrong or any((each.layer, each.severity) == (name, "error") for each in state.problems)


def _about(state: State) -> object:
    """What the form is about: the id of the selected layer, INPUT, the name of a call, or None."""
    name = state.selection.layer
    if name is None or not state.subject.has_part(name, state.maps.activations):
        return None
    return state.subject.identity(name)
