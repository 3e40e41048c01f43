"""HALAMAN: staff get a link that opens once, families never."""

from __future__ import annotations

import re

from handlers.desk import PAGES
from tests.support.chat import Chat


def with_pages() -> Chat:
    chat = Chat("2026-11-23 08:00")
    with chat.tx() as tx:
        tx.settings.keep(PAGES, "https://pkh.example.go.id")
    return chat


def test_staff_get_a_signed_link_under_either_word_and_the_newest_counts():
    chat = with_pages()
    chat.sign_with("a key")
    budi, ratna = chat.pendamping("Pak Budi", "Melati 3"), chat.koordinator("Bu Ratna")
    first = budi.says("HALAMAN").hears("desk.link", staff="Pak Budi").last.params["link"]
    second = budi.says("/dasbor").hears("desk.link").last.params["link"]
    ratna.says("halaman").hears("desk.link", staff="Bu Ratna")
    found = re.fullmatch(r"https://pkh\.example\.go\.id/dasbor/masuk/([\w.-]+)/", second)
    assert found is not None
    old = first.rstrip("/").rsplit("/", 1)[1]
    assert chat.ask(lambda tx: (tx.desk.whose(old), tx.desk.whose(found[1]))) == (None, "Pak Budi")


def test_families_and_strangers_get_no_link():
    chat = with_pages()
    chat.sign_with("a key")
    chat.pendamping("Pak Budi", "Melati 3")
    for someone in (chat.kpm("Siti"), chat.stranger()):
        for word in ("HALAMAN", "DASBOR", "/halaman"):
            someone.says(word)
        assert not any("dasbor/masuk" in letter.text for letter in someone.inbox)


def test_without_an_address_it_says_who_must_act():
    chat = Chat("2026-11-23 08:00")
    budi = chat.pendamping("Pak Budi", "Melati 3")
    budi.says("HALAMAN").hears("desk.no_pages").showing("LIKE_PKH_PUBLIC_URL")
