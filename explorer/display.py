"""Whether a window can be opened here, asked before Qt is: where it cannot, Qt ends the process."""

from __future__ import annotations

import ctypes
import os
import socket
import sys
from pathlib import Path

NO_DISPLAY = (
    "There is no display to open a window on. Over ssh, connect with ssh -X; to check the program without a display, "
    "use network-explorer --smoke, or set QT_QPA_PLATFORM=offscreen."
)
LACKS = "Qt cannot be used here: {reason}. The README lists the packages it needs, under “Two commands”."
ANSWER_S = 5.0


def missing_display() -> str:
    """Why no window can be opened, in a sentence with what helps; "" where one can, or where Qt copes by itself."""
    try:
        from PySide6 import QtGui
    except ImportError as error:
        return LACKS.format(reason=error)
    if not sys.platform.startswith("linux"):
        return ""
    asked = os.environ.get("QT_QPA_PLATFORM", "").partition(":")[0]
    if asked not in ("", "xcb", "wayland"):
        return ""
    if asked != "xcb" and _wayland_answers():
        return ""
    reason = _missing_library(Path(QtGui.__file__).parent)
    if reason:
        return LACKS.format(reason=reason)
    return "" if _x_answers() else NO_DISPLAY


def _wayland_answers() -> bool:
    name, folder = os.environ.get("WAYLAND_DISPLAY", ""), os.environ.get("XDG_RUNTIME_DIR", "")
    if not name:
        return False
    try:
        with socket.socket(socket.AF_UNIX) as link:
            link.settimeout(ANSWER_S)
            link.connect(str(Path(folder, name)))
    except OSError:
        return False
    return True


def _missing_library(folder: Path) -> str:
    """What the loader says of Qt's plugin for X, which links to more than Qt itself."""
    plugin = folder / "Qt" / "plugins" / "platforms" / "libqxcb.so"
    try:
        if plugin.exists():  # a distribution's own PySide6 keeps it elsewhere
            ctypes.CDLL(str(plugin))
    except OSError as error:
        return str(error)
    return ""


def _x_answers() -> bool:
    """Whether the X server of $DISPLAY lets us in, asked with the library that Qt asks it with."""
    if not os.environ.get("DISPLAY"):
        return False
    try:
        xcb = ctypes.CDLL("libxcb.so.1")
    except OSError:
        return True  # Qt may find its own
    xcb.xcb_connect.restype = ctypes.c_void_p
    xcb.xcb_connect.argtypes = [ctypes.c_char_p, ctypes.c_void_p]
    xcb.xcb_connection_has_error.argtypes = [ctypes.c_void_p]
    xcb.xcb_disconnect.argtypes = [ctypes.c_void_p]
    link = xcb.xcb_connect(None, None)
    try:
        return not xcb.xcb_connection_has_error(link)
    finally:
        xcb.xcb_disconnect(link)
