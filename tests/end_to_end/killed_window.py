"""The real window in a process of its own, edited at random until somebody kills it; it tells what it does.

`python killed_window.py SEED` prints "edit", "writes DIGEST" before it keeps its work, "kept" when that is done, and
"forgets" before it removes what it kept, where undo leads back to what is saved.
Work is kept as often as the disk allows, in the folder that the environment names.
"""

from __future__ import annotations

import hashlib
import random
import sys
import threading
from typing import Any

import numpy as np
from PySide6.QtCore import QTimer

from explorer import app
from explorer.network.layers import Linear, Tanh
from explorer.session import Session
from explorer.session.kept_work import Arrays, Work, content
from explorer.session.left_over import LeftOver

NETWORK = "3 linear(6) tanh linear(2)"
EDIT_EVERY_MS = 3


def digest(work: Work, weights: Arrays) -> str:
    """The same for the same work with the same weights, bit for bit."""
    return hashlib.blake2b(b"".join(content(work, weights)), digest_size=16).hexdigest()


TELLING = threading.RLock()  # two threads tell: of edits, and of what is written


def tell(line: str) -> None:
    with TELLING:
        print(line, flush=True)


def edit(session: Session, rng: random.Random) -> None:
    """One random thing that a person may do."""
    network = session.state.network
    assert network is not None
    width = network.input_shape[0]
    kind = rng.choice(("weight", "input", "target", "layer", "undo", "learning", "train", "batch", "width"))
    if kind == "weight":
        session.editing.set_cell("linear1.weight", (0, 0), rng.uniform(-1, 1))
    elif kind == "input":
        session.input.set_values(np.array([rng.uniform(-9, 9) for _ in range(width)], np.float32))
    elif kind == "target":
        session.learning.set_target(rng.randrange(2))
    elif kind == "batch":
        session.learning.add_to_batch() if len(session.state.steps.batch) < 5 else session.learning.clear_batch()
    elif kind == "layer":
        session.editing.insert_layer(1, Tanh()) if len(network.layers) < 9 else session.editing.remove_layer("tanh1")
    elif kind == "width":
        session.editing.replace_layer("linear1", Linear(name="linear1", out_features=rng.randint(2, 9)))
    elif kind == "undo":
        session.editing.undo()
    elif kind == "learning":
        session.learning.set_hyperparameters(learning_rate=rng.choice((0.1, 0.01, 0.001)), epochs=100_000)
    else:
        session.training.train() if session.state.training.status != "running" else session.training.pause()


def watch() -> None:
    """Tell of what is written, and when it is there."""
    write, remove = LeftOver.write, LeftOver.remove

    def write_work(left: LeftOver, work: Work, weights: Arrays) -> None:
        tell(f"writes {digest(work, weights)}")
        write(left, work, weights)
        with TELLING:
            if not left.is_removed:  # meanwhile
                tell("kept")

    def remove_kept(left: LeftOver) -> None:
        with TELLING:
            tell("forgets")
            remove(left)

    LeftOver.write, LeftOver.remove = write_work, remove_kept  # type: ignore[method-assign]


def main(seed: int) -> None:
    rng = random.Random(seed)
    watch()
    open_window = app.open_window

    def open_and_edit(*parts: Any, **options: Any) -> Any:
        window = open_window(*parts, **options)
        window.session.files.new_network(NETWORK)
        window.session.data.use_data("points:moons" if seed % 2 else "points:xor")
        timer = QTimer(window, interval=EDIT_EVERY_MS)
        timer.timeout.connect(lambda: (edit(window.session, rng), tell("edit")))
        window.completed.connect(timer.start)
        return window

    app.open_window = open_and_edit
    sys.exit(app.run_window([], keep_every_s=0))


if __name__ == "__main__":
    main(int(sys.argv[1]))
