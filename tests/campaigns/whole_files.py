"""Whole files of each kind that is read: what mutations begin with, and how a person opens them."""

from __future__ import annotations

import bz2
import gzip
import io
import lzma
import pickle
import struct
import tarfile
import zipfile
from collections.abc import Callable, Mapping
from functools import cache

import numpy as np
from PIL import Image

from tests.campaigns import whole_works
from tests.campaigns.whole import LABELS, PIXELS, Whole, open_examples, open_picture
from tests.data.kinds_of_pictures import COLOURS, LEVELS, kinds


def wholes() -> dict[str, Whole]:
    """Every kind by its name."""
    return {whole.name: whole for family in FAMILIES for whole in family()}


def whole_of(name: str) -> Whole:
    """The kind of that name; torch is imported for none but networks."""
    return next(whole for family in FAMILIES for whole in family() if whole.name == name)


@cache
def _pictures() -> list[Whole]:
    by_ending: dict[str, list[bytes]] = {}
    for kind in kinds():
        by_ending.setdefault(kind.ending, []).append(kind.content)
    frames = [Image.fromarray(levels) for levels in (COLOURS, COLOURS[::-1], LEVELS)]
    for ending, options in (("gif", {}), ("webp", {}), ("png", {}), ("tif", {"compression": "jpeg"})):
        first, *others = [frame.convert("RGB") for frame in frames]
        by_ending[ending].append(_saved(first, ending, save_all=True, append_images=others, **options))
    by_ending["jpg"].append(_saved(frames[0], "jpg", progressive=True))
    by_ending["jpg"].append(_saved(frames[0].convert("CMYK"), "jpg"))
    return [Whole(f"picture.{ending}", tuple(files), open_picture) for ending, files in by_ending.items()]


def _saved(image: Image.Image, ending: str, **options: object) -> bytes:
    file = io.BytesIO()
    image.save(file, {"jpg": "JPEG", "tif": "TIFF"}.get(ending, ending.upper()), **options)
    return file.getvalue()


@cache
def _tables() -> list[Whole]:
    beside = {f"img/{number}.png": _saved(Image.fromarray(PIXELS[number]), "png") for number in range(12)}
    plain = [f"img/{number}.png,{'abc'[number % 3]},p{number // 2}" for number in range(12)]
    texts = [
        "\n".join(["path,label,patient", *plain]),
        "\n".join(["sep=;", "image;target", *(f"{number};0,{number}" for number in range(12))]),
        "\n".join(["image\ta\tb", *(f"img\\{number}.png\t{number % 2}\t{1 - number % 2}" for number in range(12))]),
        "\n".join(['"file; name","label"', *(f'"img/{number}.png","{number % 2}"' for number in range(12))]),
    ]
    contents = (
        *(text.encode() for text in texts),
        texts[0].encode("utf-16"),
        texts[0].replace(",a,", ",ä,").encode("cp1252"),
    )
    return [Whole(f"table.{ending}", contents, open_examples, beside) for ending in ("csv", "tsv", "txt")]


@cache
def _folders() -> list[Whole]:
    """A picture among others in a folder of class folders."""
    files = tuple(_saved(Image.fromarray(PIXELS[0]), ending) for ending in ("png", "jpg", "bmp"))
    png = _saved(Image.fromarray(PIXELS[1]), "png")
    beside = {"1.png": png, "../b/0.png": png, "../b/1.png": png}
    return [Whole("a/picture.png", files, lambda path: open_examples(path.parent.parent), beside)]


