"""Whole files of each kind that is read: what mutations begin with, and how a person opens them."""

from __future__ import annotations

import gzip
import io
import json
import pickle
import struct
import tarfile
import zipfile
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

import numpy as np
from PIL import Image

from tests.data.kinds_of_pictures import COLOURS, LEVELS, kinds

NETWORK = "3x8x8 conv(4, 3, padding=1) relu maxpool(2) flatten linear(3)"
LABELS = (np.arange(12) % 3).astype(np.uint8)
PIXELS = np.random.default_rng(0).integers(0, 256, (12, 8, 8, 3), np.uint8)


@dataclass(frozen=True, eq=False)
class Whole:
    """contents: whole files of one kind, called `name`. beside: what else lies there. open: as a person does."""

    name: str
    contents: tuple[bytes, ...]
    open: Callable[[Path], object]
    beside: dict[str, bytes] = field(default_factory=dict)
    pack: Callable[[bytes], bytes] = bytes  # what is done to the mutated content, so that damage comes deeper in


def open_picture(path: Path) -> object:
    """In the window, and as a picture of a data set."""
    from explorer.data import read_picture
    from explorer.data.picture_files import read_as
    from explorer.data.reading import read_header

    read_header(path)
    read_as(path, (16, 16, 3))
    return read_picture(path)


def open_examples(path: Path) -> object:
    """As data, with all its examples."""
    from explorer.data import open_data

    data = open_data(path)
    for split in (data.train, data.test):
        if split is not None:
            split.inputs(np.arange(min(len(split), 100)))
    return data


def open_network(path: Path) -> object:
    """A network, built."""
    from explorer import load

    return load(path)


def open_weights(path: Path) -> object:
    """Weights for the network that lies beside them."""
    from explorer import load

    return load(path.with_name("net.txt"), weights=path)


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
def _arrays() -> list[Whole]:
    parts = {
        "train_images": PIXELS,
        "train_labels": LABELS[:, None],
        "test_images": PIXELS,
        "test_labels": LABELS[:, None],
    }
    plain = ({"x": PIXELS, "y": LABELS}, {"x": PIXELS[..., 0] / 255, "y": LABELS / 7, "patient": LABELS // 2})
    npz = tuple(_npz(arrays, save) for arrays in (*plain, parts) for save in (np.savez, np.savez_compressed))
    npy = io.BytesIO()
    np.save(npy, PIXELS)
    images, labels = (
        struct.pack(f">HBB{values.ndim}I", 0, 8, values.ndim, *values.shape) + values.tobytes()
        for values in (PIXELS[..., 0], LABELS)
    )
    beside = {"train-labels-idx1-ubyte": labels}
    name = "train-images-idx3-ubyte"
    return [
        Whole("data.npz", npz, open_examples),
        Whole("inside.npz", (npy.getvalue(),), open_examples, pack=_in_npz),
        Whole("bloodmnist.npz", (_npz(parts, np.savez_compressed),), open_examples),
        Whole("array.npy", (npy.getvalue(),), open_picture),
        Whole(name, (images,), open_examples, beside),
        Whole(f"{name}.gz", (gzip.compress(images),), open_examples, beside),
    ]


def _npz(arrays: dict[str, np.ndarray], save: Callable[..., None]) -> bytes:
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
    ]


def _tar(name: str, content: bytes) -> bytes:
    file = io.BytesIO()
    with tarfile.open(fileobj=file, mode="w:gz") as archive:
        member = tarfile.TarInfo(f"cifar-10/{name}")
        member.size = len(content)
        archive.addfile(member, io.BytesIO(content))
    return file.getvalue()


@cache
def _networks() -> list[Whole]:
    import safetensors.torch
    import torch

    from explorer import Network
    from explorer.network.files import NetworkFile, network_text

    network = Network.parse(NETWORK)
    text = network_text(NetworkFile(network, title="Mine", classes=("a", "b", "c"), mean=(0.5,) * 3, std=(0.2,) * 3))
    weights = network.build(seed=0).state_dict()
    pt = [io.BytesIO() for _ in range(3)]
    torch.save(weights, pt[0])
    torch.save({"state_dict": weights, "epoch": 3}, pt[1])
    torch.save(weights, pt[2], _use_new_zipfile_serialization=False)
    beside = {"net.txt": NETWORK.encode()}
    return [
        Whole("net.json", (text.encode(), json.dumps(json.loads(text)).encode()), open_network),
        Whole("network.txt", (NETWORK.encode(), b"3x32x32 c1=conv(16, 3) relu add(c1) linear(10)"), open_network),
        Whole("weights.safetensors", (safetensors.torch.save(weights),), open_weights, beside),
        Whole("weights.pt", tuple(file.getvalue() for file in pt), open_weights, beside),
    ]


FAMILIES: tuple[Callable[[], list[Whole]], ...] = (_pictures, _tables, _arrays, _archives, _networks)
