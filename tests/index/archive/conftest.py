"""An archive that is filled."""

from itertools import product

import pytest

from onrecord.index.archive.archive import SqliteArchive
from tests.index.archive.made_up import DATES, PUBLISHERS, indexed


@pytest.fixture(scope="module")
def filled(tmp_path_factory):
    """An archive with an article for each publisher and date, and what was saved."""
    archive = SqliteArchive(tmp_path_factory.mktemp("filled") / "archive.sqlite3")
    saved = [
        archive.save(
            indexed(
                f"Article {number} about legality.\nAnd more of article{number}.",
                seed=number,
                publisher=publisher,
                published_at=date,
                source_name=f"{number}.txt",
            )
        )
        for number, (publisher, date) in enumerate(product(PUBLISHERS, DATES))
    ]
    yield archive, saved
    archive.close()
