"""Which file is meant by an attachment's description? Made outside the writer, so that no reply waits for a picture."""

from __future__ import annotations

import asyncio

from bot.channels.base import File
from messages.envelope import Attachment


async def make_file(attachment: Attachment) -> File:
    """Raises KeyError for a kind nobody makes."""
    from bot.exports import (
        activity,
        agenda,
        charts,
        evidence,
        posters,
        quiz_chart,
        register,
    )  # matplotlib is slow to import: only when a picture is asked for

    makers = {
        "summary_chart": charts.summary_chart,
        "quiz_chart": quiz_chart.quiz_chart,
        "invitation_qr": posters.invitation_qr,
        "invitation_poster": posters.invitation_poster,
        "check_in_qr": posters.check_in_qr,
        "activity_report": activity.activity_report,
        "agenda_letter": agenda.agenda_letter,
        "innovation_evidence": evidence.innovation_evidence,
        "attendance_sheet": register.attendance_sheet,
    }
    return await asyncio.to_thread(makers[attachment.kind], attachment.params)
