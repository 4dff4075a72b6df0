import pytest

from onrecord.service.evaluation.datasets.article_names import ArticleNames, is_missing
from tests.article_infos import article_info

ARTICLES = (
    article_info("a1", title="Harbour to open", source_name="news/001_b467.txt"),
    article_info("b2", title="Cats", url="https://news.example/cats", source_name="002_e37d.txt"),
    article_info("c3", title="Cats", source_name="export.jsonl#10"),
    article_info("d4", title="1", source_name="export.jsonl#1"),
)


@pytest.mark.parametrize(
    ("name", "article"),
    [
        ("a1", "a1"),
        ("news/001_b467.txt", "a1"),
        ("001_B467.TXT", "a1"),
        ("001_b467", "a1"),
        ("001", "a1"),
        ("https://news.example/cats", "b2"),
        ("Harbour to open", "a1"),
        ("export.jsonl#1", "d4"),
        ("Cats", None),
        ("00", None),
        ("export", None),
        ("dogs", None),
    ],
)
def test_an_article_is_named_by_what_a_user_knows_of_it(name, article):
    """Id, url, source name, file name, title, or the beginning of one file's name; what names two names none."""
    assert ArticleNames(ARTICLES).resolve(name) == article


def test_what_is_not_in_the_archive_stays_missed():
    """A gold article that is not there keeps its grade under a name of its own, so that it lowers the recall."""
    found = ArticleNames(ARTICLES).resolve_all({"001": 2, "dogs": 1})
    assert found.pop("a1") == 2
    ((name, grade),) = found.items()
    assert is_missing(name)
    assert grade == 1
