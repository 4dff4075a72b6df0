"""How a request gets at the parts that the app was made of."""

from typing import Annotated, Any

from anyio import CapacityLimiter
from fastapi import Depends, Request

from index.archive import SqliteArchive
from index.indexer import Indexer
from index.quotation_finder import QuotationFinder
from index.retriever import Retriever
from index.speaker_index import SpeakerIndex
from service.answering import Answering
from service.http.metrics import Metrics
from service.http.token_bucket import TokenBuckets
from service.settings import Settings
from service.suggestions import Suggester


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
