"""How is a photo made small? Upright, at most 1280 dots wide, as JPEG; what the camera wrote beside it is left out."""

from __future__ import annotations

import io
from collections.abc import Sequence

LONGEST_SIDE, QUALITY = 1280, 72
MOST_DOTS = 60_000_000
"""More is no photo of a phone, and would fill the memory."""


GPS, DEGREES = 0x8825, 3


def place(content: bytes) -> str | None:
    """Where the camera says that it was, as '-2.331200,115.463400'; None for most photos."""
    from PIL import Image, UnidentifiedImageError  # only when a photo comes in

    try:
        with Image.open(io.BytesIO(content)) as picture:
            told = picture.getexif().get_ifd(GPS)
        found = [_degrees(told[number + 1], str(told[number]) in "SW") for number in (1, 3)]
    except (UnidentifiedImageError, OSError, ValueError, SyntaxError, ArithmeticError, LookupError, TypeError):
        return None
    except Image.DecompressionBombError:
        return None
    return spot(*found)


def spot(north: float, east: float) -> str | None:
    """None for what lies nowhere on the earth, and for 0,0, which a camera writes that does not know."""
    if not (abs(north) <= 90 and abs(east) <= 180) or (north, east) == (0, 0):
        return None
    return f"{north:.6f},{east:.6f}"


def _degrees(parts: Sequence[float], negative: bool) -> float:
    """Of degrees, minutes and seconds."""
    if len(parts) != DEGREES:
        raise ValueError("not degrees, minutes, seconds")
    whole = sum((float(part) / (1, 60, 3600)[place] for place, part in enumerate(parts)), 0.0)
    return -whole if negative else whole


def small(content: bytes) -> bytes | None:
    """None for what is no picture. Where and when it was taken does not stay in it."""
    from PIL import Image, ImageOps, UnidentifiedImageError  # only when a photo comes in

    try:
        with Image.open(io.BytesIO(content)) as picture:
            if picture.width * picture.height > MOST_DOTS:
                return None
            upright = ImageOps.exif_transpose(picture).convert("RGB")
    except (UnidentifiedImageError, OSError, ValueError, SyntaxError, Image.DecompressionBombError):
        return None
    upright.thumbnail((LONGEST_SIDE, LONGEST_SIDE))
    out = io.BytesIO()
    upright.save(out, "JPEG", quality=QUALITY, optimize=True)
    return out.getvalue()
