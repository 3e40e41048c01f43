"""What does a laporan kegiatan look like? Parts A to E of the form on A4; what nobody recorded says so."""

from __future__ import annotations

import base64
import io
from collections.abc import Mapping, Sequence
from typing import Any

from reportlab.lib.units import mm
from reportlab.platypus import Image, KeepTogether

from bot.channels.base import File
from bot.exports.naming import file_name
from bot.exports.pages import WIDTH, document, facts, gap, grid, signatures, words

NOT_YET = "belum dicatat"


def activity_report(params: Mapping[str, Any]) -> File:
    """`params` as made by handlers/reports/activity.py."""
    draft = params["state"] != "selesai"
    name = file_name(
        "Laporan", params["what"], params["kelompok"], params["desa"], params["date"], "(konsep)" if draft else ""
    )
    story = [
        words(params["office"], 10, centred=True),
        words("Program Keluarga Harapan (PKH)", 10, centred=True),
        gap(1),
        words(
            f"LAPORAN KEGIATAN {params['what'].upper()}" + (" (KONSEP)" if draft else ""), 13, bold=True, centred=True
        ),
        gap(3),
        *_part("A. Informasi Umum", _general(params)),
        *_part("B. Waktu Pelaksanaan", _time(params)),
        *_part("C. Pemateri", [("Nama, jabatan/instansi", params["speaker"] or NOT_YET)]),
        *_part("D. Isi Materi", [("Modul", params["module"]), ("Materi/sesi", params["session"])]),
        *_happened(params),
        gap(4),
        signatures(("Ketua kelompok,", ""), ("Pendamping Sosial PKH,", f"{params['pendamping']}\nNIP: " + "." * 30)),
        *_photos(params),
        *_siks(params),
    ]
    return File(f"{name}.pdf", "application/pdf", document(name, story, f"{params['kelompok']}, {params['when']}"))


def _part(title: str, pairs: Sequence[tuple[str, object]]) -> list[Any]:
    return [words(title, 10.5, bold=True), gap(1), facts(pairs, 46), gap(2)]


def _general(params: Mapping[str, Any]) -> list[tuple[str, object]]:
    return [
        ("No. laporan", params["number"]),
        ("Tanggal pengisian", params["as_of"]),
        ("Nama pendamping", params["pendamping"]),
        ("Kelompok", f"{params['kelompok']}, Desa {params['desa']}"),
        ("Kecamatan", params["kecamatan"]),
        ("Kabupaten/kota", params["kabupaten"]),
        ("Provinsi", params["province"] or "belum diisi"),
    ]


def _time(params: Mapping[str, Any]) -> list[tuple[str, object]]:
    return [
        ("Tanggal", params["day"]),
        ("Jam mulai", params["starts"]),
        ("Jam selesai", params["ends"]),
        ("Tempat", params["place"]),
        ("Periksa tempat", params["venue"] or NOT_YET),
    ]


def _happened(params: Mapping[str, Any]) -> list[Any]:
    told: list[Any] = [words("E. Isi Kegiatan", 10.5, bold=True), gap(1)]
    if params["families"] is None:
        told.append(words("Daftar hadir belum diisi."))
    else:
        heads = ["Total dampingan", *(key.replace("_", " ").capitalize() for key in params["counts"])]
        numbers = [params["families"], *params["counts"].values()]
        rows = [[words(one, 8.5, bold=True, centred=True) for one in heads]]
        rows.append([words(one, 10, centred=True) for one in numbers])
        told.append(grid(rows, [1] * len(heads)))
    location = [("Lokasi foto", params["location"])] if params["location"] else []
    pairs = [
        ("Hasil", params["result"] or "belum tercatat"),
        ("Hambatan", params["obstacles"] or NOT_YET),
        ("Tindak lanjut", params["follow_up"] or NOT_YET),
        ("Foto", f"{len(params['photos'])} foto diterima" if params["photos"] else NOT_YET),
        *location,
        ("Belum tercatat", ", ".join(params["missing"]) or "tidak ada"),
    ]
    return [*told, gap(1), facts(pairs, 46)]


def _photos(params: Mapping[str, Any]) -> list[Any]:
    pictures = [_picture(base64.b64decode(one)) for one in params["pictures"]]
    if not pictures:
        return []
    pairs = [pictures[i : i + 2] for i in range(0, len(pictures), 2)]
    rows = [[words("Dokumentasi", 9, bold=True), ""], *([*pair, ""][:2] for pair in pairs)]
    return [gap(4), grid(rows, [1, 1], more=[("SPAN", (0, 0), (-1, 0)), ("ALIGN", (0, 1), (-1, -1), "CENTER")])]


def _picture(content: bytes) -> Any:
    image = Image(io.BytesIO(content))
    share = min((WIDTH / 2 - 8 * mm) / image.imageWidth, 60 * mm / image.imageHeight)
    image.drawWidth, image.drawHeight = image.imageWidth * share, image.imageHeight * share
    return image


def _siks(params: Mapping[str, Any]) -> list[Any]:
    name, description = params["name"], params["description"]
    return [
        gap(4),
        KeepTogether(
            [
                words("Teks untuk SIKS-NG", 10.5, bold=True),
                gap(1),
                words(f"Nama kegiatan ({len(name)} huruf): {name}"),
                gap(1),
                words(f"Uraian ({len(description)} huruf):\n{description}"),
            ]
        ),
    ]
