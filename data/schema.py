"""Which tables are there? SQLAlchemy Core, one text for SQLite and PostgreSQL. Moments are epoch-milliseconds UTC."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import (
    JSON,
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    Date,
    Dialect,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    Text,
    TypeDecorator,
    UniqueConstraint,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


class Moment(TypeDecorator[datetime]):
    """An aware datetime in Python, whole epoch-milliseconds in the table: SQLite's own DateTime loses the offset."""

    impl = BigInteger
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> int | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a moment needs a zone")
        since = value - EPOCH
        return since.days * 86_400_000 + since.seconds * 1000 + since.microseconds // 1000

    def process_result_value(self, value: Any, dialect: Dialect) -> datetime | None:
        return None if value is None else EPOCH + timedelta(milliseconds=value)


Json = JSON().with_variant(JSONB(), "postgresql")
Key = BigInteger().with_variant(Integer, "sqlite")

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    }
)


def _id() -> Column[int]:
    return Column("id", Key, primary_key=True, autoincrement=True)


def _to(target: str, name: str | None = None, **more: Any) -> Column[int]:
    more.setdefault("nullable", False)
    return Column(name or f"{target.split('.')[0]}_id", Key, ForeignKey(f"{target}.id"), **more)


def _one_of(column: str, *values: str) -> CheckConstraint:
    return CheckConstraint(f"{column} IN ({', '.join(repr(v) for v in values)})", name=column)


# --- places and people ------------------------------------------------------------------------------------------

kabupaten = Table(
    "kabupaten",
    metadata,
    _id(),
    Column("name", String(80), nullable=False, unique=True),
    Column("zone", String(40), nullable=False),
    Column("office", String(120), nullable=False, server_default="Dinas Sosial"),
)

kecamatan = Table(
    "kecamatan",
    metadata,
    _id(),
    _to("kabupaten"),
    Column("name", String(80), nullable=False),
    UniqueConstraint("kabupaten_id", "name"),
)

desa = Table(
    "desa",
    metadata,
    _id(),
    _to("kecamatan"),
    Column("name", String(80), nullable=False),
    UniqueConstraint("kecamatan_id", "name"),
)

staff = Table(
    "staff",
    metadata,
    _id(),
    Column("name", String(80), nullable=False),
    Column("role", String(12), nullable=False),
    Column("phone", String(20)),
    Column("active", Boolean, nullable=False, server_default=text("true")),
    Column("scope_level", String(10), nullable=False),
    Column("scope_id", Key, nullable=False, server_default="0"),
    UniqueConstraint("phone"),
    _one_of("role", "pendamping", "koordinator", "admin"),
    _one_of("scope_level", "kelompok", "desa", "kecamatan", "kabupaten"),
)

kelompok = Table(
    "kelompok",
    metadata,
    _id(),
    _to("desa"),
    Column("name", String(60), nullable=False),
    _to("staff", "pendamping_id", nullable=True, index=True),
    UniqueConstraint("desa_id", "name"),
)

kpm = Table(
    "kpm",
    metadata,
    _id(),
    _to("kelompok", index=True),
    Column("id_kpm", String(40), unique=True),
    Column("name", String(80), nullable=False),
    Column("sapaan", String(12), nullable=False, server_default="Ibu"),
    Column("status", String(10), nullable=False, server_default="aktif"),
    Column("ketua", Boolean, nullable=False, server_default=text("false")),
    Column("born", Date),
    Column("language", String(3), nullable=False, server_default="id"),
    _one_of("status", "calon", "aktif", "graduasi", "nonaktif"),
)

member = Table(
    "member",
    metadata,
    _id(),
    _to("kpm", index=True),
    Column("name", String(80), nullable=False),
    Column("born", Date),
    Column("relation", String(20), nullable=False, server_default="anak"),
    Column("component", String(20), nullable=False),
    Column("hpl", Date),
    Column("school", String(80)),
    Column("level", String(12)),
    Column("delivered", Date),
    Column("stopped", String(12)),
    Column("at_risk", Boolean, nullable=False, server_default=text("false")),
    Column("by_hand", Boolean, nullable=False, server_default=text("false")),
    Column("next_on", Date, server_default="1970-01-01", index=True),
    _one_of(
        "component",
        "ibu_hamil",
        "nifas",
        "anak_usia_dini",
        "sekolah",
        "lansia",
        "disabilitas_berat",
        "lain",
    ),
)

