"""Which questions are there, in which version?"""

from __future__ import annotations

from functools import cache

from sqlalchemy import bindparam, select

from data.content.quizzes import Item, items
from data.dialect import InsertOnce
from data.prepared import Prepared
from data.quiz.records import Shelf
from data.schema import (
    quiz_item,
)

CHANGED = Prepared(select(quiz_item.c.content).order_by(quiz_item.c.version))
VERSION = Prepared(
    select(quiz_item.c.content).where(quiz_item.c.item == bindparam("i"), quiz_item.c.version == bindparam("v"))
)
KEEP_ITEM = InsertOnce(quiz_item, ["item", "version"])


class Bank(Shelf):
    """Authored questions, and what coordinators made of them."""

    def bank(self, session: str | None = None) -> list[Item]:
        """Authored questions with what coordinators added or changed; the newest version of an id counts."""
        found = dict(_authored())
        for row in CHANGED.all(self.conn, {}):
            changed = Item.model_validate(row.content)
            if changed.id not in found or changed.version >= found[changed.id].version:
                found[changed.id] = changed
        return [item for item in found.values() if session in {None, item.session}]

    def keep_item(self, item: Item) -> bool:
        """A new version of a question, from a spreadsheet."""
        values = {"item": item.id, "version": item.version, "content": item.model_dump(mode="json")}
        return bool(KEEP_ITEM(self.conn, {**values, "changed": self.now}))

    def item(self, item_id: str, version: int) -> Item | None:
        """The very version that was asked."""
        row = VERSION.first(self.conn, {"i": item_id, "v": version})
        if row is not None:
            return Item.model_validate(row.content)
        authored = _authored().get(item_id)
        return authored if authored is not None and authored.version == version else None


@cache
def _authored() -> dict[str, Item]:
    return {item.id: item for item in items()}
