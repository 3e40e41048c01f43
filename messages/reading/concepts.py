"""Which concepts of the word files belong together?"""

SMALL = ("filler", "vocative")
ME = ("me", "us")
NEGATIONS = ("negator", "notyet", "forbid")
NODS = ("yes", "ok", "allow")
POLITE = ("thanks", "greeting", "sorry", "please")
WRITING = ("post", "send", "bother", "receive")
LINKS = ("but", "because", "so", "turn", "if")
DAYS = ("past", "today", "future")
DOUBT = ("seem", "hedge", "wish")
