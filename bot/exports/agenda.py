"""What does an agenda letter look like on paper?"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from bot.channels.base import File
from bot.exports.naming import file_name
from bot.exports.pages import document, facts, gap, signatures, words
from handlers.reports.agenda import letter_name


def agenda_letter(params: Mapping[str, Any]) -> File:
    """`params` as made by handlers/reports/agenda.py."""
    what = "pertemuan P2K2" if params["what"] == "P2K2" else params["what"]
    story = [
        words(params["office"], 13, bold=True, centred=True),
        words(f"Program Keluarga Harapan, Kabupaten {params['kabupaten']}", 10, centred=True),
        gap(6),
        facts(
            [
                ("Nomor", params["number"]),
                ("Tanggal", f"{params['day']} ({params['iso']})"),
                ("Tentang", params["subject"]),
            ],
            24,
        ),
        gap(5),
        words(f"Kepada Yth.\nIbu/Bapak pengurus KPM PKH\nKelompok {params['kelompok']}, Desa {params['desa']}", 10),
        gap(5),
        words(f"Dengan hormat, kami mengundang Ibu/Bapak untuk hadir pada {what}:", 10),
        gap(2),
        facts(
            [
                ("Hari, tanggal, waktu", params["when"]),
                ("Tempat", params["place"]),
                ("Modul", params["module"]),
                ("Materi/sesi", params["session"]),
            ],
            42,
        ),
        *_order(params["order"]),
        gap(5),
        words("Demikian kami sampaikan. Atas perhatian dan kehadirannya kami ucapkan terima kasih.", 10),
        gap(10),
        signatures(("", " "), ("Pendamping Sosial PKH,", f"{params['pendamping']}\nNIP: " + "." * 30)),
    ]
    name = file_name(letter_name(params["number"], params["subject"]))
    return File(f"{name}.pdf", "application/pdf", document(name, story, params["number"]))


def _order(lines: list[str]) -> list[Any]:
    if not lines:
        return []
    return [gap(3), words("Susunan acara:", 10), *(words(f"{n}. {line}", 10) for n, line in enumerate(lines, 1))]
