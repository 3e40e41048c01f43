"""What lies behind a photo, a document or a voice note that a phone of the simulator sends? A sample of each."""

from __future__ import annotations

import io
import struct

from bot.channels.base import Refused

FRAMES = 50
SILENT_FRAME = b"\xf8\xff\xfe"
"""20 milliseconds of Opus, in mono."""

MONO_48_KHZ = struct.pack("<8sBBHIhB", b"OpusHead", 1, 1, 0, 48000, 0, 0)


class Samples:
    """A platform that holds one file of each sort."""

    async def fetch(self, media: str, most: int) -> bytes:
        makers = {"image": picture, "document": paper, "voice": silence}
        if media not in makers:
            raise Refused("no such file")
        return makers[media]()


def picture() -> bytes:
    from PIL import Image, ImageDraw  # only when somebody plays with a photo

    image = Image.new("RGB", (960, 720), "#e8eef4")
    draw = ImageDraw.Draw(image)
    draw.rectangle((60, 60, 900, 660), outline="#1f4e79", width=12)
    draw.text((480, 360), "Contoh foto", fill="#1f4e79", font_size=96, anchor="mm")
    out = io.BytesIO()
    image.save(out, "JPEG", quality=80)
    return out.getvalue()


def paper() -> bytes:
    from reportlab.pdfgen.canvas import Canvas

    out = io.BytesIO()
    canvas = Canvas(out)
    canvas.setFont("Helvetica", 36)
    canvas.drawString(72, 700, "Contoh dokumen")
    canvas.save()
    return out.getvalue()


def silence() -> bytes:
    """A second of nothing, as Opus in Ogg: what the voice notes of both platforms are."""
    tags = b"OpusTags" + struct.pack("<I", 0) + struct.pack("<I", 0)
    pages = [(MONO_48_KHZ,), (tags,), (SILENT_FRAME,) * FRAMES]
    places = (0, 0, FRAMES * 960)
    return b"".join(
        _page(packets, number, at, first=number == 0, last=number == len(pages) - 1)
        for number, (packets, at) in enumerate(zip(pages, places, strict=True))
    )


def _page(packets: tuple[bytes, ...], number: int, at: int, *, first: bool, last: bool) -> bytes:
    flags = 2 * first + 4 * last
    sizes = bytes(len(one) for one in packets)
    head = struct.pack("<4sBBqIIIB", b"OggS", 0, flags, at, 1, number, 0, len(sizes)) + sizes
    page = head + b"".join(packets)
    return page[:22] + struct.pack("<I", _checksum(page)) + page[26:]


def _checksum(page: bytes) -> int:
    """Ogg's own CRC: 0x04c11db7, not reflected."""
    value = 0
    for byte in page:
        value ^= byte << 24
        for _ in range(8):
            value = (value << 1 ^ 0x04C11DB7 if value & 0x80000000 else value << 1) & 0xFFFFFFFF
    return value
