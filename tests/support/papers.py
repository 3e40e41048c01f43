"""What can be read on a PDF that we made? Its words, page by page, without the library that wrote it."""

from __future__ import annotations

import base64
import re
import zlib

STREAM = re.compile(rb"(?P<head><<[^<>]*(?:<<.*?>>)?[^<>]*>>)\s*stream\r?\n(?P<body>.*?)endstream", re.DOTALL)
SHOWN = re.compile(rb"\((?P<words>(?:\\.|[^\\()])*)\)\s*Tj", re.DOTALL)
ESCAPED = {b"n": b"\n", b"r": b"\r", b"t": b"\t"}


def pages(content: bytes) -> list[str]:
    """The words of each page in the order in which they were set; only ASCII letters can be told apart."""
    assert content.startswith(b"%PDF-")
    assert content.rstrip().endswith(b"%%EOF")
    found = []
    for part in STREAM.finditer(content):
        if b"FlateDecode" not in part["head"] or b"/Length1" in part["head"] or b"/XObject" in part["head"]:
            continue
        body = part["body"].strip()
        if b"ASCII85Decode" in part["head"]:
            body = base64.a85decode(body.removesuffix(b"~>"))
        drawn = zlib.decompress(body)
        if b" Tj" in drawn:
            found.append(_said(drawn))
    return found


def text(content: bytes) -> str:
    return " ".join(pages(content))


def _said(drawn: bytes) -> str:
    shown = (_plain(one["words"]) for one in SHOWN.finditer(drawn))
    return " ".join(" ".join(shown).split())


def _plain(words: bytes) -> str:
    def letter(found: re.Match[bytes]) -> bytes:
        sign = found[1]
        return bytes([int(sign, 8) & 255]) if sign.isdigit() else ESCAPED.get(sign, sign)

    return re.sub(rb"\\([0-7]{1,3}|.)", letter, words, flags=re.DOTALL).decode("latin-1")
