"""Which samples of the running keyword are worth telling."""

from __future__ import annotations

from livewall_listener.sampler import INTERVAL, Sampler
from livewall_listener.wire import Now


class Robot:
    """What runs, for a sampler to look at."""

    def __init__(self) -> None:
        self.looks = 0
        self.now: tuple[Now, float] | None = None

    def look(self) -> tuple[Now, float] | None:
        self.looks += 1
        return self.now

    def runs(self, *keywords: str, elapsed: float, of_test: float, phase: str = "") -> None:
        self.now = Now(list(keywords), elapsed, phase, elapsed if phase else 0.0), of_test


def test_nothing_is_told_of_what_is_quick() -> None:
    robot = Robot()
    sampler = Sampler(robot.look)
    assert sampler.news(0.0) is None
    robot.runs("Log", elapsed=0.5, of_test=1.9)
    assert sampler.news(5.0) is None


def test_one_look_a_second() -> None:
    robot = Robot()
    sampler = Sampler(robot.look)
    for tenth in range(100):
        sampler.news(10.0 + tenth / 10)
    assert robot.looks == 10
    assert sampler.due_at > 10.0 + 9 * INTERVAL


def test_the_same_keyword_is_told_once() -> None:
    robot = Robot()
    sampler = Sampler(robot.look)
    robot.runs("Login", "Click", elapsed=1.0, of_test=2.5)
    assert sampler.news(1.0) == Now(["Login", "Click"], 1.0)
    robot.runs("Login", "Click", elapsed=2.0, of_test=3.5)
    assert sampler.news(2.0) is None
    robot.runs("Login", "Type", elapsed=0.1, of_test=4.5)
    assert sampler.news(3.0) == Now(["Login", "Type"], 0.1)


def test_a_keyword_that_starts_again_is_news() -> None:
    robot = Robot()
    sampler = Sampler(robot.look)
    robot.runs("Sleep", elapsed=2.0, of_test=2.5)
    assert sampler.news(1.0)
    robot.runs("Sleep", elapsed=3.0, of_test=3.5)
    assert sampler.news(2.0) is None
    robot.runs("Sleep", elapsed=0.4, of_test=4.5)
    assert sampler.news(3.0)


def test_another_phase_is_news() -> None:
    robot = Robot()
    sampler = Sampler(robot.look)
    robot.runs("Sleep", elapsed=3.0, of_test=3.0, phase="suite setup")
    assert sampler.news(1.0)
    robot.runs("Sleep", elapsed=3.5, of_test=3.5, phase="suite teardown")
    assert sampler.news(2.0)
