from contextlib import closing

from onrecord.service.answers.prose.backends.providers.echo import Echo
from onrecord.service.evaluation.prose_answerer import ProseAnswerer
from onrecord.service.wiring import Parts
from tests.service.conftest import with_backend


def test_a_language_models_answers_are_measured_as_the_service_gives_them(seeded: Parts) -> None:
    """Several questions in a row get proved sentences, and what is made up is withheld from each."""
    with closing(ProseAnswerer(with_backend(seeded, Echo()).answering)) as prose:
        answers = [prose.answer("what did Putin say about legality?", limit=5) for _ in range(2)]
    for answer in answers:
        assert answer.mode == "generative"
        assert all(sentence.citations for sentence in answer.sentences)
        assert len(answer.rejected) == 1
