"""The public names of the library, which `import onrecord` offers."""

from onrecord.index.articles.indexer import Added
from onrecord.index.errors import (
    ArchiveError,
    ArchiveInUse,
    ArchiveReadOnly,
    ArticleNotFound,
    EmbedderError,
    EmbedderMismatch,
    InvalidArticle,
    InvalidFilter,
    OnRecordError,
    UnreadableFile,
    VectorIndexDown,
)
from onrecord.index.search.quotation_finder import FoundQuotation
from onrecord.index.speech.quotations import Quotation, QuotationKind
from onrecord.index.values import Actor, Article, ArticleInfo, Copies, Draft, Filters, FoundPassage, Span
from onrecord.service.answers.answer import Answer, AnswerSentence, Citation, Disagreement, Rejected, Timings
from onrecord.service.answers.evidence.readers.reader import ReaderError
from onrecord.service.answers.evidence.reranker import RerankerError
from onrecord.service.answers.prompts import InvalidPrompt
from onrecord.service.answers.prose.backends.backend import BackendError
from onrecord.service.answers.prose.gate.support_model import SupportModelError
from onrecord.service.answers.question.conversation import Message
from onrecord.service.arguments import InvalidQuestion
from onrecord.service.library import Archive, Status, open_archive
from onrecord.service.settings import InvalidSetting, Settings
from onrecord.service.verification import Change, Verification

__all__ = [
    "Actor",
    "Added",
    "Answer",
    "AnswerSentence",
    "Archive",
    "ArchiveError",
    "ArchiveInUse",
    "ArchiveReadOnly",
    "Article",
    "ArticleInfo",
    "ArticleNotFound",
    "BackendError",
    "Change",
    "Citation",
    "Copies",
    "Disagreement",
    "Draft",
    "EmbedderError",
    "EmbedderMismatch",
    "Filters",
    "FoundPassage",
    "FoundQuotation",
    "InvalidArticle",
    "InvalidFilter",
    "InvalidPrompt",
    "InvalidQuestion",
    "InvalidSetting",
    "Message",
    "OnRecordError",
    "Quotation",
    "QuotationKind",
    "ReaderError",
    "Rejected",
    "RerankerError",
    "Settings",
    "Span",
    "Status",
    "SupportModelError",
    "Timings",
    "UnreadableFile",
    "VectorIndexDown",
    "Verification",
    "open_archive",
]