"""`next_on`: the day on which there may be something to remind her of; a new row is looked at first.
`by_hand`: entered with DATA; a roster that does not know her yet leaves her."""

identity = Table(
    "identity",
    metadata,
    _id(),
    _to("kpm", index=True),
    Column("member_id", Key, ForeignKey("member.id", ondelete="CASCADE"), index=True),
    Column("kind", String(3), nullable=False),
    Column("digest", String(64), nullable=False, index=True),
    Column("last", String(4), nullable=False),
    _one_of("kind", "nik", "kk"),
)
"""Only where the office wants it: a digest of a NIK or KK under the office's secret, to know a family again."""

address = Table(
    "address",
    metadata,
    _id(),
    Column("channel", String(10), nullable=False),
    Column("value", String(64).with_variant(String(160), "postgresql"), nullable=False),  # SQLite counts no characters
    Column("heard", Moment),
    Column("blocked", Boolean, nullable=False, server_default=text("false")),
    Column("failures", Integer, nullable=False, server_default="0"),
    UniqueConstraint("channel", "value"),
    _one_of("channel", "whatsapp", "telegram"),
)

kpm_address = Table(
    "kpm_address",
    metadata,
    _to("kpm", primary_key=True),
    _to("address", primary_key=True, index=True),
    Column("own", Boolean, nullable=False, server_default=text("false")),
)

staff_address = Table(
    "staff_address",
    metadata,
    _to("staff", primary_key=True),
    _to("address", primary_key=True, unique=True),
)

consent = Table(
    "consent",
    metadata,
    _to("address", primary_key=True),
    Column("topic", String(10), primary_key=True),
    Column("state", String(8), nullable=False),
    Column("at", Moment, nullable=False),
    Column("wording", String(20), nullable=False),
    _to("staff", "by_staff_id", nullable=True),
    _one_of("topic", "p2k2", "kesehatan"),
    _one_of("state", "yes", "no", "later", "stopped"),
)

family_count = Table(
    "family_count",
    metadata,
    _to("kelompok", primary_key=True),
    Column("month", String(7), primary_key=True),
    Column("families", Integer, nullable=False),
)
"""Active families per kelompok, a row for each month in which the number changed: the month's end counts."""

# --- meetings and attendance --------------------------------------------------------------------------------------

place = Table(
    "place",
    metadata,
    _id(),
    _to("desa"),
    Column("name", String(120), nullable=False),
    Column("capacity", Integer),
    Column("checks", Json, nullable=False),
    UniqueConstraint("desa_id", "name"),
)

meeting = Table(
    "meeting",
    metadata,
    _id(),
    Column("kind", String(12), nullable=False),
    Column("starts", Moment, nullable=False, index=True),
    Column("ends", Moment, nullable=False),
    Column("month", String(7), nullable=False),
    Column("place", String(120), nullable=False),
    Column("permit", Boolean),
    Column("session", String(8)),
    Column("title", String(120), nullable=False),
    Column("code", String(4), nullable=False),
    Column("cancelled", Boolean, nullable=False, server_default=text("false")),
    Column("reason", String(200), nullable=False, server_default=""),
    Column("revision", Integer, nullable=False, server_default="0"),
    Column("announced", Moment, nullable=False),
    Column("step", Integer, nullable=False, server_default="0"),
    Column("step_at", Moment, index=True),
    _to("staff", "pendamping_id", index=True),
    Column("created", Moment, nullable=False),
    CheckConstraint("ends > starts", name="order"),
    _one_of("kind", "p2k2", "awal", "sosialisasi", "bimtek"),
)

