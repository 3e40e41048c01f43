"""What does this database say of itself? Real or simulator, and the simulator's clock."""

from __future__ import annotations

from sqlalchemy import Connection, bindparam, select

from data.dialect import Upsert
from data.records import Hours
from data.schema import setting

KEEP = Upsert(setting, ["name"], ["value"])
GET = select(setting.c.value).where(setting.c.name == bindparam("n"))


HOURS = "hours"
URGENT = "urgent_contacts"


class Settings:
    def __init__(self, conn: Connection) -> None:
        self.conn = conn

    def hours(self) -> Hours:
        """When families may hear from us unasked; what `run` was started with, else the usual hours."""
        kept = self.get(HOURS)
        if kept is None:
            return Hours()
        opens, closes, pause_from, pause_to, friday_from, friday_to = kept.split(" ")
        return Hours(opens, closes, (pause_from, pause_to), (friday_from, friday_to))

    def keep_hours(self, hours: Hours) -> None:
        self.keep(HOURS, " ".join((hours.opens, hours.closes, *hours.pause, *hours.friday)))

    def urgent_contacts(self) -> str:
        """The numbers for danger that the kabupaten has confirmed; none unless `run` was started with them."""
        return self.get(URGENT) or ""

    def keep_urgent_contacts(self, contacts: str) -> None:
        self.keep(URGENT, contacts)

    def get(self, name: str) -> str | None:
        return self.conn.execute(GET, {"n": name}).scalar_one_or_none()

    def keep(self, name: str, value: str) -> None:
        KEEP(self.conn, {"name": name, "value": value})
