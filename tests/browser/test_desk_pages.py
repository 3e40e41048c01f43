"""Can a pendamping mark a register with her thumb on a bad connection, and a koordinator go down to one kelompok?"""

from __future__ import annotations

import io
import json
import os
import re
import urllib.request
from collections.abc import Iterator
from datetime import datetime, timedelta
from importlib.resources import files
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest
from openpyxl import load_workbook
from PIL import Image
from playwright.sync_api import Browser, FilePayload, Locator, Page, expect

from bot.simulator.samples import picture, silence
from data.records import Kind, Mark
from data.store import Store, Tx
from tests.support import papers
from tests.support.browsing import ROOT, WHILE_SLOW, Server, chromium
from tests.support.history import live_through

pytestmark = [pytest.mark.browser, pytest.mark.slow]

BUDI, RATNA = "+6281100000902", "+6281100000901"
SITI, WATI, HALIMAH = "+6281100000001", "+6281100000002", "+6281100000005"
BEGUN = "2026-11-23T09:05:00+08:00"
SIZES = {"phone": (360, 740), "desk": (1280, 860)}
"""One of the two is wide enough for a table, the other for a thumb."""

PICTURES = ROOT / "docs" / "images" if os.environ.get("LIKE_PKH_SCREENSHOTS") == "1" else None
"""Where the pictures of the guides go, when they are asked for."""

PICTURED = {
    *("masuk-phone", "hari-ini-phone", "daftar-hadir-phone", "simpan-phone", "tanpa-sambungan-phone"),
    *("dua-orang-phone", "jadwal-phone", "tindak-lanjut-phone", "keluarga-phone", "pertanyaan-phone"),
    *("daftar-hadir-desk", "ringkasan-desk", "ringkasan-phone", "sesi-desk"),
    *("verifikasi-phone", "jadwal-baru-phone", "capaian-desk", "laporan-phone"),
    *("siaran-baru-phone", "siaran-lihat-phone", "usul-waktu-phone"),
}

LENGTH = (
    "sound => new Promise(d => sound.readyState ? d(sound.duration) : sound.ondurationchange = () => d(sound.duration))"
)
"""Seconds, as soon as the browser knows."""

PAST = [f"2026-{month:02}" for month in range(1, 11)] if PICTURES else ["2026-10"]


class Village:
    """The sample kabupaten in the real program, with its past, and a meeting of every Melati this morning."""

    def __init__(self, server: Server, folder: Path) -> None:
        self.base = server.url.removesuffix("/simulator")
        self.store = Store(f"sqlite:///{folder}/simulator.db", lambda: datetime.fromisoformat(BEGUN))
        self.store.run(lambda tx: live_through(tx, PAST))
        self.meetings = self.store.run(_plan)
        self.post("/simulator/api/clock", {"set": BEGUN})
        code = self.store.run(lambda tx: tx.meetings.get(self.meetings["Melati 3"][1]).code)  # type: ignore[union-attr]
        self.says(SITI, f"hadir {code}")
        self.says(WATI, "hadir")
        self.says(HALIMAH, "Bu, apakah boleh membawa anak ke pertemuan?")

    def post(self, path: str, sent: dict[str, Any]) -> Any:
        request = urllib.request.Request(
            self.base + path, json.dumps(sent).encode(), {"content-type": "application/json"}
        )
        with urllib.request.urlopen(request, timeout=60) as answer:
            return json.load(answer)

    def says(self, who: str, text: str) -> str:
        """What the bot answers."""
        found = self.post("/simulator/api/messages", {"channel": "whatsapp", "from": who, "text": text})
        return next(m["text"] for m in found["delivered"] if m["to"] == who)

    def register(self, name: str) -> str:
        kelompok, meeting = self.meetings[name]
        return f"/dasbor/kelompok/{kelompok}/pertemuan/{meeting}"

    def marks(self, name: str) -> dict[str, str | None]:
        kelompok, number = self.meetings[name]

        def look(tx: Tx) -> dict[str, str | None]:
            meeting = tx.meetings.get(number)
            assert meeting is not None
            return {e.kpm.name: e.mark.value if e.mark else None for e in tx.attendance.register(meeting, kelompok)}

        return self.store.run(look)