meeting_kelompok = Table(
    "meeting_kelompok",
    metadata,
    _to("meeting", primary_key=True),
    _to("kelompok", primary_key=True),
    Column("frozen", Moment),
    Column("closed", Moment),
    _to("staff", "closed_by", nullable=True),
    Column("marks", Integer, nullable=False, server_default="0"),
    Column("followed", Moment),
    Index("ix_meeting_kelompok_kelompok", "kelompok_id", "meeting_id"),
)

attendance = Table(
    "attendance",
    metadata,
    _to("meeting", primary_key=True),
    _to("kpm", primary_key=True, index=True),
    _to("kelompok"),
    Column("registered", Boolean, nullable=False, server_default=text("false")),
    Column("answer", String(8), nullable=False, server_default="unknown"),
    Column("reason", String(16)),
    Column("late", Boolean, nullable=False, server_default=text("false")),
    Column("represented_by", String(40)),
    Column("answered", Moment),
    Column("claimed", Moment),
    Column("code", Boolean, nullable=False, server_default=text("false")),
    Column("claim_by", String(80)),
    Column("mark", String(5)),
    _to("staff", "marked_by", nullable=True),
    Column("marked", Moment),
    Column("note", String(200)),
    Index(
        "ix_attendance_declined",
        "meeting_id",
        "kelompok_id",
        "reason",
        sqlite_where=text("answer = 'declined'"),
        postgresql_where=text("answer = 'declined'"),
    ),
    CheckConstraint("code = false OR claimed IS NOT NULL", name="code_is_a_claim"),
    _one_of("answer", "unknown", "maybe", "promised", "declined", "claimed"),
    _one_of("mark", "hadir", "izin", "sakit", "alpa"),
)

family_month = Table(
    "family_month",
    metadata,
    Column("month", String(7), primary_key=True),
    _to("kelompok", primary_key=True),
    _to("kpm", primary_key=True, index=True),
    Column("reached", Boolean, nullable=False, server_default=text("false")),
    Column("maybe", Boolean, nullable=False, server_default=text("false")),
    Column("promised", Boolean, nullable=False, server_default=text("false")),
    Column("declined", Boolean, nullable=False, server_default=text("false")),
    Column("claimed", Boolean, nullable=False, server_default=text("false")),
)
"""What a family ever was in a month: these are counted as families, not as answers."""

COUNTS = (
    "planned",
    "held",
    "cancelled",
    "expected",
    "reached",
    "maybe",
    "promised",
    "declined",
    "claimed",
    "hadir",
    "izin",
    "sakit",
    "alpa",
)

tally = Table(
    "tally",
    metadata,
    Column("month", String(7), primary_key=True),
    _to("kelompok", primary_key=True),
    _to("staff", "pendamping_id", nullable=True),
    *(Column(name, Integer, nullable=False, server_default="0") for name in COUNTS),
)
"""The running aggregate: one row per kelompok and month, kept in the transaction of each change."""

# --- quizzes ------------------------------------------------------------------------------------------------------

quiz = Table(
    "quiz",
    metadata,
    _id(),
    Column("name", String(80), nullable=False, unique=True),
    _to("kpm", index=True),
    _to("kelompok"),
    _to("meeting", nullable=True, index=True),
    Column("session", String(8), nullable=False),
    Column("phase", String(6), nullable=False),
    Column("state", String(8), nullable=False, server_default="planned"),
    Column("chosen", Json, nullable=False),
    Column("due", Moment, nullable=False),
    Column("invited", Moment),
    Column("reminded", Moment),
    Column("started", Moment),
    Column("finished", Moment),
    Column("expires", Moment, nullable=False),
    _to("staff", "entered_by", nullable=True),
    Index("ix_quiz_state_due", "state", "due"),
    Index("ix_quiz_kelompok_session", "kelompok_id", "session"),
    _one_of("phase", "pre", "post", "self", "base", "follow"),
    _one_of("state", "planned", "invited", "started", "finished", "expired"),
)
"""One quiz of one family. `chosen` are [id, version] pairs: an answer belongs to the version that was asked."""

