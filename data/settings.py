"""What does this database say of itself? Real or simulator, and the simulator's clock."""

from __future__ import annotations

from sqlalchemy import Connection, bindparam, select

from data.dialect import Upsert
from data.schema import setting

KEEP = Upsert(setting, ["name"], ["value"])
GET = select(setting.c.value).where(setting.c.name == bindparam("n"))


class Settings:
    def __init__(self, conn: Connection) -> None:
        self.conn = conn

    def get(self, name: str) -> str | None:
        return self.conn.execute(GET, {"n": name}).scalar_one_or_none()

    def keep(self, name: str, value: str) -> None:
        KEEP(self.conn, {"name": name, "value": value})
