"""What do the platforms share when they render? The button that gives away one's number, and which file is what."""

from __future__ import annotations

from bot.channels.base import File
from messages.envelope import Attachment

SHARE_CONTACT = "contact:share"
"""On Telegram this button shares one's own number; on WhatsApp the number is known and the button is left out."""

PICTURES = frozenset({"picture", "image", "photo", "chart", "qr", "png", "jpg", "jpeg"})
VOICES = frozenset({"ogg", "mp3", "m4a", "aac", "amr"})
_PICTURE_TYPES = frozenset({"image/png", "image/jpeg"})


def is_picture(attachment: Attachment) -> bool:
    """Before the file is made: by the words of its kind (`summary_chart`), or by a `format` among its parameters.
    Sending goes by the file itself."""
    signs = {*attachment.kind.split("_"), str(attachment.params.get("format", "")).lower()}
    return not PICTURES.isdisjoint(signs)


def is_picture_file(file: File) -> bool:
    return file.mime in _PICTURE_TYPES


def is_voice(attachment: Attachment) -> bool:
    return attachment.params.get("format") in VOICES


def is_voice_file(file: File) -> bool:
    return file.mime.startswith("audio/")
