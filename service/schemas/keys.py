"""Keys: what the sender of a request may do."""

from typing import Self

from pydantic import BaseModel, Field

from onrecord.service.access.caller import Caller, Right


class KeyOut(BaseModel):
    """The key that a request was sent with."""

    name: str = Field(description="The name as the audit log has it; `anonymous` where the service has no keys.")
    rights: list[Right]

    @classmethod
    def from_caller(cls, caller: Caller) -> Self:
        """Return the JSON form."""
        return cls(name=caller.name, rights=sorted(caller.rights))
