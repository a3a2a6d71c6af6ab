"""What is wrong in a lesson's file is told with file, line, step, and what there is instead; all of it at once."""

from __future__ import annotations

from pathlib import Path

import pytest

from explorer.lessons.lesson import Lesson
from explorer.lessons.lesson_file import LARGEST_BYTES, LessonError
from tests.lessons.written import POOLING, Spoil, line_of, told, with_line, written

WINNER, TIE, MAX = 'step "winner"', 'step "tie"', 'scene "max"'


def test_a_whole_lesson_has_nothing_wrong_and_is_played(tmp_path: Path) -> None:
    lesson = Lesson.read(written(tmp_path))
    assert lesson.check() == ()
    assert [(each.step, each.right, each.wrong) for each in lesson.play()] == [
        ("winner", "2", 2),
        ("tie", "the first all", 1),
    ]


@pytest.mark.parametrize(
    ("old", "new", "where", "words"),
    [
        # what there is not
        (
            'reading = "pool1.',
            'reading = "pool2.',
            WINNER,
            'there is no layer "pool2"; the network has pool1.',
        ),
        (
            'ask.reading = "pool1.grad_input[0,0,1,1]"',
            'ask.reading = "pool1.grad_input[0,0,4,1]"',
            WINNER,
            "pool1.grad_input[0,0,4,1] lies outside: pool1.grad_input is 1 × 1 × 4 × 4, rows go from 0 to 3.",
        ),
        ('ask.reading = "pool1.grad_input[0,0,1,1]"', 'ask.reading = "pool1.grad[0]"', WINNER, "has no 'grad'"),
        ('ask.reading = "pool1.grad_input[0,0,1,1]"', 'ask.reading = "los"', WINNER, "'los'; loss, perhaps?"),
        ('ask.reading = "pool1.grad_input[0,0,1,1]"', 'ask.reading = "pool1"', WINNER, "pool1 is a layer: say what"),
        ('ask.reading = "pool1.grad_input[0,0,1,1]"', 'ask.reading = "pool1.weight[0]"', WINNER, "no parameter"),
        ('"backward pool1, input[', '"backward pool9, input[', WINNER, "there is no step backward pool9; there are"),
        ('"backward pool1, input[', '"sideways pool1, input[', WINNER, "is no place: write it as"),
        ('"backward pool1, input[0,0,1,1]"', '"backward pool1, weight[0]"', WINNER, "asked for input, not for weight"),
        (
            '"backward pool1, input[0,0,1,1]"',
            '"backward pool1, input[0,0,1,9]"',
            WINNER,
            "lies outside: input is 1 × 1",
        ),
        ('like = "max"', 'like = "maxx"', 'scene "tie"', 'like = "maxx" names no scene; there are max, tie.'),
        ('like = "max"', 'like = "tie"', 'scene "tie"', "it is like itself, by way of tie."),
        ('scene = "tie"', 'scene = "ties"', TIE, "there is no scene 'ties'; there are max, tie."),
        ('loss = "half_squared_error"', 'loss = "half"', MAX, "no loss"),
        (
            'loss = "half_squared_error"',
            'sample = "dog"',
            WINNER,
            "no gradient comes back to pool1: the scene has no loss",
        ),
        # what does not agree with the recording
        ("ask.expect = 2", "ask.expect = 3", WINNER, "the text says 3, the recording says 2. Was the input changed"),
        ("answer = 0.5", "answer = 2", WINNER, "the wrong answer 2 is the right one."),
        ("answer = 0.5", "answer = 12", WINNER, "another wrong answer is 12 too"),
        (
            'input[0,0,1,0]" = 2.5',
            'input[0,0,1,0]" = 2.7',
            WINNER,
            "pool1.grad_input[0,0,1,0] is 2.5, the file says 2.7.",
        ),
        (
            "== [4, 4]",
            "== [4, 0]",
            TIE,
            'two options are true, "each all of it" and "the first all"; exactly one has to',
        ),
        ("== [4, 0]", "== [0, 4]", TIE, "no option is true. pool1.grad_input[0,0,:,0] is [4, 0]."),
        # what cannot be read
        (
            'ask.reading = "pool1.grad_input[0,0,1,1]"',
            'ask.reading = "pool1.grad_input[0,0"',
            WINNER,
            "the reading ends",
        ),
        ('ask.reading = "pool1.grad_input[0,0,1,1]"', 'ask.reading = "__import__(1).x"', WINNER, "cannot stand here"),
        ("== [4, 4]", "= [4, 4]", TIE, "to compare, write == (column"),
        ("{pool1.grad_input[0,0,0,0]}", "{pool1.grad_input[0,0,0,0}", WINNER, "cannot be read: ']' should come here"),
        ("{pool1.grad_input[0,0,0,0]}", "{loss|euro}", WINNER, "is no way to write a number: there are percent,"),
        ('change.do = "input[0,0,1,0] = 6.5"', 'change.do = "input[0,0,1,0] == 6.5"', WINNER, "'=' should come here"),
        (
            'change.do = "input[0,0,1,0] = 6.5"',
            'change.do = "colour = 6.5"',
            WINNER,
            "'colour' cannot be changed; what can",
        ),
        ('change.do = "input[0,0,1,0] = 6.5"', 'change.do = "pool1.size = 3"', WINNER, "has no setting 'size'; it has"),
        # endless and huge
        (
            'ask.reading = "pool1.grad_input[0,0,1,1]"',
            'ask.reading = "input[0,0,0:999999999999,0]"',
            WINNER,
            "lies outside",
        ),
        ('ask.reading = "pool1.grad_input[0,0,1,1]"', 'ask.reading = "input[0,0,:,:]"', WINNER, "a question reads one"),
        (
            'ask.reading = "pool1.grad_input[0,0,1,1]"',
            f'ask.reading = "{"(" * 500}"',
            WINNER,
            "brackets in one another",
        ),
        ('ask.reading = "pool1.grad_input[0,0,1,1]"', f'ask.reading = "{"1+" * 500}1"', WINNER, "up to 1,000 letters"),
        ('ask.reading = "pool1.grad_input[0,0,1,1]"', f'ask.reading = "{"9" * 99}"', WINNER, "has up to 24 digits"),
        ('loss = "half_squared_error"', 'loss = "half_squared_error"\nsteps = 100000000', MAX, "from 1 to 1,000"),
        # a scene that cannot stand
        (
            'like = "max"',
            'like = "max"\ndo = "pool1.weight[0] = 1"',
            'scene "tie"',
            "there is no parameter pool1.weight",
        ),
        ("[1, 2, 3, 4]]", "[1, 2, 3]]", MAX, "input has rows of 4 and of 3 numbers (row 3, counted from 0)."),
        ("[1, 2, 3, 4]]", "[1, 2, 3, nan]]", MAX, "numbers of an ordinary size"),
        ('"1x4x4 maxpool(2)"', '"1x4x4 maxpol(2)"', MAX, "There is no layer called 'maxpol'; perhaps maxpool? (line 1"),
        ('"1x4x4 maxpool(2)"', '"1x8x4 maxpool(2)"', MAX, "the input is 4 × 4, but the network takes 1 × 8 × 4."),
        ('"1x4x4 maxpool(2)"', '"1x4x4 maxpool(9)"', MAX, "the scene says broken = true."),
        ("target = [[4, 3], [4, 1]]", "target = [4, 3]", MAX, "The target has 2 numbers, but the network gives 4."),
        # what is not known, and of another kind
        ('title = "A tie"', 'titel = "A tie"', TIE, "there is no key 'titel' here; title, perhaps?"),
        ("minutes = 8", 'minutes = "8"', "", "minutes has to be a whole number, not '8'."),
        ('id = "tie"', 'id = "winner"', WINNER, 'two steps are called "winner"'),
    ],
)
def test_a_mistake_is_told_with_its_line(tmp_path: Path, old: str, new: str, where: str, words: str) -> None:
    path = written(tmp_path, with_line(old, new))
    found = [line for line in told(path) if words in line]
    assert found, f"{words!r} is not in {told(path)}"
    named = f", {where}" if where else ""
    assert found[0].startswith("pooled.lesson.toml, line ")
    assert f"{named}: " in found[0] or f"{named} (warning): " in found[0]


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ('ask.reading = "pool1.', 'ask.reading = "pool2.', "there is no layer"),
        ("ask.expect = 2", "ask.expect = 3", "the text says 3"),
        ("answer = 0.5", "answer = 2", "the wrong answer 2"),
        ('network = "1x2x2 maxpool(2)"', 'network = "1x2x2 maxpol(2)"', "maxpol"),
        ('like = "max"', 'like = "maxx"', "maxx"),
        ("== [4, 4]", "= [4, 4]", "to compare"),
        ('title = "A tie"', 'titel = "A tie"', "titel"),
        ('input[0,0,1,0]" = 2.5', 'input[0,0,1,0]" = 2.7', "2.7"),
        ('change.do = "input[0,0,1,0] = 6.5"', 'change.do = "colour = 6.5"', "colour"),
    ],
)
def test_the_line_is_the_one_to_be_mended(tmp_path: Path, old: str, new: str, words: str) -> None:
    path = written(tmp_path, with_line(old, new))
    found = next(line for line in told(path) if words in line)
    line = path.read_text(encoding="utf-8").splitlines()[int(found.split(", line ")[1].split(",")[0].split(":")[0]) - 1]
    assert new in line


