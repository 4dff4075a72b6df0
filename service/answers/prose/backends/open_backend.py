"""Open the language model that the settings name; no other module names the classes of the providers."""

import logging

from onrecord.service.answers.prose.backends.backend import Backend
from onrecord.service.answers.prose.backends.circuit_breaker import Breaker
from onrecord.service.answers.prose.backends.guarded import Guarded, Limits
from onrecord.service.answers.prose.backends.providers.anthropic import Anthropic
from onrecord.service.answers.prose.backends.providers.echo import Echo
from onrecord.service.answers.prose.backends.providers.ollama import Ollama
from onrecord.service.answers.prose.backends.providers.openai import OpenAI
from onrecord.service.answers.prose.backends.providers.remote import Patience
from onrecord.service.settings import Settings

_log = logging.getLogger(__name__)


def open_backend(settings: Settings) -> Backend | None:
    """Return the backend that ONRECORD_LLM names, within its limits, or None if it names none.

    No server is connected to yet.

    Raises:
        BackendError: if ONRECORD_LLM names a model that runs in this process and it cannot be loaded.
    """
    backend = _unguarded(settings)
    if backend is None:
        return None
    # A model in this process writes one answer at a time, and the wait for it must not count as silence of the model.
    concurrency = 1 if settings.llm.startswith("transformers:") else settings.llm_concurrency
    limits = Limits(max_concurrent=concurrency, max_answer_seconds=settings.llm_timeout)
    return Guarded(backend, limits=limits, breaker=Breaker())


def _unguarded(settings: Settings) -> Backend | None:
    patience = Patience(connect=settings.llm_connect_timeout, read=settings.llm_read_timeout)
    kind, _, model = settings.llm.partition(":")
    match kind:
        case "openai":
            return OpenAI(model, url=settings.openai_base_url, key=settings.openai_api_key, patience=patience)
        case "ollama":
            return Ollama(model, url=settings.ollama_host, patience=patience)
        case "anthropic" if settings.anthropic_api_key is not None:
            return Anthropic(model, url=settings.anthropic_base_url, key=settings.anthropic_api_key, patience=patience)
        case "transformers":
            # This import stands here because the library takes seconds to load.
            from onrecord.service.answers.prose.backends.providers.transformers import load_transformers

            return load_transformers(model)
        case "echo":
            _log.warning(
                "ONRECORD_LLM=echo is a fake: no language model answers. It copies sentences from the articles and "
                "makes one up, which must be withheld."
            )
            return Echo()
        case _:
            return None
