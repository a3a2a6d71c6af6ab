"""What the lessons' pane says itself, in each language that lessons are read in.

Whole sentences with gaps, so that each language can order them as it does.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from explorer.session.lesson_state import Dot


@dataclass(frozen=True)
class PaneWords:
    """`other` is the other language by its own name, `switch` the offer to read in it."""

    other: str
    switch: str
    contents: str
    contents_name: str
    place: str
    right: str
    right_answered: str
    wrong: str
    no_answer: str
    no_more: str
    changed: str
    cannot: str
    minutes: str
    reading: str
    training: str
    placeholder: str
    placeholder_cell: str
    your_answer: str
    answer: str
    unknown: str
    unknown_tip: str
    hint: str
    hint_tip: str
    hint_given: str
    no_hint: str
    hint_over: str
    option: str
    do_it: str
    back: str
    is_first: str
    next: str
    show_me: str
    show_me_tip: str
    no_place: str
    more: str
    again: str
    again_not: str
    reset: str
    close: str
    close_tip: str
    done: str
    seen: str
    next_lesson: str
    step: str
    dots: Mapping[Dot, str]

    def why_not(self, why: str) -> str:
        """The sentence of a step that cannot be shown; what a reading says of itself has no full stop."""
        return self.cannot.format(why=why if why.endswith(".") else f"{why}.")


PANE: Mapping[str, PaneWords] = {
    "en": PaneWords(
        other="de",
        switch="Auf Deutsch",
        contents="Lessons",
        contents_name="Lessons by chapter",
        place="{at} of {count}",
        right="It is {answer}.",
        right_answered="Right: {answer}.",
        wrong="{answer} is not it. {because}",
        no_answer="A number is needed here, such as −0.2, 1/256 or 50 %.",
        no_more="Try again, look at the hint, or let it be shown.",
        changed="You changed the numbers: the question is asked of what is there now.",
        cannot="This step cannot be shown: {why}",
        minutes="{minutes} min · {done} of {count} done",
        reading="Setting up…",
        training="Training with the numbers that are there now…",
        placeholder="a number",
        placeholder_cell="point at a cell",
        your_answer="Your answer",
        answer="Answer",
        unknown="I don't know",
        unknown_tip="Show the answer and what is said of it.",
        hint="Hint",
        hint_tip="Say something that helps.",
        hint_given="The hint stands below.",
        no_hint="There is no hint for this question.",
        hint_over="The answer is there: no hint is needed any more.",
        option="Option {letter}",
        do_it="Do it for me",
        back="The step before.",
        is_first="This is the first step.",
        next="The next step.",
        show_me="Show me",
        show_me_tip="Stand where the step is about.",
        no_place="This step is about the whole of what is there, not about one place.",
        more="Reset, other numbers, contents.",
        again="Again with other numbers",
        again_not="The words of this step speak of these very numbers.",
        reset="Reset the step",
        close="Close the lessons",
        close_tip="Bring back what was there before.",
        done="You have come to the end. The question was: {question}",
        seen="What you have seen",
        next_lesson="Next lesson: {title}",
        step="step {number} {dot}",
        dots={"open": "open", "answered": "answered", "helped": "answered after help", "shown": "shown"},
    ),
    "de": PaneWords(
        other="en",
        switch="In English",
        contents="Lektionen",
        contents_name="Lektionen nach Kapiteln",
        place="{at} von {count}",
        right="Richtig ist: {answer}.",
        right_answered="Richtig: {answer}.",
        wrong="{answer} ist es nicht. {because}",
        no_answer="Hier wird eine Zahl gebraucht, etwa −0,2, 1/256 oder 50 %.",
        no_more="Versuche es noch einmal, sieh den Hinweis an oder lass es dir zeigen.",
        changed="Du hast die Zahlen geändert: Gefragt wird nach dem, was jetzt dasteht.",
        cannot="Dieser Schritt kann nicht gezeigt werden: {why}",
        minutes="{minutes} Min. · {done} von {count} erledigt",
        reading="Wird aufgebaut…",
        training="Es wird mit den Zahlen trainiert, die jetzt dastehen…",
        placeholder="eine Zahl",
        placeholder_cell="zeige auf eine Zelle",
        your_answer="Deine Antwort",
        answer="Antworten",
        unknown="Weiß ich nicht",
        unknown_tip="Die Antwort zeigen, und was dazu zu sagen ist.",
        hint="Hinweis",
        hint_tip="Etwas sagen, das weiterhilft.",
        hint_given="Der Hinweis steht unten.",
        no_hint="Zu dieser Frage gibt es keinen Hinweis.",
        hint_over="Die Antwort ist da: Ein Hinweis ist nicht mehr nötig.",
        option="Antwort {letter}",
        do_it="Mach es für mich",
        back="Der Schritt davor.",
        is_first="Das ist der erste Schritt.",
        next="Der nächste Schritt.",
        show_me="Zeig es mir",
        show_me_tip="Dorthin gehen, worum es im Schritt geht.",
        no_place="In diesem Schritt geht es um alles, was dasteht, nicht um eine Stelle.",
        more="Zurücksetzen, andere Zahlen, Inhalt.",
        again="Noch einmal mit anderen Zahlen",
        again_not="Der Text dieses Schritts spricht genau von diesen Zahlen.",
        reset="Den Schritt zurücksetzen",
        close="Die Lektionen schließen",
        close_tip="Zurückholen, was vorher da war.",
        done="Du bist am Ende. Die Frage war: {question}",
        seen="Was du gesehen hast",
        next_lesson="Nächste Lektion: {title}",
        step="Schritt {number} {dot}",
        dots={"open": "offen", "answered": "beantwortet", "helped": "mit Hilfe beantwortet", "shown": "gezeigt"},
    ),
}
"""By the two letters of the language."""


def plain(text: str) -> str:
    """A lesson's text without the marks around formulas and code."""
    return " ".join(text.replace("$", "").replace("`", "").replace("**", "").split())
