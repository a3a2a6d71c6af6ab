"""`network-explorer train`: learns without a window, in a folder that the window, or anyone, can follow."""

from __future__ import annotations

import argparse
import signal
import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager, nullcontext
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

from explorer.progress_line import ProgressLine, told
from explorer.training_options import parser

if TYPE_CHECKING:
    from explorer.engine.training.distributed import Processes
    from explorer.engine.training.train import Controls, Snapshot
    from explorer.training_job import Job

INTERRUPTED = 130  # the shell's own status for ctrl-C
OTHERWISE = "Choose another folder, or add --start-over to forget it."


def run(arguments: list[str]) -> int:
    """Train as `arguments` say; the exit status: 0 done, 1 it could not be done, 130 stopped by ctrl-C."""
    options = parser().parse_args(arguments)
    from explorer.data.data_set import DataError
    from explorer.engine.errors import EngineError
    from explorer.engine.training.checkpoint import CheckpointError
    from explorer.engine.training.distributed import ALONE, joined, were_started_together
    from explorer.engine.training.snapshot import TrainingStopped
    from explorer.training_job import TrainingError
    from explorer.writing import FileError

    with joined() if were_started_together() else nullcontext(ALONE) as processes:
        try:
            return _train(options, processes)
        except (TrainingError, EngineError, DataError, FileError) as error:
            hint = f" {OTHERWISE}" if isinstance(error, CheckpointError) else ""
            if processes.is_first or isinstance(error, TrainingStopped):  # only one process may know what stops the run
                told(f"network-explorer: {error}{hint}")
        except OSError as error:
            told(f"network-explorer: {error.strerror or error}: {error.filename or options.out}.")
        except KeyboardInterrupt:
            told("Stopped at once; the same command goes on from the last checkpoint.")
            return INTERRUPTED
    return 1


def _train(options: argparse.Namespace, processes: Processes) -> int:
    from explorer.engine.training.train import Controls
    from explorer.training_job import prepared

    job = prepared(options, processes)
    controls = Controls()
    with _stopped_by_signals(controls):
        last = _followed(job, options, processes, controls)
    processes.meet()
    if not processes.is_first:
        return 0
    _write_network(job, options)
    if controls.stop:
        told(_stopped(last, controls.kept))
        return INTERRUPTED
    told(f"Trained for {last} {'step' if last == 1 else 'steps'}; the network is in {options.out / 'network.json'}.")
    return 0


def _stopped(last: int, kept: int) -> str:
    """Where the run stopped and where it goes on: `last` is the last step that was told, `kept` that of the checkpoint,
    which is one more where the end of its epoch was no longer judged, and fewer on a full disk.
    """
    if kept < last:
        return f"Stopped after step {last}, which could not be kept: the same command goes on after step {kept}."
    return f"Stopped after step {kept}; the same command goes on from here."


def _followed(job: Job, options: argparse.Namespace, processes: Processes, controls: Controls) -> int:
    """Run to the end, writing metrics and progress; the number of the last step."""
    from explorer.engine.training.run_folder import held

    folder: Path = options.out
    snapshots = _snapshots(job, options, processes, controls)
    if not processes.is_first:
        processes.from_first(None)
        for _ in snapshots:
            pass
        return 0
    folder.mkdir(parents=True, exist_ok=True)
    with held(folder):
        step, changed = processes.from_first(_begin(job, options, processes))
        line = ProgressLine(sys.stderr, options.epochs, judged=len(job.validation) if job.validation is not None else 0)
        if step:
            line.say(f"Going on after step {step}{changed}.")
        return _written(snapshots, folder, line, step=step)


def _written(snapshots: Iterator[Snapshot], folder: Path, line: ProgressLine, *, step: int) -> int:
    from explorer.engine.training.run_folder import MetricsWriter

    with MetricsWriter(folder) as metrics, closing(line):
        for snapshot in snapshots:
            _write_entry(metrics, snapshot, line)
            line.show(snapshot)
            step = snapshot.step
            if snapshot.ended:
                line.say(snapshot.ended)
    return step


def _write_entry(metrics: Any, snapshot: Snapshot, line: Any) -> None:
    """A full disk must not end the run: the curve then has a gap."""
    try:
        metrics.write(snapshot.line())
    except OSError as error:
        if snapshot.epoch_ended:
            line.say(f"The metrics could not be written ({error.strerror}).")


def _snapshots(job: Job, options: argparse.Namespace, processes: Processes, controls: Controls) -> Iterator[Snapshot]:
    import torch

    from explorer.data.augment import AUGMENTATIONS
    from explorer.engine.training.batches import as_trained
    from explorer.engine.training.conditions import Conditions
    from explorer.engine.training.run_folder import CHECKPOINT
    from explorer.engine.training.train import train_as_chosen

    return train_as_chosen(
        job.model,
        job.learning,
        job.chosen,
        classes=len(job.classes),
        under=Conditions(
            augment=as_trained([each for each in AUGMENTATIONS if each.name in options.augment]),
            validation=job.validation,
            precision=getattr(torch, options.precision),
            checkpoint=options.out / CHECKPOINT,
            checkpoint_every=options.checkpoint_every,
            controls=controls,
            processes=processes,
        ),
    )


