"""Which questions are there, in which version?"""

from __future__ import annotations

from sqlalchemy import select

from data.content.quizzes import Item, items
from data.dialect import InsertOnce
from data.quiz.records import Shelf
from data.schema import (
    quiz_item,
)

KEEP_ITEM = InsertOnce(quiz_item, ["item", "version"])


class Bank(Shelf):
    """Authored questions, and what coordinators made of them."""

    def bank(self, session: str | None = None) -> list[Item]:
        """Authored questions with what coordinators added or changed; the newest version of an id counts."""
        found = {item.id: item for item in items()}
        for row in self.conn.execute(select(quiz_item).order_by(quiz_item.c.version)):
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
        row = self.conn.execute(
            select(quiz_item.c.content).where(quiz_item.c.item == item_id, quiz_item.c.version == version)
        ).first()
        if row is not None:
            return Item.model_validate(row.content)
        return next((item for item in items() if item.id == item_id and item.version == version), None)