def test_what_is_too_long_for_the_window_is_a_warning_and_keeps_nobody_from_playing(tmp_path: Path) -> None:
    path = written(tmp_path, with_line("The 6 won", "The 6 won " + "and won " * 50))
    (warning,) = told(path)
    assert f'line {line_of(path, "text = ")}, step "winner" (warning): the text has 433 characters, 300 are' in warning
    assert len(Lesson.read(path).play()) == 2


def test_a_text_without_end_is_refused_before_it_is_shown(tmp_path: Path) -> None:
    path = written(tmp_path, with_line("The 6 won", "9" * 50_000))
    assert "it may have up to 20,000" in "\n".join(told(path))


def test_a_step_that_asks_nothing_is_asked_about(tmp_path: Path) -> None:
    path = written(tmp_path, lambda text: text.partition("[step.ask]")[0])
    assert [line.partition(": ")[2] for line in told(path)] == [
        "it asks nothing. A step without a question is a page; is it needed?"
    ]


def test_a_network_of_ten_billion_weights_is_refused_before_memory_is_asked_for(tmp_path: Path) -> None:
    huge = with_line('network = "1x2x2 maxpool(2)"', 'network = "100000 linear(100000)"')
    found = told(written(tmp_path, huge))
    assert any("10,000,100,000 weights would take 37.3 GiB; at most 2 GiB is allowed." in line for line in found)
    meant = with_line('like = "max"', "broken = true"), with_line("input = [[7, 3], [7, 1]]\ntarget = [[3]]\n", "")
    read = with_line("pool1.grad_input[0,0,:,0] == [4, 0]", "linear1.output[0,0] == 1")
    found = told(written(tmp_path, huge, *meant, read))
    assert any("linear1 cannot run. linear1: 10,000,100,000 weights would take 37.3 GiB" in line for line in found)


