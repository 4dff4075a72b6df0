from onrecord.service.http.rate_limiter import RateLimiter


class Clock:
    now = 100.0

    def __call__(self) -> float:
        return self.now


def test_a_minutes_worth_may_come_at_once_and_then_as_fast_as_it_fills() -> None:
    """A full bucket lets a minute's requests through, then one each 60 / rate seconds; the wait that it names holds."""
    clock = Clock()
    buckets = RateLimiter(per_minute=6, clock=clock)
    assert [buckets.take("a") for _ in range(7)] == [0, 0, 0, 0, 0, 0, 10]
    clock.now += 4
    assert buckets.take("a") == 6
    clock.now += 6
    assert [buckets.take("a"), buckets.take("a")] == [0, 10]
    clock.now += 3_600
    assert [buckets.take("a") for _ in range(7)] == [0, 0, 0, 0, 0, 0, 10]


def test_each_client_has_a_bucket_and_no_flood_of_clients_fills_the_memory() -> None:
    """One client's haste costs no other; only the latest are remembered, and a busy one is never forgotten."""
    clock = Clock()
    buckets = RateLimiter(per_minute=1, clock=clock)
    assert [buckets.take("busy"), buckets.take("busy"), buckets.take("other")] == [0, 60, 0]
    for n in range(30_000):
        assert buckets.take(n) == 0
        if n % 5_000 == 0:
            assert buckets.take("busy") == 60
    assert len(buckets._buckets) == 10_000
