"""How do people come in on Telegram, and what do codes and QR pictures open?"""

from handlers.registration.checking_in import on_kode, read_start
from handlers.registration.commands import commands_for
from handlers.registration.deciding import on_daftarkan, on_decision
from handlers.registration.inviting import Invited, how, invite, invite_each, invite_staff, on_undang, poster
from handlers.registration.joining import on_line
from handlers.registration.revoking import revoke

__all__ = [
    "Invited",
    "commands_for",
    "how",
    "invite",
    "invite_each",
    "invite_staff",
    "on_daftarkan",
    "on_decision",
    "on_kode",
    "on_line",
    "on_undang",
    "poster",
    "read_start",
    "revoke",
]
