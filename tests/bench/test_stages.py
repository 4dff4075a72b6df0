"""Each stage that a measurement names is a step that adding or asking takes."""

from bench.speed.instruments.stages import Stages, adding, asking
from onrecord.index.values import Draft
from onrecord.service.settings import Settings
from onrecord.service.wiring import open_parts


def test_every_stage_of_a_question_takes_time(seeded):
    """A step that is renamed or moves elsewhere must be named anew, or its time counts for another stage."""
    with Stages(asking(seeded)) as stages:
        seeded.answerer.look("What did Putin say about legality?", limit=5)
        seeded.answerer.look("Who leads the Russian delegation?", limit=5)
    assert set(stages.spent) == {stage for _, _, stage in asking(seeded)}


def test_every_stage_of_an_addition_takes_time(embedder, home):
    with open_parts(Settings(home=home, reader="none"), embedder=embedder) as parts:
        with Stages(adding(parts)) as stages:
            for month in ("May", "June"):
                text = f"The harbour will open in {month}, Mayor Ana Reis said on Monday."
                list(parts.indexer.add([Draft(text=text, source_name="harbour.txt")]))
        assert set(stages.spent) == {stage for _, _, stage in adding(parts)}