def _plan(tx: Tx) -> dict[str, tuple[int, int]]:
    made = {}
    for kelompok in tx.people.every_kelompok():
        if kelompok.name.startswith("Melati"):
            starts = datetime(2026, 11, 23, 9, tzinfo=kelompok.zone)
            words = ("Balai Desa Babayau", "P2", "P2 Memahami Perilaku Anak", "4821", kelompok.pendamping_id or 0)
            meeting = tx.meetings.add(
                Kind.P2K2, starts, starts + timedelta(hours=2), kelompok.zone, *words, [kelompok.id]
            )
            tx.summary.planned(meeting, kelompok.id)
            made[kelompok.name] = (kelompok.id, meeting.id)
    return made


@pytest.fixture(scope="module")
def village(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Village]:
    folder = tmp_path_factory.mktemp("desk")
    server = Server(folder)
    server.start()
    made = Village(server, folder)
    yield made
    made.store.stop()
    server.kill()


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as opened:
        yield opened


class Screen:
    """One browser of one person, and everything that went wrong in it. `taps` counts what a thumb has done."""

    def __init__(self, browser: Browser, village: Village, who: str, size: str) -> None:
        width, height = SIZES[size]
        self.village, self.size, self.taps = village, size, 0
        # Far from the kabupaten on purpose: a page shows the kabupaten's time, not the browser's.
        self.context = browser.new_context(
            viewport={"width": width, "height": height},
            locale="id-ID",
            timezone_id="America/New_York",
            reduced_motion="reduce",
            has_touch=size == "phone",
            device_scale_factor=2 if PICTURES and size == "phone" else 1,
        )
        self.page: Page = self.context.new_page()
        self.page.set_default_timeout(WHILE_SLOW)
        self.errors: list[str] = []
        self.page.on("pageerror", lambda error: self.errors.append(str(error)))
        self.page.on("console", lambda said: self.errors.append(said.text) if "Content Security" in said.text else None)
        link = re.search(r"http\S+", village.says(who, "HALAMAN"))
        assert link is not None
        self.page.goto(link[0])
        if who == BUDI:
            self.picture("masuk")
        self.page.get_by_role("button", name="Masuk").click()

    def go(self, path: str) -> Page:
        self.page.goto(self.village.base + path)
        return self.page

    def tap(self, what: Locator) -> None:
        what.tap() if self.size == "phone" else what.click()
        self.taps += 1

    def open(self, name: str) -> None:
        self.go(self.village.register(name))
        expect(self.page.locator("#register[data-ready]")).to_be_visible()

    def mark(self, name: str, mark: str) -> None:
        self.tap(self.row(name).get_by_role("button", name=mark))

    def row(self, name: str) -> Locator:
        return self.page.locator(".row").filter(has=self.page.locator(".name").get_by_text(name, exact=True))

    def marked(self, name: str) -> str:
        return self.row(name).get_attribute("data-mark") or ""

    def save(self) -> None:
        self.tap(self.page.get_by_role("button", name="Simpan"))
        self.tap(self.page.get_by_role("button", name="Ya, simpan"))

    def news(self, words: str) -> None:
        expect(self.page.locator("#news")).to_contain_text(words)

    def fits(self) -> None:
        """Nothing sticks out at the side."""
        width = SIZES[self.size][0]
        assert self.page.evaluate("document.documentElement.scrollWidth") <= width, self.page.url

    def picture(self, name: str) -> None:
        if PICTURES is not None and f"{name}-{self.size}" in PICTURED:
            PICTURES.mkdir(parents=True, exist_ok=True)
            self.page.screenshot(path=PICTURES / f"{name}-{self.size}.png")


@pytest.fixture
def screens(browser: Browser, village: Village) -> Iterator[Any]:
    opened: list[Screen] = []

    def open_one(who: str, size: str) -> Screen:
        opened.append(Screen(browser, village, who, size))
        return opened[-1]

    yield open_one
    for one in opened:
        one.context.close()
        assert one.errors == []


