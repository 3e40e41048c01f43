"""How is what is due put into words: a sentence of its own, a phrase in a bundle, a line in a list?"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from data.content.obligations import Rule, rules
from data.obligations import Claim, Item, Kept, Member
from handlers.rules.obligations import Occurrence
from messages.spoken import short_day

TOGETHER = 170
"""Letters of what a reminder asks; with names and the rest it stays under 300."""

Spoken = Sequence[tuple[Occurrence, bool]]


def item_of(one: Occurrence) -> Item:
    return Item(one.member.kpm_id, one.member.id, one.rule.id, one.rule.shared, one.key)


def sentence(rule: Rule, member: Member, nth: int | None, late: bool) -> str:
    return _filled(rule.late if late else rule.reminder, member, nth)


def phrase(rule: Rule, member: Member, nth: int | None) -> str:
    """'timbang dan ukur Hafiz', 'periksa kehamilan ke-2 dari 6'."""
    words = _filled(rule.short, member, nth)
    return f"{words} dari {rule.of}" if rule.of and nth and words.endswith(f"ke-{nth}") else words


def _filled(text: str, member: Member, nth: int | None) -> str:
    return text.replace("{nama}", member.name).replace("{ke}", str(nth or ""))


def bundled(spoken: Spoken, day: date) -> str:
    """Whole sentences where there is room, else phrases; ends with a full stop."""
    if any(one.due_from > day for one, _ in spoken):
        return f"{phrases(spoken, day)}."
    sentences = " ".join(dict.fromkeys(sentence(one.rule, one.member, one.nth, late) for one, late in spoken))
    return sentences if len(sentences) <= TOGETHER else f"{phrases(spoken, day)}."


def phrases(spoken: Spoken, day: date) -> str:
    """As many as there is room for; the rest stands under KEWAJIBAN. What begins later has its days behind it."""
    on_time = {phrase(one.rule, one.member, one.nth) for one, late in spoken if not late}
    words = []
    for one, late in spoken:
        said = phrase(one.rule, one.member, one.nth)
        if one.due_from > day:
            words.append(f"{said} ({short_day(one.due_from)} sampai {short_day(one.due_to)})")
        elif not late:
            words.append(said)
        elif said not in on_time:
            words.append(f"{said} (susulan)")
    words = list(dict.fromkeys(words))
    while len(words) > 1 and len(", ".join(words)) > TOGETHER:
        words.pop()
    return ", ".join(words)


def of_items(items: Sequence[Item], members: Sequence[Member]) -> str:
    """What an answer was about, in phrases."""
    by_id = {member.id: member for member in members}
    words = [
        phrase(rules()[item.rule], by_id[item.member_id], nth_of(item)) for item in items if item.member_id in by_id
    ]
    shown = list(dict.fromkeys(words))
    while len(shown) > 1 and len(", ".join(shown)) > TOGETHER - 30:
        shown.pop()
    return ", ".join(shown)


def nth_of(item: Item) -> int | None:
    rule = rules()[item.rule]
    return int(item.occurrence) if rule.visits else rule.first


def line(one: Occurrence, late: bool, kept: Kept | None) -> str:
    """'periksa kehamilan ke-2 dari 6, sampai 3 Jan: belum ada kabar'."""
    until = "bisa disusulkan" if late else f"sampai {short_day(one.due_to)}"
    return f"{phrase(one.rule, one.member, one.nth)}, {until}: {state_words(kept)}"


_SAID = {
    Claim.DONE: "sudah, menunggu dicocokkan",
    Claim.NOT_DONE: "belum",
    Claim.NOT_APPLICABLE: "tidak perlu, menunggu pendamping",
}
_WRITTEN = {Claim.DONE: "sudah dicocokkan", Claim.NOT_DONE: "belum", Claim.NOT_APPLICABLE: "tidak perlu"}


def state_words(kept: Kept | None) -> str:
    if kept is not None and kept.mark is not None:
        return _WRITTEN[kept.mark]
    return _SAID[kept.claim] if kept is not None and kept.claim is not None else "belum ada kabar"
