"""Hands are counted for each option, in one round and in another after everybody talked."""

from __future__ import annotations

from explorer.ui.lessons.votes import Votes


def test_votes_go_up_and_down_but_not_below_none() -> None:
    votes = Votes.none_of(3).with_one(0).with_one(1).with_one(1).with_one(2, -1).with_one(0, -1)
    assert votes.rounds == ((0, 2, 0),)
    assert votes.count == 2
    assert votes.of_option(1) == ((2, 1.0),)


def test_a_second_round_stands_beside_the_first() -> None:
    votes = Votes.none_of(2).with_one(0).with_one(1).again().with_one(1)
    assert votes.of_option(0) == ((1, 0.5), (0, 0.0))
    assert votes.of_option(1) == ((1, 0.5), (1, 1.0))


def test_no_round_follows_one_in_which_nobody_voted() -> None:
    votes = Votes.none_of(2)
    assert votes.again() == votes
    assert votes.of_option(0) == ()
