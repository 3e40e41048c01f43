"""What does the Telegram Bot API allow? Figures of its specification unless a comment says otherwise."""

from __future__ import annotations

NAME = "telegram"
API_URL = "https://api.telegram.org"

TEXT = 4096
CAPTION = 1024
CALLBACK_DATA_BYTES = 64
ROW, BUTTONS = 8, 100
CALLBACK_ANSWER = 200

SHORT_TITLE, SHORT_ROW = 12, 3  # ours: three short titles stand side by side on a small phone

NO_VOICE = frozenset({"aac", "amr"})
"""Recordings that sendVoice does not take; as a file they can be opened all the same."""

UPDATES = ("message", "edited_message", "callback_query", "my_chat_member", "message_reaction")
"""What we ask for. Of an edit we read that it came: what was answered stays answered."""

CONNECT_SECONDS, READ_SECONDS = 10.0, 20.0
UPLOAD_SECONDS = 60.0
UPLOADED_FOR = 20 * 24 * 3600.0  # ours; Telegram names no end