def test_thirty_families_in_eight_taps_and_back_again(village: Village, screens: Any):
    budi: Screen = screens(BUDI, "phone")
    page = budi.page
    expect(page.get_by_role("heading", name="Selamat pagi, Pak Budi")).to_be_visible()
    budi.picture("hari-ini")
    card = page.locator(".meeting").filter(has_text="Melati 3").first
    budi.tap(card.get_by_role("link", name="Isi daftar hadir"))
    expect(page.locator("#register[data-ready]")).to_be_visible()
    expect(budi.row("Siti").locator(".said")).to_have_text("mengaku hadir, kode cocok")
    expect(page.locator("#claims")).to_have_text("Catat 1 yang kodenya cocok")
    budi.tap(page.get_by_role("button", name="Hadir semua, kecuali"))
    budi.mark("Halimah", "Sakit")
    budi.mark("Jumiati", "Alpa")
    budi.picture("daftar-hadir")
    count = len(village.marks("Melati 3"))
    budi.tap(page.get_by_role("button", name="Simpan"))
    expect(page.locator("#sure")).to_contain_text(f"Hadir {count - 2}, Sakit 1, Alpa 1 dari {count} keluarga")
    expect(page.locator("#sure")).to_contain_text("belum memberi kabar")
    budi.picture("simpan")
    budi.tap(page.get_by_role("button", name="Ya, simpan"))
    budi.news("Tersimpan: Hadir")
    assert budi.taps <= 8
    marks = village.marks("Melati 3")
    assert (marks["Halimah"], marks["Jumiati"], marks["Siti"]) == ("sakit", "alpa", "hadir")
    assert sum(mark == "hadir" for mark in marks.values()) == count - 2
    expect(page.locator("#closed")).to_contain_text("Sudah diserahkan Senin 23 Nov 09.05 WITA")

    budi.tap(page.get_by_role("button", name="Urungkan simpan"))
    budi.news("Sudah diurungkan")
    assert set(village.marks("Melati 3").values()) == {None}
    expect(page.locator("#closed")).to_be_hidden()
    budi.fits()


def test_taps_are_undone_one_by_one_and_names_are_found(screens: Any):
    budi: Screen = screens(BUDI, "phone")
    budi.open("Melati 2")
    page = budi.page
    names = page.locator(".row .name").all_inner_texts()
    budi.mark(names[0], "Izin")
    budi.mark(names[0], "Alpa")
    budi.mark(names[1], "Hadir")
    for expected in (("alpa", ""), ("izin", ""), ("", "")):
        budi.tap(page.get_by_role("button", name="Urungkan"))
        assert (budi.marked(names[0]), budi.marked(names[1])) == expected
    page.get_by_label("Cari nama").fill(names[3][:4].upper())
    expect(budi.row(names[3])).to_be_visible()
    expect(budi.row(names[0])).to_be_hidden()
    page.get_by_label("Cari nama").fill("zzz")
    expect(page.get_by_text("Tidak ada nama yang cocok")).to_be_visible()


def test_without_a_network_nothing_is_lost_and_it_says_so(village: Village, screens: Any):
    budi: Screen = screens(BUDI, "phone")
    budi.open("Melati 1")
    first, second = budi.page.locator(".row .name").all_inner_texts()[:2]
    budi.context.set_offline(True)
    budi.mark(first, "Hadir")
    budi.mark(second, "Izin")
    budi.save()
    budi.news("Belum tersimpan. Tidak ada sambungan.")
    budi.picture("tanpa-sambungan")
    assert village.marks("Melati 1")[first] is None
    budi.context.set_offline(False)
    budi.open("Melati 1")  # the phone was even switched off in between
    budi.news("2 tanda di HP ini belum tersimpan")
    assert (budi.marked(first), budi.marked(second)) == ("hadir", "izin")
    budi.save()
    budi.news("Tersimpan:")
    assert (village.marks("Melati 1")[first], village.marks("Melati 1")[second]) == ("hadir", "izin")
    kept = budi.page.evaluate("Object.keys(localStorage).length")
    assert kept == 0


def test_two_who_mark_the_same_line_see_each_other(village: Village, screens: Any):
    one: Screen = screens(BUDI, "phone")
    two: Screen = screens(BUDI, "desk")
    for screen in (one, two):
        screen.open("Melati 2")
    name = one.page.locator(".row .name").all_inner_texts()[5]
    one.mark(name, "Hadir")
    two.mark(name, "Sakit")
    two.save()
    two.news("Tersimpan:")
    one.page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")
    expect(one.row(name).locator(".clash")).to_contain_text("Pak Budi sudah menulis: Sakit.")
    one.picture("dua-orang")
    assert one.marked(name) == "hadir"
    one.save()
    one.news("sudah diubah orang lain")
    assert village.marks("Melati 2")[name] == "sakit"
    one.tap(one.row(name).get_by_role("button", name="Tetap Hadir"))
    one.save()
    one.news("Tersimpan:")
    assert village.marks("Melati 2")[name] == "hadir"


