"""JSON of any shape, and real payloads with a few parts replaced by anything: what a webhook might be handed."""

from __future__ import annotations

import copy
from typing import Any

from hypothesis import strategies as st

LEAF = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(st.characters(), max_size=20)
    | st.sampled_from(["\ud800", "\0", "", "private", "9" * 5000, "-1", "1" * 18])
)
JSON: st.SearchStrategy[Any] = st.recursive(
    LEAF, lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=10), inner, max_size=4)
)


def paths(node: Any, so_far: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    inner = node.items() if isinstance(node, dict) else enumerate(node) if isinstance(node, list) else ()
    return [so_far, *(path for key, part in inner for path in paths(part, (*so_far, key)))]


@st.composite
def shaken(draw: st.DrawFn, payload: Any) -> Any:
    """The payload with up to three of its parts gone or replaced."""
    payload = copy.deepcopy(payload)
    for _ in range(draw(st.integers(1, 3))):
        *way, last = draw(st.sampled_from([path for path in paths(payload) if path] or [("",)]))
        node = payload
        for step in way:
            node = node[step]
        if last == "":
            break
        if draw(st.booleans()):
            node[last] = draw(JSON)
        else:
            del node[last]
    return payload
