"""Can a person play a whole meeting in the browser, with a mouse, a thumb or only a keyboard?"""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from tests.support.browsing import ROOT, WHILE_SLOW, Server, chromium

JADWAL = "JADWAL Melati 3; 28-11-2026 09.00; Balai Desa Babayau; P2"

pytestmark = [pytest.mark.browser, pytest.mark.slow]


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Server]:
    running = Server(tmp_path)
    running.start()
    yield running
    running.kill()


class Screen:
    """The page as somebody sees it, and everything that went wrong in it."""

    def __init__(self, browser: Browser, url: str, width: int, height: int) -> None:
        # Far from the kabupaten on purpose: the page shows the kabupaten's time, not the browser's.
        self.context = browser.new_context(
            viewport={"width": width, "height": height},
            locale="id-ID",
            timezone_id="America/New_York",
            reduced_motion="reduce",
        )
        self.page: Page = self.context.new_page()
        self.page.set_default_timeout(WHILE_SLOW)
        self.errors: list[str] = []
        self.page.on("pageerror", lambda error: self.errors.append(str(error)))
        self.page.goto(url)
        expect(self.page.locator("#now")).to_contain_text("WITA")
        expect(self.log("kpm")).not_to_contain_text("Memuat")

    def log(self, kind: str) -> Locator:
        return self.page.locator(f"#phone-{kind} .log")

    def heard(self, kind: str, key: str) -> Locator:
        """The newest letter in this phone whose key begins so."""
        letter = self.log(kind).locator(f'.theirs[data-key^="{key}"]').last
        expect(letter).to_be_visible()
        return letter

    def choose(self, kind: str, words: str, name: str) -> None:
        """Pick a person as one does by keyboard: type some of the name, then Enter."""
        self.page.locator(f"#phone-{kind} .who-open").click()
        search = self.page.locator(f"#phone-{kind} [role=combobox]")
        search.fill(words)
        search.press("Enter")
        expect(self.page.locator(f"#phone-{kind} [data-part=name]")).to_have_text(name)
        expect(self.log(kind)).not_to_contain_text("Memuat")

    def says(self, kind: str, text: str) -> None:
        box = self.page.locator(f"#phone-{kind} textarea")
        box.fill(text)
        box.press("Enter")
        bubble = self.log(kind).locator(".own:not(.waiting)").filter(has_text=text)
        expect(bubble.last).to_be_visible()

    def taps(self, kind: str, title: str) -> None:
        self.log(kind).get_by_role("button", name=title, exact=True).last.click()

    def arrives(self) -> None:
        """Time has stopped running."""
        expect(self.page.locator("#clock")).to_have_attribute("aria-busy", "false", timeout=120_000)

    def state(self, name: str) -> Locator:
        row = self.page.locator("#rows li").filter(has=self.page.locator(".row-name").get_by_text(name, exact=True))
        return row.locator(".row-state")

    def action(self, step: int, action: int) -> Locator:
        return self.page.locator(f'#steps [data-id="{step}.{action}"]')

    def writes_as_told(self, step: int, action: int) -> None:
        """Press what the guide offers; it fills in the text, and Enter sends it."""
        self.action(step, action).click()
        expect(self.page.locator("textarea:focus")).not_to_have_value("")
        self.page.keyboard.press("Enter")

    def taps_as_told(self, step: int, action: int) -> None:
        """Press what the guide offers; it puts the focus on the button in the chat, and Enter taps it."""
        self.action(step, action).click()
        expect(self.page.locator(".pill:focus")).to_have_count(1)
        self.page.keyboard.press("Enter")


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as opened:
        yield opened


@pytest.fixture
def screen(browser: Browser, server: Server, request: pytest.FixtureRequest) -> Iterator[Screen]:
    width, height = getattr(request, "param", (1280, 860))
    shown = Screen(browser, server.url, width, height)
    yield shown
    shown.context.close()
    assert shown.errors == []


def announce_the_meeting(screen: Screen) -> None:
    screen.says("pendamping", JADWAL)
    screen.heard("pendamping", "meetings.draft.preview")
    screen.taps("pendamping", "Kirim")
    screen.heard("pendamping", "meetings.draft.sent")


