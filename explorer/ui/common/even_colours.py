"""Colours in steps that look equally large. numpy only.

Source: B. Ottosson, "A perceptual color space for image processing" (Oklab), 2020.
"""

from __future__ import annotations

import numpy as np

_TO_CONES = np.array(
    [
        (0.4122214708, 0.5363325363, 0.0514459929),
        (0.2119034982, 0.6806995451, 0.1073969566),
        (0.0883024619, 0.2817188376, 0.6299787005),
    ]
)
_TO_LAB = np.array(
    [
        (0.2104542553, 0.7936177850, -0.0040720468),
        (1.9779984951, -2.4285922050, 0.4505937099),
        (0.0259040371, 0.7827717662, -0.8086757660),
    ]
)


def even_steps(stops: np.ndarray, amount: int) -> np.ndarray:
    """(amount, 3) sRGB colours, 0 to 255, along a way through `stops` (n, 3); from each to the next it is equally far.

    The first and the last are the outer stops themselves.
    """
    corners = to_oklab(stops)
    way = np.concatenate([[0.0], np.cumsum(np.linalg.norm(np.diff(corners, axis=0), axis=1))])
    places = np.linspace(0, way[-1], amount)
    return _from_oklab(np.stack([np.interp(places, way, axis) for axis in corners.T], axis=1))


def to_oklab(colours: np.ndarray) -> np.ndarray:
    """Lightness from 0 to 1, green to red and blue to yellow, (…, 3), of sRGB `colours` (…, 3) from 0 to 255."""
    share = np.asarray(colours, float) / 255
    light = np.where(share <= 0.04045, share / 12.92, ((share + 0.055) / 1.055) ** 2.4)
    return np.asarray(np.cbrt(light @ _TO_CONES.T) @ _TO_LAB.T)


def _from_oklab(lab: np.ndarray) -> np.ndarray:
    light = np.clip((lab @ np.linalg.inv(_TO_LAB).T) ** 3 @ np.linalg.inv(_TO_CONES).T, 0, 1)
    share = np.where(light <= 0.0031308, light * 12.92, 1.055 * light ** (1 / 2.4) - 0.055)
    return np.asarray(share * 255)
