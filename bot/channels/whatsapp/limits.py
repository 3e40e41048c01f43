"""What does the WhatsApp Cloud API allow? Figures of Meta's specification unless a comment says otherwise."""

from __future__ import annotations

from datetime import timedelta

NAME = "whatsapp"
API_URL = "https://graph.facebook.com/v23.0"

WINDOW = timedelta(hours=24)
"""After a person's message we may speak freely for so long; then only in approved templates."""
WINDOW_MARGIN = timedelta(minutes=1)
"""Their clock and ours differ, and a letter travels: near the end we take the template."""

TEXT = 4096  # Meta's guide; not in the specification file
CAPTION = 1024
INTERACTIVE_TEXT = 1024
BUTTONS, BUTTON_TITLE, BUTTON_ID = 3, 20, 256
ROWS, ROW_TITLE, ROW_DESCRIPTION, ROW_ID = 10, 24, 72, 200
LIST_BUTTON = 20

TEMPLATE_TEXT = 1024
TEMPLATE_BUTTONS, TEMPLATE_BUTTON_TITLE, TEMPLATE_PAYLOAD = 10, 25, 128  # Meta's template guide

CONNECT_SECONDS, READ_SECONDS = 10.0, 20.0
UPLOAD_SECONDS = 60.0
UPLOADED_FOR = 20 * 24 * 3600.0  # Meta keeps it for 30 days
