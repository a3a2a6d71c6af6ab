"""Whole files of what the program writes itself: networks, weights, runs, work kept against a crash."""

from __future__ import annotations

import io
import json
import tempfile
from collections.abc import Callable, Generator
from contextlib import redirect_stderr
from functools import cache
from pathlib import Path

import numpy as np

from tests.campaigns.whole import LABELS, PIXELS, Whole, open_network, open_weights

NETWORK = "3x8x8 conv(4, 3, padding=1) batchnorm relu maxpool(2) flatten linear(3)"
ADAM = ("--optimizer", "Adam", "--schedule", "cosine", "--patience", "3")
TRAINED = ("--epochs", "1", "--batch-size", "4", "--device", "cpu", *ADAM)


def open_saved(path: Path) -> object:
    """The network whose weights these are: it carries the network, too."""
    from explorer import load

    load(path.with_suffix(".json"))
    return load(path)


def restore(path: Path) -> object:
    """What a session left that ended without closing."""
    from explorer.session.kept_work import read

    return read(path)


def follow(path: Path) -> object:
    """The curves of a run, in the window."""
    from explorer.session.features.following import FollowedRun

    run = FollowedRun(path.parent, 1)
    run.require()
    run.take(run.read())
    return run


def go_on(path: Path) -> object:
    """The same command again, which goes on where its run was."""
    from explorer.training_command import run
    from explorer.writing import FileError

    told = io.StringIO()
    with redirect_stderr(told):
        if run(_command(path.parent)):
            raise FileError(told.getvalue().strip().splitlines()[-1])
    return follow(path)


def remember(path: Path) -> object:
    """What a window asks for when it starts."""
    from PySide6.QtCore import QSettings

    from explorer.ui.common import settings

    QSettings.setPath(QSettings.Format.IniFormat, QSettings.Scope.UserScope, str(path.parent.parent))
    asked = (settings.theme_choice, settings.recent_files, settings.layout, settings.is_welcome_seen)
    numbers = (settings.play_speed(), settings.training_height() or 0)
    assert max(numbers) < 2**31  # what Qt takes
    return [each() for each in (*asked, settings.suggestions_seen, settings.is_training_folded)]


def _command(folder: Path) -> list[str]:
    return [str(folder / "net.txt"), "--data", str(folder / "data.npz"), "--out", str(folder), *TRAINED]


@cache
def _networks() -> list[Whole]:
    import safetensors.torch
    import torch

    from explorer import Network
    from explorer.engine.model.load import save
    from explorer.network.files import NetworkFile, network_text

    network = Network.parse(NETWORK)
    file = NetworkFile(network, title="Mine", classes=("a", "b", "c"), mean=(0.5,) * 3, std=(0.2,) * 3)
    text, weights = network_text(file), network.build(seed=0).state_dict()
    pt = [io.BytesIO() for _ in range(3)]
    torch.save(weights, pt[0])
    torch.save({"state_dict": weights, "epoch": 3}, pt[1])
    torch.save(weights, pt[2], _use_new_zipfile_serialization=False)
    halves = {name: value.half() if value.is_floating_point() else value for name, value in weights.items()}
    beside = {"net.txt": NETWORK.encode()}
    with tempfile.TemporaryDirectory() as folder:
        save(Path(folder) / "saved.json", file, weights)
        saved = {path.name: path.read_bytes() for path in Path(folder).iterdir()}
    tensors = (safetensors.torch.save(weights), safetensors.torch.save(halves, {"format": "pt"}))
    return [
        Whole("net.json", (text.encode(), json.dumps(json.loads(text)).encode()), open_network),
        Whole("network.txt", (NETWORK.encode(), b"3x32x32 c1=conv(16, 3) relu add(c1) linear(10)"), open_network),
        Whole("weights.safetensors", tensors, open_weights, beside),
        Whole("weights.pt", tuple(file.getvalue() for file in pt), open_weights, beside),
        Whole("saved.json", (saved["saved.json"],), open_network, saved),
        Whole("saved.safetensors", (saved["saved.safetensors"],), open_saved, saved),
    ]


@cache
def _runs() -> list[Whole]:
    from explorer.engine.training.conditions import Conditions
    from explorer.engine.training.distributed import ALONE
    from explorer.engine.training.train import train_as_chosen
    from explorer.training_command import run
    from explorer.training_job import prepared
    from explorer.training_options import parser

    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        np.savez(folder / "data.npz", x=PIXELS, y=LABELS)
        (folder / "net.txt").write_text(NETWORK)
        with redirect_stderr(io.StringIO()):
            run(_command(folder))
            job = prepared(parser().parse_args(_command(folder)), ALONE)
        begun = folder / "begun"
        under = Conditions(validation=job.validation, checkpoint=begun, checkpoint_every=1)
        steps = train_as_chosen(job.model, job.learning, job.chosen, classes=3, under=under)
        next(steps)
        assert isinstance(steps, Generator)
        steps.close()
        written = {path.name: path.read_bytes() for path in folder.iterdir()}
    whole = (written["checkpoint"], written.pop("begun"))
    checkpoints = (*whole, *map(_without_sums, whole))
    return [
        Whole("run/metrics.jsonl", (written["metrics.jsonl"],), go_on, written),
        Whole("run/run.json", (written["run.json"],), go_on, written),
        Whole("run/checkpoint", checkpoints, go_on, written),
    ]


def _without_sums(archive: bytes) -> bytes:
    """The same in PyTorch's older format, which has no check sums: damage comes deeper in."""
    import torch

    older = io.BytesIO()
    torch.save(torch.load(io.BytesIO(archive), weights_only=True), older, _use_new_zipfile_serialization=False)
    return older.getvalue()


@cache
def _left_over() -> list[Whole]:
    from dataclasses import replace

    from explorer.data import AUGMENTATIONS, Picture
    from explorer.network import Network
    from explorer.session.document import Document
    from explorer.session.example import Example
    from explorer.session.kept_work import Work, content
    from explorer.session.subjects.editable_network import EditableNetwork

    network = Network.parse(NETWORK)
    document = Document(EditableNetwork.fresh(network), title="Mine", augmentations=AUGMENTATIONS[:2])
    values = np.zeros((3, 8, 8), np.float32)
    drawn = Work(document, Picture("drawn", PIXELS[0]), target=2, batch=(Example(values, 1, "one"),))
    typed = Work(replace(document, data="data.npz"), numbers=values, target=(0.5, 0.2, 0.3))
    weights = {name: value.numpy() for name, value in network.build(seed=0).state_dict().items()}
    return [Whole("left-over.safetensors", tuple(b"".join(content(work, weights)) for work in (drawn, typed)), restore)]


@cache
def _settings() -> list[Whole]:
    chosen = b"[General]\nplay_speed=4\nrecent=/tmp/a.png, /tmp/b.json\ntheme=dark\ntraining_open=true\n"
    layout = b"training_height=210\ngeometry=01d9d0cb0003\ndocks=@ByteArray(\\0\\0)\n"
    name = "network-explorer/network-explorer.ini"
    return [Whole(name, (chosen, chosen + layout), remember)]


FAMILIES: tuple[Callable[[], list[Whole]], ...] = (_networks, _runs, _left_over, _settings)