quiz_answer = Table(
    "quiz_answer",
    metadata,
    _to("quiz", primary_key=True),
    Column("position", Integer, primary_key=True),
    Column("item", String(12), nullable=False),
    Column("version", Integer, nullable=False),
    Column("choice", String(1), nullable=False),
    Column("correct", Boolean, nullable=False),
    Column("at", Moment, nullable=False),
    Index("ix_quiz_answer_item", "item", "version"),
    _one_of("choice", "a", "b", "c"),
)

quiz_card = Table(
    "quiz_card",
    metadata,
    _to("kpm", primary_key=True),
    Column("item", String(12), primary_key=True),
    Column("card", Json, nullable=False),
    Column("due", Moment, nullable=False),
)
"""Questions a family once missed, and when they come back (spaced repetition)."""

quiz_item = Table(
    "quiz_item",
    metadata,
    Column("item", String(12), primary_key=True),
    Column("version", Integer, primary_key=True),
    Column("content", Json, nullable=False),
    Column("changed", Moment, nullable=False),
)
"""Questions that a coordinator added or changed from a spreadsheet; the newest version of an id counts."""

understanding = Table(
    "understanding",
    metadata,
    _to("meeting", primary_key=True),
    _to("kpm", primary_key=True, index=True),
    Column("level", String(22), nullable=False),
    _to("staff", "by_staff_id"),
    Column("at", Moment, nullable=False),
    _one_of("level", "kurang", "baik", "sangat baik", "tidak dapat dinilai"),
)
"""What the pendamping decided about a family's understanding of a session."""

practice = Table(
    "practice",
    metadata,
    _to("meeting", primary_key=True),
    _to("kpm", primary_key=True, index=True),
    _to("kelompok"),
    Column("session", String(8), nullable=False),
    Column("kind", String(8), nullable=False),
    Column("state", String(8), nullable=False, server_default="planned"),
    Column("due", Moment, nullable=False),
    Column("told", Moment),
    Column("asked", Moment),
    Column("answer", String(8)),
    Column("expires", Moment, nullable=False),
    Index("ix_practice_state_due", "state", "due"),
    _one_of("kind", "practice", "messages"),
    _one_of("state", "planned", "told", "asked", "closed"),
    _one_of("answer", "done", "not_yet"),
)
"""The small thing to try at home for who came, the key messages for who did not."""

FIGURES = (
    "offered",
    "begun",
    "finished",
    "quiz_families",
    "score",
    "pairs",
    "pair_families",
    "before",
    "after",
    "told",
    "asked",
    "tried",
    "not_tried",
    *(
        f"{form}_{state}"
        for form in ("kesehatan", "pendidikan", "kesejahteraan")
        for state in ("reported", "verified", "not_done", "unknown")
    ),
)
"""Shares are added up in millionths."""

figures = Table(
    "figures",
    metadata,
    Column("period", String(7), primary_key=True),
    _to("kelompok", primary_key=True),
    _to("staff", "pendamping_id", nullable=True),
    Column("at", Moment, nullable=False),
    Column("families", Integer, nullable=False),
    *(Column(name, BigInteger, nullable=False, server_default="0") for name in FIGURES),
)
"""Quizzes, practices and obligations of a kelompok in a month ('2026-11') or triwulan ('2026-T4'), counted at `at`."""

# --- broadcasts ---------------------------------------------------------------------------------------------------

