"""Pictures that come with the program: those inside scikit-image's own package. Nothing is ever downloaded."""

from __future__ import annotations

from dataclasses import dataclass, replace
from importlib.util import find_spec
from pathlib import Path

from explorer.data.picture import Picture, PictureError
from explorer.data.reading import read_picture

SUBJECTS = ("natural", "biomedical")


@dataclass(frozen=True)
class Sample:
    """`subject` is one of `SUBJECTS`; `origin` says who made it and under which terms; `file` lies in scikit-image."""

    name: str
    title: str
    subject: str
    origin: str
    file: str


SAMPLES: tuple[Sample, ...] = (
    Sample("astronaut", "Astronaut", "natural", "Eileen Collins, by NASA; public domain", "astronaut.png"),
    Sample("cat", "Cat", "natural", "Chelsea, by Stéfan van der Walt; CC0", "chelsea.png"),
    Sample("horse", "Horse", "natural", "Silhouette, by Andreas Preuss; CC0", "horse.png"),
    Sample("rocket", "Rocket", "natural", "Falcon 9 with DSCOVR, by SpaceX; public domain", "rocket.jpg"),
    Sample("coffee", "Coffee", "natural", "A cup at Pikolo, by Rachel Michetti; CC0", "coffee.png"),
    Sample("camera", "Cameraman", "natural", "A photographer, by Lav Varshney; CC0", "camera.png"),
    Sample(
        "coins", "Coins", "natural", "Greek coins from Pompeii, Brooklyn Museum; no known restrictions", "coins.png"
    ),
    Sample("brick", "Brick", "natural", "A brick wall, CC0Textures; CC0", "brick.png"),
    Sample("grass", "Grass", "natural", "Grass from above; CC0", "grass.png"),
    Sample("gravel", "Gravel", "natural", "Gravel from above, CC0Textures; CC0", "gravel.png"),
    Sample("moon", "Moon", "natural", "The surface of the moon, by NASA; public domain", "moon.png"),
    Sample(
        "hubble_deep_field",
        "Deep field",
        "natural",
        "Galaxies seen by Hubble; NASA, public domain",
        "hubble_deep_field.jpg",
    ),
    Sample(
        "immunohistochemistry",
        "Tissue",
        "biomedical",
        "Colonic glands, stained for FHL2, by CMMI; no known restrictions",
        "ihc.png",
    ),
    Sample("retina", "Retina", "biomedical", "A human retina, by Häggström; CC0", "retina.jpg"),
    Sample("cell", "Cell", "biomedical", "Phase of a cell from a hologram, by Müller and others; CC0", "cell.png"),
    Sample(
        "microaneurysms",
        "Microaneurysms",
        "biomedical",
        "Detail of a retina, green channel, by Maier; CC0",
        "microaneurysms.png",
    ),
)


def read_sample(name: str) -> Picture:
    """The sample called `name`. Raises KeyError for an unknown one, PictureError if its file is not there."""
    sample = next((sample for sample in SAMPLES if sample.name == name), None)
    if sample is None:
        raise KeyError(name)
    # No path: a sample is not one of the person's recent files.
    return replace(read_picture(_folder() / sample.file), name=sample.title, path=None)


def _folder() -> Path:
    """Where scikit-image keeps its pictures; found without importing it, which takes 0.4 s."""
    spec = find_spec("skimage")
    if spec is None or spec.origin is None:
        raise PictureError("The sample pictures are part of scikit-image, which is not installed.")
    return Path(spec.origin).parent / "data"