def test_a_keyboard_alone_marks_a_register(village: Village, screens: Any):
    budi: Screen = screens(BUDI, "desk")
    budi.open("Melati 3")
    page = budi.page
    names = page.locator(".row .name").all_inner_texts()
    budi.row(names[0]).get_by_role("button", name="Hadir").focus()
    page.keyboard.type("hsia")
    assert [budi.marked(name) for name in names[:4]] == ["hadir", "sakit", "izin", "alpa"]
    page.keyboard.press("Control+z")
    assert budi.marked(names[3]) == ""
    page.keyboard.press("ArrowUp")
    page.keyboard.press("Enter")
    assert budi.marked(names[3]) == "hadir"
    budi.picture("daftar-hadir")
    page.get_by_role("button", name="Simpan").focus()
    page.keyboard.press("Enter")
    page.keyboard.press("Escape")
    expect(page.locator("#sure")).to_be_hidden()
    assert set(village.marks("Melati 3").values()) == {None}


def test_a_session_that_ended_keeps_the_marks(village: Village, screens: Any):
    budi: Screen = screens(BUDI, "phone")
    budi.open("Melati 3")
    name = budi.page.locator(".row .name").first.inner_text()
    budi.mark(name, "Hadir")
    budi.context.clear_cookies()
    budi.save()
    budi.news("Sesi habis. Tulis HALAMAN di chat")
    assert budi.marked(name) == "hadir"
    assert village.marks("Melati 3")[name] is None
    budi.tap(budi.page.get_by_role("button", name="Urungkan", exact=True))


@pytest.mark.parametrize("size", SIZES)
def test_a_koordinator_goes_down_to_one_kelompok(screens: Any, size: str):
    ratna: Screen = screens(RATNA, size)
    ratna.go("/dasbor/ringkasan?waktu=2026-10")
    page = ratna.page
    ratna.picture("ringkasan")
    for name in ("Batumandi", "Babayau", "Pak Budi"):
        ratna.fits()
        ratna.tap(page.locator("table.wide").get_by_role("link", name=name, exact=True))
        expect(page.locator("h1")).to_contain_text(name)
    expect(page.locator("table.wide")).to_contain_text("Melati 3")
    ratna.tap(page.get_by_role("link", name="Triwulan", exact=True))
    expect(page.locator(".head")).to_contain_text("Triwulan 4 2026")
    ratna.tap(page.get_by_text("Lihat tabelnya").first)
    expect(page.get_by_role("region", name="Tabel: Hadir")).to_be_visible()
    for name in ("sesi", "capaian"):
        ratna.go(f"/dasbor/{name}")
        ratna.picture(name)
        ratna.fits()


def test_a_meeting_is_shown_before_it_is_made_and_an_obligation_is_verified(village: Village, screens: Any):
    budi: Screen = screens(BUDI, "phone")
    page = budi.go("/dasbor/jadwal/baru")
    page.get_by_label("Melati 2").check()
    page.get_by_label("Tanggal").fill("2026-12-05")
    page.get_by_label("Tempat").fill("Balai Desa Babayau")
    budi.picture("jadwal-baru")
    budi.tap(page.get_by_role("button", name="Lihat dulu"))
    expect(page.locator(".quote")).to_contain_text("Sabtu, 5 Desember 2026")
    budi.fits()
    budi.tap(page.get_by_role("button", name="Simpan jadwal"))
    expect(page.get_by_role("heading", name="Tersimpan")).to_be_visible()
    page = budi.go("/dasbor/jadwal?bulan=2026-12")
    budi.tap(page.get_by_role("link", name="Pindah atau batal").first)
    expect(page.get_by_role("heading", name="Batalkan")).to_be_visible()
    budi.fits()
    page = budi.go("/dasbor/kewajiban")
    budi.tap(page.locator(".rounds summary").first)
    budi.tap(page.locator("fieldset").first.get_by_text("Sudah", exact=True))
    budi.picture("verifikasi")
    budi.fits()
    budi.tap(page.get_by_role("button", name="Simpan").first)
    expect(page.get_by_role("status")).to_contain_text("1 hal berubah")