broadcast = Table(
    "broadcast",
    metadata,
    _id(),
    _to("staff"),
    Column("kind", String(12), nullable=False),
    Column("said", String(200), nullable=False),
    Column("audience", Json, nullable=False),
    Column("words", Text, nullable=False),
    Column("state", String(9), nullable=False, server_default="waiting"),
    Column("night", String(8), nullable=False, server_default="no"),
    Column("due", Moment, nullable=False),
    Column("cursor", Key, nullable=False, server_default="0"),
    Column("created", Moment, nullable=False),
    Index("ix_broadcast_state_due", "state", "due"),
    Index("ix_broadcast_staff", "staff_id", "id"),
    _one_of("kind", "biasa", "pencairan", "banjir", "baksos", "sosialisasi"),
    _one_of("state", "waiting", "put", "done", "cancelled"),
    _one_of("night", "no", "asked", "allowed", "refused"),
)
"""What a member of staff announces. `audience` is whom it is for, `said` the words for it; `cursor` is the kelompok
up to which letters are written; `night` whether the koordinator lets it go while people sleep."""

broadcast_kpm = Table(
    "broadcast_kpm",
    metadata,
    _to("broadcast", primary_key=True),
    _to("kpm", primary_key=True, index=True),
    _to("kelompok"),
    _to("outbox", nullable=True, index=True),
    Column("why", String(8)),
    _one_of("why", "phone", "consent", "week"),
)
"""Each family a broadcast was for: its letter, or why there is none."""

broadcast_file = Table(
    "broadcast_file",
    metadata,
    _id(),
    _to("staff"),
    _to("broadcast", nullable=True, index=True),
    Column("sort", String(8), nullable=False),
    Column("channel", String(10)),
    Column("media", String(300)),
    Column("mime", String(40)),
    Column("content", LargeBinary),
    Column("fault", String(4)),
    Column("tries", Integer, nullable=False, server_default="0"),
    Column("at", Moment, nullable=False, index=True),
    Index(
        "ix_broadcast_file_waiting",
        "tries",
        "id",
        sqlite_where=text("media IS NOT NULL"),
        postgresql_where=text("media IS NOT NULL"),
    ),
    _one_of("sort", "image", "document", "voice"),
    _one_of("fault", "size", "sort", "lost"),
)
"""What rides along with a broadcast, or with the draft of one: what the platform calls it until it was fetched, then
the file itself, made small; `fault` is why it cannot be used."""

broadcast_owed = Table(
    "broadcast_owed",
    metadata,
    _to("outbox", primary_key=True),
    _to("broadcast", index=True),
    _to("address", index=True),
    Column("at", Moment, nullable=False),
)
"""Letters whose file could not ride along: an approved template holds none. It follows once she has answered."""

# --- when shall we meet -------------------------------------------------------------------------------------------

proposal = Table(
    "proposal",
    metadata,
    _id(),
    _to("staff"),
    _to("kelompok", index=True),
    Column("times", Json, nullable=False),
    Column("state", String(6), nullable=False, server_default="open"),
    Column("due", Moment),
    Column("created", Moment, nullable=False),
    Column("expires", Moment, nullable=False),
    Index("ix_proposal_due", "due"),
    _one_of("state", "open", "closed"),
)
"""Times that a pendamping proposes to a kelompok: [starts, ends] pairs. `due` is when its letters may go."""

proposal_vote = Table(
    "proposal_vote",
    metadata,
    _to("proposal", primary_key=True),
    _to("kpm", primary_key=True, index=True),
    Column("choice", Integer, nullable=False),
    Column("at", Moment, nullable=False),
)
"""Which of them a family can come to; 0 is none."""

rhythm = Table(
    "rhythm",
    metadata,
    _to("kelompok", primary_key=True),
    _to("staff"),
    Column("nth", Integer, nullable=False),
    Column("weekday", Integer, nullable=False),
    Column("starts", String(5), nullable=False),
    Column("ends", String(5), nullable=False),
    Column("place", String(120), nullable=False),
    Column("proposed", String(7), nullable=False, server_default=""),
    CheckConstraint("weekday BETWEEN 0 AND 6", name="weekday"),
)
"""'Sabtu kedua 09.00 tiap bulan': proposed to the pendamping each month, never sent by itself."""

# --- papers about meetings ----------------------------------------------------------------------------------------

