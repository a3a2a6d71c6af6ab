"""The one style sheet: Fusion with flat panes, soft corners and steps of four pixels."""

from __future__ import annotations

from string import Template

from explorer.resources import resource
from explorer.ui.common.theme_colours import Theme

_SHEET = Template("""
QMainWindow, QDialog { background: $window; }
QDialogButtonBox { dialogbuttonbox-buttons-have-icons: 0; }
QMainWindow::separator { background: $window; width: 6px; height: 6px; }
QMainWindow::separator:hover { background: $border; }
QWidget[role="pane"] { background: $pane; border: 1px solid $border; border-radius: 7px; }
QWidget[role="docked-title"] {
  background: $pane; border: 1px solid $border; border-bottom: 0;
  border-top-left-radius: 7px; border-top-right-radius: 7px;
}
QWidget[role="docked"] {
  background: $pane; border: 1px solid $border; border-top: 0;
  border-bottom-left-radius: 7px; border-bottom-right-radius: 7px;
}
QWidget#unknownInput {
  background: $pane; border-top: 1px solid $border; border-bottom-left-radius: 6px; border-bottom-right-radius: 6px;
}
QWidget[role="toast"], QWidget[role="toast-fault"] {
  background: $pane; border: 1px solid $border; border-left: 3px solid $accent; border-radius: 6px;
}
QWidget[role="toast-fault"] { border-left-color: $error; }
QFrame[role="line"] { background: $border; border: 0; min-height: 1px; max-height: 1px; }
QLabel { background: transparent; qproperty-textFormat: PlainText; }
RichLabel { qproperty-textFormat: RichText; }
RichLabel:focus { background: $sunken; }
QLabel[role="title"] { font-weight: 600; color: $text; }
QLabel[role="dim"] { color: $dim; }
QLabel[role="pointer"] { color: $dim; }
QLabel[role="pointer"]:hover, QLabel[role="pointer"]:focus { color: $accent; text-decoration: underline; }
QLabel[role="error"] { color: $error; }
QLabel[role="warning"] { color: $warning; }
QLabel[role="good"] { color: $good; }
QLabel[role="formula"] { background: $sunken; border-radius: 6px; padding: 4px 8px; }
QToolBar { background: $pane; border: 0; border-bottom: 1px solid $border; padding: 4px 6px; spacing: 4px; }
QToolBar::separator { background: $border; width: 1px; margin: 6px 4px; }
QStatusBar { background: $window; color: $dim; }
QStatusBar::item { border: 0; }
QPushButton, QToolButton {
  background: $pane; color: $text; border: 1px solid $border; border-radius: 6px; padding: 4px 10px; min-height: 18px;
}
QToolButton { padding: 4px 8px; }
QPushButton:hover, QToolButton:hover { background: $sunken; }
QPushButton:pressed, QToolButton:pressed, QToolButton:checked { background: $selection; border-color: $accent; }
QPushButton:disabled, QToolButton:disabled { color: $dim; background: $window; }
QPushButton:focus, QToolButton:focus { border-color: $accent; }
QPushButton[role="primary"] { background: $accent; color: $accent_text; border-color: $accent; font-weight: 600; }
QPushButton[role="primary"]:focus { border-color: $text; }
QPushButton[role="primary"]:disabled { background: $window; color: $dim; border-color: $border; }
QPushButton[role="right"] { background: $selection; border-color: $accent; }
QPushButton[role="right"] QLabel { color: $text; }
QPushButton[role="card"] { min-height: 96px; padding: 0; }
QPushButton[role="link"], QToolButton[role="link"] {
  background: transparent; border: 0; color: $accent; padding: 2px 4px; text-align: left;
}
QPushButton[role="link"]:focus, QToolButton[role="link"]:focus { text-decoration: underline; }
QToolButton[role="flat"], QPushButton[role="flat"] { background: transparent; border: 1px solid transparent; }
QToolButton[role="flat"]:hover, QPushButton[role="flat"]:hover { background: $sunken; }
QToolButton[role="flat"]:checked { background: $selection; }
QToolButton[role="flat"]:focus, QPushButton[role="flat"]:focus { border-color: $accent; }
QToolButton::menu-indicator { image: none; width: 0; }
QLineEdit, QSpinBox, QDoubleSpinBox, QComboBox, QPlainTextEdit {
  background: $sunken; color: $text; border: 1px solid $border; border-radius: 6px; padding: 3px 8px; min-height: 18px;
  selection-background-color: $accent; selection-color: $accent_text;
}
QLineEdit:focus, QSpinBox:focus, QDoubleSpinBox:focus, QComboBox:focus, QPlainTextEdit:focus { border-color: $accent; }
QLineEdit:disabled, QSpinBox:disabled, QDoubleSpinBox:disabled, QComboBox:disabled { color: $dim; background: $window; }
QCheckBox::indicator {
  width: 14px; height: 14px; border: 1px solid $dim; border-radius: 4px; background: $sunken;
}
QCheckBox::indicator:checked { background: $accent; border-color: $accent; image: url("$check"); }
QCheckBox::indicator:focus { border-color: $accent; }
QCheckBox::indicator:checked:focus { border-color: $text; }
QComboBox { padding-right: 22px; combobox-popup: 0; }
QComboBox::drop-down { border: 0; width: 20px; }
QComboBox::down-arrow { image: url("$arrow_down"); width: 10px; height: 10px; }
QComboBox QAbstractItemView::item { min-height: 24px; padding-left: 4px; }
QComboBox QAbstractItemView, QMenu { background: $pane; color: $text; border: 1px solid $border; padding: 4px; }
QMenu::item { padding: 5px 24px 5px 12px; border-radius: 4px; }
QMenu::icon { padding-left: 8px; }
QMenu::item:selected { background: $selection; color: $text; }
QMenu::item:disabled { color: $dim; }
QMenu::separator { height: 1px; background: $border; margin: 4px 8px; }
QMenuBar { background: $pane; color: $text; border: 0; padding: 1px 6px; }
QMenuBar::item { padding: 4px 8px; border-radius: 4px; }
QMenuBar::item:selected { background: $selection; }
QTabWidget::pane { border: 0; border-top: 1px solid $border; }
QTabBar { background: transparent; qproperty-drawBase: false; }
QTabBar::tab { background: transparent; color: $dim; font-weight: 600; padding: 8px 14px; border: 0;
  border-bottom: 2px solid transparent; }
QTabBar::tab:selected { color: $text; border-bottom: 2px solid $accent; }
QTabBar::tab:hover { color: $text; }
QTabBar::tab:focus { color: $accent; }
QDockWidget { color: $text; }
QScrollArea, QListView, QListWidget, QTreeView, QTableView { background: $pane; border: 0; }
QListView { outline: 0; }
QListView::item:selected { background: $selection; color: $text; }
QDialog#messageList QListWidget::item { padding: 4px 6px; border-radius: 4px; }
QAbstractScrollArea::corner { background: transparent; border: 0; }
QListView#layerList { border-bottom: 1px solid $border; }
QTreeView { selection-background-color: $selection; selection-color: $text; }
QTreeView::item { padding: 2px 4px; }
QTreeView::item:selected { background: $selection; color: $text; }
QTreeView::item:hover { background: $sunken; }
QHeaderView::section {
  background: $pane; color: $dim; border: 0; border-bottom: 1px solid $border; padding: 4px 3px;
}
QTreeView QHeaderView::section { padding: 4px 7px; }
QTreeView#calls::item { padding: 2px; }
QTreeView#calls QHeaderView::section { padding: 4px 5px; }
HealthTable QHeaderView::section { padding: 2px 6px; }
QScrollArea > QWidget > QWidget { background: $pane; }
QScrollBar:vertical { background: transparent; width: 10px; margin: 0; }
QScrollBar:horizontal { background: transparent; height: 10px; margin: 0; }
QScrollBar::handle { background: $border; border-radius: 4px; min-width: 24px; min-height: 24px; margin: 1px; }
QScrollBar::handle:hover { background: $dim; }
QScrollBar::handle:disabled { background: transparent; }
QScrollBar::add-line, QScrollBar::sub-line { width: 0; height: 0; }
QScrollBar::add-page, QScrollBar::sub-page { background: transparent; }
QToolTip {
  background: $sunken; color: $text; border: 1px solid $border; padding: 4px 6px; qproperty-textFormat: PlainText;
}
QSplitter::handle { background: transparent; }
QSlider { min-height: 18px; }
QSlider::groove:horizontal { background: $border; height: 4px; border-radius: 2px; }
QSlider::sub-page:horizontal { background: $accent; border-radius: 2px; }
QSlider::sub-page:horizontal:disabled { background: $border; }
QSlider::handle:horizontal {
  background: $accent; border: 2px solid $pane; width: 12px; margin: -6px 0; border-radius: 8px;
}
QSlider::handle:horizontal:hover { background: $text; }
QSlider::handle:horizontal:focus { border: 2px solid $text; }
QSlider::handle:horizontal:disabled { background: $dim; }
QProgressBar { background: $sunken; border: 0; border-radius: 2px; max-height: 4px; min-height: 4px; }
QProgressBar::chunk { background: $accent; border-radius: 2px; }
""")


def style_sheet(theme: Theme) -> str:
    """The whole application's style sheet in the colours of `theme`."""
    return _SHEET.substitute(
        {name: value for name, value in vars(theme).items() if isinstance(value, str)},
        neutral=theme.neutral,
        check=resource("icons", f"check-{theme.name}.svg").as_posix(),
        arrow_down=resource("icons", f"arrow-down-{theme.name}.svg").as_posix(),
    )
