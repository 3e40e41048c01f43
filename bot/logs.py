"""What is written to the log? Event ids, outbox ids, keys and faults; never a text, a name, or a number in full."""

from __future__ import annotations

import logging
import sys
from datetime import UTC, datetime
from hashlib import sha256
from typing import Any, Literal

import structlog

FORBIDDEN = {"text", "name", "names", "phone", "sender", "params", "body"}


def short(event: str) -> str:
    """An event's id as the log has it: the beginning of its SHA-256. WhatsApp writes the number into its own ids."""
    return sha256(event.encode("utf-8", "replace")).hexdigest()[:12]


def set_up(kind: Literal["console", "json"]) -> None:
    renderer: Any = structlog.dev.ConsoleRenderer(colors=sys.stderr.isatty())
    if kind == "json":
        renderer = structlog.processors.JSONRenderer()
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            _only_ids,
            _fault_without_words,
            renderer,
        ],
        wrapper_class=structlog.make_filtering_bound_logger(logging.INFO),
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
    )
    others = logging.StreamHandler(sys.stderr)
    others.setFormatter(_OfOthers(renderer))
    logging.basicConfig(level=logging.WARNING, handlers=[others])


class _OfOthers(logging.Formatter):
    """Lines of uvicorn and other libraries look like ours: one renderer, and no words of a fault."""

    def __init__(self, renderer: Any) -> None:
        super().__init__()
        self.renderer = renderer

    def format(self, record: logging.LogRecord) -> str:
        at = datetime.fromtimestamp(record.created, UTC).isoformat().replace("+00:00", "Z")
        event = {
            "event": record.getMessage(),
            "logger": record.name,
            "level": record.levelname.lower(),
            "timestamp": at,
        }
        fault = record.exc_info[1] if record.exc_info else None
        return str(self.renderer(None, "", _fault_without_words(None, "", {**event, "exc_info": fault})))


def _only_ids(_logger: Any, _method: str, event: Any) -> Any:
    """A field that could hold somebody's words is dropped, whoever put it there."""
    return {key: value for key, value in event.items() if key not in FORBIDDEN}


def _fault_without_words(_logger: Any, _method: str, event: Any) -> Any:
    """A traceback shows where and what kind, not the message: that may quote what somebody wrote."""
    fault = event.pop("exc_info", None)
    if fault is True:
        fault = sys.exc_info()[1]
    if isinstance(fault, BaseException):
        event["fault"] = type(fault).__name__
        event["where"] = _where(fault)
    return event


def _where(fault: BaseException) -> str:
    trace, places = fault.__traceback__, []
    while trace is not None:
        code = trace.tb_frame.f_code
        places.append(f"{code.co_filename.rsplit('/', 1)[-1]}:{trace.tb_lineno}:{code.co_name}")
        trace = trace.tb_next
    return " > ".join(places[-6:])
