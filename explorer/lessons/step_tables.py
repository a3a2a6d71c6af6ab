"""The steps of a lesson's file: what they show, ask, reveal and have changed."""

from __future__ import annotations

import re
from typing import Any

from explorer.bounds import quoted
from explorer.lessons.readings.expressions import Expression, Number, ReadingError, Reference
from explorer.lessons.readings.parsing import parse_reading
from explorer.lessons.scene_tables import number_fault
from explorer.lessons.script import Change, Expected, LessonStep, Option, Question, Scene, Showing, Wrong
from explorer.lessons.tables import Table

TEXT, QUESTION, OPTION, FEEDBACK, TITLE = 300, 140, 60, 180, 40
"""Characters that the window shows of each without scrolling."""

VIEWS = ("", "overview", "maps", "debugger", "losses")
PANES = ("input", "prediction", "network", "training")
PHASES = ("forward", "loss", "backward", "update")
SHOWING = re.compile(r"^\s*(\w+)(?:\s+([\w.]+))?\s*(?:,\s*(.+))?$")
MOST_STEPS = 100
NAME = re.compile(r"^[a-z0-9][a-z0-9-]*$")


def read_steps(tables: list[Table], scenes: dict[str, Scene]) -> tuple[LessonStep, ...]:
    """All steps; the scene of one that names none is that of the step before, or the only one."""
    first = next(iter(scenes)) if len(scenes) == 1 else ""
    steps: list[LessonStep] = []
    for table in tables[:MOST_STEPS]:
        steps.append(_step(table, len(steps), steps[-1].scene if steps else first, scenes))
        named = [step for step in steps if step.name == steps[-1].name]
        if len(named) > 1:
            message = f'two steps are called "{named[0].name}"; progress is kept by that name, so it has to be its own'
            table.note("id", message)
    if len(tables) > MOST_STEPS:
        tables[MOST_STEPS].note("id", f"a lesson has up to {MOST_STEPS} steps, this one has {len(tables):,}")
    return tuple(steps)


def _step(table: Table, number: int, scene_before: str, scenes: dict[str, Scene]) -> LessonStep:
    name = table.text("id", needed=True) or str(number + 1)
    table.where = f'step "{name}"'
    if not NAME.match(name):
        table.note("id", f"{quoted(name)} is no id: small letters, digits and hyphens")
    step = LessonStep(
        name,
        title=table.text("title", most=TITLE, needed=True),
        scene=table.text("scene") or scene_before,
        number=number,
        view=_one_of(table, "view", VIEWS),
        showing=_showing(table),
        open=tuple(_known_panes(table)),
        rows=table.texts("rows"),
        stumbles=table.texts("stumbles"),
        text=table.text("text", most=TEXT),
        question=_question(table),
        reveal=table.text("reveal", most=TEXT),
        change=_change(table),
        expect=_expected(table),
    )
    table.end()
    if step.scene not in scenes:
        table.note("scene", f"there is no scene {quoted(step.scene)}; there are {', '.join(scenes) or 'none'}")
    if step.question is None:
        table.note("ask", "it asks nothing. A step without a question is a page; is it needed?", is_warning=True)
    return step


def _one_of(table: Table, key: str, known: tuple[str, ...]) -> str:
    found = table.text(key)
    if found not in known:
        table.note(key, f"there is no {key} {quoted(found)}; there are {', '.join(filter(None, known))}")
        return ""
    return found


def _known_panes(table: Table) -> list[str]:
    panes = table.texts("open")
    for pane in panes:
        if pane not in PANES:
            table.note("open", f"there is no pane {quoted(pane)}; there are {', '.join(PANES)}")
    return [pane for pane in panes if pane in PANES]


def _showing(table: Table) -> Showing | None:
    """ "backward pool1, input[0,0,1,1]"."""
    text = table.text("show")
    if not text:
        return None
    parts = SHOWING.match(text)
    if parts is None or parts.group(1) not in PHASES:
        table.note("show", f'{quoted(text)} is no place: write it as "backward pool1, input[0,0,1,1]"')
        return None
    phase, call, cell = parts.group(1), parts.group(2) or "", parts.group(3)
    if cell is None:
        return Showing(phase, call)
    found = _cell(table, cell)
    return None if found is None else Showing(phase, call, *found)


