"""A model whose weights are on this machine, run in this process by the library transformers."""

import asyncio
import logging
import threading
from collections.abc import AsyncGenerator, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING, Any

from onrecord.index.text.embedder import has_fast_bfloat16
from onrecord.service.answers.prose.backends.backend import BackendError, Message, PromptRejected

if TYPE_CHECKING:
    import torch
    from transformers import PreTrainedModel, PreTrainedTokenizerBase
    from transformers.generation.streamers import AsyncTextIteratorStreamer

LONGEST = 1024
"""Tokens in an answer."""

_log = logging.getLogger(__name__)


class Transformers:
    """A causal language model in memory. One answer is written at a time, in a thread; the others wait for it.

    Decoding is greedy: the same prompt has the same answer. A stream that is closed stops the model before its next
    token; the reading of the prompt, which comes first, is one step and cannot be stopped.
    """

    def __init__(self, model: "PreTrainedModel", tokenizer: "PreTrainedTokenizerBase", *, name: str) -> None:
        self.name = f"transformers:{name}"
        # The library's types know nothing of `generate`.
        self._model: Any = model
        self._tokenizer = tokenizer
        self._thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix="language-model")
        self._stops: set[threading.Event] = set()

    async def stream(self, messages: Sequence[Message]) -> AsyncGenerator[str]:
        """Yield the answer word by word; raises `BackendError`."""
        from transformers.generation.streamers import AsyncTextIteratorStreamer

        streamer = AsyncTextIteratorStreamer(self._tokenizer, skip_prompt=True, skip_special_tokens=True)
        stopped = threading.Event()
        self._stops.add(stopped)
        try:
            written = asyncio.get_running_loop().run_in_executor(self._thread, self._write, messages, streamer, stopped)
        except RuntimeError:
            raise BackendError(f"The language model {self.name} has been closed.") from None
        # Whoever leaves early does not ask how it ended.
        written.add_done_callback(lambda done: done.cancelled() or done.exception())
        try:
            async for piece in streamer:
                if piece:
                    yield piece
            await written
        except BackendError:
            raise
        except Exception as error:  # Whatever a model's own code may raise.
            _log.warning("The language model %s failed.", self.name, exc_info=error)
            raise BackendError(f"The language model {self.name} failed while it wrote.") from None
        finally:
            stopped.set()
            self._stops.discard(stopped)
            written.cancel()

    async def close(self) -> None:
        """Stop what is being written, and the thread."""
        for stopped in self._stops:
            stopped.set()
        self._thread.shutdown(wait=False, cancel_futures=True)

    def _write(
        self, messages: Sequence[Message], streamer: "AsyncTextIteratorStreamer", stopped: threading.Event
    ) -> None:
        """Write an answer into the streamer, which is ended whatever happens."""
        import torch

        def is_over(input_ids: "torch.Tensor", scores: "torch.Tensor", **_: Any) -> "torch.Tensor":
            return torch.full((input_ids.shape[0],), stopped.is_set(), device=input_ids.device)

        try:
            text = prompt_of(messages, self._tokenizer)
            # A chat template writes the special tokens itself.
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
                max_new_tokens=min(LONGEST, room - length),
                do_sample=False,
                temperature=None,
                top_p=None,
                top_k=None,
                pad_token_id=self._tokenizer.pad_token_id or self._tokenizer.eos_token_id,
            )
        finally:
            streamer.end()  # type: ignore[no-untyped-call]

    def _room(self) -> int:
        """Return how many tokens prompt and answer may have together."""
        # A tokenizer that knows of no limit says so by a number with thirty digits.
        room: int = getattr(self._model.config, "max_position_embeddings", None) or self._tokenizer.model_max_length
        return room


def load_transformers(name: str) -> Transformers:
    """Load weights and tokenizer by their folder or hub name; the hub is not asked with HF_HUB_OFFLINE=1.

    No code that comes with a model is run. Raises `BackendError` if it cannot be loaded.
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
    except Exception as error:  # A dozen unrelated types, the hub's client's among them.
        reason = (str(error).strip() or type(error).__name__).splitlines()[0].rstrip(".")
        raise BackendError(
            f"Cannot load the language model {name!r}: {reason}. Set ONRECORD_LLM=transformers:… to a folder with a "
            "causal language model and its tokenizer, or to a name on the hub (HF_HUB_OFFLINE=1 takes it from the "
            "cache alone)."
        ) from error
    # The folder's own name: what is shown to readers says nothing of this machine's disk.
    shown = Path(name).resolve().name if Path(name).is_dir() else name
    return Transformers(model.to("cuda" if on_gpu else "cpu").eval(), tokenizer, name=shown)


def prompt_of(messages: Sequence[Message], tokenizer: "PreTrainedTokenizerBase") -> str:
    """Return the messages as the model was taught to read them, by its chat template, or else line by line.

    Special tokens are taken out of the messages: an article that says "<|im_end|>" would end its turn and go on as
    the system.
    """
    turns = [{"role": turn.role, "content": _without(tokenizer.all_special_tokens, turn.content)} for turn in messages]
    if not tokenizer.chat_template:
        said = "\n\n".join(f"{turn['role'].capitalize()}: {turn['content']}" for turn in turns)
        return f"{said}\n\nAssistant:"
    try:
        return str(tokenizer.apply_chat_template(turns, tokenize=False, add_generation_prompt=True))
    except Exception:
        # Some templates refuse a system's turn; Jinja lets them raise what they like.
        return str(tokenizer.apply_chat_template(_without_system(turns), tokenize=False, add_generation_prompt=True))


def _without(specials: Sequence[str], text: str) -> str:
    # Half a character, which no tokenizer takes, becomes a question mark.
    text = text.encode(errors="replace").decode()
    for special in specials:
        # A space in its stead, so that what stood around it does not make another one.
        text = text.replace(special, " ")
    return text


def _without_system(turns: Sequence[dict[str, str]]) -> list[dict[str, str]]:
    """Put the system's words before the first of the others'."""
    system = "\n\n".join(turn["content"] for turn in turns if turn["role"] == "system")
    first, *rest = [turn for turn in turns if turn["role"] != "system"]
    return [{"role": first["role"], "content": f"{system}\n\n{first['content']}"}, *rest]
