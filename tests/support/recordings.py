"""What do the recorders of phones write? The smallest file of each sort, as far as anybody looks into it."""

from __future__ import annotations

from bot.simulator.samples import picture, silence

STEREO = silence().replace(b"OpusHead\x01\x01", b"OpusHead\x01\x02")


def box(name: bytes, *parts: bytes) -> bytes:
    inside = b"".join(parts)
    return (8 + len(inside)).to_bytes(4) + name + inside


def track(kind: bytes, codec: bytes) -> bytes:
    told = box(b"hdlr", bytes(8), kind, bytes(13))
    how = box(b"stsd", bytes(7), b"\x01", box(codec, bytes(28)))
    return box(b"trak", box(b"tkhd", bytes(84)), box(b"mdia", told, box(b"minf", box(b"stbl", how))))


def boxes(brand: bytes, *tracks: bytes) -> bytes:
    """As an iPhone (M4A), an Android phone (mp42, 3gp4) or a camera writes."""
    return box(b"ftyp", brand, bytes(4), brand) + box(b"mdat", bytes(64)) + box(b"moov", box(b"mvhd"), *tracks)


AAC_TRACK, AMR_TRACK, FILM = track(b"soun", b"mp4a"), track(b"soun", b"samr"), track(b"vide", b"avc1")
MP3_FRAME = b"\xff\xfb\x90\x64" + bytes(64)

GOOD = {
    "a voice note": (silence(), "audio/ogg"),
    "iPhone": (boxes(b"M4A ", AAC_TRACK), "audio/mp4"),
    "Android": (boxes(b"mp42", AAC_TRACK), "audio/mp4"),
    "Android, 3GP with AAC": (boxes(b"3gp4", AAC_TRACK), "audio/mp4"),
    "MP3": (MP3_FRAME, "audio/mpeg"),
    "MP3 with its title": (b"ID3\x04\x00\x00\x00\x00\x01\x05" + bytes(133) + MP3_FRAME, "audio/mpeg"),
    "AAC": (b"\xff\xf1\x50\x80" + bytes(64), "audio/aac"),
    "old Android": (b"#!AMR\n" + bytes(64), "audio/amr"),
}
WRONG = {
    "two channels": (STEREO, "sound"),
    "Vorbis": (b"OggS" + bytes(24) + b"\x01vorbis", "sound"),
    "3GP with AMR": (boxes(b"3gp4", AMR_TRACK), "sound"),
    "Apple Lossless": (boxes(b"M4A ", track(b"soun", b"alac")), "sound"),
    "wide-band AMR": (b"#!AMR-WB\n" + bytes(64), "sound"),
    "WAV": (b"RIFF\x24\x00\x00\x00WAVEfmt ", "sound"),
    "a film": (boxes(b"isom", FILM, AAC_TRACK), "video"),
    "a photo of an iPhone": (box(b"ftyp", b"heic", bytes(4), b"mif1") + box(b"meta", bytes(40)), "sort"),
    "boxes without end": (box(b"ftyp", b"M4A ", bytes(4)) + b"\x00\x00\x00\x02moov", "sort"),
    "a title and nothing": (b"ID3xx", "sort"),
    "a page": (b"<html>", "sort"),
    "half a photo": (picture()[:300], "sort"),
    "a picture of another sort": (b"RIFF\x24\x00\x00\x00WEBPVP8 ", "sort"),
}
