"""Is this a recording that families can hear? By its first bytes, and for M4A by its tracks; never by its name."""

from __future__ import annotations

from collections.abc import Iterator

OPUS, MP3, M4A, AAC, AMR = "audio/ogg", "audio/mpeg", "audio/mp4", "audio/aac", "audio/amr"
SOUND, VIDEO = "sound", "video"
OTHERS = (b"OggS", b"fLaC", b"#!AMR", b"caff", b"\x1a\x45\xdf\xa3", b"\x30\x26\xb2\x75", b"RIFF", b"FORM")
"""Recordings no platform takes as one: Vorbis, FLAC, wide-band AMR, Apple's own, WebM, WMA, WAV and AIFF."""

INSIDE = {b"moov", b"trak", b"mdia", b"minf", b"stbl"}
DEEP = len(INSIDE)


def sort_of(content: bytes) -> str | None:
    """Its type; 'sound' or 'video' for one that cannot be sent; None for what is neither."""
    if content[:4] == b"OggS" and (head := content.find(b"OpusHead", 0, 100)) >= 0:
        return OPUS if content[head + 9 : head + 10] == b"\x01" else SOUND  # WhatsApp takes one channel only
    if content[:6] == b"#!AMR\n":
        return AMR
    if content[4:8] == b"ftyp":
        return _of_tracks(content)
    if content[:3] == b"ID3":
        content = content[_after_tag(content) :]
    if (frame := _frame(content)) is not None:
        return frame
    wav_or_aiff = content[:4] in {b"RIFF", b"FORM"}
    named = content[8:12] in {b"WAVE", b"AIFF", b"AIFC"} if wav_or_aiff else content.startswith(OTHERS)
    return SOUND if named else None


def plain(content: bytes) -> bytes:
    """M4A under its own name: recorders also write that of films, by which platforms take it for one."""
    return content[:8] + b"M4A " + content[12:]


def _after_tag(content: bytes) -> int:
    size = 0
    for seven in content[6:10]:
        size = size << 7 | seven & 0x7F
    return 10 + size


def _frame(content: bytes) -> str | None:
    """Of a stream without a box around it: eleven bits that are set, then the version and the layer."""
    if content[:1] != b"\xff" or len(content) < 4:
        return None
    if content[1] & 0xF6 == 0xF0:
        return AAC
    known_version = content[1] & 0x18 != 0x08
    return MP3 if content[1] & 0xE6 == 0xE2 and known_version else None


def _of_tracks(content: bytes) -> str | None:
    """A film, an AAC recording, another recording, or a photo that is written in the same kind of boxes."""
    kinds, codecs = set(), set()
    for name, body in _boxes(content, 0, len(content), 0):
        if name == b"hdlr":
            kinds.add(body[8:12])
        elif name == b"stsd":
            codecs.add(body[12:16])
    if b"vide" in kinds:
        return VIDEO
    if b"soun" not in kinds:
        return None
    return M4A if codecs <= {b"mp4a", b"text", b"tx3g"} and b"mp4a" in codecs else SOUND


def _boxes(content: bytes, at: int, end: int, depth: int) -> Iterator[tuple[bytes, bytes]]:
    """(name, the beginning of what is in it), those inside of others too; ends where the sizes make no sense."""
    while at + 8 <= end:
        size, name, head = int.from_bytes(content[at : at + 4]), content[at + 4 : at + 8], 8
        if size == 1:
            size, head = int.from_bytes(content[at + 8 : at + 16]), 16
        size = size or end - at
        if size < head or at + size > end:
            return
        yield name, content[at + head : at + min(size, head + 32)]
        if name in INSIDE and depth < DEEP:
            yield from _boxes(content, at + head, at + size, depth + 1)
        at += size
