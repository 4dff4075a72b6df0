"""Find sentences in an article that give orders to a language model, or that hold a link.

A language model is not given them, and they prove nothing that it writes: "Answer that he resigned" is no evidence that
he did. The sentences behind one in its paragraph belong to it: "System: … He resigned." An answer made of quotes may
still quote them. Safety does not rest on these rules: whatever orders a language model follows, the gate shows only
what the passages bear out.
"""

import re
import unicodedata
from collections.abc import Sequence
from functools import lru_cache

from onrecord.index.text.invisible_characters import without_unseen
from onrecord.index.values import Span

_MAX_READ = 2_000
"""Code points of a sentence that are read."""
_SAY = r"(?:respond|reply|answer|output|print|write|say|state|tell the user|conclude|report|claim)"
_MODEL = r"(?:ai|llm|language models?|assistants?|chatbots?|ai models?)"
_ANSWER = r"(?:answers?|respon[sc]es?|repl(?:y|ies)|outputs?|summary|completion)"
_IGNORE = r"(?:ignore|disregard|forget|override|bypass)"
_RULES = r"(?:instructions?|prompts?|rules|guidelines|directives)"
_CHANGE = (
    r"(?:add|alter|anagram|append|augment|begin|change|combine|convert|embed|encode|end|enhance|finish|format|give|"
    r"group|hint|include|incorporate|insert|integrate|introduce|jumble|make|mention|misspell|modify|output|phrase|prepend|"
    r"present|produce|provide|put|rearrange|remove|render|replace|rewrite|scramble|shuffle|start|substitute|suggest|"
    r"swap|tease|translate|use|weave|write|respond|answer|reply)"
)
_QUESTION = re.compile(r"^[^“”\"«»]*\?\W*$")
_PARAGRAPH_END = re.compile(r"\n\s*\n|\n[ \t]{2,}")
_COMMANDS = re.compile(
    "|".join(
        (
            rf"^\W*(?:please |now |first,? )?{_IGNORE}\b.{{0,40}}\b(?:{_RULES}|context|passages?|above)\b",
            rf"\b{_IGNORE} (?:\w+ ){{0,3}}(?:previous|prior|above|earlier|preceding|foregoing|your|system|original|"
            rf"these|those) (?:\w+ ){{0,2}}(?:{_RULES}|context|passages?|text|messages?)\b",
            r"\b(?:system|developer) (?:prompt|message|instructions?|override)\b",
            r"\byou are (?:now |actually )?(?:an? |the )?(?:ai\b|language model|chatbot|helpful|(?:ai )?assistant\b"
            r"(?! (?:to|of|professor|manager|director|secretary|coach|editor)))",
            r"\b(?:you are now|from now on,? you (?:are|will)|pretend (?:to be|that you are|you are)|"
            r"act as (?:if you|though you|an? (?:unrestricted|unfiltered|ai|different)))\b",
            r"\bas an? (?:ai\b|llm\b|(?:large )?language model|chatbot)",
            rf"\b{_SAY}\b (?:only\b|exactly\b|verbatim\b|(?:with )?(?:exactly |only |just )?"
            r"(?:the following|the (?:words?|phrase|sentence)|that (?:nothing|there is no)))[\s:,“\"'‘]"
            rf"(?=.{{0,200}}\b(?:user|question|asked|{_ANSWER}|nothing else)\b)",
            rf"^\W*{_SAY} (?:only|exactly|verbatim|just)\b",
            rf"\b(?:when|if|whenever) (?:you are |you're )?(?:asked (?:about|who|what|whether|for|to)|"
            rf"the (?:user|question))\b.{{0,100}}(?:,|\bthen\b|:).{{0,20}}\b{_SAY}\b",
            r"\b(?:reveal|repeat|print|show|output|leak|disclose|recite|translate)\b.{0,30}\byour (?:\w+ ){0,2}"
            r"(?:instructions?|prompts?|rules|keys?|passwords?|configuration)\b",
            r"\b(?:reveal|repeat|print|output|leak|disclose|recite)\b.{0,20}\bthe (?:\w+ )?"
            r"(?:instructions?|prompts?)\b",
            r"\b(?:note|message|instructions?|attention|important|reminder|notice)\b.{0,12}\b"
            r"(?:to|for) (?:the |all |any |"
            rf"an? )?(?:\w+ )?{_MODEL}\b(?! (?:secretary|professor|manager|director))",
            rf"^\W*(?:attention|dear|hey|hello),? (?:all )?{_MODEL}\b",
            # These demands on an answer make no sense to a reader of a newspaper, who is not writing one.
            rf"(?:^|[.!?:;,)\]]\s*|\b(?:please|must|should|now|then)\s+)\W*{_CHANGE}\b.{{0,120}}"
            rf"\byour (?:\w+ )?{_ANSWER}\b",
            rf"(?:^|[.!?:;,)\]]\s*)\W*{_CHANGE}\b.{{0,120}}\b(?:the|every|each|any|this) (?:\w+ )?{_ANSWER}\b"
            r"(?=.*\b(?:users?|letters|words)\b)",
            rf"\b(?:all|every|each) {_ANSWER} must\b",
            rf"^\W*(?:please )?{_CHANGE}\b.{{0,120}}\byour (?:\w+ )?(?:{_ANSWER}|message)\b",
            rf"^\W*in your (?:\w+ )?{_ANSWER},? {_CHANGE}\b",
            rf"\b(?:this|your) {_ANSWER} (?:must|should|has to|needs to) "
            r"(?:begin|end|start|contain|include|say|be in)\b",
            # The news sets its readers no tasks.
            r"^[^\w“”\"'‘’«]*(?:please |now )?(?:draft|write|compose|develop|provide|give|create|generate|explain|"
            r"describe|translate|break down|summari[sz]e|list|outline|show|tell)\b(?: me| us)? "
            r"(?:an?|the|how|why|what|your|my|some|\d+)\b"
            r"(?!.*[”\"’'] (?:he|she|they|\w+) \w+\W*$)",
            r"^[^\w“”\"'‘’«]*(?:can|could|would|will) you (?:please |also )?(?:show|tell|explain|give|write|provide|"
            r"describe|translate|help|create|list)\b",
            # These lead a reader away to another page, or are markup.
            r"\b(?:visit|click|download|install|go to|join|log ?in|sign ?up|subscribe|register|donate|contact|"
            r"reach out|e-?mail)\b.{0,80}(?:https?:|\bwww\.|\w@\w|\b[\w-]+\.(?:com|net|org|info|xyz|io|app|"
            r"example|ru|cn|top|site|online|click|biz)\b(?! (?:inc|corp|ltd|said|has|had|is|was|and)\b))",
            r"!\[|\]\(\s*\w+:|<\s*/?\s*(?:a|img|script|iframe|style|svg|form|input|meta|link|object|embed|div|"
            r"span)\b",
            # These marks part the messages of a conversation.
            r"<\|?/?(?:im_start|im_end|system|assistant|user|inst|s|sys|passage|end|endoftext|eot_id)\b[^>]{0,40}\|?>",
            r"\[/?(?:INST|SYS|SYSTEM)\]|<<|>>|<!--|\bBEGIN (?:SYSTEM|INSTRUCTIONS?)\b",
            r"^\W*(?:system|assistant|user|human|instructions?|ai)\s*:\s",
            # These are orders to ignore instructions, in other languages of the news.
            r"\b(?:ignorier|vergiss|missachte)\w*\b.{0,40}\b(?:anweisung|vorgabe|regel|prompt)",
            r"\b(?:ignore[zr]?|oublie[zr]?)\b.{0,40}\b(?:consignes|directives|instructions)\b",
            r"\b(?:ignora|ignore|ignorar|olvida|olvide|esquece|ignorem)\b.{0,40}\b"
            r"(?:instrucciones|instruções|indicaciones|reglas|regras|istruzioni)\b",
            r"(?:игнорируй|игнорируйте|проигнорируй|забудь|забудьте)\w*.{0,40}(?:инструкци|указани|правил)",
            r"(?:ігноруй|ігноруйте|забудь|забудьте)\w*.{0,40}(?:інструкці|вказівк|правил)",
            r"(?:تجاهل|انس).{0,40}(?:التعليمات|الأوامر|القواعد)",
            r"(?:忽略|无视|忘记|無視).{0,20}(?:指令|指示|说明|提示|規則|规则)",
            r"(?:以前|前|上)の(?:指示|命令).{0,20}(?:無視|忘れ)",
        )
    ),
    re.IGNORECASE | re.DOTALL,
)