def _cell(table: Table, text: str) -> tuple[str, tuple[int, ...]] | None:
    try:
        found = parse_reading(text)
    except ReadingError as error:
        table.note("show", str(error))
        return None
    if not isinstance(found, Reference) or len(found.names) != 1 or not found.index:
        table.note("show", f"{quoted(text)} is no cell: write it as input[0,0,1,1]")
        return None
    cell = tuple(part for part in found.index if isinstance(part, int))
    if len(cell) < len(found.index):
        table.note("show", f"{quoted(text)} is more than one cell")
        return None
    return found.names[0], cell


def _question(step: Table) -> Question | None:
    table = step.table("ask")
    if table is None:
        return None
    question = Question(
        table.text("question", most=QUESTION, needed=True),
        reading=table.reading("reading"),
        options=tuple(_option(each) for each in table.tables("option")),
        put=table.text("put"),
        point=table.text("point"),
        condition=table.reading("if"),
        wrong=tuple(each for each in map(_wrong, table.tables("wrong")) if each is not None),
        expect=_expect(table, table.any("expect"), "expect"),
        places=table.number("places", 3, most=9) if table.has("places") else None,
        hint=table.text("hint", most=FEEDBACK),
        hides=tuple(each for each in (table.read("hides", text) for text in table.texts("hides")) if each is not None),
    )
    table.end()
    has_reading = question.reading is not None or "reading" in table.values
    ways = [has_reading, bool(question.options), bool(question.put), bool(question.point)]
    if sum(ways) != 1:
        table.note("question", "a question has a reading, or options, or put and if, or point and if: one of the four")
    if question.put and question.condition is None:
        table.note("put", "what is put in is right if a condition holds: write it behind if")
    if question.point and question.condition is None:
        table.note("point", "the cell that is pointed at is right if a condition holds: write it behind if")
    if len(question.options) == 1:
        table.note("option", "there is one option: to choose there have to be two or more")
    return question


def _option(table: Table) -> Option:
    option = Option(
        table.text("text", most=OPTION, needed=True),
        table.reading("if") or _never(table),
        table.text("because", most=FEEDBACK),
        table.place,
    )
    table.end()
    return option


def _never(table: Table) -> Expression:
    if "if" not in table.values:
        table.note("if", "an option is right if a condition holds: write it behind if")
    return Number(0)


def _wrong(table: Table) -> Wrong | None:
    answer = table.any("answer")
    because = table.text("because", most=FEEDBACK, needed=True)
    table.end()
    if isinstance(answer, str):
        found = table.read("answer", answer)
    elif isinstance(answer, int | float) and not isinstance(answer, bool):
        found = Number(answer)
    else:
        table.note("answer", "a wrong answer is a number, or arithmetic over readings in quotes")
        return None
    return None if found is None else Wrong(found, because, table.place)


def _change(step: Table) -> Change | None:
    table = step.table("change")
    if table is None:
        return None
    change = Change(table.text("text", most=FEEDBACK, needed=True), table.edits("do"), _expected(table))
    table.end()
    return change


def _expected(table: Table) -> tuple[Expected, ...]:
    """`expect = { "pool1.grad_input[0,0,1,0]" = 2.5 }`."""
    inner = table.table("expect")
    if inner is None:
        return ()
    found = []
    for text in inner.values:
        reading = inner.read(text, text)
        value = _expect(inner, inner.any(text), text)
        if reading is not None and value is not None:
            found.append(Expected(reading, text, value, (*inner.place, text)))
    return tuple(found)


def _expect(table: Table, value: Any, key: str) -> Any:
    if value is None or isinstance(value, str | bool):
        return value
    fault = "" if isinstance(value, list) and all(isinstance(each, str) for each in value) else number_fault(value)
    if fault:
        table.note(key, f"{key} {fault}")
        return None
    return value
