"""Tiny networks of several architectures, which a test teaches one thing, in folders as transformers saves them."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import torch
from tokenizers import Tokenizer, decoders, models, pre_tokenizers, processors, trainers
from transformers import (
    BertConfig,
    BertForQuestionAnswering,
    BertForSequenceClassification,
    DebertaV2Config,
    DebertaV2ForQuestionAnswering,
    DebertaV2ForSequenceClassification,
    MPNetConfig,
    MPNetForQuestionAnswering,
    MPNetForSequenceClassification,
    PreTrainedTokenizerFast,
    RobertaConfig,
    RobertaForQuestionAnswering,
    RobertaForSequenceClassification,
)

ARCHITECTURES: dict[str, tuple[Any, Any, Any]] = {
    "BERT": (BertConfig, BertForQuestionAnswering, BertForSequenceClassification),
    "RoBERTa": (RobertaConfig, RobertaForQuestionAnswering, RobertaForSequenceClassification),
    "MPNet": (MPNetConfig, MPNetForQuestionAnswering, MPNetForSequenceClassification),
    "DeBERTa": (DebertaV2Config, DebertaV2ForQuestionAnswering, DebertaV2ForSequenceClassification),
}
"""By name: the configuration, the reader and the classifier."""
_MAX_STEPS = 300
_LEARNT = 0.02
"""The loss at which a lesson counts as learnt."""
_MARKERS = {"pad_token": "<pad>", "cls_token": "<s>", "sep_token": "</s>", "unk_token": "<unk>", "mask_token": "<mask>"}


def make_tokenizer(texts: Sequence[str], *, spaces: bool) -> PreTrainedTokenizerFast:
    """Return a tokenizer trained on the texts; with `spaces`, a word's first piece has the space before it."""
    inner = Tokenizer(models.BPE(unk_token="<unk>"))
    with_spaces, without = pre_tokenizers.ByteLevel(add_prefix_space=False), pre_tokenizers.BertPreTokenizer()
    inner.pre_tokenizer = with_spaces if spaces else without
    inner.decoder = decoders.ByteLevel()
    inner.train_from_iterator(texts, trainers.BpeTrainer(vocab_size=300, special_tokens=[*_MARKERS.values()]))
    inner.post_processor = processors.TemplateProcessing(
        single="<s> $A </s>",
        pair="<s> $A </s> $B:1 </s>:1",
        special_tokens=[(marker, inner.token_to_id(marker)) for marker in ("<s>", "</s>")],
    )
    names = ["input_ids", "attention_mask"]
    return PreTrainedTokenizerFast(tokenizer_object=inner, model_max_length=300, model_input_names=names, **_MARKERS)


def make_network(kind: Any, config: Any, tokenizer: PreTrainedTokenizerFast, **options: Any) -> Any:
    """Return an untrained network of a class of transformers, small enough to be taught in a second."""
    torch.manual_seed(5)
    # With the usual small weights, a network takes hundreds of steps to tell one input from another.
    options |= {"hidden_dropout_prob": 0.0, "attention_probs_dropout_prob": 0.0, "initializer_range": 0.2}
    size = {"hidden_size": 32, "num_hidden_layers": 1, "num_attention_heads": 2, "intermediate_size": 64}
    made = config(
        vocab_size=len(tokenizer), max_position_embeddings=320, pad_token_id=tokenizer.pad_token_id, **size, **options
    )
    return kind(made)


def teach(network: Any, lesson: dict[str, torch.Tensor]) -> None:
    """Teach a network the lesson's inputs and labels by heart."""
    # Two threads would wait for each other longer than they compute.
    torch.set_num_threads(1)
    optimiser = torch.optim.Adam(network.parameters(), lr=5e-3)
    for _ in range(_MAX_STEPS):
        loss = network(**lesson).loss
        if loss.item() < _LEARNT:
            return
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()
    raise AssertionError(f"The network did not learn its lesson in {_MAX_STEPS} steps; the loss is {loss.item():.3f}.")


def save(folder: Path, network: Any, tokenizer: PreTrainedTokenizerFast) -> None:
    """Save both as transformers does."""
    network.save_pretrained(folder)
    tokenizer.save_pretrained(folder)
