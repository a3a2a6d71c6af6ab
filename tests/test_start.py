"""`packaging/start` on machines that lack something, in a bare tree with its own PATH: one sentence, and the way on.

What stands in for Python, apt-get and nvidia-smi are scripts that note how they were called.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
TOOLS = ("cat", "dirname", "grep", "head", "ls", "mkdir", "cp", "rm", "tail", "touch", "chmod")

PYTHON = """#!/bin/sh
echo "python $*" >>"$HERE/calls"
case "$*" in
  --version) echo "Python $VERSION" ;;
  *"version_info < (3, 11)"*) [ "$VERSION" != 3.10.12 ] ;;
  *"import ensurepip"*) [ -e "$HERE/has ensurepip" ] ;;
  *-venv*) echo python3.12-venv ;;
  "-m venv --clear"*)
    rm -rf "$4"
    mkdir -p "$4/bin"
    touch "$4/pyvenv.cfg" "$4/bin/pip"
    cp "$0" "$4/bin/python"
    printf '#!/bin/sh\\necho started "$@"\\n' >"$4/bin/network-explorer"
    chmod +x "$4/bin/network-explorer" ;;
  *"pip --version") [ -e "$(dirname "$0")/pip" ] ;;
  *"pip install"*)
    [ -z "$KILL" ] || kill -9 "$PPID"
    [ -z "$PIP_SAYS" ] || { echo "Traceback (most recent call last):"; echo "$PIP_SAYS"; exit 1; } ;;
  "- https://"*) cat >/dev/null; [ -z "$NO_INDEX" ] ;;
