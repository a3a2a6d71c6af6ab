"""How large a picture may be, looked at before it is unpacked."""

from __future__ import annotations

from explorer.bounds import brief
from explorer.data.picture import PictureError, size_text

PIXEL_LIMIT = 80_000_000


def check_size(name: str, width: int, height: int) -> None:
    """Raises PictureError for a picture that would take gigabytes."""
    if width * height > PIXEL_LIMIT:
        raise PictureError(f"{too_large(name)} It has {size_text(width, height)}.")


def too_large(name: str) -> str:
    """The sentence for it."""
    return f"{brief(name)} is too large: pictures of up to {PIXEL_LIMIT // 1_000_000} million pixels are read."