PDF, SHEET = "application/pdf", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
MELATI = r"P2K2 Melati 2 (Babayau )?2026-11-23"
PAPERS = {
    "Daftar hadir terisi": (rf"Daftar Hadir {MELATI}\.pdf", PDF),
    "Daftar hadir kosong": (rf"Daftar Hadir {MELATI} \(kosong\)\.pdf", PDF),
    "Laporan kegiatan": (rf"Laporan {MELATI} \(konsep\)\.pdf", PDF),
    "Baris SIKS-NG": (r"SIKS-NG Melati 2 Babayau 2026-11-23\.xlsx", SHEET),
    "Surat agenda bernomor": (r"Surat LIKE-PKH-P2K2-\d{3}-XI-2026 Agenda P2K2 Desa Babayau\.pdf", PDF),
    "Daftar verkom (PDF)": (r"Verkom Melati 2 Babayau triwulan 4 2026\.pdf", PDF),
    "Daftar verkom (XLSX)": (r"Verkom Melati 2 Babayau triwulan 4 2026\.xlsx", SHEET),
    "Rekap kecamatan November 2026 (XLSX)": (r"Rekap P2K2 2026-11\.xlsx", SHEET),
    "Bukti inovasi 2026 (PDF)": (r"Bukti Inovasi LIKE-PKH Kabupaten Balangan \(contoh\) 2026\.pdf", PDF),
}


def take(screen: Screen, word: str) -> None:
    """Tap it; the file that comes has the right name and type, and opens."""
    name, mime = PAPERS[word]
    answers: list[str] = []
    screen.page.on("response", lambda answer: answers.append(answer.headers.get("content-type", "")))
    with screen.page.expect_download() as coming:
        screen.tap(screen.page.locator("a, button").filter(has_text=re.compile(f"^{re.escape(word)}$")))
    assert re.fullmatch(name, coming.value.suggested_filename)
    assert mime in answers
    content = Path(coming.value.path()).read_bytes()
    if mime == PDF:
        assert papers.text(content)
    else:
        assert load_workbook(io.BytesIO(content)).sheetnames


def test_a_report_is_filled_on_the_phone_and_every_paper_opens(village: Village, screens: Any, tmp_path: Path):
    kelompok, meeting = village.meetings["Melati 2"]

    def mark(tx: Tx) -> None:
        found = tx.meetings.get(meeting)
        assert found is not None
        first = tx.people.families(kelompok)[-1].id
        tx.attendance.mark_all(found, kelompok, {first: Mark.PRESENT}, found.pendamping_id)

    village.store.run(mark)
    taken = tmp_path / "IMG_0001.jpg"
    Image.effect_noise((1700, 1200), 90).convert("RGB").save(taken, quality=95)
    budi: Screen = screens(BUDI, "phone")
    budi.open("Melati 2")
    for word in ("Daftar hadir terisi", "Daftar hadir kosong", "Laporan kegiatan", "Baris SIKS-NG"):
        take(budi, word)
    take(budi, "Surat agenda bernomor")
    page = budi.page
    budi.tap(page.get_by_role("link", name="Isi laporan kegiatan"))
    expect(page.get_by_label("Ambil atau pilih foto")).to_be_attached()
    budi.picture("laporan")
    with page.expect_request("**/laporan/foto") as sent:
        page.get_by_label("Ambil atau pilih foto").set_input_files(taken)
    expect(page.get_by_role("status").filter(has_text="Foto tersimpan")).to_be_visible()
    size = int(sent.value.all_headers()["content-length"])
    assert 0 < size < taken.stat().st_size / 2, "made small before it goes over a weak signal"
    page.get_by_label("Pemateri").fill("Bidan Ani, Puskesmas Batumandi")
    budi.tap(page.get_by_text("Ada yang kurang"))
    budi.tap(page.get_by_text("Jauh dari bising"))
    page.get_by_label("Hambatan").fill("Hujan")
    page.get_by_label("Tindak lanjut").fill("Undang bidan")
    budi.fits()
    budi.tap(page.get_by_role("button", name="Selesai"))
    expect(page.get_by_text("tempat belum: jauh dari bising", exact=True)).to_be_visible()
    budi.fits()
    village.store.run(lambda tx: tx.reports.begin(meeting, kelompok, tx.meetings.get(meeting).pendamping_id))  # type: ignore[union-attr]
    page = budi.go(f"/dasbor/kewajiban?kelompok={kelompok}")
    for word in ("Daftar verkom (PDF)", "Daftar verkom (XLSX)"):
        take(budi, word)
    ratna: Screen = screens(RATNA, "desk")
    ratna.go("/dasbor/ringkasan?waktu=2026-11")
    for word in ("Rekap kecamatan November 2026 (XLSX)", "Bukti inovasi 2026 (PDF)"):
        take(ratna, word)


