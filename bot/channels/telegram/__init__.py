"""How does the bot talk through Telegram? limits, reading, rendering, sending, and the bot's own settings there."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from datetime import datetime
from typing import Any, cast
from urllib.parse import urlencode

from telegram import Bot, BotCommand, BotCommandScope, BotCommandScopeAllPrivateChats, BotCommandScopeChat, Message
from telegram.error import BadRequest, TelegramError

from bot.channels.base import Body, File, Notice, Refused, Sent, Unknown
from bot.channels.careful import table, whole, words
from bot.channels.errors import telegram_error
from bot.channels.parts import is_picture_file, is_voice_file
from bot.channels.telegram import limits, reading, rendering
from bot.channels.telegram.aiohttp_request import AiohttpRequest
from bot.channels.uploads import Uploads
from messages.envelope import Address, Inbound, Letter, StatusUpdate

__all__ = ["AiohttpRequest", "Telegram"]

UNREADABLE = (TypeError, ValueError, KeyError, AttributeError, IndexError, OverflowError, OSError, RecursionError)
"""What python-telegram-bot raises on an answer that is not shaped as it expects."""


class Telegram:
    name = limits.NAME

    def __init__(self, bot: Bot) -> None:
        self._bot = bot
        self._uploads = Uploads(limits.UPLOADED_FOR)

    @property
    def _request(self) -> AiohttpRequest:
        return cast(AiohttpRequest, self._bot.request)

    def parse(self, payload: Mapping[str, Any], received: datetime) -> list[Inbound | StatusUpdate | Notice]:
        return reading.read(payload, received)

    def render(self, letter: Letter, now: datetime) -> Body:
        return rendering.render(letter, now)

    async def send(self, letter: Letter, body: Body, file: File | None) -> Sent:
        with _told():
            try:
                return Sent(str(await self._post(body, file)))
            except UNREADABLE as error:
                # Taken, but with an answer that the library cannot read: sending again might double it.
                raise Unknown(type(error).__name__) from error

    async def _post(self, body: Body, file: File | None) -> int:
        call = dict(body.payload)
        if body.method == "sendMessage":
            return await self._post_words(call)
        if file is None:
            raise Refused("the file of this letter could not be made")
        # The plan guessed by the attachment's kind; now the file itself says whether it is a picture.
        call.pop("photo", None), call.pop("document", None), call.pop("voice", None)
        async with self._uploads.known(file) as name:
            with _told():
                sent = await self._post_file(file, name, call)
            if name is None:
                self._uploads.learn(file, _name_of(sent))
        return sent.message_id

    async def _post_file(self, file: File, name: str | None, call: Mapping[str, Any]) -> Message:
        """`name` is what Telegram calls it, once it was uploaded."""
        what, more = name or file.content, {**call, **({} if name else {"filename": file.name})}
        if is_picture_file(file):
            return await self._bot.send_photo(photo=what, **more)
        if is_voice_file(file) and file.name.rpartition(".")[2] not in limits.NO_VOICE:
            return await self._bot.send_voice(voice=what, **more)
        if is_voice_file(file):  # a name that Telegram gave to a song is refused for a document
            more["disable_content_type_detection"] = True
        return await self._bot.send_document(document=what, **more)

    async def _post_words(self, call: Mapping[str, Any]) -> int:
        """Of the answer only the number is wanted: a whole `Message` costs more than everything else about a send."""
        answer = table(await self._request.call(f"{self._bot.base_url}/sendMessage", call))
        number = whole(answer.get("message_id"))
        if number is None or "date" not in answer or not table(answer.get("chat")):
            raise Unknown("accepted with an answer that is no message")
        return number

    async def fetch(self, media: str, most: int) -> bytes:
        """The file behind an id. Raises ChannelError."""
        with _told():
            file = await self._bot.get_file(media)
            if (file.file_size or 0) > most:
                raise Refused("the file is too large")
            return bytes(await file.download_as_bytearray())

    async def answer_callback(self, callback_id: str, text: str = "") -> None:
        """Stops the little clock on the button. An old press needs no answer any more."""
        call = {"callback_query_id": callback_id, **({"text": text[: limits.CALLBACK_ANSWER]} if text else {})}
        with _told(), suppress(BadRequest):
            await self._request.call(f"{self._bot.base_url}/answerCallbackQuery", call)

    async def username(self) -> str:
        """What stands behind t.me/ in a link to this bot."""
        with _told():
            return (await self._bot.get_me()).username or ""

    async def set_commands(self, commands: Sequence[tuple[str, str]], chat: Address | None = None) -> None:
        """The menu of /words: for one chat, whose role is known, or for everybody who is new."""
        scope: BotCommandScope = BotCommandScopeAllPrivateChats()
        if chat is not None:
            scope = BotCommandScopeChat(int(chat.value))
        with _told():
            await self._bot.set_my_commands([BotCommand(*command) for command in commands], scope=scope)

    async def forget_commands(self, chat: Address) -> None:
        """The chat sees everybody's menu again."""
        with _told():
            await self._bot.delete_my_commands(scope=BotCommandScopeChat(int(chat.value)))

    async def set_webhook(self, url: str, secret: str) -> None:
        with _told():
            await self._bot.set_webhook(url, secret_token=secret, allowed_updates=limits.UPDATES)

    async def remove_webhook(self) -> None:
        """Before polling: Telegram refuses both at once."""
        with _told():
            await self._bot.delete_webhook()

    async def get_updates(self, offset: int | None, timeout: int) -> list[dict[str, Any]]:
        """The updates as they came. `Bot.get_updates` would fail the whole batch for one that it cannot read."""
        wish = {"timeout": timeout, "allowed_updates": json.dumps(limits.UPDATES)}
        if offset is not None:
            wish["offset"] = offset
        request = self._bot.request
        with _told():
            found = await request.post(
                f"{self._bot.base_url}/getUpdates?{urlencode(wish)}", read_timeout=timeout + (request.read_timeout or 0)
            )
        return [update for update in found if table(update)] if isinstance(found, list) else []


def _name_of(sent: Message) -> str:
    """Of a photo there are several sizes, the largest last."""
    part = sent.photo[-1] if sent.photo else sent.voice or sent.document or sent.audio
    return words(part.file_id) if part is not None else ""


@contextmanager
def _told() -> Iterator[None]:
    """python-telegram-bot's errors, in the words of the policy table."""
    try:
        yield
    except TelegramError as error:
        raise telegram_error(error) from error
