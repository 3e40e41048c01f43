"""Was she reached, and if not, why? Every state, and both sides of every edge."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from data.records import Answer, Consent, LetterNews, Line, Mark
from handlers.rules.status import UNREACHED, Reached, Seen, State, Visit, judge, why_visit
from messages.envelope import Status

NOW = datetime(2026, 11, 25, 1, 0, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
YESTERDAY = NOW - timedelta(days=1)
AGO = NOW - timedelta(days=9)


def line(
    consent: Consent | None = Consent.YES,
    *,
    channel: str = "whatsapp",
    heard: datetime | None = AGO,
    blocked: bool = False,
    failures: int = 0,
) -> Line:
    return Line(channel, heard, blocked, failures, failures >= 3, consent, AGO if consent else None)


def letter(state: Status, *, at: datetime = YESTERDAY, error: str = "", channel: str = "whatsapp") -> LetterNews:
    return LetterNews("reminders.meeting.invitation", channel, state, at, error)


@pytest.mark.parametrize(
    ("lines", "reached"),
    [
        ([], Reached(State.NO_PHONE)),
        ([line(None, heard=None)], Reached(State.NEVER_WROTE)),
        ([line(None)], Reached(State.NOT_AGREED)),
        ([line(Consent.NO)], Reached(State.REFUSED, AGO)),
        ([line(Consent.LATER)], Reached(State.LATER, AGO)),
        ([line(Consent.STOPPED)], Reached(State.STOPPED, AGO)),
        ([line(blocked=True, channel="telegram")], Reached(State.BLOCKED)),
        ([line(failures=3)], Reached(State.UNREACHABLE)),
        ([line(failures=2)], Reached(State.NOTHING_YET)),
        ([line()], Reached(State.NOTHING_YET)),
        ([line(heard=None)], Reached(State.NOTHING_YET)),
        # Of two addresses the usable one counts.
        ([line(failures=3), line(channel="telegram")], Reached(State.NOTHING_YET)),
        ([line(Consent.STOPPED), line(channel="telegram")], Reached(State.NOTHING_YET)),
        ([line(failures=3), line(blocked=True, channel="telegram")], Reached(State.BLOCKED)),
        ([line(failures=3), line(None, heard=None, channel="telegram")], Reached(State.NEVER_WROTE)),
        # What she decided herself is said before what cannot be done.
        ([line(Consent.STOPPED, failures=3)], Reached(State.STOPPED, AGO)),
        ([line(failures=3), line(Consent.NO, channel="telegram")], Reached(State.REFUSED, AGO)),
        ([line(Consent.NO), line(Consent.STOPPED, channel="telegram")], Reached(State.STOPPED, AGO)),
    ],
)
def test_without_a_letter_the_addresses_tell(lines, reached):
    assert judge(lines, None, NOW) == reached


@pytest.mark.parametrize(
    ("news", "state"),
    [
        (letter(Status.QUEUED, at=NOW + MINUTE), State.WAITS_FOR_HOUR),
        (letter(Status.QUEUED, at=NOW), State.WAITS_FOR_TURN),
        (letter(Status.QUEUED, at=NOW + MINUTE, error="Rate limit hit"), State.WAITS_FOR_TURN),
        (letter(Status.QUEUED, at=NOW + MINUTE, error="templat berhenti"), State.TEMPLATE_STOPPED),
        (letter(Status.QUEUED, at=NOW, error="tidak ada jawaban, dikirim lagi"), State.WAITS_FOR_TURN),
        (letter(Status.SENDING), State.SENDING),
        (letter(Status.SENDING, error="tidak ada jawaban: TimeoutError"), State.IN_DOUBT),
        (letter(Status.FAILED, error="tidak diketahui apakah sampai; tidak dikirim ulang"), State.IN_DOUBT),
        (letter(Status.SENT), State.SENT),
        (letter(Status.SENT, channel="telegram"), State.SENT_TELEGRAM),
        (letter(Status.DELIVERED), State.DELIVERED),
        (letter(Status.READ), State.READ),
        (letter(Status.FAILED, error="(#100) Invalid parameter"), State.FAILED),
        (letter(Status.FAILED, error="131026 Message undeliverable"), State.NOT_TAKEN),
        (letter(Status.FAILED, error="400 Chat not found", channel="telegram"), State.NOT_TAKEN),
        (letter(Status.EXPIRED), State.EXPIRED),
    ],
)
def test_the_newest_letter_tells(news, state):
    assert judge([line()], news, NOW) == Reached(state, news.at)


def test_the_number_is_named_only_when_the_platform_named_it():
    """Not guessed from how often something failed there: a marketing cap is no wrong number."""
    capped = letter(Status.FAILED, error="131049 not delivered to maintain healthy engagement")
    assert judge([line(failures=2)], capped, NOW).state is State.FAILED
    assert judge([line(failures=3)], capped, NOW).state is State.UNREACHABLE


@pytest.mark.parametrize("state", [Status.SENT, Status.DELIVERED, Status.READ])
def test_an_own_message_after_the_letter_means_reached(state):
    later, same = YESTERDAY + MINUTE, YESTERDAY
    assert judge([line(heard=later)], letter(state), NOW) == Reached(State.ANSWERED, later)
    assert judge([line(heard=same)], letter(state), NOW).state is not State.ANSWERED
    assert judge([line(heard=same), line(heard=later)], letter(state), NOW) == Reached(State.ANSWERED, later)


@pytest.mark.parametrize("state", [Status.QUEUED, Status.SENDING, Status.FAILED, Status.EXPIRED])
def test_an_own_message_does_not_make_a_letter_arrive(state):
    assert judge([line(heard=NOW)], letter(state), NOW).state is not State.ANSWERED


def test_every_state_is_reached_by_some_case():
    table = {
        case.args[0][1].state if hasattr(case, "args") else case[1].state
        for case in test_without_a_letter_the_addresses_tell.pytestmark[0].args[1]
    }
    table |= {case[1] for case in test_the_newest_letter_tells.pytestmark[0].args[1]}
    assert set(State) - table == {State.ANSWERED}


# --- whom to go and see

ABSENT, HERE, ILL = (Seen(Answer.UNKNOWN, mark) for mark in (Mark.ABSENT, Mark.PRESENT, Mark.SICK))
SILENT, PROMISED = Seen(Answer.UNKNOWN, None), Seen(Answer.PROMISED, None)
DECLINED = Seen(Answer.DECLINED, None)


@pytest.mark.parametrize(
    ("held", "over", "coming", "why"),
    [
        ([ABSENT, ABSENT], [ABSENT, ABSENT], None, Visit.ABSENT),
        ([ABSENT, HERE], [ABSENT, HERE], None, None),
        ([HERE, ABSENT, ABSENT], [HERE, ABSENT], None, None),
        ([ABSENT], [ABSENT], None, None),
        ([], [SILENT, SILENT], None, Visit.SILENT),
        ([ABSENT], [SILENT, ABSENT], None, Visit.SILENT),
        ([], [SILENT], None, None),
        ([], [SILENT, PROMISED], None, None),
        ([], [SILENT, HERE], None, None),
        ([], [SILENT, ILL], None, None),
        ([], [], DECLINED, Visit.DECLINED),
        ([], [], PROMISED, None),
        ([], [], Seen(Answer.DECLINED, Mark.PRESENT), None),
        ([], [SILENT, SILENT], DECLINED, Visit.SILENT),
    ],
)
def test_a_family_that_can_be_reached_is_visited_for_what_it_did(held, over, coming, why):
    assert why_visit(State.DELIVERED, held, over, coming) is why


@pytest.mark.parametrize("state", list(State))
def test_who_cannot_be_reached_is_visited_and_who_said_no_is_not(state):
    why = why_visit(state, [], [], None)
    assert why is (Visit.UNREACHED if state in UNREACHED else None)
    assert why_visit(state, [ABSENT, ABSENT], [], None) is Visit.ABSENT
    assert not UNREACHED & {State.STOPPED, State.REFUSED, State.LATER}
