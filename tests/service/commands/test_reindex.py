"""`onrecord reindex`, from outside: real models, a real server beside it, and kills."""

import json
import os
import re
import signal
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest

from onrecord.service.library import describe_next
from tests.other_embedders import save_cut_model
from tests.program import Program

pytestmark = pytest.mark.slow

ARTICLES = 30
QUESTION = {"question": "what did Putin say about legality?"}


@pytest.fixture(scope="module")
def other_model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Another model's folder."""
    return save_cut_model(tmp_path_factory.mktemp("models") / "cut")


@pytest.fixture
def environment(tmp_path: Path) -> dict[str, str]:
    return {**os.environ, "ONRECORD_HOME": str(tmp_path / "archive"), "PYTHONWARNINGS": "ignore"}


def run(environment: dict[str, str], *arguments: str) -> tuple[int, str, str]:
    process = Program(*arguments, environment=environment)
    out, err = process.communicate(timeout=600)
    return process.wait(), out, err


@contextmanager
def serving(environment: dict[str, str]) -> Iterator[tuple[httpx.Client, int]]:
    """Serve on a free port; yields a client and the process id."""
    process = Program("serve", "--port", "0", environment=environment)
    try:
        found = re.search(r"http://127\.0\.0\.1:\d+", process.stdout.readline())
        assert found
        with httpx.Client(base_url=found.group(), timeout=60) as client:
            yield client, process.pid
    finally:
        process.send_signal(signal.SIGINT)
        process.communicate(timeout=120)


def filler(number: int) -> dict[str, str]:
    text = " ".join(f"The council of town {number} met for the {n}th time about the harbour." for n in range(4))
    return {"text": f"{text}\n\n{text}", "title": f"Council {number}", "source_name": f"council-{number}.txt"}


def next_index(environment: dict[str, str]) -> str | None:
    """What `onrecord status` says, without a process of its own."""
    return describe_next(Path(environment["ONRECORD_HOME"]))


def check_answer(client: httpx.Client, seeds: Path) -> str:
    """The question is answered with an exact quote that verifies; return the article's id."""
    answer: dict[str, Any] = client.post("/ask", json=QUESTION).json()
    first = answer["citations"][0]
    assert "legally impossible" in first["quote"]
    assert (seeds / first["source_name"]).read_bytes().decode()[first["start"] : first["end"]] == first["quote"]
    check = {n: first[n] for n in ("article_id", "start", "end", "quote", "content_sha256")}
    assert client.post("/verify", json=check).json()["status"] == "verified"
    return str(first["article_id"])


def test_another_model_takes_over_from_a_served_archive(
    environment: dict[str, str], other_model: Path, seeds: Path, tmp_path: Path
) -> None:
    """The service answers from the old index while the new one is made, killed and resumed, and until its next start.

    What was added and removed meanwhile is in the new one; ids and citations hold; the old model is then refused.
    """
    new = {**environment, "ONRECORD_EMBEDDER": str(other_model)}
    (tmp_path / "fill.jsonl").write_text("\n".join(json.dumps(filler(n)) for n in range(ARTICLES)))
    assert run(environment, "add", str(seeds), str(tmp_path / "fill.jsonl"))[0] == 0
    code, _, err = run(new, "search", "harbour")
    assert code == 1
    assert "was built with the embedding model 'all-MiniLM-L6-v2'" in err
    assert "not 'cut'" in err
    assert "`onrecord reindex`" in err

    with serving(environment) as (client, server):
        cited = check_answer(client, seeds)
        (gone,) = client.get("/articles", params={"query": "Council 7"}).json()["articles"][:1]
        build = Program("reindex", environment=new)
        while (said := next_index(environment)) is None or not re.search(r"cut, [1-9]\d+ articles", said):
            assert build.poll() is None, build.communicate()
            time.sleep(0.01)
        build.send_signal(signal.SIGKILL)
        build.communicate()
        assert (said := next_index(environment)) is not None
        assert said.endswith("not finished")
        assert check_answer(client, seeds) == cited
        client.post("/articles", json={"text": "Zebra\n\nThe zebra of Lisbon was seen.", "source_name": "z.txt"})
        assert client.delete(f"/articles/{gone['id']}").status_code == 204

        code, out, err = run(new, "reindex")
        assert code == 0, err
        articles = ARTICLES + 5
        assert out.startswith(
            f"The new index is ready, with {articles} articles. Process {server} answers from the old"
        )
        assert next_index(environment) == f"cut, {articles} articles, ready"
        assert check_answer(client, seeds) == cited
        client.post("/articles", json={"text": "Heron\n\nThe heron of Porto was seen.", "source_name": "h.txt"})

    with serving(new) as (client, _):
        assert check_answer(client, seeds) == cited
        for animal, name in (("zebra", "z.txt"), ("heron", "h.txt")):
            found = client.post("/search", json={"query": f"the {animal}", "limit": 1}).json()["passages"]
            assert found[0]["source_name"] == name
        assert client.get(f"/articles/{gone['id']}").status_code == 404
        assert client.get("/health/ready").json()["articles"] == articles + 1
    assert next_index(environment) is None
    assert "`onrecord reindex`" in run(environment, "serve", "--port", "0")[2]
    assert "already; --force builds it anew" in run(new, "reindex")[1]


def test_an_archive_that_nobody_serves_is_switched_at_once(
    environment: dict[str, str], other_model: Path, seeds: Path
) -> None:
    """One command, one line; an interrupt keeps what was made; the next start has nothing to mend."""
    new = {**environment, "ONRECORD_EMBEDDER": str(other_model)}
    code, out, err = run(new, "reindex")
    assert (code, out) == (1, "")
    assert "There is no archive" in err
    assert run(environment, "add", str(seeds))[0] == 0
    build = Program("reindex", environment=new)
    while not (Path(environment["ONRECORD_HOME"]) / "next").exists():
        assert build.poll() is None, build.communicate()
        time.sleep(0.01)
    build.send_signal(signal.SIGINT)
    _, err = build.communicate(timeout=600)
    assert build.returncode == 130
    assert err.strip().splitlines()[-1].startswith("onrecord: Interrupted; the work so far is kept")
    assert "Traceback" not in err
    assert run(new, "reindex")[:2] == (0, "The archive has its index for the model 'cut' now, with 5 articles.\n")
    asked = json.loads(run(new, "ask", QUESTION["question"], "--json")[1])
    assert "legally impossible" in asked["citations"][0]["quote"]
    status = json.loads(run(new, "status", "--json")[1])
    assert (status["embedder"], status["vectors_mended"], status["next_index"]) == ("cut", None, None)
    # The same model once more, when the rules have changed.
    made = json.loads(run(new, "reindex", "--force", "--json")[1])
    assert made == {"embedder": "cut", "articles": 5, "switched": True, "in_use_by": None}
    assert run(new, "verify")[0] == 0
