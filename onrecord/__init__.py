"""A library that answers questions about a news archive and proves every sentence with a verbatim quote.

    import onrecord

    with onrecord.open_archive("news") as archive:
        archive.add("Harbour to open in May\\n\\nThe new harbour will open in May, Mayor Ana Reis said on Monday.")
        print(archive.ask("When will the new harbour open?").text)

Errors that a caller can meet, but for an argument of a wrong type; each message names the wrong value and the way out:

OnRecordError
├── InvalidArticle            the text or its data cannot be an article
│   └── UnreadableFile        a file cannot be read as one
├── ArticleNotFound           the archive has no article with this id
├── InvalidQuestion           a question is blank or too long, or its limit or mode makes no sense
├── InvalidFilter             the value of a filter makes no sense
├── InvalidSetting            an environment variable has a value that makes no sense
├── InvalidPrompt             a file in prompts/ is not what the program needs
├── ArchiveError              the archive's folder or database cannot be used
│   ├── ArchiveInUse          another process owns the archive, or this one has it open
│   ├── ArchiveReadOnly       another process writes the archive, and this one reads it
│   └── EmbedderMismatch      the archive was built with another embedding model
├── EmbedderError             the embedding model cannot be loaded
├── ReaderError               the reader cannot be loaded
├── RerankerError             the reranker cannot be loaded
├── SupportModelError         the model that checks prose cannot be loaded
├── BackendError              the language model cannot be used
└── VectorIndexDown           Chroma does not answer; the archive itself has every vector
"""

from onrecord.service import __version__ as __version__

# `from typing import TYPE_CHECKING` means the same and makes `import onrecord` take twice as long.
TYPE_CHECKING = False

if TYPE_CHECKING:
    from onrecord.service.public import *  # noqa: F403
else:

    def __getattr__(name: str) -> object:
        """Return a public name; the first one imports PyTorch and Chroma, which takes seconds."""
        if not name.startswith("_"):
            from onrecord.service import public

            if name in public.__all__:
                return getattr(public, name)
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")

    def __dir__() -> list[str]:
        from onrecord.service import public

        return [*public.__all__, "__version__"]
