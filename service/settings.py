"""Settings, and the only place where the environment is read."""

import re
from pathlib import Path
from typing import Annotated, Literal
from urllib.parse import urlsplit

from platformdirs import user_data_path
from pydantic import Field, SecretStr, ValidationError, ValidationInfo, field_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

from index.drafts import MAX_TEXT
from index.errors import OnRecordError


class InvalidSetting(OnRecordError):
    """An environment variable's value makes no sense."""


class Settings(BaseSettings):
    """Each field is read from the environment variable `ONRECORD_` + its name in capitals, or its alias."""

    model_config = SettingsConfigDict(env_prefix="ONRECORD_", frozen=True, populate_by_name=True)

    home: Path = Field(
        default_factory=lambda: user_data_path("onrecord", appauthor=False),
        description="The archive's folder.",
    )
    embedder: str = Field(
        default="all-MiniLM-L6-v2",
        min_length=1,
        description="A sentence-transformers model, by name or folder. The default comes with the installation.",
    )
    chroma_url: str | None = Field(
        default=None,
        validation_alias="CHROMA_URL",
        description="The address of a Chroma server (`chroma run`) that several processes of this host share: the "
        "first writes the archive, the others read it. Without it, one process has the archive, and Chroma in it.",
    )
    reader: Literal["built-in", "none"] = Field(
        default="built-in",
        description="What points at the answering words and tells whether any answer: `built-in`, or `none`, which "
        "is quicker and more often wrong.",
    )
    llm_passages: int = Field(
        default=3_000, ge=200, le=200_000, description="Tokens of passages that the language model is given at most."
    )
    api_keys: Annotated[tuple[SecretStr, ...], NoDecode] = Field(
        default=(),
        description="Keys, separated by commas. With any, every request but `/`, its files, `/health/*` and `/metrics` "
        "needs one, as `Authorization: Bearer KEY`.",
    )
    widget_origins: Annotated[tuple[str, ...], NoDecode] = Field(
        default=(),
        description="Origins of pages that may ask, separated by commas, as `https://news.example`; `*` is any.",
    )
    widget_key: str | None = Field(
        default=None,
        pattern=r"^[A-Za-z0-9._~-]{8,100}$",
        description="A public key for the widget: it may ask and read what is cited. With it, anything else needs one "
        "of `ONRECORD_API_KEYS`.",
    )
    widget_rate: int = Field(
        default=60, ge=1, le=100_000, description="Requests a minute from one address with the widget's key."
    )
    max_question: int = Field(default=2_000, ge=1, le=20_000, description="Characters in a question at most.")
    max_body: int = Field(
        default=8 * MAX_TEXT,
        ge=1_000,
        description="Bytes in a request's body at most; one article may have 1,000,000 characters whatever this says.",
    )
    max_limit: int = Field(default=50, ge=1, le=200, description="Quotes or passages in one response at most.")
    log_level: str = Field(
        default="info", pattern="^(critical|error|warning|info|debug)$", description="How much is logged, to stderr."
    )

    @field_validator("api_keys", "widget_origins", mode="before")
    @classmethod
    def _split(cls, value: object) -> object:
        return tuple(key.strip() for key in value.split(",") if key.strip()) if isinstance(value, str) else value

    @field_validator("chroma_url")
    @classmethod
    def _check_url(cls, value: str | None) -> str | None:
        parts = urlsplit(value or "")
        if not value:
            return None
        if parts.scheme not in {"http", "https"} or not parts.hostname or parts.query or parts.fragment:
            raise ValueError("it is no http or https address, as http://127.0.0.1:8001 is")
        return value.rstrip("/")

    @field_validator("widget_origins")
    @classmethod
    def _check_origins(cls, origins: tuple[str, ...]) -> tuple[str, ...]:
        for origin in origins:
            # A browser sends no path and no capital letters; what can never match is a mistake.
            if origin != "*" and not re.fullmatch(
                r"https?://[a-z0-9.-]+(:\d+)?|https?://\[[0-9a-f:]+\](:\d+)?", origin
            ):
                raise ValueError(f"{origin!r} is no origin; write it as https://news.example, without a path")
        return origins

    @field_validator("widget_key")
    @classmethod
    def _check_public(cls, key: str | None, info: ValidationInfo) -> str | None:
        # The widget's key stands in every page: a full key there would be everybody's.
        if key is not None and key in {full.get_secret_value() for full in info.data.get("api_keys", ())}:
            raise ValueError("it is one of ONRECORD_API_KEYS and would be public; choose another")
        return key

    @classmethod
    def variable(cls, field: str) -> str:
        """Return the environment variable that a field is read from."""
        alias = cls.model_fields[field].validation_alias if field in cls.model_fields else field
        return str(alias) if alias else f"ONRECORD_{field.upper()}"


def load_settings() -> Settings:
    """Read the environment; raises `InvalidSetting` naming the variable, its value and what it may be."""
    try:
        return Settings()
    except ValidationError as error:
        first = error.errors()[0]
        name, message = Settings.variable(str(first["loc"][0])), first["msg"].removeprefix("Value error, ")
        raise InvalidSetting(f"{name}={first['input']!r}: {message}.") from None
