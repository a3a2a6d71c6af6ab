"""The options of `network-explorer train`."""

from __future__ import annotations

import argparse
from collections.abc import Iterable
from dataclasses import fields
from math import isfinite
from pathlib import Path

from explorer.arithmetic.loss import Loss
from explorer.arithmetic.losses import LOSSES
from explorer.arithmetic.update import Update
from explorer.arithmetic.updates import UPDATES
from explorer.data.augment import AUGMENTATIONS as ALL_AUGMENTATIONS
from explorer.engine.training.hyperparameters import SCHEDULES, Hyperparameters

AUGMENTATIONS = [augmentation.name for augmentation in ALL_AUGMENTATIONS]
EXAMPLES = """examples:
  network-explorer train net.txt --data textures --epochs 10 --out run
                                                a network in text notation; its final weights in run/network.json
  network-explorer train cifar10 --data pictures/ --epochs 5 --out run --fit-last-layer
                                                go on from the bundled weights, with other classes
  network-explorer train net.txt --data cifar10 --group cat=cat --group "other=*" --out run
                                                classes put together; one output tells two groups apart
  torchrun --nproc-per-node 2 -m explorer train net.txt --data textures --epochs 10 --out run
                                                in two processes, on two GPUs where there are two

A run that was stopped goes on where its last checkpoint was when the same command is given again.
"""


def parser() -> argparse.ArgumentParser:
    """The options of the command; hyperparameters have the names they have in the window."""
    chosen = Hyperparameters()
    made = argparse.ArgumentParser(
        prog="network-explorer train",
        description="Train a network without a window.",
        epilog=EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    made.add_argument("network", metavar="FILE", help="a network (.json, .txt) or the name of a bundled one")
    made.add_argument("--data", required=True, metavar="NAME|PATH", help="a data set's name, a file or a folder")
    made.add_argument(
        "--group",
        action="append",
        default=[],
        metavar="NAME=CLASS,…",
        help="learn these classes as one; NAME=* takes all that no other group names; classes in none are left out",
    )
    made.add_argument("--out", required=True, type=Path, metavar="FOLDER", help="where the run is written")
    made.add_argument("--epochs", type=_positive, default=chosen.epochs)
    made.add_argument("--batch-size", type=_positive, default=chosen.batch_size, help="of each process")
    made.add_argument("--learning-rate", type=_finite, default=chosen.learning_rate)
    made.add_argument("--schedule", choices=SCHEDULES, default=chosen.schedule, help="of the learning rate")
    losses = ", ".join(loss.name for loss in LOSSES)
    made.add_argument("--loss", default="", help=f"{losses}; the one that suits the last layer if not given")
    made.add_argument("--optimizer", choices=[update.name for update in UPDATES], default=chosen.optimizer)
    made.add_argument("--momentum", type=_finite, default=chosen.momentum, help=_of("momentum", UPDATES))
    made.add_argument("--nesterov", action="store_true", help="momentum as Nesterov's")
    made.add_argument("--weight-decay", type=_finite, default=chosen.weight_decay)
    made.add_argument("--betas", type=_finite, nargs=2, default=chosen.betas, help=_of("betas", UPDATES))
    made.add_argument("--alpha", type=_finite, default=chosen.alpha, help=_of("alpha", UPDATES))
    made.add_argument(
        "--label-smoothing", type=_share, default=chosen.label_smoothing, help=_of("label_smoothing", LOSSES)
    )
    made.add_argument("--clip-norm", type=_finite, default=chosen.clip_norm, help="longest gradient of all; 0: any")
    made.add_argument("--accumulation", type=_positive, default=1, metavar="BATCHES", help="added up for each step")
    made.add_argument("--keep-gradients", action="store_true", help="never clear them: each step adds to those before")
    made.add_argument("--patience", type=_count, default=0, help="epochs without progress before it ends; 0: never")
    made.add_argument("--seed", type=_seed, default=chosen.seed)
    made.add_argument("--augment", nargs="+", default=[], choices=AUGMENTATIONS, help="change training pictures")
    made.add_argument("--precision", choices=("float32", "float64", "bfloat16"), default="float32")
    made.add_argument("--device", help="cpu, cuda …; the fastest if not given")
    made.add_argument("--threads", type=_positive, help="processor cores to use")
    made.add_argument("--checkpoint-every", type=_count, default=0, metavar="STEPS", help="besides each epoch's end")
    made.add_argument("--fit-last-layer", action="store_true", help="change the last layer to fit the data's classes")
    made.add_argument("--new-weights", action="store_true", help="do not begin with the weights of FILE")
    made.add_argument("--start-over", action="store_true", help="forget the run that FOLDER holds")
    return made


def _of(number: str, readers: Iterable[Loss | Update]) -> str:
    """ "of cross_entropy": who reads the hyperparameter."""
    return f"of {' and '.join(reader.name for reader in readers if number in reader.numbers)}"


def _whole(text: str) -> int:
    try:
        return int(text)
    except ValueError:
        raise argparse.ArgumentTypeError(f"{text!r} is not a whole number") from None


def _count(text: str) -> int:
    number = _whole(text)
    if number < 0:
        raise argparse.ArgumentTypeError("must be 0 or more")
    return number


def _positive(text: str) -> int:
    number = _whole(text)
    if number < 1:
        raise argparse.ArgumentTypeError("must be 1 or more")
    return number


def _seed(text: str) -> int:
    """Within 64 bits, with room for the processes, each of which adds its number."""
    number = _whole(text)
    if abs(number) >= 10**18:
        raise argparse.ArgumentTypeError("must have 18 digits at most")
    return number


def _finite(text: str) -> float:
    try:
        number = float(text)
    except ValueError:
        raise argparse.ArgumentTypeError(f"{text!r} is not a number") from None
    if not isfinite(number):
        raise argparse.ArgumentTypeError("must be finite")
    return number


def _share(text: str) -> float:
    number = _finite(text)
    if not 0 <= number <= 1:
        raise argparse.ArgumentTypeError("must be between 0 and 1")
    return number


def hyperparameters(options: argparse.Namespace) -> Hyperparameters:
    """What was chosen, with its loss still open where none was named."""
    chosen = {field.name: getattr(options, field.name) for field in fields(Hyperparameters)}
    return Hyperparameters(**{**chosen, "betas": tuple(options.betas)})
