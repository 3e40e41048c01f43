"""Do all lines of the log look alike, and does none of them quote anybody?"""

from __future__ import annotations

import json
import logging
import sys

import structlog

from bot.logs import _OfOthers


def test_a_line_of_uvicorn_is_json_like_ours_and_quotes_no_fault():
    line = _OfOthers(structlog.processors.JSONRenderer())
    try:
        raise ValueError("hadir bu, ulun Siti")
    except ValueError:
        fault = sys.exc_info()
    record = logging.LogRecord("uvicorn.error", logging.ERROR, "x.py", 1, "Exception in %s", ("ASGI",), fault)
    found = json.loads(line.format(record))
    assert (found["event"], found["logger"], found["level"]) == ("Exception in ASGI", "uvicorn.error", "error")
    assert found["fault"] == "ValueError"
    assert "Siti" not in str(found)
    quiet = logging.LogRecord("uvicorn.error", logging.WARNING, "x.py", 1, "Invalid HTTP request received.", None, None)
    assert json.loads(line.format(quiet))["timestamp"].endswith("Z")
