"""How a request gets at the parts that the app was made of."""

from typing import Annotated

from anyio import CapacityLimiter
from fastapi import Depends, Request

from index.archive import SqliteArchive
from index.indexer import Indexer
from index.quotation_finder import QuotationFinder
from index.retriever import Retriever
from index.speaker_index import SpeakerIndex
from service.extractive import ExtractiveAnswerer
from service.http.metrics import Metrics
from service.settings import Settings


def _archive(request: Request) -> SqliteArchive:
    archive: SqliteArchive = request.app.state.archive
    return archive


def _indexer(request: Request) -> Indexer:
    indexer: Indexer = request.app.state.indexer
    return indexer


def _retriever(request: Request) -> Retriever:
    retriever: Retriever = request.app.state.retriever
    return retriever


def _answerer(request: Request) -> ExtractiveAnswerer:
    answerer: ExtractiveAnswerer = request.app.state.answerer
    return answerer


def _speakers(request: Request) -> SpeakerIndex:
    speakers: SpeakerIndex = request.app.state.speakers
    return speakers


def _quotations(request: Request) -> QuotationFinder:
    quotations: QuotationFinder = request.app.state.quotations
    return quotations


def _metrics(request: Request) -> Metrics:
    metrics: Metrics = request.app.state.metrics
    return metrics


def _turns(request: Request) -> CapacityLimiter:
    turns: CapacityLimiter = request.app.state.turns
    return turns


def _settings(request: Request) -> Settings:
    settings: Settings = request.app.state.settings
    return settings


ArchivePart = Annotated[SqliteArchive, Depends(_archive)]
IndexerPart = Annotated[Indexer, Depends(_indexer)]
RetrieverPart = Annotated[Retriever, Depends(_retriever)]
AnswererPart = Annotated[ExtractiveAnswerer, Depends(_answerer)]
SpeakersPart = Annotated[SpeakerIndex, Depends(_speakers)]
QuotationsPart = Annotated[QuotationFinder, Depends(_quotations)]
MetricsPart = Annotated[Metrics, Depends(_metrics)]
TurnsPart = Annotated[CapacityLimiter, Depends(_turns)]
"""Questions are answered by as many threads as there are cores: more would only wait for each other."""
SettingsPart = Annotated[Settings, Depends(_settings)]
