"""The filters of a request."""

from typing import Annotated

from pydantic import Field

from onrecord.index.search.speaker_finder import SpeakerFinder
from onrecord.index.values import Filters
from onrecord.service.schemas.fields import Characters, Instant, StrictModel


class FiltersIn(StrictModel):
    """The articles that are searched; null is no restriction."""

    published_after: Instant | None = Field(default=None, description="At or after this date or instant.")
    published_before: Instant | None = Field(
        default=None, description="Before this date or instant; no article passes if it is not after `published_after`."
    )
    publisher: Annotated[Characters, Field(max_length=2_000)] | None = None
    speaker: Annotated[Characters, Field(max_length=200)] | None = Field(
        default=None, description="Only words of this speaker: a name in any form, or a role."
    )
    article_ids: list[Annotated[Characters, Field(max_length=64)]] | None = Field(default=None, max_length=1_000)

    def to_filters(self, speakers: SpeakerFinder) -> Filters:
        """Return the value the index takes."""
        return Filters(
            published_after=self.published_after,
            published_before=self.published_before,
            publisher=self.publisher,
            article_ids=tuple(self.article_ids) if self.article_ids is not None else None,
            speakers=speakers.match(self.speaker) if self.speaker is not None else None,
        )
