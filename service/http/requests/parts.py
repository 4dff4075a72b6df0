"""How a request gets at the parts that the app was made of."""

from typing import Annotated, Any

from anyio import CapacityLimiter
from fastapi import Depends, Request

from onrecord.index.archive.archive import SqliteArchive
from onrecord.index.articles.indexer import Indexer
from onrecord.index.search.quotation_finder import QuotationFinder
from onrecord.index.search.retriever import Retriever
from onrecord.index.search.speaker_finder import SpeakerIndex
from onrecord.service.answers.answering import Answering
from onrecord.service.answers.quoting.suggestions import Suggester
from onrecord.service.http.metrics import Metrics
from onrecord.service.http.rate_limiter import TokenBuckets
from onrecord.service.settings import Settings


def _part(name: str) -> Any:
    """Depend on what `create_app` put into the app's state under this name."""

    def get(request: Request) -> Any:
        return getattr(request.app.state, name)

    return Depends(get)


ArchivePart = Annotated[SqliteArchive, _part("archive")]
IndexerPart = Annotated[Indexer, _part("indexer")]
RetrieverPart = Annotated[Retriever, _part("retriever")]
AnsweringPart = Annotated[Answering, _part("answering")]
SpeakersPart = Annotated[SpeakerIndex, _part("speakers")]
SuggesterPart = Annotated[Suggester, _part("suggester")]
QuotationsPart = Annotated[QuotationFinder, _part("quotations")]
MetricsPart = Annotated[Metrics, _part("metrics")]
TurnsPart = Annotated[CapacityLimiter, _part("turns")]
WidgetTurnsPart = Annotated[TokenBuckets, _part("widget_turns")]
SettingsPart = Annotated[Settings, _part("settings")]
