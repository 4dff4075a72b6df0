"""What can go wrong with the archive, as one tree. Every message names the value and the way out.

OnRecordError
├── InvalidArticle            the text or its data cannot be an article
│   └── UnreadableFile        a file that cannot be read as one
├── ArticleNotFound
├── InvalidFilter             a filter's value makes no sense
├── ArchiveError              the archive's folder or database cannot be used
│   ├── ArchiveInUse          another process owns it, or this one has it open already
│   ├── ArchiveReadOnly       another process writes it, this one reads
│   ├── EmbedderMismatch      it was built with another model
│   └── StorageError          the disk or the file fails
│       ├── DiskFull          there is no room left
│       ├── ArchiveUnwritable it may be read and not written
│       ├── ArchiveDamaged    the file is not what was written, or is lost
│       └── ArchiveBusy       another program keeps it locked
├── Stopping                  the service stops, so a change was not made
├── EmbedderError             the model cannot be loaded
└── VectorIndexDown           Chroma does not answer; the archive has every vector
    └── VectorIndexMissing    there is none at the moment, as the log says
"""

from typing import NoReturn, Self


class OnRecordError(Exception):
    """Root of the errors that a user can do something about."""


class InvalidArticle(OnRecordError):
    """The text or its data cannot be an article."""

    def __init__(self, message: str, *, reason: str = "no article") -> None:
        """Take the message, and the reason as a clause without values, by which refused articles are counted."""
        super().__init__(message)
        self.reason = reason

    def at(self, place: str) -> Self:
        """Return the same error with the place, such as a file and a line, before its message."""
        return type(self)(f"{place}: {self}", reason=self.reason)


class UnreadableFile(InvalidArticle):
    """A file that cannot be read as an article."""


class ArticleNotFound(OnRecordError):
    """No article with this id."""


class InvalidFilter(OnRecordError):
    """A filter's value makes no sense."""


class ArchiveError(OnRecordError):
    """The archive's folder or database cannot be used."""


class ArchiveInUse(ArchiveError):
    """Another process owns the archive, or this one has it open already."""


class ArchiveReadOnly(ArchiveError):
    """Another process writes the archive, this one reads it."""


class EmbedderMismatch(ArchiveError):
    """The archive was built with another embedding model."""


class StorageError(ArchiveError):
    """The disk or the file fails; a change that was under way is undone."""


class DiskFull(StorageError):
    """There is no room left on the archive's disk."""


class ArchiveUnwritable(StorageError):
    """The archive may be read and not written."""


class ArchiveDamaged(StorageError):
    """The archive's file is not what was written, or is lost."""


class ArchiveBusy(StorageError):
    """Another program keeps the archive locked."""


class Stopping(OnRecordError):
    """The service stops, so a change was not made."""


class EmbedderError(OnRecordError):
    """The embedding model cannot be loaded."""


class VectorIndexDown(OnRecordError):
    """Chroma does not answer; the archive has every vector."""


class VectorIndexMissing(VectorIndexDown):
    """There is no vector index at the moment, as the log says; the archive has every vector."""


def raise_refused(error: InvalidArticle) -> NoReturn:
    """Raise the error of a refused article, where a caller gives no other way to handle it."""
    raise error


def first_line(error: BaseException) -> str:
    """Return the first line of an error's message, or the error's type if it has no message."""
    return (str(error).strip() or type(error).__name__).splitlines()[0]
