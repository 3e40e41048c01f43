"""Do the statements behind the pages run on SQLite and on PostgreSQL, and give the same?"""

from __future__ import annotations

from collections import Counter
from datetime import timedelta

from data.overview import BY, Where
from data.records import Answer
from data.summary import recount
from tests.support.history import live_through
from tests.support.pages import served
from tests.support.village import SATURDAY


def covers(tx, who) -> None:
    """A session is counted in a place as in its kelompok one by one."""
    alone = {line.key: line for line in tx.overview.sessions(who, "kelompok", Where())}
    assert sum(len(line.sessions) for line in alone.values()) > 1
    for by in BY[:-1]:
        for where in (Where(), Where(kecamatan=1), Where(desa=1)):
            groups: dict[str, Counter[str]] = {}
            for one in tx.people.every_kelompok():
                if {where.kecamatan, where.desa} <= {None, one.kecamatan_id if where.kecamatan else one.desa_id}:
                    by_name = tx.people.staff(one.pendamping_id).name if one.pendamping_id else ""
                    key = {"kecamatan": one.kecamatan_id, "desa": one.desa_id, "pendamping": by_name}[by]
                    groups.setdefault(str(key), Counter()).update([*alone[str(one.id)].sessions, "groups"])
            lines = tx.overview.sessions(who, by, where)
            assert {line.key: Counter({**line.sessions, "groups": line.groups}) for line in lines} == groups
            assert [line.name for line in lines] == sorted(line.name for line in lines)


async def test_every_page_answers_and_a_register_is_kept(database):
    async with served(database) as site:
        village = site.village
        site.store.run(lambda tx: live_through(tx, ["2026-10"]))
        meeting = site.meeting()
        siti = village.kpms["Siti"]
        site.store.run(
            lambda tx: tx.attendance.keep_answer(
                meeting, village.kpm(tx, "Wati"), Answer.DECLINED, "address:1", reason="kerja"
            )
        )
        budi, ratna = await site.signed_in(village.budi), await site.signed_in(village.ratna)
        register = f"/dasbor/kelompok/{village.melati1}/pertemuan/{meeting.id}"
        sent = {"revision": 0, "marks": {str(siti): {"mark": "hadir", "seen": None}}}
        assert (await budi.post(f"{register}/simpan", sent)).json()["saved"]["changed"] == 1
        note = await budi.post(f"/dasbor/keluarga/{siti}/kunjungan", {"catatan": "Sehat."}, form=True)
        assert note.status == 303
        group, family = f"kelompok/{village.melati1}", f"keluarga/{siti}"
        for path in (
            "hari-ini",
            "kelompok",
            group,
            "jadwal",
            "jadwal/baru",
            "kewajiban",
            "kuis",
            "keluarga?cari=si",
            family,
            "tindak-lanjut",
            "pertanyaan",
            "laporan",
            f"{group}/pertemuan/{meeting.id}/laporan",
        ):
            assert (await budi.get(f"/dasbor/{path}")).status == 200, path
        assert "Sehat." in (await budi.get(f"/dasbor/{family}")).text
        for path in (
            "ringkasan",
            "ringkasan?waktu=2026-T4&pendamping=Pak+Budi",
            "capaian",
            "sesi",
            "sesi?pendamping=Pak+Budi",
            "belum-lapor?waktu=2026-T4",
            "belum-lapor?pendamping=Pak+Budi",
            "bukti-inovasi.pdf",
        ):
            assert (await ratna.get(f"/dasbor/{path}")).status == 200, path
        assert "Kerja" in (await ratna.get("/dasbor/ringkasan")).text

        def agrees(tx) -> bool:
            who = tx.people.staff(village.ratna)
            counted = recount(tx.conn, "2026-11")
            (line,) = [p for p in tx.overview.parts(who, ["2026-11"], "kecamatan", Where()) if p.sums.planned]
            return line.sums.hadir == sum(one["hadir"] for one in counted.values()) == 1

        assert site.store.run(agrees)
        site.store.run(lambda tx: covers(tx, tx.people.staff(village.ratna)))
        site.at(SATURDAY + timedelta(days=1))
        site.store.run(lambda tx: tx.desk.forget())
        assert (await budi.get("/dasbor/menu")).status == 401
