"""Whether the service can answer."""

from typing import Literal

from pydantic import BaseModel


class HealthOut(BaseModel):
    """The state of the service, and the size of the archive."""

    status: Literal["ok"]
    articles: int | None = None
    passages: int | None = None
    degraded: list[str] | None = None
    """The parts that failed when the service last asked itself a question; answers are made without them."""
    keys: str | None = None
    """Why the file of keys cannot be read, if it cannot; the keys that were read before stay in force."""