def follow(who: Screen, address: str) -> Page:
    """A second window on the result of an announcement, which lost its connection and found it again."""
    watched = who.context.new_page()
    watched.set_default_timeout(WHILE_SLOW)
    watched.clock.install()
    watched.goto(address)
    who.context.set_offline(True)
    watched.clock.fast_forward("00:10")
    expect(watched.get_by_text("Sambungan terputus")).to_be_visible()
    who.context.set_offline(False)
    expect(watched.get_by_text("Sambungan terputus")).to_be_hidden()
    return watched


@pytest.mark.parametrize("size", SIZES)
def test_an_announcement_is_seen_first_sent_later_and_taken_back(village: Village, screens: Any, size: str):
    budi: Screen = screens(BUDI, size)
    page = budi.go("/dasbor/siaran")
    budi.tap(page.get_by_role("link", name="Tulis siaran"))
    page.get_by_label("Melati 3").check()
    budi.tap(page.get_by_text("Hanya sebagian dari mereka"))
    page.get_by_label("Bahasa").select_option("bahasa indonesia")
    page.get_by_label("Tulisan").fill(f"Besok bawa Buku KIA, lewat {size}")
    spoken = size == "desk"
    photo = FilePayload(name="tempat.jpg", mimeType="image/jpeg", buffer=picture())
    recording = FilePayload(name="rekaman.opus", mimeType="audio/ogg", buffer=silence())
    page.get_by_label("Foto, PDF, atau rekaman suara").set_input_files(recording if spoken else photo)
    expect(page.get_by_label("Tanggal")).to_be_hidden()
    budi.tap(page.get_by_text("Nanti", exact=True))
    page.get_by_label("Tanggal").fill("2026-11-24")
    page.get_by_label("Jam").fill("09:30")
    budi.picture("siaran-baru")
    budi.fits()
    budi.tap(page.get_by_role("button", name="Lihat dulu"))
    expect(page.locator(".bubble")).to_contain_text(f"Dari Pak Budi: Besok bawa Buku KIA, lewat {size}.")
    if spoken:
        assert page.locator(".bubble audio").evaluate(LENGTH) == pytest.approx(1, abs=0.1)
    else:
        assert page.locator(".bubble img").evaluate("image => image.naturalWidth") == 960
    expect(page.get_by_text("1 pesan suara ikut" if spoken else "1 foto ikut")).to_be_visible()
    expect(page.get_by_text("Dikirim Selasa 24 Nov 09.30.")).to_be_visible()
    budi.picture("siaran-lihat")
    budi.fits()
    budi.tap(page.get_by_role("button", name="Ubah"))
    expect(page.get_by_label("Jam")).to_have_value("09:30")
    budi.tap(page.get_by_role("button", name="Lihat dulu"))
    budi.tap(page.get_by_role("button", name="Kirim", exact=True))
    expect(page.get_by_role("heading", name="Belum selesai dikirim")).to_be_visible()
    expect(page.get_by_label("Salin untuk grup WhatsApp")).to_have_value(re.compile("Dari Pak Budi .P2K2 Melati 3"))
    budi.fits()
    watched = follow(budi, page.url)
    budi.tap(page.get_by_role("button", name="Tarik kembali"))
    expect(page.get_by_role("status")).to_contain_text("Belum ada yang terkirim")
    expect(page.get_by_role("button", name="Tarik kembali")).to_have_count(0)
    watched.clock.fast_forward("00:40")
    expect(watched.get_by_role("heading", name="Dibatalkan")).to_be_visible()
    expect(watched.get_by_role("button", name="Tarik kembali")).to_be_hidden()
    expect(watched.locator("#kabar")).to_have_text("Dibatalkan. Ditarik kembali sebelum dikirim.")
    assert watched.locator("#angka").get_attribute("data-every") is None
    watched.close()
    budi.picture("siaran-hasil")
    page = budi.go("/dasbor/siaran")
    expect(page.locator(".line-of").first).to_contain_text(f"lewat {size}.")
    expect(page.locator(".line-of").first).to_contain_text("Dibatalkan")
    budi.fits()


