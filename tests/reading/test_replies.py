"""Do we understand what families write?"""

from tests.reading.replies import confusions, replies, share_right


def test_the_list_is_long_broad_and_half_difficult():
    said = replies()
    assert len(said) >= 600
    assert {reply.context for reply in said} == {"rsvp", "checkin", "obligation", "quiz", "consent", "who", "none"}
    assert sum(reply.hard for reply in said) >= len(said) / 2


def test_at_least_97_in_100_are_read_right():
    said = replies()
    wrong = "\n".join(str(reply) for reply in said if not reply.right)
    assert share_right(said) >= 0.97, f"\n{confusions(said)}\n{wrong}"


def test_the_difficult_ones_too():
    assert share_right([reply for reply in replies() if reply.hard]) >= 0.97


def test_no_confusion_does_harm():
    assert [str(reply) for reply in replies() if reply.harmful] == []
