"""The progress of a run on a terminal and in a file."""

from __future__ import annotations

import errno
import io
import threading

from explorer.engine.training.snapshot import Snapshot
from explorer.progress_line import ProgressLine, epoch_text


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def snapshot(step: int, **others: object) -> Snapshot:
    return Snapshot(step, 1, 0.5, 0.1, examples=10 * step, progress=step / 20, **others)  # type: ignore[arg-type]


def test_a_file_gets_one_line_an_epoch_and_every_warning():
    out = io.StringIO()
    line = ProgressLine(out, epochs=2)
    line.show(snapshot(1))
    line.show(snapshot(2, warning="The disk is full."))
    line.show(snapshot(3, epoch_ended=True, train_loss=0.25, train_accuracy=0.875, val_loss=0.5, val_accuracy=0.75))
    line.close()
    assert out.getvalue().splitlines() == [
        "The disk is full.",
        "epoch 1/2  loss 0.25  accuracy 87.5 %  validation loss 0.5  accuracy 75 %",
    ]


def test_a_terminal_has_one_line_that_is_gone_at_the_end():
    out = Terminal()
    line = ProgressLine(out, epochs=2)
    line.show(snapshot(10))
    drawn = out.getvalue()
    assert "epoch 1/2 ██████████░░░░░░░░░░ 50 %  loss 0.5" in drawn
    line.close()
    assert out.getvalue().endswith("\r" + " " * (len(drawn) - 1) + "\r")


def test_numbers_to_be_met_have_no_accuracy():
    told = epoch_text(snapshot(3, epoch_ended=True, train_loss=0.25, val_loss=0.5), 2)
    assert told == "epoch 1/2  loss 0.25  validation loss 0.5"


def test_the_line_is_drawn_ten_times_a_second_and_no_thread_draws_it():
    out, threads = Terminal(), threading.active_count()
    line = ProgressLine(out, epochs=2)
    for step in range(1, 20):
        line.show(snapshot(step))
    assert out.getvalue().count("loss") < 10
    assert threading.active_count() == threads
    line.close()


class FullDisk(Terminal):
    tried = 0

    def flush(self) -> None:
        self.tried += 1
        raise OSError(errno.ENOSPC, "No space left on device")


def test_a_run_goes_on_where_its_progress_cannot_be_told():
    out = FullDisk()
    line = ProgressLine(out, epochs=2)
    line.show(snapshot(1, warning="The disk is full."))
    line.say("More.")
    line.close()
    assert out.tried > 0


def test_a_run_is_done_when_it_is_done():
    out = Terminal()
    line = ProgressLine(out, epochs=2)
    line.show(Snapshot(1, 2, 0.5, 0.1, examples=10, progress=0.9999))
    assert "epoch 2/2 ███████████████████░ 99 %  loss" in out.getvalue()
    line.close()
    line = ProgressLine(out, epochs=2)
    line.show(Snapshot(2, 2, 0.5, 0.1, examples=10, progress=1.0))
    assert "epoch 2/2 ████████████████████ 100 %  loss" in out.getvalue()
    line.close()
