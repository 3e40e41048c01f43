"""Does the shelf of quizzes say the same on SQLite and on PostgreSQL?"""

from __future__ import annotations

from datetime import timedelta

from data.content.quizzes import items
from data.records import Consent, Topic
from data.store import Store, Tx
from handlers.quiz.results import item_rows, practice_rows, result_rows
from tests.support.quizzing import played_in_a_village
from tests.support.village import SATURDAY, plan_meeting


def test_counts_choices_and_candidates(store: Store):
    village = store.run(played_in_a_village)
    lines = {"Melati 1": [village.melati1]}

    def numbers(tx: Tx) -> None:
        (row,) = result_rows(tx, lines, "P2")
        assert (row["invited"], row["started"], row["finished"], row["mean_score"]) == (4, 3, 3, (1 + 2 / 3) / 3)
        assert [(r["n"], r["right"]) for r in item_rows(tx, [village.melati1], "P2")] == [(3, 2), (3, 2), (3, 1)]
        assert tx.quiz.offered_in([village.melati1], tx.now, tx.now + timedelta(days=1)) == (4, 3, 3)
        assert tx.quiz.newest_session([village.melati1]) == "P2"
        assert [q.kpm_id for q in tx.quiz.open_of(list(village.kpms.values()))] == [village.kpms["Jumiati"]]
        assert tx.quiz.asked_before(village.kpms["Wati"]) == {"P2-01": 1, "P2-02": 1, "P2-03": 1}
        assert set(tx.quiz.cards(village.kpms["Wati"])) == {"P2-03"}

    store.run(numbers)

    def meeting(tx: Tx) -> None:
        held = plan_meeting(tx, village)
        siti = village.kpms["Siti"]
        tx.quiz.keep_level(held.id, siti, "baik", village.budi)
        tx.quiz.keep_level(held.id, siti, "kurang", village.budi)
        assert tx.quiz.levels_of(siti) == {"P2": "kurang"}
        for name in ("Siti", "Wati"):
            until = tx.now + timedelta(days=9)
            tx.quiz.plan_practice(held.id, village.kpms[name], village.melati1, "P2", "practice", tx.now, until)
        assert tx.quiz.practice_planned(list(village.kpms.values())) == {village.kpms[n] for n in ("Siti", "Wati")}
        tx.quiz.set_practice(held.id, siti, state="closed", told=tx.now, asked=tx.now, answer="done")
        assert practice_rows(tx, lines, "P2") == [
            {"kelompok": "Melati 1", "session": "P2", "told": 1, "asked": 1, "done": 1, "not_yet": 0}
        ]
        assert tx.quiz.to_follow(tx.now, 9) == []
        after = type(tx.quiz)(tx.conn, SATURDAY + timedelta(hours=3))
        assert after.to_follow(SATURDAY, 9) == [(held.id, village.melati1)]
        after.followed(held.id, village.melati1)
        assert after.to_follow(SATURDAY, 9) == []

    store.run(meeting)

    def ahead(tx: Tx) -> None:
        wordings = ("perkenalan-1",)
        assert tx.quiz.baseline_candidates(tx.now, wordings, 9) == []
        address, _ = tx.people.addresses_of(village.kpms["Siti"])[0]
        tx.people.keep_consent(address, Topic.MEETINGS, Consent.YES, "perkenalan-1")
        assert tx.quiz.baseline_candidates(tx.now, wordings, 9) == [(village.kpms["Siti"], village.melati1)]
        newer = items()[0].model_copy(update={"version": 2})
        assert [tx.quiz.keep_item(newer), tx.quiz.keep_item(newer)] == [True, False]
        assert tx.quiz.item(newer.id, 2) == newer
        assert tx.quiz.expire() == 0

    store.run(ahead)
