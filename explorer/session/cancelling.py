"""What is said of work that was given up."""

from __future__ import annotations

from explorer.session.state import State

PASS = "Running the network"
STEPS = ("Running training steps", "Training step")
OLD_MAPS = "The maps are those of the last whole pass."
NO_MAPS = "This network has not run yet: it does at its next change, or with another picture."


def cancelled(state: State) -> str:
    """A sentence or two on what is given up in `state`, and on what holds instead; "" where nothing is worked on."""
    task, is_training = state.status.task.removesuffix("…"), state.training.status == "running"
    if task.startswith(STEPS):
        return "Cancelled: the weights are those from before the run of training steps."
    are_maps_old = state.maps.computing and not is_training  # the maps of a training run follow it
    if are_maps_old and task in ("", PASS):
        return f"Cancelled: {_begun_small(NO_MAPS if state.has_maps_of_another_network else OLD_MAPS)}"
    sentences = [f"Cancelled: {_begun_small(task)}."] if task else []
    if sentences and is_training:
        sentences.append("The training run goes on.")
    return " ".join(sentences)


def _begun_small(words: str) -> str:
    return words[:1].lower() + words[1:]