@cache
def _arrays() -> list[Whole]:
    parts = {
        "train_images": PIXELS,
        "train_labels": LABELS[:, None],
        "test_images": PIXELS,
        "test_labels": LABELS[:, None],
    }
    plain: tuple[dict[str, np.ndarray], ...] = (
        {"x": PIXELS, "y": LABELS},
        {"x": PIXELS[..., 0] / 255, "y": LABELS / 7, "patient": LABELS // 2},
    )
    npz = tuple(_npz(arrays, save) for arrays in (*plain, parts) for save in (np.savez, np.savez_compressed))
    npy = io.BytesIO()
    np.save(npy, PIXELS)
    images, labels = (
        struct.pack(f">HBB{values.ndim}I", 0, 8, values.ndim, *values.shape) + values.tobytes()
        for values in (PIXELS[..., 0], LABELS)
    )
    name, of_labels = "train-images-idx3-ubyte", "train-labels-idx1-ubyte"
    beside = {of_labels: labels}
    packed = tuple(pack(images) for pack in (gzip.compress, bz2.compress, lzma.compress))
    return [
        Whole("data.npz", npz, open_examples),
        Whole("inside.npz", (npy.getvalue(),), open_examples, pack=_in_npz),
        Whole("bloodmnist.npz", (_npz(parts, np.savez_compressed),), open_examples),
        Whole("array.npy", (npy.getvalue(),), open_picture),
        Whole(name, (images,), open_examples, beside),
        Whole(of_labels, (labels,), open_examples, {name: images}),
        Whole(f"{name}.gz", packed, open_examples, beside),
        Whole("jpeg.npz", (_jpegs(_small_jpegs()),), open_examples),
        Whole("inside-jpeg.npz", _small_jpegs(), open_examples, pack=lambda jpeg: _jpegs((jpeg, *_small_jpegs()))),
    ]


@cache
def _small_jpegs() -> tuple[bytes, ...]:
    sides = np.random.default_rng(2).integers(0, 256, (3, 32, 32, 3), np.uint8)
    return tuple(_saved(Image.fromarray(pixels), "jpg") for pixels in sides)


def _jpegs(files: tuple[bytes, ...]) -> bytes:
    """CIFAR-10 as JPEG."""
    parts = {
        "train_jpeg": np.frombuffer(b"".join(files), np.uint8),
        "train_offset": np.cumsum([0, *map(len, files)]),
        "train_label": np.arange(len(files)),
    }
    return _npz(parts, np.savez)


def _npz(arrays: Mapping[str, np.ndarray], save: Callable[..., None]) -> bytes:
    file = io.BytesIO()
    save(file, **arrays)
    return file.getvalue()


def _in_npz(npy: bytes) -> bytes:
    """An archive whose check sums are right around an array that may not be."""
    file, labels = io.BytesIO(), io.BytesIO()
    np.save(labels, LABELS)
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("x.npy", npy)
        archive.writestr("y.npy", labels.getvalue())
    return file.getvalue()


@cache
def _archives() -> list[Whole]:
    flat = np.random.default_rng(1).integers(0, 256, (4, 3072), np.uint8)
    binary = b"".join(bytes([number % 10]) + row.tobytes() for number, row in enumerate(flat))
    pickled = pickle.dumps({b"data": flat, b"labels": [0, 1, 2, 3]}, 2)
    return [
        Whole("cifar-10-binary.tar.gz", (_tar("data_batch_1.bin", binary),), open_examples),
        Whole("cifar-10-python.tar", (gzip.decompress(_tar("data_batch_1", pickled)),), open_examples),
        Whole("inside.tar", (pickled,), open_examples, pack=lambda content: _tar("data_batch_1", content)),
        Whole("data_batch_1/data_batch_1", (pickled,), lambda path: open_examples(path.parent)),
        Whole("batches/data_batch_1.bin", (binary,), lambda path: open_examples(path.parent)),
    ]


def _tar(name: str, content: bytes) -> bytes:
    file = io.BytesIO()
    with tarfile.open(fileobj=file, mode="w:gz") as archive:
        member = tarfile.TarInfo(f"cifar-10/{name}")
        member.size = len(content)
        archive.addfile(member, io.BytesIO(content))
    return file.getvalue()


FAMILIES: tuple[Callable[[], list[Whole]], ...] = (
    _pictures,
    _tables,
    _folders,
    _arrays,
    _archives,
    *whole_works.FAMILIES,
)
