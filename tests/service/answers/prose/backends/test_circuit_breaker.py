import pytest

from onrecord.service.answers.prose.backends.circuit_breaker import Breaker


class Clock:
    now = 0.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def breaker(clock: Clock) -> Breaker:
    return Breaker(failures=3, cool_down=30, clock=clock)


def test_some_failures_in_a_row_open_it(breaker, clock):
    breaker.failed(at_once=False)
    breaker.failed(at_once=False)
    breaker.passed()
    breaker.failed(at_once=False)
    breaker.failed(at_once=False)
    assert not breaker.rests
    breaker.failed(at_once=False)
    assert breaker.rests
    assert breaker.enter() is None


def test_a_time_out_opens_it_at_once(breaker):
    breaker.failed(at_once=True)
    assert breaker.rests


def test_after_the_cool_down_one_may_try(breaker, clock):
    breaker.failed(at_once=True)
    clock.now = 29.9
    assert breaker.enter() is None
    clock.now = 30
    token = breaker.enter()
    assert token is not None
    assert breaker.enter() is None
    breaker.passed()
    assert breaker.enter() is not None
    breaker.leave(token)
    assert breaker.enter() is not None


def test_one_failure_of_who_tries_opens_it_again(breaker, clock):
    breaker.failed(at_once=True)
    clock.now = 30
    token = breaker.enter()
    breaker.failed(at_once=False)
    breaker.leave(token)
    assert breaker.enter() is None
    clock.now = 60
    assert breaker.enter() is not None


def test_who_tries_and_goes_away_leaves_it_to_the_next(breaker, clock):
    """A reader who closes the page must not leave the breaker open for good."""
    early = breaker.enter()
    breaker.failed(at_once=True)
    clock.now = 30
    token = breaker.enter()
    breaker.leave(early)
    assert breaker.enter() is None
    breaker.leave(token)
    assert breaker.enter() is not None