def test_families_vote_on_times_and_one_becomes_a_schedule(village: Village, screens: Any):
    budi: Screen = screens(BUDI, "phone")
    page = budi.go("/dasbor/jadwal")
    budi.tap(page.get_by_role("link", name="Usul waktu"))
    budi.tap(page.get_by_role("link", name="Melati 3"))
    for number, (day, clock) in enumerate((("2026-12-12", "09:00"), ("2026-12-13", "14:00")), 1):
        page.locator(f"#tanggal{number}").fill(day)
        page.locator(f"#mulai{number}").fill(clock)
    budi.tap(page.get_by_role("button", name="Lihat dulu"))
    expect(page.locator(".quote")).to_contain_text("2. Minggu 13 Desember 14.00 WITA")
    budi.tap(page.get_by_role("button", name="Kirim"))
    expect(page.get_by_role("status")).to_contain_text("Usul waktu dikirim ke")
    village.says(SITI, "2")
    page.reload()
    expect(page.locator(".vote").nth(1)).to_contain_text("1 keluarga")
    budi.picture("usul-waktu")
    budi.fits()
    budi.tap(page.locator(".vote").nth(1).get_by_role("button"))
    expect(page.get_by_label("Tanggal")).to_have_value("2026-12-13")
    page.get_by_label("Tempat").fill("Balai Desa Babayau")
    page.get_by_label("Ulangi").select_option("ke")
    budi.tap(page.get_by_role("button", name="Lihat dulu"))
    expect(page.locator(".quote")).to_contain_text("Tiap bulan Minggu kedua")
    budi.tap(page.get_by_role("button", name="Simpan jadwal"))
    expect(page.get_by_role("heading", name="Tersimpan")).to_be_visible()
    page = budi.go("/dasbor/jadwal?bulan=2026-12")
    expect(page.get_by_text("Melati 3: Minggu kedua 14.00")).to_be_visible()
    budi.fits()


PAGES = {
    BUDI: [
        "hari-ini",
        "menu",
        "kelompok",
        "kelompok/3",
        "jadwal/baru",
        "jadwal",
        "kewajiban",
        "kuis",
        "keluarga",
        "keluarga/1",
        "tindak-lanjut",
        "pertanyaan",
        "laporan",
        "siaran",
        "siaran/baru",
        "jadwal/usul",
    ],
    RATNA: ["ringkasan?waktu=2026-10", "capaian", "sesi", "belum-lapor?waktu=2026-10", "siaran/baru", "jejak"],
}
ON_A_DESK = {"hari-ini", "jadwal", "kewajiban", "ringkasan?waktu=2026-10", "capaian", "sesi", "jejak"}
"""Those that look different there."""


@pytest.mark.parametrize(("size", "scheme"), [("phone", "light"), ("desk", "dark")])
def test_everybody_can_use_the_pages(village: Village, screens: Any, size: str, scheme: str):
    """axe-core finds nothing serious, and nothing sticks out at the side."""
    if find_spec("axe_playwright_python") is None:
        pytest.skip("axe-core is not installed here; the pages were not checked for accessibility.")
    axe = files("axe_playwright_python").joinpath("axe.min.js").read_text(encoding="utf-8")
    found = []
    for who, paths in PAGES.items():
        screen: Screen = screens(who, size)
        screen.page.emulate_media(color_scheme="dark" if scheme == "dark" else "light")
        one = village.register("Melati 3").removeprefix("/dasbor/")
        register = [one, f"{one}/laporan"] if who == BUDI else []
        for path in [*(p for p in paths if size == "phone" or p in ON_A_DESK), *register]:
            page = screen.go(f"/dasbor/{path}")
            screen.fits()
            if size == "phone" and path != "hari-ini":
                screen.picture(path.partition("/")[0])
            page.evaluate(axe)
            result = page.evaluate("axe.run({ resultTypes: ['violations'], preload: false })")
            found += [
                f"{path} {size} {scheme}: {one['id']} ({one['impact']}) {one['nodes'][0]['html'][:200]}"
                for one in result["violations"]
                if one["impact"] in {"serious", "critical"}
            ]
    assert found == []
