"""Pictures and data sets: reading them, fitting them to the size a network takes, and those that come with the program.

Every change made to a picture on the way is told as a sentence. No Qt and no torch in here; what is slow to import
(scikit-image, tifffile) is imported where it is used, or only its files are read.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from explorer.data.data_set import Card, DataError, DataSet, OpeningStopped, Skipped, Split
from explorer.data.fitting import FIT_MODES, Fitted, fit_picture
from explorer.data.picture import Picture, PictureError, picture_from_array, picture_from_pil
from explorer.data.reading import read_picture
from explorer.data.samples import SAMPLES, Sample, read_sample
from explorer.lazy import lazily

if TYPE_CHECKING:
    from explorer.data.augment import AUGMENTATIONS, Augmentation, augmented
    from explorer.data.catalogue import DATA_SETS, FILE_KINDS, is_data, open_data
    from explorer.data.grouping import ClassGroup, Grouping, grouped
    from explorer.data.twins import Twins, find_twins, without_twins

__all__ = [
    "AUGMENTATIONS",
    "DATA_SETS",
    "FILE_KINDS",
    "FIT_MODES",
    "SAMPLES",
    "Augmentation",
    "Card",
    "ClassGroup",
    "DataError",
    "DataSet",
    "Fitted",
    "Grouping",
    "OpeningStopped",
    "Picture",
    "PictureError",
    "Sample",
    "Skipped",
    "Split",
    "Twins",
    "augmented",
    "find_twins",
    "fit_picture",
    "grouped",
    "is_data",
    "open_data",
    "picture_from_array",
    "picture_from_pil",
    "read_picture",
    "read_sample",
    "without_twins",
]

# A tenth of a second that the first window does not need.
_HOMES = {
    "AUGMENTATIONS": "explorer.data.augment",
    "Augmentation": "explorer.data.augment",
    "augmented": "explorer.data.augment",
    "DATA_SETS": "explorer.data.catalogue",
    "FILE_KINDS": "explorer.data.catalogue",
    "is_data": "explorer.data.catalogue",
    "open_data": "explorer.data.catalogue",
    "ClassGroup": "explorer.data.grouping",
    "Grouping": "explorer.data.grouping",
    "grouped": "explorer.data.grouping",
    "Twins": "explorer.data.twins",
    "find_twins": "explorer.data.twins",
    "without_twins": "explorer.data.twins",
}

__getattr__ = lazily(__name__, _HOMES)