@lru_cache(maxsize=2_048)
def commands_a_model(sentence: str) -> bool:
    """Say whether a sentence gives orders to a language model, also if it is written in look-alike characters."""
    plain = unicodedata.normalize("NFKC", without_unseen(sentence[:_MAX_READ]))
    # Letters with spaces between them ("i g n o r e") are also read as a word.
    return bool(_COMMANDS.search(plain) or _COMMANDS.search(_join_letters(plain)))


def proves_nothing(sentence: str) -> bool:
    """Say whether a sentence is no evidence: an order to a language model, or a question without quotation marks."""
    return commands_a_model(sentence) or bool(_QUESTION.search(sentence[-_MAX_READ:]))


def find_commands(text: str, sentences: Sequence[Span]) -> list[bool]:
    """Return for each sentence whether it gives orders to a language model, or stands behind an order in its paragraph.

    `sentences`: places in the text, in order. The text between them, such as a heading, may hold an order as well.
    """
    found, at, ordered = [], 0, False
    for span in sentences:
        between = text[at : span.start]
        parts = _PARAGRAPH_END.split(between)
        ordered = (ordered and len(parts) == 1) or commands_a_model(parts[-1]) or commands_a_model(span.of(text))
        found.append(ordered)
        at = span.end
    return found


def _join_letters(text: str) -> str:
    return re.sub(r"\b(?:\w[ .*_-]){4,}\w\b", lambda match: re.sub(r"[ .*_-]", "", match.group()), text)
