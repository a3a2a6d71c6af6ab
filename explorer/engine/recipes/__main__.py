"""The command: python -m explorer.engine.recipes NAME --data ARCHIVE."""

from __future__ import annotations

import argparse
from pathlib import Path

import torch

from explorer.engine.recipes.make import keep_known, make
from explorer.engine.recipes.recipe import read_recipe
from explorer.resources import bundled_networks, resource


def main(arguments: list[str] | None = None) -> None:
    given = _parser().parse_args(arguments)
    recipe = read_recipe(given.folder, given.name)
    if given.known and recipe.training is None:
        raise SystemExit(f"{given.name} was not trained: there is nothing that it knows.")
    if recipe.training is not None and given.data is None:
        raise SystemExit(f"{given.name} is trained on CIFAR-10: say --data PATH/cifar10_jpeg.npz.")
    torch.set_num_threads(given.threads)
    if given.known:
        keep_known(recipe, given.folder, data=given.data)
        return
    checkpoint = given.checkpoint or Path(f"{given.name}.ckpt")
    made = make(recipe, given.folder, data=given.data, checkpoint=checkpoint)
    checkpoint.unlink(missing_ok=True)  # the next run of the command should train again, not find everything done
    print(f"{made.title}: {made.told()}")


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m explorer.engine.recipes", description=__doc__)
    parser.add_argument("name", choices=bundled_networks(), help="the network to make again")
    parser.add_argument("--data", type=Path, help="CIFAR-10 as JPEG in one .npz file")
    parser.add_argument(
        "--known", action="store_true", help="only keep again what it knows, by the weights that lie there"
    )
    parser.add_argument("--folder", type=Path, default=resource("networks"), help="where its recipe and files lie")
    parser.add_argument(
        "--checkpoint", type=Path, help="kept while training, so that a stopped run goes on; NAME.ckpt if not given"
    )
    parser.add_argument("--threads", type=int, default=torch.get_num_threads(), help="processor cores to use")
    return parser


if __name__ == "__main__":
    main()
