"""What the page on which a lesson is written says, in each language that lessons are read in."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True)
class WritingWords:
    """Each label stands above its field; a tip says what belongs there."""

    write: str
    write_tip: str
    head: str
    name: str
    whole_question: str
    step: str
    title: str
    text: str
    text_tip: str
    question: str
    reading: str
    hint: str
    wrong: str
    wrong_tip: str
    answer: str
    because: str
    because_tip: str
    option: str
    add: str
    reveal: str
    reveal_tip: str
    change: str
    change_tip: str
    save: str
    save_tip: str
    close: str
    remove: str
    remove_not: str
    asks_nothing: str
    asks_given: str


WRITING: Mapping[str, WritingWords] = {
    "en": WritingWords(
        write="Write",
        write_tip="Type the texts of this step.",
        head="The lesson",
        name="Its name",
        whole_question="The question that it answers",
        step="Step {number}",
        title="Title",
        text="Text before the question",
        text_tip="What gives the answer away belongs below. Numbers may be written as {conv1.output[0,0,0,0]}.",
        question="Question",
        reading="Right is what stands here: {reading}",
        hint="Hint",
        wrong="Wrong answers that you foresee",
        wrong_tip="The sentence is said to whoever gives this answer.",
        answer="Number",
        because="What it comes from",
        because_tip="Say what was mixed up, not that it is wrong.",
        option="Option {number}",
        add="One more wrong answer",
        reveal="Text with the answer",
        reveal_tip="It is shown once the question is answered.",
        change="What to change next",
        change_tip="One sentence: what to try now, and what to look at.",
        save="Save",
        save_tip="Write it into the file (Ctrl+Enter).",
        close="Done",
        remove="Remove this step",
        remove_not="A lesson has one step at least.",
        asks_given="The number that is asked for stays to be seen: inputs, and weights before the step, are no “?”.",
        asks_nothing="This step asks nothing yet: right-click a number in a view, then “Ask about this number…”.",
    ),
    "de": WritingWords(
        write="Schreiben",
        write_tip="Die Texte dieses Schritts eintippen.",
        head="Die Lektion",
        name="Ihr Name",
        whole_question="Die Frage, die sie beantwortet",
        step="Schritt {number}",
        title="Titel",
        text="Text vor der Frage",
        text_tip="Was die Antwort verrät, gehört nach unten. Zahlen dürfen als {conv1.output[0,0,0,0]} dastehen.",
        question="Frage",
        reading="Richtig ist, was hier steht: {reading}",
        hint="Hinweis",
        wrong="Falsche Antworten, mit denen du rechnest",
        wrong_tip="Der Satz wird dem gesagt, der diese Antwort gibt.",
        answer="Zahl",
        because="Woher sie kommt",
        because_tip="Sage, was verwechselt wurde, nicht, dass es falsch ist.",
        option="Antwort {number}",
        add="Noch eine falsche Antwort",
        reveal="Text mit der Antwort",
        reveal_tip="Er erscheint, sobald die Frage beantwortet ist.",
        change="Was als Nächstes zu ändern ist",
        change_tip="Ein Satz: was man jetzt versucht und wohin man sieht.",
        save="Speichern",
        save_tip="In die Datei schreiben (Strg+Eingabe).",
        close="Fertig",
        remove="Diesen Schritt entfernen",
        remove_not="Eine Lektion hat mindestens einen Schritt.",
        asks_given="Die gefragte Zahl bleibt zu sehen: Eingaben und Gewichte vor dem Schritt werden kein „?“.",
        asks_nothing="Dieser Schritt fragt noch nichts: Rechtsklick auf eine Zahl, dann „Ask about this number…“.",
    ),
}
"""By the two letters of the language."""
