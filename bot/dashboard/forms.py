"""What did a browser send? The fields of a form, the object of a JSON body, or fields with one file among them."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qsl

FIELDS = 500
_BOUNDARY = re.compile(r'boundary="?([^";,\s]{1,70})"?')
_NAME = re.compile(rb'\bname="([^"\r\n]{0,80})"')
_FILE = re.compile(rb'\bfilename="([^"\r\n]{0,300})"')


class Unreadable(Exception):
    """It is none of these."""


@dataclass(frozen=True, slots=True)
class Upload:
    """A file that was chosen on the page."""

    name: str
    content: bytes = field(repr=False)


def read(content_type: str, body: bytes) -> Mapping[str, Any]:
    """Raises Unreadable."""
    if is_json(content_type):
        return _object(body)
    return _parts(content_type, body) if has_files(content_type) else _form(body)


def is_json(content_type: str) -> bool:
    return content_type.startswith("application/json")


def has_files(content_type: str) -> bool:
    return content_type.startswith("multipart/form-data")


def _object(body: bytes) -> Mapping[str, Any]:
    try:
        found = json.loads(body)
    except (ValueError, RecursionError):
        found = None
    if not isinstance(found, dict):
        raise Unreadable
    return found


def _form(body: bytes) -> Mapping[str, str]:
    try:
        return dict(parse_qsl(body.decode("utf-8"), keep_blank_values=True, max_num_fields=FIELDS))
    except ValueError:
        raise Unreadable from None


def _parts(content_type: str, body: bytes) -> Mapping[str, Any]:
    """Where no file was chosen, a browser sends one without a name and without content: it is left out."""
    found = _BOUNDARY.search(content_type)
    if found is None:
        raise Unreadable
    parts = (b"\r\n" + body).split(b"\r\n--" + found[1].encode("ascii", "replace"))
    if len(parts) > FIELDS + 2 or parts[-1][:2] != b"--":
        raise Unreadable
    sent: dict[str, Any] = {}
    for part in parts[1:-1]:
        head, _, content = part.partition(b"\r\n\r\n")
        name, file = _NAME.search(head), _FILE.search(head)
        if name is None:
            raise Unreadable
        key = name[1].decode("utf-8", "replace")
        if file is None:
            sent[key] = content.decode("utf-8", "replace")
        elif file[1] or content:
            sent[key] = Upload(file[1].decode("utf-8", "replace"), content)
    return sent
