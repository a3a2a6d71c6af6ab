"""The command line: the window, `--smoke`, and commands without a window."""

from __future__ import annotations

import argparse
import gc
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import explorer
from explorer.ending_at_once import ended_at_once

EXAMPLES = """examples:
  network-explorer                              open the window
  network-explorer photo.jpg                    … looking at a picture
  network-explorer a.png b.png c.png            … at the first of several, the others beside Open
  network-explorer network.json photo.jpg       … with a network of your own
  network-explorer net.txt                      … a network in text notation
  network-explorer net.py net.pth photo.jpg     … a model of your own: the file of its class, and its weights
  network-explorer two-two-two                  … one that comes with the program, by its name
  network-explorer efficientnet-lite0           … one of ImageNet, which knows 1,000 kinds of things
  network-explorer lenet5                       … a template of File → New network, with fresh weights
  network-explorer torchvision.models:resnet18 photo.jpg --weights resnet18.pth --classes imagenet.json
                                                … a model of your own, made by a module, which is run for it
  network-explorer net.py:Net(classes=3)        … or by a file
  network-explorer --smoke                      check that it works here: one line of JSON
  network-explorer report                       print what a report of a problem needs
  network-explorer maps photo.jpg --layer conv1 --out conv1.png
                                                all feature maps of a layer as a picture
  network-explorer lesson one-step              a lesson in the terminal; lesson --list tells which there are
  network-explorer lesson one-step --window     … in the window
  network-explorer train net.txt --data textures --epochs 10 --out run
                                                train without a window; train --help tells more
"""


def run(arguments: list[str]) -> int:
    """Do what `arguments` ask for and return the exit status."""
    if arguments[:1] == ["maps"]:
        return _maps(_maps_parser().parse_args(arguments[1:]))
    if arguments[:1] == ["train"]:
        from explorer import training_command

        return training_command.run(arguments[1:])
    if arguments[:1] == ["lesson"]:
        from explorer import lesson_command

        return lesson_command.run(arguments[1:])
    if arguments[:1] == ["report"]:
        from explorer import report_command

        return report_command.run(arguments[1:])
    options = _parser().parse_args(arguments)
    if options.smoke:
        return _smoke(options.files)
    if options.files and _names_a_model(options.files[0]):
        return _model(options)
    if options.weights or options.classes:
        return _fail("--weights and --classes go with a model, as in package.module:callable --weights FILE.")
    return _window(options.files)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="network-explorer",
        description="See what a neural network does.",
        epilog=EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument(
        "files",
        nargs="*",
        metavar="FILE",
        help="a network (.json, .txt, or the name of one that comes along), a picture, weights, or a .py with a model",
    )
    parser.add_argument("--weights", type=Path, help="weights for a model of your own, package.module:callable")
    parser.add_argument("--classes", type=Path, help="the names of its classes: a line each, or JSON")
    parser.add_argument(
        "--smoke", action="store_true", help="open offscreen, wait for the first maps, print JSON, exit"
    )
    parser.add_argument("--version", action="version", version=f"Network Explorer {explorer.__version__}")
    return parser


def _names_a_model(word: str) -> bool:
    """Asked of torch's room only where it may be so: the first window is there before torch."""
    if ":" not in word:
        return False
    from explorer.engine.opening.named import is_named

    return is_named(word)


@ended_at_once()
def _model(options: argparse.Namespace) -> int:
    """The window on a model of a person's own. Whoever names a module has it run."""
    problem = _missing_display()
    if problem:
        return _fail(problem)
    from explorer.app import AskedModel, run_window
    from explorer.data.class_names import class_names
    from explorer.engine.errors import LoadError
    from explorer.engine.opening.named import source_of

    try:
        path, call = source_of(options.files[0])
        classes = () if options.classes is None else class_names(options.classes)
    except (LoadError, ValueError) as error:
        return _fail(str(error))
    weights = () if options.weights is None else (options.weights,)
    return run_window(options.files[1:], asked=AskedModel((path, *weights), call, classes))


@ended_at_once()
def _window(files: list[str]) -> int:
    with _sparing_what_is_imported():
        problem = _missing_display()
        if problem:
            return _fail(problem)
        from explorer.app import run_window

    return run_window(files)


def _missing_display() -> str:
    from explorer import before_qt  # noqa: F401  # the display is asked for through Qt
    from explorer.display import missing_display

    return missing_display()


@contextmanager
def _sparing_what_is_imported() -> Iterator[None]:
    """Python doesn't look for garbage: what is imported stays, and looking through it took 45 of the start's 590 ms."""
    was_looking = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        gc.freeze()
        if was_looking:
            gc.enable()


def _maps_parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="network-explorer maps", description="Write a layer's feature maps as a PNG.")
    parser.add_argument("picture", type=Path, help="the picture to show to the network")
    parser.add_argument("--layer", required=True, help="the layer's name, such as conv1")
    parser.add_argument("--out", required=True, type=Path, help="the PNG file to write")
    parser.add_argument("--network", default="cifar10", help="a network file, or the name of one that comes along")
    return parser


@ended_at_once()
def _smoke(files: list[str]) -> int:
    os.environ["QT_QPA_PLATFORM"] = "offscreen"
    with _sparing_what_is_imported():
        problem = _missing_display()
        if problem:
            return _fail(problem)
        from explorer import smoke

    return smoke.run(files)


def _fail(sentence: str) -> int:
    print(f"network-explorer: {sentence}", file=sys.stderr)
    return 1


def _maps(options: argparse.Namespace) -> int:
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    from explorer.maps import MapsError, write_maps

    try:
        write_maps(options.picture, options.layer, options.out, options.network)
    except MapsError as error:
        return _fail(str(error))
    return 0