report = Table(
    "report",
    metadata,
    _to("meeting", primary_key=True),
    _to("kelompok", primary_key=True, index=True),
    Column("state", String(8), nullable=False, server_default="konsep"),
    Column("speaker", String(120)),
    Column("venue", Json),
    Column("obstacles", String(300)),
    Column("follow_up", String(300)),
    Column("location", String(40)),
    _to("staff", "by_staff_id"),
    Column("begun", Moment, nullable=False),
    Column("done", Moment),
    _one_of("state", "konsep", "selesai"),
)
"""What the pendamping tells of a meeting. `venue` are the numbers of what the place lacks; the location is kept until
the report is done."""

photo = Table(
    "photo",
    metadata,
    _id(),
    _to("meeting"),
    _to("kelompok"),
    Column("channel", String(10), nullable=False),
    Column("media", String(300)),
    Column("at", Moment, nullable=False),
    Column("content", LargeBinary),
    Column("tries", Integer, nullable=False, server_default="0"),
    Index("ix_photo_report", "meeting_id", "kelompok_id"),
    Index(
        "ix_photo_waiting",
        "tries",
        "id",
        sqlite_where=text("media IS NOT NULL"),
        postgresql_where=text("media IS NOT NULL"),
    ),
)
"""A photo of a report: what the platform calls it, and the picture itself once it was fetched and made small."""

letter = Table(
    "letter",
    metadata,
    _id(),
    _to("kabupaten"),
    Column("year", Integer, nullable=False),
    Column("seq", Integer, nullable=False),
    Column("at", Moment, nullable=False),
    _to("meeting"),
    Column("revision", Integer, nullable=False),
    Column("number", String(60), nullable=False),
    Column("about", String(200), nullable=False),
    UniqueConstraint("kabupaten_id", "year", "seq"),
    UniqueConstraint("meeting_id", "revision"),
)
"""The register of agenda letters: a number is given once and stays, also when its meeting is moved or called off."""

# --- talk ---------------------------------------------------------------------------------------------------------

event = Table(
    "event",
    metadata,
    Column("account", String(40), primary_key=True),
    Column("event", String(160), primary_key=True),
    Column("at", Moment, nullable=False, index=True),
    Column("state", String(6), nullable=False, server_default="done"),
    Column("raw", Json),
    Column("error", Text),
    _one_of("state", "done", "failed"),
)

landed = Table(
    "landed",
    metadata,
    _id(),
    Column("account", String(40), nullable=False),
    Column("at", Moment, nullable=False),
    Column("body", Text, nullable=False),
)
"""Deliveries that were acknowledged before they were worked at, as the platform posted them; gone once they were. Those
that came together lie in one row."""

session = Table(
    "session",
    metadata,
    _to("address", primary_key=True),
    Column("topic", String(20), primary_key=True),
    Column("memory", Json, nullable=False),
    Column("at", Moment, nullable=False),
    Column("expires", Moment, nullable=False),
)

question = Table(
    "question",
    metadata,
    _id(),
    Column("at", Moment, nullable=False),
    _to("address"),
    _to("kpm", nullable=True, index=True),
    _to("kelompok", nullable=True),
    _to("meeting", nullable=True),
    Column("kind", String(12), nullable=False),
    Column("text", Text, nullable=False),
    Column("state", String(8), nullable=False, server_default="open"),
    Column("topic", String(10)),
    Column("gist", String(160), nullable=False, server_default=""),
    Column("result", Text),
    Column("closed", Moment),
    _to("staff", "closed_by", nullable=True),
    Index("ix_question_kelompok", "kelompok_id", "state"),
    _one_of("state", "open", "closed"),
    _one_of("topic", "pencairan", "identitas", "sanksi", "pengaduan", "data", "layanan", "lain"),
)
"""What a human should look at: words the bot could not read, notes after a meeting, requests. One with a topic is a
ticket; those with the same gist are answered together."""

question_step = Table(
    "question_step",
    metadata,
    _id(),
    Column("question_id", Key, ForeignKey("question.id", ondelete="CASCADE"), nullable=False, index=True),
    Column("at", Moment, nullable=False),
    _to("staff"),
    Column("text", Text, nullable=False),
    Column("told", Boolean, nullable=False, server_default=text("false")),
)
"""What the pendamping did about a question, and what of it the family was told."""

