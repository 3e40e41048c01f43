"""How is everything carried away in one file while the bot runs, and brought back?"""

from data.keeping.backup import back_up
from data.keeping.file import BackupError, Manifest, examine
from data.keeping.restore import restore

__all__ = ["BackupError", "Manifest", "back_up", "examine", "restore"]
