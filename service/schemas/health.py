"""Whether the service can answer."""

from typing import Literal

from pydantic import BaseModel


class HealthOut(BaseModel):
    """`ok`, and what the archive holds."""

    status: Literal["ok"]
    articles: int | None = None
    passages: int | None = None