outbox = Table(
    "outbox",
    metadata,
    _id(),
    Column("once", String(160), unique=True),
    _to("address", index=True),
    Column("channel", String(10), nullable=False),
    Column("key", String(60), nullable=False),
    Column("params", Json, nullable=False),
    Column("language", String(3), nullable=False, server_default="id"),
    Column("priority", Integer, nullable=False),
    Column("not_before", Moment, nullable=False),
    Column("expires", Moment),
    Column("state", String(9), nullable=False, server_default="queued"),
    Column("about", String(40), index=True),
    Column("unasked", Boolean, nullable=False, server_default=text("false")),
    Column("attachment", Json),
    Column("attempts", Integer, nullable=False, server_default="0"),
    Column("fence", BigInteger),
    Column("platform_id", String(160)),
    Column("text", Text),
    Column("template", String(80)),
    Column("error", String(200)),
    Column("created", Moment, nullable=False),
    Column("sent", Moment),
    Column("status_at", Moment),
    Index(
        "ix_outbox_waiting",
        "priority",
        "id",
        sqlite_where=text("state = 'queued'"),
        postgresql_where=text("state = 'queued'"),
    ),
    Index(
        "ix_outbox_due",
        "not_before",
        sqlite_where=text("state = 'queued'"),
        postgresql_where=text("state = 'queued'"),
    ),
    Index(
        "ix_outbox_in_flight",
        "address_id",
        sqlite_where=text("state = 'sending'"),
        postgresql_where=text("state = 'sending'"),
    ),
    Index(
        "ix_outbox_again",
        "address_id",
        sqlite_where=text("state = 'queued' AND attempts > 0"),
        postgresql_where=text("state = 'queued' AND attempts > 0"),
    ),
    Index("ix_outbox_platform_id", "platform_id"),
    Index(
        "ix_outbox_paid",
        "sent",
        sqlite_where=text("template IS NOT NULL"),
        postgresql_where=text("template IS NOT NULL"),
    ),
    _one_of("state", "queued", "sending", "sent", "delivered", "read", "failed", "expired", "cancelled"),
)

outbox_kpm = Table(
    "outbox_kpm",
    metadata,
    _to("outbox", primary_key=True),
    _to("kpm", primary_key=True, index=True),
)
"""Which families a letter is for: for the weekly limit, for STATUS, for erasing."""


obligation = Table(
    "obligation",
    metadata,
    _id(),
    Column("member_id", Key, ForeignKey("member.id", ondelete="CASCADE"), nullable=False),
    _to("kpm", index=True),
    Column("series", String(8), nullable=False),
    Column("occurrence", String(8), nullable=False),
    Column("rule", String(8), nullable=False),
    Column("claim", String(14)),
    Column("reason", String(16)),
    Column("done_on", Date),
    Column("claimed", Moment),
    Column("claim_by", String(20)),
    Column("mark", String(14)),
    Column("proof", String(60)),
    _to("staff", "marked_by", nullable=True),
    Column("marked", Moment),
    Column("reminded", Date),
    Column("times", Integer, nullable=False, server_default="0"),
    UniqueConstraint("member_id", "series", "occurrence"),
    _one_of("claim", "done", "not_done", "not_applicable"),
    _one_of("mark", "done", "not_done", "not_applicable"),
)
"""One thing that is due once for one member: how often we spoke of it, what she said, what the pendamping wrote."""

obligation_letter = Table(
    "obligation_letter",
    metadata,
    _id(),
    _to("address", index=True),
    Column("on", Date, nullable=False),
    Column("items", Json, nullable=False),
    Column("open", Boolean, nullable=False, server_default=text("true")),
)
"""What a letter asked, so that SUDAH, BELUM and BUKA know what they are about."""

