"""Mutated files of every kind that is read end in what they show or in a sentence, in time and memory.

    python -m tests.campaigns.mutated_files --count 10000 [--kind picture.png …] [--seed 1] [--keep FOLDER]

Each batch is opened by a process of its own, so that a fault that ends it is seen too. What fails is kept and named.
"""

from __future__ import annotations

import argparse
import json
import random
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from tests.campaigns.mutations import mutated
from tests.campaigns.whole import Whole
from tests.campaigns.whole_files import whole_of, wholes

SECONDS, BYTES = 2.0, 10**9
ASKS_FOR_MEMORY = "asks for memory by a number"  # as a file of a few bytes may, which is refused
BATCH = 5000


@dataclass(frozen=True)
class Outcome:
    """What became of file `number`: "shown", the sentence that it ended in, or a fault. cpu: seconds of the process."""

    number: int
    words: str
    fault: str = ""
    cpu: float = 0.0
    bytes: int = 0


def run(kind: str, *, count: int, seed: int, folder: Path) -> list[Outcome]:
    """The outcomes of `count` mutated files of one kind; where a process ends, the next file is another's first.

    What fails is left in `folder`: some contents, as PyTorch's, hold places in memory and are never made again.
    """
    outcomes: list[Outcome] = []
    while len(outcomes) < count:
        first = len(outcomes)
        outcomes += _batch(kind, first, min(BATCH, count - first), seed, folder)
        if outcomes[-1].fault:  # what ended the process lies there yet
            _kept(_path(kind, first, folder), outcomes[-1].number, folder)
    return outcomes


def _path(kind: str, first: int, folder: Path) -> Path:
    return folder / f"{kind.replace('/', '-')}-{first}" / kind


def _kept(path: Path, number: int, folder: Path) -> None:
    copy = folder / f"{number}-{path.name}"
    if not copy.exists():
        copy.write_bytes(path.read_bytes())


def content_of(whole: Whole, number: int, seed: int) -> bytes:
    """The mutated file of that number; every twentieth is whole."""
    rng = random.Random(f"{whole.name} {seed} {number}")
    content = rng.choice(whole.contents)
    if number % 20:
        content = mutated(content, rng.choice(whole.contents), rng)
    return whole.pack(content)


def _batch(kind: str, first: int, count: int, seed: int, folder: Path) -> Iterator[Outcome]:
    command = [sys.executable, "-m", "tests.campaigns.mutated_files", "--worker", kind]
    command += ["--first", str(first), "--count", str(count), "--seed", str(seed), "--folder", str(folder)]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=60 + 2 * SECONDS * count)
    lines = [Outcome(**json.loads(line)) for line in done.stdout.splitlines() if line.startswith("{")]
    yield from lines
    if len(lines) < count:
        last_words = done.stderr.strip().splitlines()[-1:] or [""]
        yield Outcome(first + len(lines), "", f"the process ended with {done.returncode}: {last_words[0]}")


def work(kind: str, *, first: int, count: int, seed: int, folder: Path) -> Iterator[Outcome]:
    """Open the files here, one after the other."""
    whole = whole_of(kind)
    path = _path(kind, first, folder)
    path.parent.mkdir(parents=True, exist_ok=True)
    for name, content in whole.beside.items():
        (path.parent / name).parent.mkdir(exist_ok=True)
        (path.parent / name).write_bytes(content)
    path.write_bytes(whole.contents[0])
    _opened(whole, path, -1)  # what is imported for it takes its time once
    resource.setrlimit(resource.RLIMIT_AS, (_status("VmSize") + 2 * BYTES,) * 2)
    for number in range(first, first + count):
        content = content_of(whole, number, seed)
        path.write_bytes(content)
        outcome = _opened(whole, path, number)
        if outcome.fault:
            (folder / f"{number}-{path.name}").write_bytes(content)
        yield outcome


def _opened(whole: Whole, path: Path, number: int) -> Outcome:
    from explorer.data import DataError, PictureError
    from explorer.engine.errors import EngineError
    from explorer.writing import FileError

    Path("/proc/self/clear_refs").write_text("5")  # the peak of memory is counted from here
    before, start = _status("VmRSS"), time.process_time()
    words, fault = "shown", ""
    try:
        whole.open(path)
    except (DataError, PictureError, EngineError, FileError) as error:
        words = str(error)
        fault = _untrue(words)
    except Exception as error:  # that is what is looked for
        fault = f"{type(error).__name__}: {error}"[:300]
    cpu, peak = time.process_time() - start, _status("VmHWM") - before
    if cpu > SECONDS or peak > BYTES:
        fault = fault or f"it took {cpu:.1f} s and {peak / 1e6:,.0f} MB"
    return Outcome(number, words[:300], fault, round(cpu, 3), peak)


def _untrue(words: str) -> str:
    """What is wrong with a sentence, if anything is."""
    if not words.endswith((".", "…")) or "Traceback" in words or len(words) > 700:
        return f"no sentence: {words[:300]}"
    if " object at 0x" in words or "explorer." in words:
        return f"no sentence: {words}"
    return f"no memory: {words}" if "memory" in words.replace(ASKS_FOR_MEMORY, "") else ""


def _status(name: str) -> int:
    """A size of this process, in bytes."""
    lines = Path("/proc/self/status").read_text().splitlines()
    return next(int(line.split()[1]) * 1024 for line in lines if line.startswith(f"{name}:"))


def main() -> None:
    """Run the campaign and tell of each kind."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--count", type=int, default=200, help="mutated files of each kind")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--kind", nargs="*", help=f"of {', '.join(wholes())}")
    parser.add_argument("--keep", type=Path, help="folder for the files that fail")
    parser.add_argument("--worker")
    parser.add_argument("--first", type=int, default=0)
    parser.add_argument("--folder", type=Path)
    chosen = parser.parse_args()
    if chosen.worker:
        for outcome in work(
            chosen.worker, first=chosen.first, count=chosen.count, seed=chosen.seed, folder=chosen.folder
        ):
            print(json.dumps(vars(outcome)), flush=True)
        return
    with tempfile.TemporaryDirectory() as folder:
        faults = [_told(kind, chosen, Path(folder)) for kind in chosen.kind or wholes()]
        if chosen.keep is not None and any(faults):
            chosen.keep.mkdir(parents=True, exist_ok=True)
            for path in filter(Path.is_file, Path(folder).iterdir()):
                shutil.copy(path, chosen.keep)
    sys.exit(bool(sum(faults)))


def _told(kind: str, chosen: argparse.Namespace, folder: Path) -> int:
    """Print what became of the files of one kind; how many faults there were."""
    outcomes = run(kind, count=chosen.count, seed=chosen.seed, folder=folder)
    faults = [outcome for outcome in outcomes if outcome.fault]
    shown = sum(outcome.words == "shown" for outcome in outcomes)
    slowest = max(outcome.cpu for outcome in outcomes)
    largest = max(outcome.bytes for outcome in outcomes)
    print(
        f"{kind}: {len(outcomes):,} files, {shown:,} shown, {len(faults):,} faults, "
        f"at most {slowest:.2f} s and {largest / 1e6:,.0f} MB",
        flush=True,
    )
    for outcome in faults[:10]:
        print(f"  {outcome.number}: {outcome.fault}", flush=True)
    return len(faults)


if __name__ == "__main__":
    main()
