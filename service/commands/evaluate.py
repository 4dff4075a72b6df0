"""`onrecord eval` measures how well an archive answers questions whose answers are known."""

import hashlib
import json
import shutil
from collections.abc import Iterator
from contextlib import closing, contextmanager, nullcontext
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from onrecord.service.commands.options import AsJson
from onrecord.service.commands.terminal.printing import print_json
from onrecord.service.commands.terminal.progress_bar import progress_bar

if TYPE_CHECKING:
    from onrecord.service.evaluation.archives import Articles
    from onrecord.service.evaluation.datasets.dataset import Dataset
    from onrecord.service.evaluation.report import Report
    from onrecord.service.settings import Settings


def evaluate(
    dataset: Annotated[
        Path,
        typer.Argument(
            metavar="DATASET",
            help='Questions: lines of JSON with "question" and "gold" (words) or "articles"; a BEIR folder; SQuAD.',
        ),
    ],
    articles: Annotated[
        Path | None,
        typer.Option(help="Files or a folder to make a temporary archive of; without, your archive is asked."),
    ] = None,
    limit: Annotated[int, typer.Option("--limit", "-n", min=1, max=50, help="Quotes in an answer at most.")] = 5,
    sample: Annotated[int | None, typer.Option(min=1, help="Ask this many of the questions, drawn by chance.")] = None,
    seed: Annotated[int, typer.Option(min=0, help="Seed of the sample and of the intervals.")] = 7,
    split: Annotated[str | None, typer.Option(help="BEIR: the judgements qrels/SPLIT.tsv.")] = None,
    together: Annotated[
        int, typer.Option(min=0, help="SQuAD: paragraphs that make an article; 0 for all of a topic's.")
    ] = 1,
    folder: Annotated[
        Path | None,
        typer.Option(help="Keep the temporary archive and the answers here, and use those that are here."),
    ] = None,
    anew: Annotated[bool, typer.Option("--anew", help="Begin anew, and drop what an interrupted run left.")] = False,
    report: Annotated[
        Path | None,
        typer.Option(metavar="FILE.html", help="Write a page with the figures and the questions that went wrong."),
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Measure the answers to questions whose answers are known. Your archive is copied, and not changed."""
    from onrecord.service.evaluation.archives import articles_for
    from onrecord.service.evaluation.datasets.dataset_loader import read_dataset
    from onrecord.service.settings import load_settings

    settings = load_settings()
    data = read_dataset(dataset, split=split, together=together)
    if report is not None and (report.is_dir() or not report.absolute().parent.is_dir()):
        raise typer.BadParameter(f"{report} cannot be written; name a file in a folder that is there.")
    chosen = data if sample is None else data.sample(sample, seed)
    run = _run(
        chosen,
        articles_for(data, articles),
        settings,
        limit=limit,
        together=together,
        seed=seed,
        folder=folder,
        anew=anew,
    )
    if report is not None:
        from onrecord.service.evaluation.html_page import write_page

        write_page(run, report)
    if as_json:
        print_json(run.as_json())
    else:
        run.print()


def _run(
    data: "Dataset",
    articles: "Articles | None",
    settings: "Settings",
    *,
    limit: int,
    together: int,
    seed: int,
    folder: Path | None,
    anew: bool,
) -> "Report":
    from onrecord.index.text.embedder import load_embedder
    from onrecord.service import __version__
    from onrecord.service.commands.terminal.quiet_logs import hushed
    from onrecord.service.evaluation.archives import copy_archive, relevant_in, state_of
    from onrecord.service.evaluation.outcomes import OutcomeFile
    from onrecord.service.evaluation.prose_answerer import ProseAnswerer
    from onrecord.service.evaluation.report import Report
    from onrecord.service.evaluation.runner import Runner
    from onrecord.service.evaluation.scoring.case import Case
    from onrecord.service.wiring import archive_file, open_parts

    source = articles.sha256 if articles else state_of(archive_file(settings.home))
    embedder = load_embedder(settings.embedder)
    made_with: dict[str, Any] = {
        "onrecord": __version__,
        "questions": data.sha256,
        "articles": source,
        "embedder": embedder.fingerprint.name,
        "embedder_sha256": embedder.fingerprint.weights_sha256,
        "reader": settings.reader,
        "llm": settings.llm,
        "limit": limit,
        "together": together,
    }
    with _work_folder(folder, made_with, anew=anew) as work, progress_bar() as progress:
        home = work / "archive"
        if articles is None:
            copy_archive(archive_file(settings.home), archive_file(home))
        own = settings.model_copy(update={"home": home, "chroma_url": None})
        # The archive's lock must be held before the file of answers is opened.
        with (
            # A copy's vector index is always made anew, so the warning about it would only worry the user.
            hushed("onrecord.index.vectors.chroma_folder") if articles is None else nullcontext(),
            open_parts(own, embedder=embedder, writes_prose=True) as parts,
            closing(OutcomeFile(work / "answers.jsonl")) as outcomes,
            closing(ProseAnswerer(parts.answering)) as prose,
        ):
            ready = work / "articles.ready"
            if articles is not None and not ready.exists():
                task = progress.add_task("Adding articles", total=articles.count)
                for _ in articles.add_to(parts.indexer):
                    progress.advance(task)
                ready.touch()
            relevant, notes = relevant_in(
                parts.archive, data.questions, of_set=articles is not None and articles.of_set
            )
            answerer = parts.answerer if settings.llm == "none" else prose
            runner = Runner(answerer=answerer, retriever=parts.retriever, archive=parts.archive, limit=limit)
            asked = runner.run(data.questions, relevant, outcomes)
            cases = [
                Case(question=question, relevant=relevant[question.id], outcome=outcome)
                for question, outcome in zip(
                    data.questions, progress.track(asked, total=len(data.questions), description="Asking"), strict=True
                )
            ]
            counts = parts.archive.counts()
    return Report(
        dataset=data.name,
        form=data.form,
        measured_on=datetime.now(UTC).isoformat(timespec="seconds"),
        made_with=made_with,
        articles=counts.articles,
        passages=counts.passages,
        notes=(*data.notes, *notes),
        cases=tuple(cases),
        seed=seed,
    )


@contextmanager
def _work_folder(folder: Path | None, made_with: dict[str, Any], *, anew: bool) -> Iterator[Path]:
    """Yield the folder of the run; delete it when the run is done, unless the user named it.

    Raise `InvalidDataset` if it holds something else, and `ArchiveError` if it cannot be written. A run that is cut
    short leaves its folder, so that the same command goes on from there.
    """
    from onrecord.index.errors import ArchiveError, InvalidArticle
    from onrecord.service.evaluation.datasets.dataset import InvalidDataset
    from onrecord.service.settings import cache_folder

    key = hashlib.sha256(json.dumps(made_with, sort_keys=True).encode()).hexdigest()[:16]
    work = folder or cache_folder() / "eval" / key
    marker, marker_text = work / "run.json", json.dumps(made_with, indent=2)
    try:
        # It may hold a copy of the user's archive, which nobody else should read.
        work.mkdir(parents=True, exist_ok=True, mode=0o700)
        if not marker.exists() and any(work.iterdir()):
            raise InvalidDataset(f"{work} holds something else; name an empty folder, or one of an earlier run.")
        if anew and marker.exists():
            for name in ("archive", "answers.jsonl", "articles.ready", "run.json"):
                _remove(work / name)
        if marker.exists() and _read_marker(marker) not in {None, marker_text}:
            raise InvalidDataset(
                f"{work} holds a run of other questions, articles or settings; name another folder, or begin --anew."
            )
        marker.write_text(marker_text, encoding="utf-8")
    except OSError as error:
        raise ArchiveError(f"Cannot write {work}: {error.strerror or error}. Name another with --folder.") from error
    try:
        yield work
    except KeyboardInterrupt:
        raise KeyboardInterrupt(f"Interrupted; the same command goes on where it was, from {work}.") from None
    except (InvalidArticle, InvalidDataset):
        # Once the user has mended the input, it is another run.
        if folder is None:
            shutil.rmtree(work, ignore_errors=True)
        raise
    if folder is None:
        shutil.rmtree(work, ignore_errors=True)


def _read_marker(marker: Path) -> str | None:
    """Return what a run was made with, or None if it was cut short before it did anything."""
    text = marker.read_text(encoding="utf-8", errors="replace")
    return text if text.endswith("}") else None


def _remove(path: Path) -> None:
    if path.is_dir():
        shutil.rmtree(path)
    else:
        path.unlink(missing_ok=True)
