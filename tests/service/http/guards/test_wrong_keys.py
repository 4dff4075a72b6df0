import anyio
import httpx
import pytest

from onrecord.service.http.app import create_app
from onrecord.service.http.guards import wrong_keys
from onrecord.service.http.guards.wrong_keys import WRONG_PER_MINUTE, WrongKeys
from onrecord.service.settings import Settings
from onrecord.service.wiring import Parts

pytestmark = pytest.mark.anyio

HERE, THERE = "192.0.2.1", "192.0.2.2"


@pytest.fixture
async def waits() -> list[float]:
    return []


@pytest.fixture
async def known(waits: list[float]) -> WrongKeys:
    """What is known of an address that has sent too many wrong keys; waits are noted, and take no time."""

    async def sleep(seconds: float) -> None:
        waits.append(seconds)

    known = WrongKeys(sleep)
    for n in range(WRONG_PER_MINUTE):
        assert await known.admit(HERE, f"wrong {n}")
        assert known.note_wrong(HERE, f"wrong {n}") is (n == WRONG_PER_MINUTE - 1)
    return known


async def test_further_keys_wait_right_or_wrong(known: WrongKeys, waits: list[float]) -> None:
    """The wait comes before the look, so it does not tell which key is right; other addresses do not wait."""
    assert waits == []
    assert await known.admit(HERE, "right")
    assert await known.admit(HERE, "wrong")
    assert waits == [1.0, 1.0]
    assert await known.admit(THERE, "right")
    assert len(waits) == 2


async def test_a_key_that_was_right_before_never_waits(known: WrongKeys, waits: list[float]) -> None:
    """Somebody else's wrong keys behind the same proxy cost its owner one second, once; after a wrong use it waits."""
    assert await known.admit(HERE, "right")
    known.note_right(HERE, "right")
    waits.clear()
    for n in range(50):
        assert await known.admit(HERE, "right")
        known.note_wrong(HERE, f"more {n}")
    assert waits == []
    known.note_wrong(HERE, "right")
    assert await known.admit(HERE, "right")
    assert waits == [1.0]


async def test_only_a_few_keys_are_held_at_once() -> None:
    """A flood of guesses is refused without a look, and leaves nothing behind."""
    go = anyio.Event()

    async def sleep(_: float) -> None:
        await go.wait()

    known, admitted = WrongKeys(sleep), []
    for n in range(WRONG_PER_MINUTE):
        known.note_wrong(HERE, f"{n}")

    async def attempt(n: int) -> None:
        admitted.append(await known.admit(HERE, f"guess {n}"))

    async with anyio.create_task_group() as tasks:
        for n in range(200):
            tasks.start_soon(attempt, n)
        await anyio.wait_all_tasks_blocked()
        assert (len(admitted), set(admitted)) == (180, {False})
        assert await known.admit(THERE, "right")
        go.set()
    assert sorted(admitted) == [False] * 180 + [True] * 20
    assert not known._held


async def test_no_number_of_addresses_or_keys_fills_the_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    """Right keys and addresses are forgotten, those that were away for longest first."""
    monkeypatch.setattr(wrong_keys, "_MAX_REMEMBERED", 100)
    known = WrongKeys()
    for n in range(20_000):
        known.note_wrong(f"address {n}", "wrong")
        known.note_right(f"address {n}", "right")
    assert len(known._limiter._buckets) <= 10_000
    assert len(known._right) == 100


async def test_guessing_is_slowed_over_http_and_a_right_key_is_not(
    seeded: Parts, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Of many guesses at once few are looked at; a key in use answers at once, and the guesses are counted."""
    monkeypatch.setattr(wrong_keys, "HOLD_SECONDS", 0.05)
    app = create_app(seeded, Settings(api_keys="full-key"))
    statuses: list[int] = []
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app=app), base_url="http://localhost") as client:

        async def ask_with(key: str) -> httpx.Response:
            return await client.get("/v1/models", headers={"Authorization": f"Bearer {key}"})

        async def guess(n: int) -> None:
            response = await ask_with(f"guess {n}")
            statuses.append(response.status_code)
            assert response.headers["retry-after" if response.status_code == 429 else "www-authenticate"]

        assert (await ask_with("full-key")).status_code == 200
        for n in range(WRONG_PER_MINUTE):
            await guess(n)
        async with anyio.create_task_group() as tasks:
            for n in range(60):
                tasks.start_soon(guess, n)
            await anyio.wait_all_tasks_blocked()
            assert (await ask_with("full-key")).status_code == 200
        assert set(statuses) == {401, 429}
        assert statuses.count(429) == 40
        # A key that is missing is no guess.
        assert (await client.get("/v1/models")).status_code == 401
        assert "onrecord_wrong_keys_total 30.0" in (await client.get("/metrics")).text
