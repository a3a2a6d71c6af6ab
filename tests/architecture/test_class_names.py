"""A class is found by its name: no two of one room have the same."""

from __future__ import annotations

import ast
from collections import defaultdict
from pathlib import Path

PACKAGE = Path(__file__).resolve().parents[2] / "explorer"


def test_no_two_classes_of_a_room_have_one_name() -> None:
    homes: dict[tuple[str, str], list[str]] = defaultdict(list)
    for path in sorted(PACKAGE.rglob("*.py")):
        place = path.relative_to(PACKAGE)
        room = place.parts[0] if len(place.parts) > 1 else ""
        for node in ast.parse(path.read_text()).body:
            if isinstance(node, ast.ClassDef):
                homes[room, node.name].append(place.as_posix())
    assert len(homes) > 500
    assert not {name: files for (_room, name), files in homes.items() if len(files) > 1}
