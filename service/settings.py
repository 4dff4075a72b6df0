"""The settings; no other module reads the environment."""

import logging
import os
import re
from collections.abc import Iterable
from difflib import get_close_matches
from pathlib import Path
from typing import Annotated, Literal
from urllib.parse import urlsplit

from platformdirs import user_cache_path, user_data_path
from pydantic import Field, SecretStr, ValidationError, ValidationInfo, field_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

from onrecord.index.articles.drafts import MAX_TEXT
from onrecord.index.errors import OnRecordError

_log = logging.getLogger(__name__)

_PREFIX = "ONRECORD_"
OPENAI_URL = "https://api.openai.com/v1"
LLM_KINDS = ("openai", "ollama", "anthropic", "transformers")
"""Kinds of language model that are followed by the name of a model."""

AccessLog = Literal["none", "requests", "questions"]
"""What is logged of each request."""


class InvalidSetting(OnRecordError):
    """An environment variable has a value that makes no sense."""


class Settings(BaseSettings):
    """Settings that are read from environment variables: `ONRECORD_` and the field's name in capitals, or its alias."""

    model_config = SettingsConfigDict(env_prefix=_PREFIX, frozen=True, populate_by_name=True)

    home: Path = Field(
        default_factory=lambda: user_data_path("onrecord", appauthor=False),
        description="The folder of the archive.",
    )
    embedder: str = Field(
        default="all-MiniLM-L6-v2",
        min_length=1,
        description="The embedding model: a sentence-transformers model, by name or folder. The default is installed "
        "with onrecord.",
    )
    chroma_url: str | None = Field(
        default=None,
        validation_alias="CHROMA_URL",
        description="The address of a Chroma server (`chroma run`) that several processes on this host share: the "
        "first one writes the archive, the others read it. Without it, one process owns the archive and runs Chroma "
        "itself.",
    )
    reader: str = Field(
        default="large",
        pattern=r"\S",
        description="The model that marks the answering words and judges whether a quote answers: `large`; `small`, "
        "which is quicker and more often wrong; any extractive question-answering model of transformers, by name or "
        "folder, for example `deepset/roberta-base-squad2`; or `none`, which is the quickest and the most often wrong. "
        "Calibrate the confidence (`onrecord calibrate`) with another model than the first two.",
    )
    reranker: str = Field(
        default="none",
        pattern=r"\S",
        description="A cross-encoder of sentence-transformers with one score, by name or folder, that orders the best "
        "sentences before the reader reads them, for example `cross-encoder/ms-marco-MiniLM-L6-v2`; or `none`.",
    )
    llm_passages: int = Field(
        default=3_000, ge=200, le=200_000, description="The most tokens of passages that the language model is given."
    )
    api_keys: Annotated[tuple[SecretStr, ...], NoDecode] = Field(
        default=(),
        description="Keys, separated by commas. If there is one, every request needs a key as `Authorization: Bearer "
        "KEY`, except those for `/` and its files, `/docs`, `/health/*` and `/metrics`.",
    )
    keys_file: Path | None = Field(
        default=None,
        description="A file of keys with names and rights, which `onrecord keys` writes. It is read again when it "
        "changes. If it is set, every request needs a key, as with `ONRECORD_API_KEYS`.",
    )
    trust: Annotated[tuple[tuple[str, float], ...], NoDecode] = Field(
        default=(),
        description="How far those who add articles are trusted, by the names of their keys: `wire=1,tips=.01,*=.1`. A "
        "weight, 0 to 1, is a factor of the odds that an article answers; 0 keeps it out. `command line` and `library` "
        "stand for what is added there, `unknown` for articles of earlier versions, `*` for everybody else.",
    )
    hosts: Annotated[tuple[str, ...], NoDecode] = Field(
        default=(),
        description="Further names that the service is called by, separated by commas and without a port, for example "
        "`archive.example`. Without keys, requests for any name but these, `localhost`, `127.0.0.1`, `[::1]`, the "
        "address listened on and the name in `ONRECORD_PUBLIC_URL` are refused; with keys, only if this is set.",
    )
    public_url: str | None = Field(
        default=None,
        description="The address that others know the service by, for example `https://news.example/archive`. The "
        "addresses of articles in answers, redirects and the API's description are built from it. A proxy may take the "
        "path off or leave it on.",
    )
    widget_origins: Annotated[tuple[str, ...], NoDecode] = Field(
        default=(),
        description="Origins of the pages that may ask questions, separated by commas, for example "
        "`https://news.example`; `*` means every origin.",
    )
    widget_key: str | None = Field(
        default=None,
        pattern=r"^[A-Za-z0-9._~-]{8,100}$",
        description="A public key for the widget. It allows to ask and to read what is cited; everything else then "
        "needs a key of `ONRECORD_API_KEYS` or `ONRECORD_KEYS_FILE`.",
    )
    widget_rate: int = Field(
        default=60,
        ge=1,
        le=100_000,
        description="The most requests in a minute from one address with the widget's key.",
    )
    max_question: int = Field(default=2_000, ge=1, le=20_000, description="The most characters in a question.")
    max_body: int = Field(
        default=8 * MAX_TEXT,
        ge=1_000,
        description="The most bytes in the body of a request. An article has at most 1,000,000 characters in any case.",
    )
    max_waiting: int = Field(
        default=32,
        ge=1,
        le=10_000,
        description="The most questions that wait for others to be answered, and the most additions that wait for "
        "others to be stored; the service refuses more with 503 and `Retry-After`.",
    )
    question_timeout: float = Field(
        default=10,
        ge=0.1,
        le=600,
        description="The most seconds in which a question is answered, without the time of a language model; the "
        "service refuses a question that would wait for more than half of them.",
    )
    add_timeout: float = Field(
        default=60, ge=0.1, le=3_600, description="The most seconds that an addition waits for others to be stored."
    )
    max_connections: int = Field(
        default=1_000,
        ge=10,
        le=100_000,
        description="The most connections at one time; a new one beyond them takes the room of the one that has had no "
        "whole request for longest.",
    )
    max_limit: int = Field(default=50, ge=1, le=200, description="The most quotes or passages in one response.")
    llm: str = Field(
        default="none",
        description="The language model that writes answers: `openai:MODEL` (any server with OpenAI's chat "
        "completions), `ollama:MODEL`, `anthropic:MODEL`, `transformers:NAME-OR-FOLDER` (in this process), `echo` (not "
        "a model but a fake for trials: it copies sentences and makes one up), or `none`.",
    )
    llm_timeout: float = Field(
        default=120, ge=1, le=3_600, description="The most seconds that a whole answer may take."
    )
    llm_connect_timeout: float = Field(
        default=5, gt=0, le=60, description="The most seconds that connecting to the language model may take."
    )
    llm_read_timeout: float = Field(
        default=60, gt=0, le=3_600, description="The most seconds that the language model may be silent."
    )
    llm_concurrency: int = Field(
        default=4, ge=1, le=1_000, description="The most answers that the language model writes at one time."
    )
    openai_base_url: str = Field(
        default=OPENAI_URL,
        validation_alias="OPENAI_BASE_URL",
        description="The address of the server for `openai:MODEL`.",
    )
    openai_api_key: SecretStr | None = Field(
        default=None,
        validation_alias="OPENAI_API_KEY",
        validate_default=True,
        description="The key for that server. OpenAI's own address needs one.",
    )
    anthropic_base_url: str = Field(
        default="https://api.anthropic.com",
        validation_alias="ANTHROPIC_BASE_URL",
        description="The address of the server for `anthropic:MODEL`.",
    )
    anthropic_api_key: SecretStr | None = Field(
        default=None,
        validation_alias="ANTHROPIC_API_KEY",
        validate_default=True,
        description="The key for that server.",
    )
    ollama_host: str = Field(
        default="http://127.0.0.1:11434",
        validation_alias="OLLAMA_HOST",
        description="The address of the server for `ollama:MODEL`, in Ollama's form: scheme and port may be left out.",
    )
    access_log: AccessLog = Field(
        default="requests",
        description="Whether a line is logged for each request: `none`, `requests` (method, path, status and time, "
        "without the question), or `questions` (the question as well).",
    )
    log_level: str = Field(
        default="info",
        pattern="^(critical|error|warning|info|debug)$",
        description="The least severe messages that are logged to stderr: critical, error, warning, info or debug.",
    )

    @field_validator("api_keys", "hosts", "widget_origins", mode="before")
    @classmethod
    def _split(cls, value: object) -> object:
        return tuple(key.strip() for key in value.split(",") if key.strip()) if isinstance(value, str) else value

    @field_validator("trust", mode="before")
    @classmethod
    def _read_weights(cls, value: object) -> object:
        if not isinstance(value, str):
            return value
        weights: dict[str, float] = {}
        for pair in filter(None, map(str.strip, value.split(","))):
            name, _, weight = map(str.strip, pair.rpartition("="))
            if not name or not re.fullmatch(r"0|1|1\.0+|0?\.\d+", weight):
                raise ValueError(f"{pair!r} is no NAME=WEIGHT with a weight from 0 to 1")
            if name in weights:
                raise ValueError(f"{name!r} has two weights")
            weights[name] = float(weight)
        return tuple(weights.items())

    @field_validator("chroma_url")
    @classmethod
    def _check_url(cls, value: str | None) -> str | None:
        parts = urlsplit(value or "")
        if not value:
            return None
        if parts.scheme not in {"http", "https"} or not parts.hostname or parts.query or parts.fragment:
            raise ValueError("it is no http or https address; write it like http://127.0.0.1:8001")
        return value.rstrip("/")

    @field_validator("hosts")
    @classmethod
    def _check_hosts(cls, hosts: tuple[str, ...]) -> tuple[str, ...]:
        for host in hosts:
            if not re.fullmatch(r"[A-Za-z0-9._-]+|[0-9A-Fa-f:.]+|\[[0-9A-Fa-f:.]+\]", host):
                raise ValueError(f"{host!r} is no name; write it like archive.example, without a scheme and a path")
            if re.fullmatch(r"[^:\[]+:[0-9]+", host):
                raise ValueError(f"{host!r} has a port; every port is served, so leave it out")
        return tuple(host.strip("[]") for host in hosts)

    @field_validator("public_url")
    @classmethod
    def _check_public_url(cls, value: str | None) -> str | None:
        if value is None:
            return None
        parts = urlsplit(_http_url(value))
        if not re.fullmatch(r"(/[A-Za-z0-9_~-][A-Za-z0-9._~-]*)*", parts.path):
            raise ValueError("its path may hold letters, digits and . _ ~ - alone")
        if not value.isascii():
            raise ValueError("write its name as browsers send it, with xn--")
        # A browser's header Origin has the name in lower case and leaves the usual port out.
        usual = ":80" if parts.scheme == "http" else ":443"
        return parts._replace(netloc=parts.netloc.lower().removesuffix(usual)).geturl()

    @field_validator("widget_origins")
    @classmethod
    def _check_origins(cls, origins: tuple[str, ...]) -> tuple[str, ...]:
        for origin in origins:
            # A browser sends no path and no capital letters, so an origin that has them can never match.
            if origin != "*" and not re.fullmatch(
                r"https?://[a-z0-9.-]+(:\d+)?|https?://\[[0-9a-f:]+\](:\d+)?", origin
            ):
                raise ValueError(f"{origin!r} is no origin; write it like https://news.example, without a path")
        return origins

    @field_validator("widget_key")
    @classmethod
    def _check_public(cls, key: str | None, info: ValidationInfo) -> str | None:
        # The widget's key stands in every page, so a full key there would be public.
        if key is not None and key in {full.get_secret_value() for full in info.data.get("api_keys", ())}:
            raise ValueError("it is one of ONRECORD_API_KEYS and would be public; choose another")
        return key

    @field_validator(
        "reader",
        "reranker",
        "keys_file",
        "public_url",
        "llm",
        "openai_base_url",
        "openai_api_key",
        "anthropic_base_url",
        "anthropic_api_key",
        "ollama_host",
        mode="before",
    )
    @classmethod
    def _check_blank(cls, value: object, info: ValidationInfo) -> object:
        # Compose files and shells pass a variable that was never set as an empty one.
        blank = isinstance(value, str) and not value.strip()
        return cls.model_fields[info.field_name or ""].default if blank else value

    @field_validator("llm")
    @classmethod
    def _check_llm(cls, value: str) -> str:
        kind, _, model = value.partition(":")
        named = kind in LLM_KINDS and model == model.strip() and 0 < len(model) <= 300 and model.isprintable()
        if value not in {"none", "echo"} and not named:
            kinds = ", ".join(f"{kind}:MODEL" for kind in LLM_KINDS)
            raise ValueError(f"it is none of {kinds}, echo and none")
        return value

    @field_validator("openai_base_url", "anthropic_base_url")
    @classmethod
    def _check_base_url(cls, value: str, info: ValidationInfo) -> str:
        return _http_url(value) if cls._is_used(info) else value

    @field_validator("ollama_host")
    @classmethod
    def _check_host(cls, value: str, info: ValidationInfo) -> str:
        if not cls._is_used(info):
            return value
        scheme, separator, rest = value.strip().rpartition("://")
        host, slash, path = rest.partition("/")
        if not host.partition(":")[0] and not host.startswith("["):
            host = f"127.0.0.1{host}"
        if not separator and not re.search(r":\d+$", host):
            # As in Ollama, an address without a scheme gets Ollama's port, and one with a scheme gets the scheme's.
            host = f"{host}:11434"
        url = urlsplit(_http_url(f"{scheme or 'http'}://{host}{slash}{path}"))
        # These are addresses to listen on, which cannot be called.
        here = {"0.0.0.0": "127.0.0.1", "::": "[::1]"}.get(url.hostname or "")
        return url._replace(netloc=f"{here}:{url.port}" if here and url.port else here or url.netloc).geturl()

    @field_validator("openai_api_key", "anthropic_api_key")
    @classmethod
    def _check_key(cls, key: SecretStr | None, info: ValidationInfo) -> SecretStr | None:
        if not cls._is_used(info):
            return key
        if key is None:
            if info.field_name == "anthropic_api_key":
                raise ValueError(f"ONRECORD_LLM={info.data['llm']} needs a key")
            if info.data.get("openai_base_url") == OPENAI_URL:
                raise ValueError(
                    f"ONRECORD_LLM={info.data['llm']} needs a key, or OPENAI_BASE_URL of a server that takes none"
                )
            return None
        stripped = key.get_secret_value().strip()
        if not re.fullmatch(r"[!-~]+", stripped):
            raise ValueError("a key has no spaces and no letters beyond ASCII")
        return SecretStr(stripped)

    @property
    def has_keys(self) -> bool:
        """Whether requests need a key."""
        return bool(self.api_keys or self.widget_key or self.keys_file)

    @staticmethod
    def _is_used(info: ValidationInfo) -> bool:
        """Say whether the field is for the chosen language model; the rest may be meant for other programs."""
        return str(info.data.get("llm")).partition(":")[0] == str(info.field_name).partition("_")[0]

    @classmethod
    def variable(cls, field: str) -> str:
        """Return the environment variable that a field is read from."""
        alias = cls.model_fields[field].validation_alias if field in cls.model_fields else field
        return str(alias) if alias else f"{_PREFIX}{field.upper()}"


