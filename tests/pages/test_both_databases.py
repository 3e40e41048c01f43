"""Do the statements behind the pages run on SQLite and on PostgreSQL, and give the same?"""

from __future__ import annotations

from datetime import timedelta

from data.overview import Where
from data.records import Answer
from data.summary import recount
from tests.support.history import live_through
from tests.support.pages import served
from tests.support.village import SATURDAY


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
        site.at(SATURDAY + timedelta(days=1))
        site.store.run(lambda tx: tx.desk.forget())
        assert (await budi.get("/dasbor/menu")).status == 401
