"""What is said around a lesson's own texts, whole sentences in each language that lessons are read in."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True)
class Words:
    """Sentences with gaps in braces; numbers are put into them as they are written in the language."""

    step: str
    prompt: str
    right_is: str
    next: str
    last: str
    letter: str
    number: str
    cell: str
    other_sign: str
    sign_is_wrong: str
    factor: str
    too_large: str
    too_small: str
    nothing_right: str
    no_hint: str
    given_up: str
    new_title: str
    asked_number: str


LANGUAGES: Mapping[str, Words] = {
    "en": Words(
        step="── step {number} of {count} · {title}",
        prompt="Your answer (?: I don't know, q: stop): ",
        right_is="It is {answer}.",
        next="Next: {text}",
        last="That was the last step. {question}",
        letter="Type the letter of an option.",
        number="Type a number: −0.2, 1/256, 50 %.",
        cell="Choose a cell of {tensor}, or type it: channel, row and column, as in 0, 1, 2.",
        other_sign="It has the other sign.",
        sign_is_wrong="The size is right, the sign is not.",
        factor="That is off by a factor of 10 or 100.",
        too_large="That is too large.",
        too_small="That is too small.",
        nothing_right="With what is there now none of the answers is right: put back what was changed.",
        no_hint="The numbers that it is made of stand in the step debugger.",
        given_up="the run that it reads from was given up. Reset the step to begin it again.",
        new_title="Step {number}",
        asked_number="Which number stands at the question mark?",
    ),
    "de": Words(
        step="── Schritt {number} von {count} · {title}",
        prompt="Deine Antwort (?: weiß ich nicht, q: aufhören): ",
        right_is="Richtig ist: {answer}.",
        next="Als Nächstes: {text}",
        last="Das war der letzte Schritt. {question}",
        letter="Tippe den Buchstaben einer Antwort.",
        number="Tippe eine Zahl: −0,2, 1/256, 50 %.",
        cell="Wähle eine Zelle von {tensor}, oder tippe sie: Kanal, Zeile und Spalte, wie in 0, 1, 2.",
        other_sign="Das Vorzeichen ist ein anderes.",
        sign_is_wrong="Die Größe stimmt, das Vorzeichen nicht.",
        factor="Das ist um den Faktor 10 oder 100 daneben.",
        too_large="Das ist zu groß.",
        too_small="Das ist zu klein.",
        nothing_right="Mit dem, was jetzt dasteht, stimmt keine der Antworten: Nimm zurück, was geändert wurde.",
        no_hint="Die Zahlen, aus denen sie entsteht, stehen im Debugger.",
        given_up="Das Training, aus dem er liest, wurde abgebrochen. Setze den Schritt zurück, um es neu zu beginnen.",
        new_title="Schritt {number}",
        asked_number="Welche Zahl steht beim Fragezeichen?",
    ),
}
"""By the two letters of the language."""
