"""Can a photo in a SIARAN be played in the simulator, from a phone to the phones of families?"""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
from starlette.requests import Request

from bot.app import make_simulator, open_store
from bot.settings import Settings
from bot.simulator.api import _Api
from data.phones import PhoneMessage

BUDI, SITI, WATI = "+6281100000902", "+6281100000001", "+6281100000002"


@pytest.mark.parametrize(("media", "mime"), [("image", "image/jpeg"), ("voice", "audio/ogg")])
async def test_a_photo_and_a_voice_note_reach_the_phones(tmp_path: Path, media: str, mime: str):
    settings = Settings(_env_file=None, database_url=f"sqlite:///{tmp_path}/simulator.db")
    store = open_store(settings)
    play = make_simulator(settings, store).play
    api = _Api(play, settings.zone)

    async def says(who: str, **what: str) -> list[PhoneMessage]:
        return list((await play.say({"channel": "whatsapp", "from": who, **what})).messages)

    await says(SITI, text="terima kasih")
    (shown,) = await says(BUDI, media=media, text="SIARAN Melati 3; Ini tempatnya")
    assert "ikut" in shown.body["text"]
    await says(BUDI, text="Kirim")
    moved = await play.advance(play.clock.now() + timedelta(minutes=3))
    hers = [m for m in moved if f"+{m.address.value}" == SITI]
    assert [m.body["media"] for m in hers] == ([mime] if media == "image" else [None, mime])
    assert [m.body["media"] for m in moved if f"+{m.address.value}" == WATI] == [None]
    later = await says(WATI, text="baik pak")
    assert (later[-1].key, later[-1].body["media"]) == ("broadcast.file", mime)
    file = await api.media(Request({"type": "http", "path_params": {"seq": later[-1].seq}}))
    assert (file.media_type, len(file.body) > 200) == (mime, True)
    await store.close()
