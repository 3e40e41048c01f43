"""What is set from outside? Every environment variable and line of `.env`, read once, typed, checked at start."""

from __future__ import annotations

import secrets
from datetime import time
from pathlib import Path
from typing import Literal
from zoneinfo import ZoneInfo

from pydantic import Field, SecretStr, ValidationError, field_validator, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from data.intake.identity import SHORTEST_SECRET, Seal
from data.records import Hours
from data.retention import Keeps

PREFIX = "LIKE_PKH_"


class SettingsError(Exception):
    """A setting is wrong; the sentence names the variable. Who acts: whoever starts the bot."""


class Settings(BaseSettings):
    model_config = SettingsConfigDict(env_prefix=PREFIX, env_file=".env", env_ignore_empty=True, extra="ignore")

    database_url: str = "sqlite:///var/like-pkh.db"
    timezone: str = "Asia/Makassar"
    http_host: str = "127.0.0.1"
    http_port: int = Field(default=8080, ge=1, le=65535)
    public_url: str | None = None
    secret_key: SecretStr | None = None
    log_format: Literal["console", "json"] = "console"
    sample: bool = False

    hours: str = "08:00-20:00"
    hours_pause: str = "18:00-19:30"
    hours_friday: str = "11:30-13:30"
    urgent_contacts: str = Field(default="", max_length=75)

    backup_folder: str = "var/backups"
    backup_keep: int = Field(default=14, ge=0, le=3650)

    keep_letters: int = Field(default=180, ge=30, le=3650)
    keep_questions: int = Field(default=365, ge=30, le=3650)
    keep_failed: int = Field(default=90, ge=7, le=3650)
    keep_visits: int = Field(default=1095, ge=30, le=3650)
    keep_strangers: int = Field(default=90, ge=7, le=3650)
    keep_audit: int = Field(default=1825, ge=365, le=36500)

    keep_nik: bool = False
    nik_secret: SecretStr | None = None

    quiz_for: Literal["present", "all"] = "present"
    quiz_before: bool = False

    telegram_token: SecretStr | None = None
    telegram_api_url: str = "https://api.telegram.org"
    telegram_mode: Literal["polling", "webhook"] = "polling"
    telegram_webhook_secret: SecretStr | None = None
    telegram_rate: float = Field(default=30, gt=0, le=1000)

    whatsapp_token: SecretStr | None = None
    whatsapp_phone_number_id: str | None = None
    whatsapp_business_account_id: str | None = None
    whatsapp_app_secret: SecretStr | None = None
    whatsapp_verify_token: SecretStr | None = None
    whatsapp_api_url: str = "https://graph.facebook.com/v23.0"
    whatsapp_rate: float = Field(default=80, gt=0, le=1000)

    @field_validator("timezone")
    @classmethod
    def _known_zone(cls, value: str) -> str:
        try:
            ZoneInfo(value)
        except Exception as fault:
            raise ValueError(f"'{value}' bukan zona waktu yang dikenal, contoh: Asia/Makassar") from fault
        return value

    @field_validator("hours", "hours_pause", "hours_friday")
    @classmethod
    def _span(cls, value: str) -> str:
        try:
            begin, end = (time.fromisoformat(part.strip()) for part in value.split("-"))
        except ValueError as fault:
            raise ValueError(f"'{value}' harus seperti 08:00-20:00") from fault
        if begin >= end:
            raise ValueError(f"'{value}': jam kedua harus sesudah jam pertama")
        return f"{begin:%H:%M}-{end:%H:%M}"

    @field_validator("database_url")
    @classmethod
    def _known_database(cls, value: str) -> str:
        if not value.startswith(("sqlite:///", "postgresql+psycopg://")):
            raise ValueError("harus diawali sqlite:/// atau postgresql+psycopg://")
        return value

    @model_validator(mode="after")
    def _complete_channels(self) -> Settings:
        """A channel that is switched on needs all that it needs; the sentence names what is missing."""
        if self.whatsapp_token is not None:
            for name in ("phone_number_id", "app_secret", "verify_token"):
                if getattr(self, f"whatsapp_{name}") is None:
                    raise ValueError(f"{PREFIX}WHATSAPP_{name.upper()} belum diisi, padahal WHATSAPP_TOKEN ada")
        if self.telegram_token is not None and self.telegram_mode == "webhook":
            for setting in ("telegram_webhook_secret", "public_url"):
                if getattr(self, setting) is None:
                    raise ValueError(f"{PREFIX}{setting.upper()} belum diisi, padahal TELEGRAM_MODE=webhook")
        return self

    @model_validator(mode="after")
    def _sealed_numbers(self) -> Settings:
        """A NIK is kept under a secret or not at all."""
        secret = self.nik_secret.get_secret_value() if self.nik_secret else ""
        if self.keep_nik and len(secret) < SHORTEST_SECRET:
            name = f"{PREFIX}NIK_SECRET"
            why = "terlalu pendek" if secret else "belum diisi"
            raise ValueError(f"{name} {why} (paling sedikit {SHORTEST_SECRET} huruf), padahal {PREFIX}KEEP_NIK menyala")
        return self

    @property
    def seal(self) -> Seal | None:
        """What turns a NIK or KK of an import into what may be kept; None where nothing may."""
        return Seal(self.nik_secret.get_secret_value()) if self.keep_nik and self.nik_secret else None

    @property
    def courtesy(self) -> Hours:
        """When families may hear from us unasked."""

        def span(text: str) -> tuple[str, str]:
            begin, end = text.split("-")
            return begin, end

        return Hours(*span(self.hours), span(self.hours_pause), span(self.hours_friday))

    @property
    def keeps(self) -> Keeps:
        """For how many days what is over is kept."""
        return Keeps(
            self.keep_letters,
            self.keep_questions,
            self.keep_failed,
            self.keep_visits,
            self.keep_strangers,
            self.keep_audit,
        )

    @property
    def backups(self) -> Path | None:
        """Where the backup of each night goes; None when none is wanted."""
        return Path(self.backup_folder) if self.backup_keep else None

    @property
    def zone(self) -> ZoneInfo:
        return ZoneInfo(self.timezone)

    @property
    def telegram(self) -> bool:
        return self.telegram_token is not None

    @property
    def whatsapp(self) -> bool:
        return self.whatsapp_token is not None


def load_settings() -> Settings:
    """Raises SettingsError with one sentence that names the variable."""
    try:
        return Settings()
    except ValidationError as fault:
        first = fault.errors()[0]
        why = str(first["msg"]).removeprefix("Value error, ")
        if not first["loc"]:
            raise SettingsError(f"Setelan belum lengkap: {why}.") from None
        name = PREFIX + "_".join(str(part) for part in first["loc"]).upper()
        raise SettingsError(f"Setelan {name} salah: {why}.") from None


def secret_key(settings: Settings) -> str:
    """The key that signs links; made once beside the database, readable by its owner only."""
    if settings.secret_key is not None:
        return settings.secret_key.get_secret_value()
    file = Path("var/secret.key")
    if not file.exists():
        file.parent.mkdir(parents=True, exist_ok=True)
        file.touch(mode=0o600)
        file.write_text(secrets.token_urlsafe(48), encoding="ascii")
    return file.read_text(encoding="ascii").strip()