esac
"""
OTHERS = {
    "id": 'echo "${USER_ID:-1000}"',
    "uname": 'echo "${SYSTEM:-Linux}"',
    "dpkg": "exit 1",
    "apt-get": 'echo "apt-get $*" >>"$HERE/calls"; [ -z "$NO_APT" ] && touch "$HERE/has ensurepip"',
}

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="a script of the shell")


class Tree:
    """A checkout with nothing but the scripts, on a machine with nothing but the stand-ins."""

    def __init__(self, folder: Path) -> None:
        self.move_to(folder)
        shutil.copytree(ROOT / "packaging", folder / "packaging", ignore=shutil.ignore_patterns("screenshots*"))
        shutil.copy(ROOT / "pyproject.toml", folder)
        self.tools.mkdir()
        for tool in TOOLS:
            (self.tools / tool).symlink_to(str(shutil.which(tool)))
        for name, script in OTHERS.items():
            self.add(name, f"#!/bin/sh\n{script}\n")
        self.add("python3", PYTHON)
        (folder / "has ensurepip").touch()

    def add(self, name: str, script: str) -> None:
        (self.tools / name).write_text(script)
        (self.tools / name).chmod(0o755)

    def move_to(self, folder: Path) -> None:
        self.folder, self.tools, self.venv = folder, folder / "tools", folder / ".venv"

    def start(self, *arguments: str, cwd: Path | None = None, **words: str) -> subprocess.CompletedProcess[str]:
        known = {"PATH": str(self.tools), "HERE": str(self.folder), "VERSION": "3.12.1", "PROC": str(self.folder)}
        known |= dict.fromkeys(("KILL", "PIP_SAYS", "NO_INDEX", "NO_APT"), "")
        return subprocess.run(
            ["/bin/sh", str(self.folder / "packaging" / "start"), *arguments],
            env=known | words,
            cwd=cwd or self.folder,
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )

    def calls(self, words: str) -> list[str]:
        """What the stand-ins were called with, as far as it holds `words`."""
        path = self.folder / "calls"
        lines = path.read_text().splitlines() if path.exists() else []
        return [line for line in lines if words in line]


@pytest.fixture
def tree(tmp_path: Path) -> Tree:
    return Tree(tmp_path)


def _is_sentence(done: subprocess.CompletedProcess[str]) -> str:
    """The last line of what was said by a start that ended with 1, all else being what it told before."""
    assert done.returncode == 1
    assert done.stdout == ""
    assert "Traceback" not in done.stderr
    last = done.stderr.splitlines()[-1]
    assert "packaging/start: " in last
    assert last.endswith(".")
    return last


def _is_started(done: subprocess.CompletedProcess[str], *arguments: str) -> None:
    assert done.returncode == 0, done.stderr
    assert done.stdout.split() == ["started", *arguments]


def test_it_installs_once_and_passes_its_arguments_on(tree: Tree) -> None:
    _is_started(tree.start("photo.jpg", "--smoke"), "photo.jpg", "--smoke")
    _is_started(tree.start())
    assert len(tree.calls("pip install")) == 1
    assert "--constraint packaging/constraints.txt --editable ." in tree.calls("pip install")[0]


def test_files_are_looked_for_where_the_person_is(tree: Tree) -> None:
    elsewhere = tree.folder / "elsewhere"
    elsewhere.mkdir()
    assert tree.start().returncode == 0
    (tree.venv / "bin" / "network-explorer").write_text("#!/bin/sh\npwd\n")
    assert tree.start(cwd=elsewhere).stdout.strip() == str(elsewhere)


def test_the_program_is_told_when_the_script_was_done(tree: Tree) -> None:
    (tree.folder / "uptime").write_text("123.45 99.00\n")
    assert tree.start().returncode == 0
    (tree.venv / "bin" / "network-explorer").write_text('#!/bin/sh\necho "$NETWORK_EXPLORER_STARTED"\n')
    assert tree.start().stdout.strip() == "123.45"


def test_a_folder_that_was_moved_is_installed_again(tree: Tree) -> None:
    _is_started(tree.start())
    moved = Path(f"{tree.folder}-moved")
    shutil.copytree(tree.folder, moved, symlinks=True)
    tree.move_to(moved)
    _is_started(tree.start())
    assert len(tree.calls("pip install")) == 2


def test_an_old_python_is_told_with_what_is_needed(tree: Tree) -> None:
    assert "Python 3.11 or newer is needed, and there is Python 3.10.12" in _is_sentence(tree.start(VERSION="3.10.12"))
    assert not tree.calls("pip")


def test_a_newer_python_beside_an_old_one_is_taken(tree: Tree) -> None:
    tree.add("python3.13", PYTHON)
    tree.add("python3", "#!/bin/sh\nexit 1\n")
    _is_started(tree.start())


def test_no_python_at_all_is_told(tree: Tree) -> None:
    (tree.tools / "python3").unlink()
    assert "there is no Python" in _is_sentence(tree.start())


def test_a_python_without_venv_names_its_package_and_goes_on_when_that_is_there(tree: Tree) -> None:
    (tree.folder / "has ensurepip").unlink()
    assert "sudo apt-get install python3.12-venv" in _is_sentence(tree.start())
    _make_half(tree)  # as `python3 -m venv` leaves it where the package is missing
    (tree.folder / "has ensurepip").touch()
    _is_started(tree.start())


def test_root_is_given_the_packages_that_are_missing(tree: Tree) -> None:
    (tree.folder / "has ensurepip").unlink()
    _is_started(tree.start(USER_ID="0"))
    venv, libraries = tree.calls("apt-get install")
    assert venv.endswith("python3.12-venv")
    assert "libglib2.0-0 " in libraries
    assert "libxcb-cursor0 " in libraries


def test_packages_that_cannot_be_had_are_told_and_the_program_says_what_it_lacks(tree: Tree) -> None:
    done = tree.start(USER_ID="0", NO_APT="1")
    _is_started(done)
    assert "apt-get could not install them" in done.stderr


def _make_half(tree: Tree) -> None:
    (tree.venv / "bin").mkdir(parents=True)
    shutil.copy(tree.tools / "python3", tree.venv / "bin" / "python")


def test_an_environment_without_pip_mends_itself(tree: Tree) -> None:
    _make_half(tree)
    _is_started(tree.start())


def test_an_installation_that_was_killed_is_done_again_from_the_start(tree: Tree) -> None:
    assert tree.start(KILL="1").returncode == -9
    (tree.venv / "half").touch()
    _is_started(tree.start())
    assert not (tree.venv / "half").exists()
    assert len(tree.calls("-m venv")) == 2


def test_one_that_still_goes_on_is_left_alone(tree: Tree) -> None:
    assert tree.start(KILL="1").returncode == -9
    (tree.venv / "unfinished").write_text(f"{os.getpid()}\n")
    assert f"process {os.getpid()} is installing" in _is_sentence(tree.start())
    assert len(tree.calls("-m venv")) == 1


def test_a_folder_of_other_things_is_not_cleared(tree: Tree) -> None:
    mine = tree.folder / "mine"
    mine.mkdir()
    (mine / "thesis.txt").touch()
    assert "holds other things" in _is_sentence(tree.start(VENV=str(mine)))
    assert (mine / "thesis.txt").exists()


@pytest.mark.parametrize(
    ("says", "words"),
    [
        ("ConnectionError: Temporary failure in name resolution", "connect to the network"),
        ("SSLError(CERTIFICATE_VERIFY_FAILED certificate verify failed)", "PIP_CERT"),
        ("OSError: [Errno 28] No space left on device", "the disk is full"),
        ("ERROR: something that nobody foresaw", "its last words: ERROR: something that nobody foresaw"),
    ],
)
def test_what_pip_cannot_do_is_one_sentence_and_done_at_the_next_start(tree: Tree, says: str, words: str) -> None:
    assert words in _is_sentence(tree.start(PIP_SAYS=says))
    _is_started(tree.start())


# --- which build of PyTorch ---


def _build(tree: Tree) -> str:
    return (
        "cpu" if "--extra-index-url https://download.pytorch.org/whl/cpu" in tree.calls("pip install")[-1] else "cuda"
    )


def test_without_a_driver_the_build_for_the_cpu_is_taken_and_told_before(tree: Tree) -> None:
    told = tree.start(KILL="1").stderr  # before anything is loaded
    assert _build(tree) == "cpu"
    assert "for the CPU, about 1.4 GB" in told
    assert "TORCH=cuda takes the one for NVIDIA" in told


def test_with_a_driver_that_answers_the_build_for_cuda_is_taken(tree: Tree) -> None:
    tree.add("nvidia-smi", "#!/bin/sh\nexit 0\n")
    assert "for NVIDIA cards, about 5.2 GB" in tree.start().stderr
    assert _build(tree) == "cuda"


def test_a_driver_that_does_not_answer_is_none(tree: Tree) -> None:
    tree.add("nvidia-smi", "#!/bin/sh\nexit 9\n")
    (tree.folder / "driver" / "nvidia").mkdir(parents=True)
    (tree.folder / "driver" / "nvidia" / "version").touch()
    tree.start()
    assert _build(tree) == "cpu"


def test_a_driver_without_its_program_is_found(tree: Tree) -> None:
    (tree.folder / "driver" / "nvidia").mkdir(parents=True)
    (tree.folder / "driver" / "nvidia" / "version").touch()
    tree.start()
    assert _build(tree) == "cuda"


def test_a_word_takes_the_other_build_also_later(tree: Tree) -> None:
    _is_started(tree.start("--cuda", "net.json"), "net.json")
    assert _build(tree) == "cuda"
    _is_started(tree.start())
    assert len(tree.calls("pip install")) == 1  # what was chosen stays
    _is_started(tree.start(TORCH="cpu"))
    assert _build(tree) == "cpu"
    assert len(tree.calls("pip uninstall --yes torch")) == 2


def test_what_is_brought_up_to_date_is_not_told_as_if_it_were_loaded_anew(tree: Tree) -> None:
    _is_started(tree.start("--cuda"))  # without a driver: a word that stays
    newer = (tree.venv / "installed .[imagenet]").stat().st_mtime + 10
    os.utime(tree.folder / "packaging" / "constraints.txt", (newer, newer))
    done = tree.start()
    assert done.stderr == "Bringing .venv up to date …\n"
    assert len(tree.calls("pip install")) == 2
    assert _build(tree) == "cuda"
    assert len(tree.calls("pip uninstall")) == 1


def test_a_word_that_means_no_build_is_told(tree: Tree) -> None:
    assert "must be cpu or cuda" in _is_sentence(tree.start(TORCH="rocm"))


def test_where_the_index_for_the_cpu_does_not_answer_pip_goes_on_with_its_own(tree: Tree) -> None:
    done = tree.start(NO_INDEX="1")
    _is_started(done)
    assert "does not answer: pip takes the build that its own index has" in done.stderr
    assert _build(tree) == "cuda"


def test_other_systems_have_one_build(tree: Tree) -> None:
    done = tree.start(SYSTEM="Darwin")
    _is_started(done)
    assert "GB" not in done.stderr
    assert "--extra-index-url" not in tree.calls("pip install")[-1]


def test_the_readme_tells_both_builds_as_the_script_does(tree: Tree) -> None:
    readme = " ".join((ROOT / "README.md").read_text().split())
    for word in ("cpu", "cuda"):
        size = re.search(r"about ([\d.]+ GB) on the disk", tree.start(f"--{word}", KILL="1").stderr)
        assert size is not None
        assert size[1] in readme
        assert f"--{word}`" in readme
        assert f"`TORCH={word}`" in readme


def test_the_readme_lists_the_packages_that_the_script_installs() -> None:
    listed = re.search(r'QT_PACKAGES="(.*?)"', (ROOT / "packaging" / "environment.sh").read_text(), re.DOTALL)
    assert listed is not None
    assert " ".join(listed[1].split()) in " ".join((ROOT / "README.md").read_text().split())