def _begin(job: Job, options: argparse.Namespace, processes: Processes) -> tuple[int, str]:
    """Make the folder ready; the step after which the run goes on, 0 for a new one, and what changes there."""
    from explorer.engine.training.checkpoint import read_checkpoint
    from explorer.engine.training.likeness import require_begun
    from explorer.engine.training.run_folder import CHECKPOINT, RunFolder, begin_metrics, write_settings

    folder: Path = options.out
    checkpoint = folder / CHECKPOINT
    if options.start_over:
        checkpoint.unlink(missing_ok=True)
    else:
        RunFolder(folder).require_known()
    state = read_checkpoint(checkpoint)
    if state is not None:
        require_begun(state)
    settings, old = _settings(job, options), RunFolder(folder).settings()
    if state is not None:
        _require_same(old, settings, folder)
    step = state["step"] if state is not None else 0
    begin_metrics(folder, step=step, line=state.get("line") if state is not None else None)
    write_settings(folder, settings)
    return step, "" if state is None else _other_rate(state, job, old.get("epochs"), processes)


def _other_rate(state: dict[str, Any], job: Job, epochs: Any, processes: Processes) -> str:
    """ ": the cosine schedule …", where it was begun for another number of epochs and so jumps."""
    from explorer.engine.training.diagnosis import rate_text
    from explorer.engine.training.schedules import factor_after
    from explorer.engine.training.train import steps_per_epoch

    chosen, schedule = job.chosen, state.get("schedule")
    if schedule is None or epochs == chosen.epochs:
        return ""
    examples = chosen.batch_size * chosen.accumulation * processes.count
    in_all = chosen.epochs * steps_per_epoch(len(job.learning), examples)
    rate = schedule["base_lrs"][0] * factor_after(chosen.schedule, schedule["last_epoch"], in_all)
    old = state["optimizer"]["param_groups"][0]["lr"]
    return (
        f": the {chosen.schedule} schedule lasts for {chosen.epochs} epochs now, not {epochs}, "
        f"so the learning rate goes from {rate_text(old)} to {rate_text(rate)}"
    )


def _settings(job: Job, options: argparse.Namespace) -> dict[str, Any]:
    return {
        "network": job.loaded.network.text(),
        "data": options.data,
        "classes": list(job.classes),
        "group": list(options.group),
        **asdict(job.chosen),
        "betas": list(job.chosen.betas),
        "augment": sorted(options.augment),
        "precision": options.precision,
        "train_count": len(job.learning),
        "val_count": len(job.validation) if job.validation is not None else 0,
    }


def _require_same(old: dict[str, Any], new: dict[str, Any], folder: Path) -> None:
    """A run goes on with what it was begun with; only its length may change."""
    for name, value in new.items():
        if name not in ("epochs", "patience", "data") and name in old and old[name] != value:
            was = f"with {name.replace('_', ' ')} {old[name]}, not {value}"
            if name == "network":
                was = "with another network"
            from explorer.training_job import TrainingError

            raise TrainingError(f"The run in {folder} was begun {was}. {OTHERWISE}")


def _write_network(job: Job, options: argparse.Namespace) -> None:
    """The network as it is now, with its weights; the window opens it."""
    from explorer.engine.model.load import save
    from explorer.engine.training.run_folder import NETWORK
    from explorer.network.files import NetworkFile

    loaded, folder = job.loaded, options.out
    file = NetworkFile(
        network=loaded.network,
        title=loaded.title or folder.name,
        description=loaded.description,
        classes=job.classes,
        mean=loaded.mean,
        std=loaded.std,
        fit=loaded.fit,  # type: ignore[arg-type]  # it was read from a file, which checks it
        data=_chosen_data(job, options),
    )
    save(folder / NETWORK, file, {name: value.float() if value.is_floating_point() else value
                                  for name, value in job.model.state_dict().items()})  # fmt: skip


def _chosen_data(job: Job, options: argparse.Namespace) -> dict[str, Any]:
    """What the window is told that the network learned from: a path is the same from wherever it is opened."""
    from explorer.data import AUGMENTATIONS, DATA_SETS
    from explorer.session.chosen_data import ChosenData, as_written

    is_known = any(entry.card.name == options.data for entry in DATA_SETS)
    changed = tuple(each for each in AUGMENTATIONS if each.name in options.augment)
    return as_written(ChosenData(options.data if is_known else str(Path(options.data).resolve()), job.groups, changed))


@contextmanager
def _stopped_by_signals(controls: Controls) -> Iterator[None]:
    """Ctrl-C, or a request to terminate, asks the run to stop after its step; a second ctrl-C ends the process."""

    def ask(number: int, frame: object) -> None:
        if controls.stop and number == signal.SIGINT:
            raise KeyboardInterrupt
        controls.stop = True

    before = {number: signal.signal(number, ask) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