def load_settings() -> Settings:
    """Return the settings in the environment; raise `InvalidSetting` if one of them makes no sense.

    The error names the variable, its value and what it may be. It does not show a key, or an address with a password.
    A variable that begins as a setting does and is none is logged.
    """
    _warn_of_unknown(os.environ)
    try:
        return Settings()
    except ValidationError as error:
        first = error.errors()[0]
        name, message = Settings.variable(str(first["loc"][0])), first["msg"].removeprefix("Value error, ")
        value = first["input"]
        if value is None:
            raise InvalidSetting(f"{name} is not set: {message}.") from None
        secret = name.endswith("_API_KEY") or (isinstance(value, str) and "@" in value)
        raise InvalidSetting(f"{name}={'…' if secret else repr(value)}: {message}.") from None


def _warn_of_unknown(variables: Iterable[str]) -> None:
    """Log each variable that begins as a setting does, in letters of any case, and is none; name the nearest one."""
    known = [Settings.variable(field) for field in Settings.model_fields]
    for name in sorted(variables):
        if name.upper().startswith(_PREFIX) and name.upper() not in known:
            (nearest,) = get_close_matches(name.upper(), known, n=1, cutoff=0)
            _log.warning("%s is no setting and has no effect; the nearest is %s.", name, nearest)


def _http_url(value: str) -> str:
    try:
        parts = urlsplit(value.strip())
        usable = parts.scheme in {"http", "https"} and parts.hostname and parts.port != 0
    except ValueError:
        usable = False
    if not usable or parts.query or parts.fragment:
        raise ValueError("it is no http or https address; write it like http://127.0.0.1:8001")
    if parts.username is not None or parts.password is not None:
        # Addresses are logged, and a password must not be.
        raise ValueError("an address may hold no user and no password; put a proxy in between that adds them")
    return parts.geturl().rstrip("/")


def cache_folder() -> Path:
    """Return the user's folder for files that can be made again."""
    return user_cache_path("onrecord", appauthor=False)
