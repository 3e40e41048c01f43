"""Does the sender keep the platform's limit evenly, and one person's too? On a clock that the test moves."""

from __future__ import annotations

import random
from itertools import pairwise

import pytest

from bot.dispatcher.pacer import CLOSER, JITTER, LastSecond, Pacer, Spacing


class Clock:
    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


def leave(
    pacer: Pacer, clock: Clock, number: int, late: random.Random | None = None, stall: float = 0.0
) -> list[float]:
    """So many letters, by a loop that wakes a little late and sometimes stands still."""
    times = []
    for _ in range(number):
        while (wait := pacer.wait()) > 0:
            clock.now += wait + (late.random() * 0.004 if late else 0.0)
            if late and stall and late.random() < 0.01:
                clock.now += stall
        pacer.take()
        times.append(clock.now)
    return times


def most_in_a_second(arrivals: list[float]) -> int:
    arrivals = sorted(arrivals)
    first, most = 0, 0
    for last, at in enumerate(arrivals):
        while arrivals[first] <= at - 1.0:
            first += 1
        most = max(most, last - first + 1)
    return most


@pytest.mark.parametrize("rate", [20, 30, 80, 1000])
def test_it_uses_97_percent_and_never_more_than_the_limit_in_any_second(rate: int):
    clock, dice = Clock(), random.Random(rate)
    times = leave(Pacer(rate, clock=clock), clock, rate * 30, late=dice)
    share = (len(times) - 1) / (times[-1] - times[0]) / rate
    arrivals = [at + dice.random() * 0.020 for at in times]
    assert share >= 0.97
    assert most_in_a_second(arrivals) <= rate


@pytest.mark.parametrize("rate", [30, 80, 1000])
def test_a_loop_that_stands_still_catches_up_evenly_and_within_the_limit(rate: int):
    clock, dice = Clock(), random.Random(rate + 1)
    times = leave(Pacer(rate, clock=clock), clock, rate * 30, late=dice, stall=0.15)
    assert most_in_a_second([at + dice.random() * JITTER for at in times]) <= rate
    few = max(1, round(rate / 50))
    assert all(b - a >= few / rate * CLOSER for a, b in zip(times, times[few:], strict=False))


def test_a_request_that_left_late_is_counted_when_it_left():
    """A connection had to be opened first: one second later there is still only room for what the platform allows."""
    clock = Clock()
    pacer = Pacer(10, clock=clock)
    slots = []
    for _ in range(10):
        clock.now += max(0.0, pacer.wait())
        slots.append(pacer.take())
    slots[0].at += 0.3
    clock.now += max(0.0, pacer.wait())
    assert clock.now >= slots[0].at + 1.0


def test_a_pause_lasts_exactly_as_long_as_it_was_told_and_nothing_of_it_is_made_up_for():
    clock = Clock()
    pacer = Pacer(30, clock=clock)
    leave(pacer, clock, 10)
    pacer.pause(7.0, learn=True)
    assert pacer.wait() == pytest.approx(7.0, abs=0.05)
    pacer.pause(2.0, learn=True)
    assert pacer.wait() == pytest.approx(7.0, abs=0.05)
    clock.now += 7.0
    after = leave(pacer, clock, 20)
    assert min(b - a for a, b in pairwise(after)) >= 1 / 30


def test_many_refusals_of_one_moment_are_one_lesson_and_it_is_forgotten_slowly():
    clock = Clock()
    pacer = Pacer(30, clock=clock)
    for _ in range(50):
        pacer.pause(1.0, learn=True)
    assert pacer.learned == pytest.approx(0.95, abs=0.01)
    clock.now += 1.0 + 10.0
    assert 0.95 < pacer.learned < 1.0
    clock.now += 60.0
    assert pacer.learned == 1.0


def test_however_often_it_complains_some_letters_go_out():
    clock = Clock()
    pacer = Pacer(30, clock=clock)
    for _ in range(500):
        pacer.pause(0.1, learn=True)
        clock.now += 0.2
    assert pacer.learned >= 0.3
    assert len(leave(pacer, clock, 30)) == 30


def test_what_comes_in_is_taken_off_where_the_platform_counts_it():
    clock = Clock()
    inbound = 0
    pacer = Pacer(80, lambda: inbound, clock)
    free = leave(pacer, clock, 160)
    inbound = 40
    leave(pacer, clock, 80)
    busy = leave(pacer, clock, 80)
    assert 79 / (busy[-1] - busy[0]) <= 40
    assert 159 / (free[-1] - free[0]) > 77
    inbound = 500
    assert pacer.wait() < 1.0  # a flood from outside never stops our answers altogether


def test_a_person_hears_a_few_at_once_and_then_one_at_a_time():
    clock = Clock()
    spacing = Spacing(1.0, 3, clock)
    for _ in range(3):
        assert spacing.resting() == set()
        spacing.note(7)
    assert spacing.resting() == {7}
    clock.now += 0.99
    assert spacing.resting() == {7}
    clock.now += 0.02
    assert spacing.resting() == set()
    spacing.note(7)
    assert spacing.resting() == {7}
    clock.now += 10.0
    for _ in range(3):
        assert spacing.resting() == set()
        spacing.note(7)


def test_what_is_remembered_of_people_is_forgotten_again():
    clock = Clock()
    spacing = Spacing(1.0, 3, clock)
    for address in range(100_000):
        clock.now += 0.001
        spacing.note(address)
    assert len(spacing._paid) <= 3_000


def test_messages_of_the_last_second_only():
    clock = Clock()
    last = LastSecond(clock)
    last.note(3)
    clock.now += 0.5
    last.note()
    assert last() == 4
    clock.now += 0.6
    assert last() == 1
    clock.now += 5.0
    assert last() == 0


def test_what_came_in_elsewhere_counts_too_and_nothing_counts_twice():
    clock = Clock()
    last = LastSecond(clock)
    last.note(3)
    last.tell(10)
    assert last() == 10
    last.note(9)  # the database has not told of these yet
    assert last() == 12
    clock.now += 0.5
    last.tell(2)
    assert last() == 12
    clock.now += 0.6
    assert last() == 2
    clock.now += 1.0
    assert last() == 0
