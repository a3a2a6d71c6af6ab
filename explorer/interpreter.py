"""Python's interpreter as the window and its worker share it: how long one waits for the other."""

from __future__ import annotations

import gc
import sys

SWITCH_S = 0.0005


def share_evenly() -> None:
    """Let a thread that wants to run Python wait half a millisecond for one that does, not 5.

    A small training step gives the interpreter away some fifty times, so that while the window paints each of these
    would cost it 5 ms: with live maps 1,197 pictures a second came out of what had been 1,118 (measured).
    """
    sys.setswitchinterval(SWITCH_S)


def keep_what_is_there() -> None:
    """Look for garbage only among what is made from now on.

    torch brings more than half a million objects that stay; going through them stopped every thread for 188 ms.
    """
    gc.freeze()
