"""A language model with weights on this machine, which the library transformers runs in this process."""

import asyncio
import logging
import threading
from collections.abc import AsyncGenerator, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING, Any

from onrecord.index.errors import first_line
from onrecord.index.text.embedder import has_fast_bfloat16
from onrecord.service.answers.prose.backends.backend import BackendError, PromptMessage, PromptRejected

if TYPE_CHECKING:
    import torch
    from transformers import PreTrainedModel, PreTrainedTokenizerBase
    from transformers.generation.streamers import AsyncTextIteratorStreamer

MAX_ANSWER_TOKENS = 1024
"""Tokens in an answer."""

_log = logging.getLogger(__name__)


class Transformers:
    """A causal language model in memory that writes one answer at a time, in a thread, while the others wait.

    Decoding is greedy, so the same prompt has the same answer. Closing a stream stops the model before its next token,
    but not while it reads the prompt, which is a single step.
    """

    def __init__(self, model: "PreTrainedModel", tokenizer: "PreTrainedTokenizerBase", *, name: str) -> None:
        self.name = f"transformers:{name}"
        # The types of the library do not declare `generate`.
        self._model: Any = model
        self._tokenizer = tokenizer
        self._thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix="language-model")
        self._stops: set[threading.Event] = set()

    async def stream(self, messages: Sequence[PromptMessage]) -> AsyncGenerator[str]:
        """Yield the answer word by word; raise `BackendError` if the model fails or the prompt is too long."""
        from transformers.generation.streamers import AsyncTextIteratorStreamer

        streamer = AsyncTextIteratorStreamer(self._tokenizer, skip_prompt=True, skip_special_tokens=True)
        stopped = threading.Event()
        self._stops.add(stopped)
        try:
            written = asyncio.get_running_loop().run_in_executor(self._thread, self._write, messages, streamer, stopped)
        except RuntimeError:
            raise BackendError(f"The language model {self.name} has been closed.") from None
        # A caller that leaves early never awaits the future, and an exception that nothing reads would be logged.
        written.add_done_callback(lambda done: done.cancelled() or done.exception())
        try:
            async for piece in streamer:
                if piece:
                    yield piece
            await written
        except BackendError:
            raise
        except Exception as error:  # The code of a model may raise any type.
            _log.warning("The language model %s failed.", self.name, exc_info=error)
            raise BackendError(f"The language model {self.name} failed while it wrote.") from None
        finally:
            stopped.set()
            self._stops.discard(stopped)
            written.cancel()

    async def close(self) -> None:
        """Stop the answers that are being written, and the thread."""
        for stopped in self._stops:
            stopped.set()
        self._thread.shutdown(wait=False, cancel_futures=True)

    def _write(
        self, messages: Sequence[PromptMessage], streamer: "AsyncTextIteratorStreamer", stopped: threading.Event
    ) -> None:
        """Write an answer into the streamer, and end the streamer also after an error."""
        import torch

        def is_over(input_ids: "torch.Tensor", scores: "torch.Tensor", **_: Any) -> "torch.Tensor":
            return torch.full((input_ids.shape[0],), stopped.is_set(), device=input_ids.device)

        try:
            text = render_prompt(messages, self._tokenizer)
            # A chat template has already written the special tokens.
            prompt = self._tokenizer(
                text, add_special_tokens=not self._tokenizer.chat_template, return_tensors="pt"
            ).to(self._model.device)
            length, room = prompt["input_ids"].shape[1], self._room()
            if length >= room:
                raise PromptRejected(
                    f"The language model {self.name} has room for {room:,} tokens, and the question and its passages "
                    f"take {length:,}."
                )
            self._model.generate(
                **prompt,
                streamer=streamer,
                stopping_criteria=[is_over],
                max_new_tokens=min(MAX_ANSWER_TOKENS, room - length),
                do_sample=False,
                temperature=None,
                top_p=None,
                top_k=None,
                pad_token_id=self._tokenizer.pad_token_id or self._tokenizer.eos_token_id,
            )
        finally:
            streamer.end()  # type: ignore[no-untyped-call]

    def _room(self) -> int:
        """Return how many tokens the prompt and the answer may have together."""
        # A tokenizer without a limit reports a number with thirty digits.
        room: int = getattr(self._model.config, "max_position_embeddings", None) or self._tokenizer.model_max_length
        return room


def load_transformers(name: str) -> Transformers:
    """Load the weights and the tokenizer from a folder, or by their name on the hub.

    No code that comes with a model is run. With HF_HUB_OFFLINE=1 the hub is not called.

    Raises:
        BackendError: if the model cannot be loaded.
    """
    import torch
    from transformers import AutoModelForCausalLM, AutoTokenizer
    from transformers.utils import logging as transformers_logging

    transformers_logging.disable_progress_bar()  # type: ignore[no-untyped-call]
    on_gpu = torch.cuda.is_available()
    dtype: Any = "auto" if on_gpu else torch.bfloat16 if has_fast_bfloat16() else torch.float32
    try:
        tokenizer = AutoTokenizer.from_pretrained(name, trust_remote_code=False)
        model: Any = AutoModelForCausalLM.from_pretrained(name, dtype=dtype, trust_remote_code=False)
    except Exception as error:  # The library and the client of the hub raise a dozen unrelated types.
        reason = first_line(error).rstrip(".")
        raise BackendError(
            f"Cannot load the language model {name!r}: {reason}. Set ONRECORD_LLM=transformers:… to a folder with a "
            "causal language model and its tokenizer, or to a name on the hub (HF_HUB_OFFLINE=1 takes it from the "
            "cache alone)."
        ) from error
    # Only the name of the folder is shown, because users must learn nothing of the disk of this machine.
    shown = Path(name).resolve().name if Path(name).is_dir() else name
    return Transformers(model.to("cuda" if on_gpu else "cpu").eval(), tokenizer, name=shown)


def render_prompt(messages: Sequence[PromptMessage], tokenizer: "PreTrainedTokenizerBase") -> str:
    """Return the messages as one text: in the chat template of the model, or as "Role: …" if it has none.

    Special tokens are removed from the messages, because an article that says "<|im_end|>" would end its own message
    and go on as the system.
    """
    specials = tokenizer.all_special_tokens
    cleaned = [{"role": message.role, "content": _without(specials, message.content)} for message in messages]
    if not tokenizer.chat_template:
        said = "\n\n".join(f"{message['role'].capitalize()}: {message['content']}" for message in cleaned)
        return f"{said}\n\nAssistant:"
    try:
        return str(tokenizer.apply_chat_template(cleaned, tokenize=False, add_generation_prompt=True))
    except Exception:
        # Some templates refuse a system message, and Jinja lets them raise any type.
        return str(tokenizer.apply_chat_template(_without_system(cleaned), tokenize=False, add_generation_prompt=True))


def _without(specials: Sequence[str], text: str) -> str:
    # A lone surrogate, which no tokenizer takes, becomes a question mark.
    text = text.encode(errors="replace").decode()
    for special in specials:
        # A space takes its place, so that the text around it cannot join into another special token.
        text = text.replace(special, " ")
    return text


def _without_system(messages: Sequence[dict[str, str]]) -> list[dict[str, str]]:
    """Return the messages of the user and the assistant, the first of them with the words of the system before it."""
    system = "\n\n".join(message["content"] for message in messages if message["role"] == "system")
    first, *rest = [message for message in messages if message["role"] != "system"]
    return [{"role": first["role"], "content": f"{system}\n\n{first['content']}"}, *rest]