def test_passes_that_would_take_minutes_are_not_made(tmp_path: Path) -> None:
    long = with_line(
        'network = "1x2x2 maxpool(2)"', 'network = "1x2x2 conv(64, 2, padding=full) conv(64, 99, padding=same)"'
    )
    found = "\n".join(told(written(tmp_path, long, with_line("target = [[3]]", "steps = 1000\ntarget = 0"))))
    assert "its passes would take" in found


def test_all_mistakes_are_told_at_once_and_in_the_order_of_the_file(tmp_path: Path) -> None:
    spoils: list[Spoil] = [
        with_line("ask.expect = 2", "ask.expect = 3"),
        with_line("answer = 0.5", "answer = 2"),
        with_line("== [4, 0]", "== [0, 4]"),
        with_line('title = "A tie"', 'titel = "A tie"'),
    ]
    found = Lesson.read(written(tmp_path, *spoils)).check()
    assert len([each for each in found if not each.is_warning]) >= 5
    assert [each.line for each in found] == sorted(each.line for each in found)


def test_playing_raises_with_file_and_line(tmp_path: Path) -> None:
    path = written(tmp_path, with_line("[5, 6, 7, 8]", "[5, 6, 70, 8]"), with_line("ask.expect = 2", "ask.expect = 9"))
    with pytest.raises(LessonError, match=r"pooled\.lesson\.toml, line \d+, step .winner.: the text says 9"):
        Lesson.read(path).play()


def test_a_text_that_says_what_is_asked_for_is_told(tmp_path: Path) -> None:
    path = written(tmp_path, with_line("The 6 won", "It gets {pool1.grad_input[0,0,1,1]}. The 6 won"))
    assert any("the text already says what is asked for" in line for line in told(path))


@pytest.mark.parametrize("cut", range(40, len(POOLING), 61))
def test_a_file_that_was_cut_is_told_with_its_line_and_never_fails_otherwise(tmp_path: Path, cut: int) -> None:
    path = written(tmp_path, lambda text: text[:cut])
    try:
        found = told(path)
    except LessonError as error:
        found = [str(error)]
    assert found
    assert all(line.startswith("pooled.lesson.toml") for line in found)


@pytest.mark.parametrize(
    ("spoil", "words"),
    [
        (with_line("patch.\n'''", "patch.\n"), "line 29: this is no TOML: a text opened with ''' is never closed."),
        (
            lambda text: text[: text.index("minutes")] + "minutes =",
            "line 7: this is no TOML: invalid value. The file ends too early: was it cut?",
        ),
        (with_line("{ answer = 0.5,", "{ answer = 0.5,\n"), "{ … } has to stay on one line"),
        (with_line('format = "network-explorer lesson"', 'format = "cake"'), "line 1: this is no lesson: it has to"),
        (
            with_line("version = 1", "version = 2"),
            "line 2: it is written in version 2 of the format, this program reads",
        ),
        (lambda text: "[" * 5000, "this is no TOML"),
        (lambda text: "", "this is no lesson"),
    ],
)
def test_what_cannot_be_opened_says_why(tmp_path: Path, spoil: Spoil, words: str) -> None:
    with pytest.raises(LessonError) as raised:
        Lesson.read(written(tmp_path, spoil))
    assert words in str(raised.value)


def test_a_file_that_is_not_there_too_large_or_no_text_says_so(tmp_path: Path) -> None:
    large, foreign = tmp_path / "large.lesson.toml", tmp_path / "foreign.lesson.toml"
    large.write_bytes(b"#" * (LARGEST_BYTES + 1))
    foreign.write_bytes(b"\xff\xfe\x00\x01")
    for path, words in ((large, "at most"), (foreign, "no text in UTF-8"), (tmp_path / "none.toml", "no file")):
        with pytest.raises(LessonError, match=words):
            Lesson.read(path)
