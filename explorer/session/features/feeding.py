"""What the network is fed: a picture, or numbers that are typed."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING
from weakref import WeakSet

import numpy as np

from explorer.arithmetic.operation import Index
from explorer.bounds import brief
from explorer.data import Picture, PictureError, read_sample
from explorer.data.turning import turned
from explorer.network import Shape
from explorer.network.files import Fit
from explorer.network.shape import shape_text
from explorer.orientation import Orientation
from explorer.session import edits
from explorer.session.cell import block_from, is_index
from explorer.session.errands import MakePicture, ReadPicture
from explorer.session.failure import Failure
from explorer.session.fault import Fault
from explorer.session.features.recent import RecentFiles
from explorer.session.fed_before import FedBefore, is_fed_alike
from explorer.session.labels import with_label, without_label
from explorer.session.lanes import Lane
from explorer.session.slices import InputState
from explorer.session.state import State
from explorer.session.store import AT_ONCE_S, Store
from explorer.session.subjects.subject import Verb
from explorer.session.typed_over import block_words

if TYPE_CHECKING:
    from explorer.engine.recording.feed import Place

TYPED_OVER = "{name} is fed as numbers from now on, as they are typed; undo brings the picture back."
NOTHING_TO_TURN = "There are no rows and columns here that could be turned."
NOT_SQUARE = "By a quarter turn rows would become columns, but the network takes {shape}."
START_SAMPLE, GREY_SAMPLE = "cat", "camera"
MOST_OFFERED = 5  # pictures beside the first of several, so that the recent files keep others too


class Feeding:
    """Reads and makes the input. Numbers typed for a network of another kind are not fed to the one that is open."""

    def __init__(self, store: Store, recent: RecentFiles) -> None:
        self._store, self._recent = store, recent
        self._covered: Picture | None = None  # what typed numbers stand in for
        self._before = FedBefore()
        self._own: WeakSet[Picture] = WeakSet()  # pictures that no file holds: they were drawn or pasted
        lane: Lane[Picture | Fault] = Lane(
            "picture", failed=self._take_failure, cancelled=self._take_cancelled, told_as="opening"
        )
        self._reading = store.add_lane(lane)
        store.follow(self._follow)

    def open_picture(self, path: str | Path) -> None:
        """Read the picture at `path` in the background and show it to the network; the last one asked for wins.

        Of a file of several pages it is the one that was looked at last.
        """
        self._read_file(Path(path), self._take_read)

    def open_pictures(self, paths: Sequence[Path]) -> None:
        """Show the first of several pictures that were given together, and offer the others among the recent files."""
        first, *others = paths[: 1 + MOST_OFFERED]
        self._recent.offer(others)
        self._read_file(first, partial(self._take_first, len(paths), len(others)))

    def _read_file(self, path: Path, take: Callable[[Picture | Fault], object]) -> None:
        self._ask_page(None)
        self._store.begin(self._reading, ReadPicture(path, self._recent.page_of(path)), take)

    def _take_first(self, amount: int, offered: int, read: Picture | Fault) -> None:
        self._take_read(read)
        if isinstance(read, Picture):
            others = "the others" if offered == amount - 1 else f"the next {offered}"
            self._store.say(f"The first of {amount:,} pictures is shown; {others} are in the list beside Open.")

    def show_page(self, page: int) -> None:
        """Show another page of the picture's file, read in the background.

        One is read at a time: of those that are asked for meanwhile the newest follows.
        """
        given = self._store.state.input
        picture = given.picture
        if picture is None or picture.path is None or picture.pages is None or page not in range(picture.pages.amount):
            return
        is_reading = given.page_asked is not None
        if is_reading or page != picture.pages.at:
            self._ask_page(page)
        if not is_reading and page != picture.pages.at:
            self._read_page(picture.path, page)

    def _read_page(self, path: Path, page: int) -> None:
        self._store.begin(self._reading, ReadPicture(path, page), lambda read: self._take_page(read, path, page))

    def _take_page(self, read: Picture | Fault, path: Path, page: int) -> None:
        """Show a page that was read, and go on with the one that was asked for meanwhile."""
        asked = self._store.state.input.page_asked
        if asked is None:  # something else was shown since
            return
        if asked == page:
            self._ask_page(None)
            self._take_read(read)
            return
        if isinstance(read, Picture):  # a damaged one on the way is passed over
            self._take(read, page_asked=asked)
        self._read_page(path, asked)

    def _drop_reading(self) -> None:
        """A file that is still being read no longer matters."""
        self._reading.drop()
        self._ask_page(None)

    def _ask_page(self, page: int | None) -> None:
        if self._store.state.input.page_asked != page:
            self._store.set(replace(self._store.state.input, page_asked=page))

    def _take_failure(self, failure: Failure) -> None:
        self._ask_page(None)
        self._store.fail(failure)

    def _take_cancelled(self, title: str) -> None:
        self._ask_page(None)
        self._store.tell_cancelled(title)

    def make_picture(self, name: str, make: Callable[[], Picture]) -> None:
        """Show the network the picture that `make` makes of what was pasted; a small one is there at once."""
        self._ask_page(None)
        self._store.begin(self._reading, MakePicture(name, make), self._take_read, wait_s=AT_ONCE_S)

    def use_picture(self, picture: Picture) -> None:
        """Show `picture` to the network."""
        self._drop_reading()
        self._take(picture)

    def use_sample(self, name: str) -> None:
        """Show one of the pictures that come with the program."""
        self.use_picture(read_sample(name))

    def show_example(self, given: Picture | np.ndarray, name: str, label: int | None) -> None:
        """Show an example of the data that are open, a picture or a row of numbers, with its label as the target.

        Those that are looked at in a row are one entry of undo, which leads back to what was shown before.
        """
        state = self._store.state
        if isinstance(given, Picture):
            self._drop_reading()
            if not self._store.may(Verb.SHOW_PICTURE):
                return
            fed = self._with_picture(given)
        else:
            fed = self._with_numbers(given, is_typed=False)
        notice = replace(state.status, notice="")
        self._store.give(f"show {brief(name)}", fed, with_label(state, label), notice, merge_key="example")

    def draw(self, picture: Picture, *, stroke: int | None = None) -> None:
        """Show what was drawn by hand; all of one `stroke` is one entry of undo. Without one the sheet was filled."""
        self._drop_reading()
        if self._store.may(Verb.SHOW_PICTURE):
            self._own.add(picture)
            label, key = ("fill the sheet", None) if stroke is None else ("brush stroke", f"stroke {stroke}")
            self._store.give(label, self._with_picture(picture), merge_key=key)

    def turn(self, turn: Orientation) -> None:
        """Mirror what the network is fed, or turn it by quarters: the picture, or numbers as they lie in rows."""
        state = self._store.state
        picture, values = state.input.picture, state.values
        label = "mirror the input" if turn.is_mirrored else "turn the input"
        if picture is not None:
            self._drop_reading()
            if self._store.may(Verb.SHOW_PICTURE):
                after = turned(picture, turn)
                if picture in self._own:
                    self._own.add(after)
                self._store.give(label, self._with_picture(after))
        elif values is None or values.ndim != 3:
            self._store.say(NOTHING_TO_TURN)
        elif turn.swaps_sides and values.shape[1] != values.shape[2]:
            self._store.say(NOT_SQUARE.format(shape=shape_text(values.shape[1:])))
        else:
            self.set_values(turn.of(values, (1, 2)), label=label)

    def look_at(self, place: Place) -> None:
        """Look at another input, or at another example, of what a program feeds its model; what was typed or shown in
        the place of this one goes on to be fed there."""
        state = self._store.state
        feed, given = state.subject.feed, state.input
        if feed is None or place == given.place or not (0 <= place[0] < len(feed.names)):
            return
        elsewhere = dict(given.elsewhere)
        if (given.is_typed or given.picture is not None) and given.values is not None:
            elsewhere[given.place] = given.values
        numbers = elsewhere.pop(place, None)
        self._drop_reading()
        self._store.set(
            replace(
                given,
                numbers=feed.numbers(place) if numbers is None else numbers,
                is_typed=numbers is not None,
                picture=None,
                fitted=None,
                place=place,
                elsewhere=elsewhere,
            )
        )

    def set_fit(self, mode: Fit) -> None:
        """Choose how a picture is brought to the network's size: crop, pad or stretch."""
        if mode != self._store.state.fit:
            self._store.edit(f"fit pictures by {mode}", edits.refit, mode)

    def set_cell(self, cell: tuple[int, ...], value: float) -> None:
        """Type over one number of the input. `cell` is without the batch axis."""
        self.set_cells(cell, np.full((1,) * len(cell), value))

    def set_cells(self, start: Index, values: np.ndarray, *, merge: str | None = None) -> None:
        """Type over a block of the input from cell `start` on, which is without the batch axis.

        `values` has as many axes as `start`; with one less than the input they are for all of its channels. What does
        not lie inside the input leaves everything as it is, and so does what is typed while a picture is brought to
        another size. A picture becomes numbers.
        """
        present = self._store.state.values
        wanted = self._store.state.subject.input_shape
        if present is None or (wanted is not None and present.shape != wanted):
            return
        if len(start) not in (present.ndim, present.ndim - 1) or values.ndim != len(start):
            return
        shape = present.shape[-len(start) :]
        block = block_from(start, values.shape)
        if not is_index(start, shape) or any(each.stop > size for each, size in zip(block, shape, strict=True)):
            return
        changed = present.copy()
        for part in (changed,) if values.ndim == changed.ndim else changed:
            part[block] = values
        picture = self._store.state.input.picture
        self.set_values(changed, merge=merge or "", label=f"input {block_words(start, values)}")
        if picture is not None:
            self._store.say(TYPED_OVER.format(name=brief(picture.name)))

    def set_values(self, values: np.ndarray, *, merge: str = "", label: str = "change input") -> None:
        """Feed the network with `values` (its input shape; numbers of a model's own type) instead of a picture.

        With the same `merge` in a row it is one entry of undo.
        """
        fed = self._with_numbers(values, is_typed=True)
        self._store.give(label, fed, merge_key=f"input {merge}" if merge else None)

    def point_at(self, values: np.ndarray) -> None:
        """Feed the network with `values` that were pointed at, not typed: a place of a plane."""
        self._store.give("change input", self._with_numbers(values, is_typed=False))

    def _with_numbers(self, values: np.ndarray, *, is_typed: bool) -> InputState:
        """The input with `values` in the place of what is fed; the picture that they cover is kept."""
        state = self._store.state
        numbers = np.array(values, dtype=state.subject.number_type(state.input.numbers))
        numbers.flags.writeable = False
        self._covered = state.input.picture or self._covered
        given = replace(state.input, numbers=numbers, picture=None, is_typed=is_typed)
        return replace(given, fitted=None, page_asked=None)

    def _with_picture(self, picture: Picture, *, page_asked: int | None = None) -> InputState:
        """The input with `picture` in the place of what is fed; numbers typed in place of one are older than it."""
        self._before.forget_typed_pictures()
        if self._store.state.input.place[0] > 0:
            self.look_at((0, self._store.state.input.place[1]))  # the first input is the picture
        given = replace(self._store.state.input, picture=picture, page_asked=page_asked)
        return replace(given, numbers=None, is_typed=False)

    def _take_read(self, picture: Picture | Fault) -> None:
        if isinstance(picture, Fault):
            self._store.say(picture.message)
            return
        if picture.path is None:  # it was pasted
            self._own.add(picture)
        self._take(picture)

    def _take(self, picture: Picture, *, page_asked: int | None = None) -> None:
        """Show a picture; where no file holds what is covered by it, undo brings that back.

        `page_asked`: another page of its file, which follows.
        """
        if not self._store.may(Verb.SHOW_PICTURE):
            return
        state = self._store.state
        fed = self._with_picture(picture, page_asked=page_asked)
        shown = (fed, without_label(state.steps), replace(state.status, notice=""))
        if state.input.numbers is not None or state.input.picture in self._own:
            self._store.give(f"show {brief(picture.name)}", *shown)
        else:
            self._store.set(*shown)
        if picture.path is not None:
            self._recent.remember(picture.path, page=picture.page)

    def _follow(self, old: State, new: State) -> None:
        if new.document is old.document:
            return
        if old.lessons.is_open or new.lessons.is_open or is_fed_alike(old.document, new.document):
            self._store.set(self._input_of(new, None))  # a lesson brings its own, and leaves no trace
        else:
            self._before.keep(old.document, old.input)
            self._store.set(self._input_of(new, self._before.of(new.document)))

    def _input_of(self, state: State, before: InputState | None) -> InputState:
        """What the document of `state` is fed from now on; `before` is what one of the same input was fed with."""
        document, present, numbers = state.document, state.input, state.input.numbers
        shape = document.subject.input_shape
        if document.subject.feed is not None and before is not None:  # it is fed what it was given, and typed since
            return before
        if shape is None:
            return replace(present, fitted=None, numbers=numbers if before is None else before.numbers)
        if document.is_input_too_large:
            return replace(present, fitted=None, numbers=None, is_typed=False)
        was_fed_numbers = numbers is not None
        if not _fits(numbers, shape):
            others = before if before is not None and _fits(before.numbers, shape) else InputState()
            numbers, present = others.numbers, replace(present, is_typed=others.is_typed)
        if len(shape) == 1:
            # Not all zeros: a pass through zeros shows nothing but biases.
            start = np.linspace(0, 1, shape[0], dtype=np.float32)
            return replace(present, fitted=None, numbers=start if numbers is None else numbers)
        if numbers is not None:
            self._covered = present.picture or self._covered
            return replace(present, numbers=numbers, picture=None)
        picture = present.picture or self._covered or (_sample(shape) if was_fed_numbers else None)
        return replace(present, numbers=None, picture=picture)


def _fits(numbers: np.ndarray | None, shape: Shape) -> bool:
    return numbers is not None and numbers.shape == shape and numbers.dtype == np.float32


def _sample(shape: Shape) -> Picture | None:
    """A picture for whoever has none, grey for one channel; None where those that come with the program are missing."""
    try:
        return read_sample(GREY_SAMPLE if shape[0] == 1 else START_SAMPLE)
    except PictureError:
        return None
