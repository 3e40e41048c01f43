"""How is a photo made small? Upright, at most 1280 dots wide, as JPEG; what the camera wrote beside it is left out."""

from __future__ import annotations

import io

LONGEST_SIDE, QUALITY = 1280, 72
MOST_DOTS = 60_000_000
"""More is no photo of a phone, and would fill the memory."""


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
