"""The calls of a recorded step as a tree of modules; pure, no Qt."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from explorer.session.timeline import TimelineStep


@dataclass(eq=False)
class Branch:
    """A module or a call. `step` is the call's forward step, None for a module, which sums up its `children`.

    `path` is the dotted name; `label` its last part; `row` its place among its parent's children.
    """

    path: str
    label: str
    parent: Branch | None = None
    row: int = 0
    step: TimelineStep | None = None
    children: list[Branch] = field(default_factory=list)

    def add(self, path: str, step: TimelineStep | None = None) -> Branch:
        """A new child at the end."""
        child = Branch(path, path.rpartition(".")[2], self, len(self.children), step)
        self.children.append(child)
        return child

    @property
    def seconds(self) -> float:
        """Time of the call, or of all calls inside."""
        return self.step.seconds if self.step else sum(child.seconds for child in self.children)

    @property
    def output_bytes(self) -> int:
        """Bytes of the call's output, or of all outputs inside."""
        return self.step.output_bytes if self.step else sum(child.output_bytes for child in self.children)

    @property
    def call_count(self) -> int:
        """How many calls it stands for."""
        return 1 if self.step else sum(child.call_count for child in self.children)


def call_tree(steps: Sequence[TimelineStep]) -> Branch:
    """The root of the tree: calls lie under the modules of their dotted names, in the order in which they ran."""
    root = Branch("", "")
    modules = {"": root}
    for step in steps:
        if step.phase == "forward":
            _module(step.call.rpartition(".")[0], modules).add(step.call, step)
    return root


def _module(path: str, modules: dict[str, Branch]) -> Branch:
    if path not in modules:
        modules[path] = _module(path.rpartition(".")[0], modules).add(path)
    return modules[path]
