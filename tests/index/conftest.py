"""An empty archive, opened and closed."""

import pytest

from onrecord.index.archive.archive import SqliteArchive


@pytest.fixture
def file(home):
    return home / "archive.sqlite3"


@pytest.fixture
def archive(file):
    opened = SqliteArchive(file)
    yield opened
    opened.close()
