"""Where does the file of a letter come from? Most are made by `bot/exports`; those of announcements are kept."""

from __future__ import annotations

from bot.channels.base import File, Refused
from bot.exports import make_file
from data.broadcasts import KIND
from data.broadcasts.files import FORMATS, BroadcastFile
from data.store import Store, Tx
from messages.envelope import Attachment

MOST = 4
"""Announcements that go out at the same time; each is read once for its many letters."""

NAMES = {"image": "foto", "document": "pengumuman", "voice": "pesan-suara"}


class Files:
    """Called like `make_file`."""

    def __init__(self, store: Store) -> None:
        self.store = store
        self._held: dict[int, File] = {}

    async def __call__(self, attachment: Attachment) -> File:
        """Raises Refused for a file that is over its time."""
        if attachment.kind != KIND:
            return await make_file(attachment)
        number = int(attachment.params["id"])
        if number not in self._held:
            found, content = await self.store.write(lambda tx: _look(tx, number))
            if found is None or not found.mime or content is None:
                raise Refused("the file of this announcement is not kept any longer")
            while len(self._held) >= MOST:
                del self._held[next(iter(self._held))]
            name = f"{NAMES[found.sort]}.{FORMATS[found.mime]}"
            self._held[number] = File(name, found.mime, content, f"{KIND}:{number}")
        return self._held[number]


def _look(tx: Tx, number: int) -> tuple[BroadcastFile | None, bytes | None]:
    return tx.broadcasts.files.get(number), tx.broadcasts.files.content(number)
