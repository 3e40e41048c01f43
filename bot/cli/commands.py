"""Which commands are there? All of them: what a person who types `like-pkh --help` sees."""

from __future__ import annotations

from bot.cli import (
    audit,
    content,
    doctor,
    events,
    export,
    frame,
    imports,
    invite,
    keeping,
    meetings,
    obligations,
    people,
    quiz,
    reading,
    running,
    staff,
    summary,
    whatsapp,
)

app = frame()
for part in (running, doctor, summary, reading, invite, keeping):
    part.add_to(app)
for name, group in (
    ("import", imports.app),
    ("staff", staff.app),
    ("meetings", meetings.app),
    ("obligations", obligations.app),
    ("quiz", quiz.app),
    ("people", people.app),
    ("content", content.app),
    ("events", events.app),
    ("export", export.app),
    ("audit", audit.app),
    ("whatsapp", whatsapp.app),
):
    app.add_typer(group, name=name)
