"""A picture turned by quarters and mirrored, always from the one that was read: turned back, it is that one again."""

from __future__ import annotations

from dataclasses import replace

from explorer.data.picture import Picture
from explorer.orientation import Orientation


def turned(picture: Picture, turn: Orientation) -> Picture:
    """The picture after one more turn; told as it lies now, not how it came to lie so."""
    read = picture.read or picture
    now = orientation_of(picture).then(turn)
    if now == Orientation():
        return read
    pixels = now.of(read.pixels, (0, 1))
    if pixels is read.pixels or pixels.flags.writeable is False:
        pixels = pixels.copy()
    pixels.flags.writeable = False
    lying = (now.is_mirrored, now.quarters)
    return replace(read, pixels=pixels, conversions=(*read.conversions, now.told), read=read, lying=lying)


def orientation_of(picture: Picture) -> Orientation:
    """How it lies, beside how it was read."""
    return Orientation(*picture.lying)
