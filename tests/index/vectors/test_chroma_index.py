"""Nearest passages by vector."""

import shutil

import numpy as np
import pytest

from onrecord.index.vectors import chroma_index
from onrecord.index.vectors.chroma_index import ChromaIndex
from tests.index.vectors.test_chroma_folder import unit_vectors


@pytest.fixture
def opened(tmp_path):
    """Return a function that opens an index in a folder; all are closed at the end."""
    found = []

    def open_index(archive_id="one", folder=tmp_path / "vectors"):
        found.append(ChromaIndex(folder, archive_id=archive_id))
        return found[-1]

    yield open_index
    for index in found:
        index.close()


def test_the_nearest_come_first_with_their_cosine(opened):
    """In a small index the search is exact: every id, its cosine, in falling order."""
    index, vectors = opened(), unit_vectors(30)
    ids = [7 * number + 1 for number in range(30)]
    index.upsert(ids, vectors)
    question = unit_vectors(1, seed=1)[0]
    cosines = vectors @ question
    order = np.argsort(-cosines)
    found = index.search(question, limit=30)
    assert [i for i, _ in found] == [ids[place] for place in order]
    np.testing.assert_allclose([cosine for _, cosine in found], cosines[order], atol=1e-5)
    assert index.search(question, limit=3) == found[:3]
    assert index.search(question, limit=99) == found


def test_an_empty_index_finds_nothing(opened):
    """Nothing is there, and nothing is an error."""
    index = opened()
    assert (index.ids(), index.search(unit_vectors(1)[0], limit=5)) == (set(), [])
    index.upsert([1], unit_vectors(1))
    index.remove([1])
    assert (index.ids(), index.search(unit_vectors(1)[0], limit=5)) == (set(), [])


def test_an_id_that_is_there_gets_the_new_vector(opened):
    """An upsert replaces."""
    index, (old, new) = opened(), unit_vectors(2)
    index.upsert([1], old[None])
    index.upsert([1], new[None])
    assert index.ids() == {1}
    ((found, cosine),) = index.search(new, limit=5)
    assert (found, round(cosine, 5)) == (1, 1.0)


def test_what_is_removed_is_not_found(opened):
    """Unknown ids, no ids and any iterable are taken."""
    index, vectors = opened(), unit_vectors(5)
    index.upsert(range(5), vectors)
    index.remove({1, 3, 99})
    index.remove(iter([4]))
    index.remove([])
    assert index.ids() == {0, 2} == {i for i, _ in index.search(vectors[1], limit=9)}


def test_more_than_a_batch_is_added_and_removed(opened, monkeypatch):
    """Every row comes in and goes out, those of the last and smaller batch as well."""
    monkeypatch.setattr(chroma_index, "_MAX_BATCH_VECTORS", 10)
    index, vectors = opened(), unit_vectors(35)
    index.upsert(list(range(35)), vectors)
    assert index.ids() == set(range(35))
    assert [index.search(vector, limit=1)[0][0] for vector in vectors] == list(range(35))
    index.remove(range(34))
    assert index.ids() == {34}


def test_a_batch_is_no_larger_than_chroma_takes(opened):
    """More vectors than Chroma's own limit go in with one call."""
    index, vectors = opened(), unit_vectors(6_000)
    index.upsert(range(6_000), vectors)
    assert len(index.ids()) == 6_000
    index.remove(range(6_000))
    assert index.ids() == set()


def test_an_index_is_there_when_it_is_opened_again(opened):
    """What was added is on the disk."""
    index, vectors = opened(), unit_vectors(3)
    index.upsert([1, 2, 3], vectors)
    index.close()
    again = opened()
    assert again.ids() == {1, 2, 3}
    assert again.search(vectors[1], limit=1)[0][0] == 2


def test_another_archive_s_index_is_not_taken_for_this_one_s(opened):
    """Ids are unique within an archive only, so a folder that is left over from another one counts for nothing."""
    one = opened("one")
    one.upsert([1], unit_vectors(1))
    one.close()
    assert opened("two").ids() == set()


def test_a_folder_that_was_deleted_is_made_anew(opened, tmp_path):
    """An index can be thrown away: it comes back empty, also within one process."""
    index = opened()
    index.upsert([1], unit_vectors(1))
    index.close()
    shutil.rmtree(tmp_path / "vectors")
    again = opened()
    assert again.ids() == set()
    again.upsert([2], unit_vectors(1))
    assert again.ids() == {2}


def test_an_index_of_other_settings_is_made_anew(tmp_path):
    """What another version made with other settings is empty, to be filled from the archive."""
    import chromadb
    from chromadb.config import Settings

    client = chromadb.PersistentClient(path=str(tmp_path), settings=Settings(anonymized_telemetry=False))
    old = client.create_collection("passages-one", embedding_function=None, configuration={"hnsw": {"space": "cosine"}})
    old.upsert(ids=["1"], embeddings=unit_vectors(1))
    client.close()
    index = ChromaIndex(tmp_path, archive_id="one")
    assert index.ids() == set()
    index.upsert([1], unit_vectors(1))
    index.close()
    index = ChromaIndex(tmp_path, archive_id="one")
    assert index.ids() == {1}
    index.close()