def test_a_meeting_from_schedule_to_summary_by_following_the_guide(screen: Screen):
    page = screen.page
    expect(page.locator("#now")).to_have_text("Senin, 23 November 2026 08.00 WITA")

    screen.action(0, 0).click()
    expect(page.locator("#phone-pendamping textarea")).to_have_value(JADWAL)
    page.keyboard.press("Enter")
    screen.heard("pendamping", "meetings.draft.preview")
    screen.taps_as_told(0, 1)
    screen.heard("pendamping", "meetings.draft.sent")
    expect(page.locator("#meeting")).to_contain_text("Sabtu, 28 November 2026 09.00 WITA")
    expect(screen.state("Siti")).to_have_text("belum diketahui")

    screen.action(1, 0).click()
    screen.arrives()
    invitation = screen.heard("kpm", "reminders.meeting.")
    expect(invitation.locator(".tag")).to_contain_text("template ")
    invitation.locator("summary").click()
    expect(invitation.locator("pre")).to_contain_text('"type": "template"')
    expect(page.locator("#phone-kpm .others")).to_be_visible()  # other families have mail too

    screen.writes_as_told(2, 0)
    expect(screen.heard("kpm", "attendance.").locator(".tag")).to_have_text("dalam 24 jam")
    expect(screen.state("Siti")).to_have_text("akan datang")
    screen.writes_as_told(2, 1)
    expect(screen.state("Halimah")).to_have_text("tidak bisa")
    screen.writes_as_told(2, 2)
    expect(page.locator("#phone-kpm .shared")).to_have_text("satu HP dengan Rusmini")
    screen.heard("kpm", "attendance.who")
    screen.taps_as_told(2, 3)
    for name in ("Aminah", "Rusmini"):
        expect(screen.state(name)).to_have_text("akan datang")
    screen.choose("kpm", "wati", "Ibu Wati")
    screen.taps("kpm", "Belum tahu")
    expect(screen.state("Wati")).to_have_text("mungkin")

    screen.action(3, 0).click()
    screen.arrives()
    expect(page.locator("#now")).to_have_text("Sabtu, 28 November 2026 09.00 WITA")
    screen.writes_as_told(3, 1)
    expect(screen.state("Siti")).to_have_text("mengaku hadir + kode")
    screen.choose("kpm", "wati", "Ibu Wati")
    screen.says("kpm", "hadir")
    expect(screen.state("Wati")).to_have_text("mengaku hadir")

    screen.writes_as_told(3, 2)
    screen.heard("pendamping", "attendance.register.how")
    screen.writes_as_told(3, 3)
    screen.heard("pendamping", "attendance.register.proposal")
    expect(screen.state("Siti")).to_have_text("mengaku hadir + kode")  # a proposal marks nobody
    screen.writes_as_told(3, 4)
    expect(screen.state("Siti")).to_have_text("HADIR")
    expect(screen.state("Halimah")).to_have_text("IZIN")
    expect(screen.state("Jumiati")).to_have_text("ALPA")

    for action, kind in enumerate(("pendamping", "koordinator")):
        screen.writes_as_told(4, action)
        chart = screen.heard(kind, "summary.chart").locator("img")
        expect(chart).to_have_js_property("complete", True)
        assert chart.evaluate("(picture) => picture.naturalWidth") > 0
    expect(page.locator(".step.finished")).to_have_count(5)
    if os.environ.get("LIKE_PKH_SCREENSHOTS") == "1":
        take_picture(screen)


def take_picture(screen: Screen) -> None:
    """The picture of the README."""
    page = screen.page
    page.set_viewport_size({"width": 1600, "height": 900})
    screen.choose("kpm", "siti", "Ibu Siti")
    expect(page.locator(".toast")).to_have_count(0)
    page.mouse.move(0, 0)
    page.evaluate("document.activeElement.blur()")
    target = ROOT / "docs" / "images" / "simulator.png"
    target.parent.mkdir(parents=True, exist_ok=True)
    page.screenshot(path=target)


