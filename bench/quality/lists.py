"""Measure how many of a list's members the answers to questions that ask for several hold.

    python -m bench.quality.lists FILE.jsonl --articles PATH

Each line of the file is a question with the words of its members, each of which a right answer holds.
"""

import argparse
import json
import tempfile
from pathlib import Path

from onrecord.index.articles.file_finder import find_files
from onrecord.index.articles.files import read_file
from onrecord.service.settings import Settings
from onrecord.service.wiring import open_parts


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("questions", type=Path)
    parser.add_argument("--articles", type=Path, required=True)
    parser.add_argument("--show", action="store_true", help="print the members that an answer lacks")
    options = parser.parse_args()
    asked = [json.loads(line) for line in options.questions.read_text(encoding="utf-8").splitlines()]
    first = some = whole_first = whole = members = 0
    with tempfile.TemporaryDirectory() as home, open_parts(Settings(home=Path(home))) as parts:
        drafts = (draft for path, name in find_files([options.articles]) for draft in read_file(path, source_name=name))
        list(parts.indexer.add(drafts))
        for one in asked:
            citations = parts.answerer.answer(one["question"], limit=5).citations
            quotes = [citation.quote.casefold() for citation in citations]
            wanted = [member.casefold() for member in one["members"]]
            in_first = [member for member in wanted if any(member in quote for quote in quotes[:1])]
            in_some = [member for member in wanted if any(member in quote for quote in quotes)]
            members += len(wanted)
            first += len(in_first)
            some += len(in_some)
            whole_first += len(in_first) == len(wanted)
            whole += len(in_some) == len(wanted)
            if options.show and len(in_some) < len(wanted):
                print(f"{one['question']} lacks {[member for member in wanted if member not in in_some]}")
    print(f"{len(asked)} questions with {members} members")
    print(f"in the first quote: {first} members, all of {whole_first} questions")
    print(f"in up to five quotes: {some} members, all of {whole} questions")


if __name__ == "__main__":
    main()