posyandu = Table(
    "posyandu",
    metadata,
    _id(),
    _to("desa"),
    Column("name", String(80), nullable=False),
    Column("place", String(120), nullable=False, server_default=""),
    Column("pattern", String(200), nullable=False),
    UniqueConstraint("desa_id", "name"),
)

school_month = Table(
    "school_month",
    metadata,
    Column("member_id", Key, ForeignKey("member.id", ondelete="CASCADE"), primary_key=True),
    Column("month", String(7), primary_key=True),
    Column("school", String(80), nullable=False, server_default=""),
    Column("effective", Integer, nullable=False),
    Column("alpa", Integer, nullable=False),
    Column("izin", Integer, nullable=False),
    Column("sakit", Integer, nullable=False),
)
"""Days of one child in one month, as the school wrote them; nothing here is ever guessed."""

lease = Table(
    "lease",
    metadata,
    Column("account", String(40), primary_key=True),
    Column("holder", String(80), nullable=False),
    Column("fence", BigInteger, nullable=False),
    Column("until", Moment, nullable=False),
)

account = Table(
    "account",
    metadata,
    Column("account", String(40), primary_key=True),
    Column("paused_until", Moment),
    Column("reason", String(200), nullable=False, server_default=""),
)
"""An account that the platform told to wait, or that needs a human."""

template_state = Table(
    "template_state",
    metadata,
    Column("name", String(80), primary_key=True),
    Column("status", String(30), nullable=False),
    Column("reason", String(200), nullable=False, server_default=""),
    Column("at", Moment, nullable=False),
)
"""What WhatsApp last said of an approved template."""

invitation = Table(
    "invitation",
    metadata,
    Column("code", String(24), primary_key=True),
    _to("kelompok", nullable=True),
    _to("kpm", nullable=True),
    _to("staff", nullable=True),
    _to("staff", "by_staff_id", nullable=True),
    Column("created", Moment, nullable=False),
    Column("expires", Moment, nullable=False),
    Column("used", Moment),
    _to("address", "used_by", nullable=True),
)
"""Single-use codes that bring a Telegram chat to its family or member of staff."""

desk_link = Table(
    "desk_link",
    metadata,
    Column("hash", String(64), primary_key=True),
    _to("staff", index=True),
    Column("created", Moment, nullable=False),
    Column("expires", Moment, nullable=False),
    Column("spent", Moment),
)
desk_session = Table(
    "desk_session",
    metadata,
    Column("hash", String(64), primary_key=True),
    _to("staff", index=True),
    Column("created", Moment, nullable=False),
    Column("expires", Moment, nullable=False),
    Column("ended", Moment),
)
"""Who may look at the pages: hashes only, so that a copy of the database opens none."""

visit = Table(
    "visit",
    metadata,
    _id(),
    _to("kpm", index=True),
    _to("staff"),
    Column("at", Moment, nullable=False),
    Column("text", String(500), nullable=False),
)
"""What a pendamping wrote down after she had gone to see a family."""

audit = Table(
    "audit",
    metadata,
    _id(),
    Column("at", Moment, nullable=False, index=True),
    Column("actor", String(40), nullable=False),
    Column("act", String(40), nullable=False),
    Column("subject", String(60), nullable=False, index=True),
    Column("was", String(200)),
    Column("now", String(200)),
    Column("why", String(200), nullable=False, server_default=""),
)

setting = Table(
    "setting",
    metadata,
    Column("name", String(40), primary_key=True),
    Column("value", Text, nullable=False),
)
"""Facts about this database itself: real or simulator, and the simulator's clock."""

phone_message = Table(
    "phone_message",
    metadata,
    Column("seq", Key, primary_key=True, autoincrement=True),
    _to("outbox", "letter_id", nullable=True, unique=True),
    Column("channel", String(10), nullable=False),
    Column("value", String(64), nullable=False),
    Column("outgoing", Boolean, nullable=False),
    Column("key", String(60)),
    Column("body", Json, nullable=False),
    Column("at", Moment, nullable=False),
    Index("ix_phone_message_phone", "value", "seq"),
)
"""What lies on the simulator's phones."""