@pytest.mark.parametrize("screen", [(360, 740)], indirect=True)
def test_on_a_small_phone_one_screen_comes_after_the_other(screen: Screen):
    page = screen.page
    tabs = page.get_by_role("navigation")
    expect(page.locator("#phone-kpm")).to_be_visible()
    expect(page.locator("#phone-pendamping")).to_be_hidden()

    page.locator("#up-next").click()
    expect(page.locator("#phone-pendamping")).to_be_visible()
    expect(page.locator("#phone-kpm")).to_be_hidden()
    page.locator("#phone-pendamping [data-part=send]").click()
    screen.heard("pendamping", "meetings.draft.preview")
    screen.taps("pendamping", "Kirim")
    screen.heard("pendamping", "meetings.draft.sent")
    page.locator("#up-next").click()
    screen.arrives()
    expect(tabs.locator("[data-view=kpm] i")).to_be_visible()  # a dot: Siti has mail
    tabs.locator("[data-view=kpm]").click()
    expect(tabs.locator("[data-view=kpm] i")).to_be_hidden()
    screen.heard("kpm", "reminders.meeting.")
    screen.taps("kpm", "Bisa datang")
    screen.heard("kpm", "attendance.promised")
    tabs.locator("[data-view=register]").click()
    expect(page.locator("#phone-kpm")).to_be_hidden()
    expect(screen.state("Siti")).to_have_text("akan datang")
    tabs.locator("[data-view=guide]").click()
    expect(page.locator("#steps")).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth") == 360


def test_a_keyboard_alone_is_enough(screen: Screen):
    page = screen.page
    page.locator("#phone-kpm .who-open").focus()
    page.keyboard.press("Enter")
    page.keyboard.type("halim")
    page.keyboard.press("Enter")
    expect(page.locator("#phone-kpm [data-part=name]")).to_have_text("Ibu Halimah")
    expect(page.locator("#phone-kpm textarea")).to_be_focused()
    page.keyboard.type("menu")
    page.keyboard.press("Enter")
    expect(screen.log("kpm").locator(".theirs").first).to_be_visible()
    expect(page.locator("#announcer")).to_contain_text("Pesan baru untuk Ibu Halimah")

    page.keyboard.press("Shift+Tab")
    expect(page.locator("#phone-kpm [data-part=attach]")).to_be_focused()
    page.keyboard.press("Enter")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    expect(screen.log("kpm").locator(".own").last).to_contain_text("Stiker")

    page.locator("#jump-open").focus()
    page.keyboard.press("Enter")
    expect(page.locator("#jump")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.locator("#jump")).to_be_hidden()
    expect(page.locator("#jump-open")).to_be_focused()
    page.locator('.moves [data-minutes="60"]').focus()
    page.keyboard.press("Enter")
    expect(page.locator("#now")).to_have_text("Senin, 23 November 2026 09.00 WITA")
    screen.arrives()
    expect(page.locator('.moves [data-minutes="60"]')).to_be_focused()


@pytest.mark.parametrize(
    "text", ["<img src=x onerror=\"document.title='ouch'\">", "<script>document.title='ouch'</script>"]
)
def test_what_looks_like_html_stays_text(screen: Screen, text: str):
    screen.says("kpm", text)
    screen.says("pendamping", f"SIARAN Melati 3; {text}")
    expect(screen.log("kpm").locator(".own .text").last).to_have_text(text)
    expect(screen.log("pendamping").locator(".theirs").last).to_be_visible()
    assert screen.page.locator(".log img, .log script").count() == 0
    assert screen.page.title() == "Simulator LIKE-PKH"


def test_the_clock_goes_forward_only_and_says_so(screen: Screen):
    page = screen.page
    page.locator("#jump-open").click()
    for when in ("2026-11-01T08:00", ""):
        page.locator("#jump-at").fill(when)
        page.get_by_role("button", name="Majukan ke waktu ini").click()
        expect(page.locator("#jump-words")).to_contain_text("Jam simulator hanya bisa maju")
    page.locator("#jump-at").fill("2026-11-24T07:30")
    expect(page.locator("#jump-words")).to_have_text("Selasa, 24 November 2026 07.30 WITA")
    page.get_by_role("button", name="Majukan ke waktu ini").click()
    expect(page.locator("#now")).to_have_text("Selasa, 24 November 2026 07.30 WITA")


def test_the_page_survives_a_restart_of_the_server(screen: Screen, server: Server):
    page = screen.page
    announce_the_meeting(screen)
    shown = screen.log("pendamping").locator(".line").count()
    server.kill()
    expect(page.locator("#offline")).to_be_visible()
    page.locator("#phone-pendamping textarea").fill("MENU")
    page.keyboard.press("Enter")
    again = screen.log("pendamping").get_by_role("button", name="Belum terkirim. Coba lagi")
    expect(again).to_be_visible()

    server.start()
    expect(page.locator("#offline")).to_be_hidden()
    again.click()
    menu_and_answer = shown + 2
    expect(screen.log("pendamping").locator(".line")).to_have_count(menu_and_answer)
    expect(page.locator("#meeting")).to_contain_text("Sabtu, 28 November 2026 09.00 WITA")
