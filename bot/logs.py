"""What is written to the log? Event ids, outbox ids, keys and faults; never a text, a name, or a number in full."""

from __future__ import annotations

import logging
import sys
from typing import Any, Literal

import structlog

FORBIDDEN = {"text", "name", "names", "phone", "sender", "params", "body"}


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
    logging.basicConfig(level=logging.WARNING, format="%(levelname)s %(name)s %(message)s", stream=sys.stderr)


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
