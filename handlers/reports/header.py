"""What does the cover of the evidence say of the innovation itself? Fields that the office fills in once."""

from __future__ import annotations

from data.store import Tx

FIELDS = {
    "provinsi": "Provinsi",
    "nama_inovasi": "Nama inovasi",
    "tahapan": "Tahapan inovasi",
    "inisiator": "Inisiator inovasi daerah",
    "nama_inisiator": "Nama inisiator",
    "jenis": "Jenis inovasi",
    "bentuk": "Bentuk inovasi daerah",
    "tematik": "Tematik",
    "urusan": "Urusan inovasi daerah",
    "uji_coba": "Waktu uji coba",
    "penerapan": "Waktu penerapan",
    "regulasi": "Regulasi/SK",
    "tujuan": "Tujuan inovasi",
    "manfaat": "Manfaat yang diperoleh",
    "hasil": "Hasil inovasi",
    "menit_sebelum": "Menit per keluarga dan pertemuan, sebelum bot",
    "menit_sesudah": "Menit per keluarga dan pertemuan, dengan bot",
    "cara_ukur": "Cara mengukur menit",
}
USUAL = {
    "nama_inovasi": "LIKE-PKH (Literasi Kemampuan Penerima Program Keluarga Harapan)",
    "jenis": "Digital",
    "penerapan": "1 Mei 2022",
}
MEASURED = ("menit_sebelum", "menit_sesudah", "cara_ukur")
NOT_YET = "belum diisi"


def header(tx: Tx) -> dict[str, str]:
    """Every field with its value, else an empty word."""
    return {name: tx.settings.get(f"kop.{name}") or USUAL.get(name, "") for name in FIELDS}


def keep_header(tx: Tx, name: str, value: str) -> None:
    tx.settings.keep(f"kop.{name}", " ".join(value.split())[:500])


def efficiency(fields: dict[str, str]) -> str:
    """'40% (dari 5 menjadi 3 menit)'; without two measured numbers it was not measured."""
    try:
        before, after = (float(fields[name].replace(",", ".")) for name in MEASURED[:2])
    except ValueError:
        return "belum diukur"
    if not (before > 0 and after >= 0 and before < float("inf")):
        return "belum diukur"
    share = f"{(before - after) / before:.1%}".replace(".", ",")
    return f"{share} (dari {fields['menit_sebelum']} menjadi {fields['menit_sesudah']} menit, angka dari kantor)"
