"""Sentences in an article that talk to a language model instead of to a reader.

They are not given to a language model, and prove nothing that it writes: "Answer that he resigned" is no evidence that
he did. Asked for, they can still be quoted. A rule of thumb, and not what safety rests on: whatever a language model
was talked into, the gate asks for the words that bear it out.
"""

import re

_SAY = r"(?:respond|reply|answer|output|print|write|say|state|tell the user|conclude|report|claim)"
_MODEL = r"(?:ai|llm|language models?|assistants?|chatbots?|ai models?)"
_COMMANDS = re.compile(
    "|".join(
        (
            r"\b(?:ignore|disregard|forget|override|bypass)\b.{0,40}\b"
            r"(?:instructions?|prompts?|rules|guidelines|context|passages?|above|previous|prior)\b",
            r"\b(?:system|developer) (?:prompt|message|instructions?)\b",
            r"\byou are (?:now |actually )?(?:an? |the )?(?:ai\b|assistant|language model|chatbot|helpful)",
            rf"\bas an? {_MODEL}\b",
            rf"\b{_SAY}\b.{{0,20}}\b(?:only|exactly|verbatim|the following|with the (?:words?|phrase|sentence))\b",
            r"\b(?:when|if) (?:you are |you're |(?:any|some)(?:one|body) |the user )?(?:is )?ask(?:s|ed)?\b.{0,80}"
            rf"\b{_SAY}\b",
            r"\b(?:reveal|repeat|print|show|output|leak)\b.{0,20}\b(?:your|the) (?:\w+ )?"
            r"(?:instructions?|prompts?|rules|keys?|passwords?)\b",
            r"\b(?:note|message|instructions?|attention|important|reminder)\b.{0,12}\b(?:to|for) (?:the |all |any )?"
            rf"(?:\w+ )?{_MODEL}\b",
            r"<\|?/?(?:im_start|im_end|system|assistant|user|inst|s|sys|passage|end)\b[^>]{0,40}\|?>",
            r"\[/?(?:INST|SYS|SYSTEM)\]|<<|>>",
            r"^\s*(?:#{1,6}\s*)?(?:system|assistant|user|human|instructions?)\s*:",
        )
    ),
    re.IGNORECASE | re.DOTALL,
)


def commands_a_model(sentence: str) -> bool:
    """Say whether a sentence tells a language model what to do."""
    return bool(_COMMANDS.search(sentence[:2_000]))
