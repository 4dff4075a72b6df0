"""Measurements of the service, and the training of its models; each is run as a module and says its options at --help.

How right it is (`bench.quality`):

    python -m bench.quality.answers SET.json           refusals of questions whose articles were taken out
    python -m bench.quality.attacks normal|orders|planted …    what a hostile archive can do
    python -m bench.quality.claims.gate FILE…          which claims the sentence gate lets through
    python -m bench.quality.claims.written             the same for claims written by hand, by class
    python -m bench.quality.claims.support FILE…       which claims the support model lets through
    python -m bench.quality.claims.claims FILE…        makes such claims
    python -m bench.quality.copies ARTICLES            what is taken for a copy
    python -m bench.quality.lists FILE --articles PATH how many members of a list are answered
    python -m bench.quality.neighbours ARCHIVE         recall of Chroma's settings
    python -m bench.quality.pages FOLDER               what is read of news pages
    python -m bench.quality.poisoned                   whether planted lies come first
    python -m bench.quality.quotations FILE            who is said to have said what
    python -m bench.quality.retrieval SET              ways of finding, compared
    python -m bench.quality.sentences ARTICLES LABELS  sentence ends

How fast and how large it is (`bench.speed`):

    python -m bench.speed.add ARTICLES                 one large `onrecord add`, interrupted and gone on with
    python -m bench.speed.backends                     what a language model costs besides its own time
    python -m bench.speed.crowd                        five hundred clients at once, and additions beside them
    python -m bench.speed.curve ARTICLES --home FOLDER one archive as it grows to a million passages
    python -m bench.speed.embedding                    the embedder, in float32 and in bfloat16
    python -m bench.speed.profile HOME ARTICLES        where the time of a question and of an addition goes
    python -m bench.speed.prose                        what proving prose costs
    python -m bench.speed.recovery                     opening, checking and mending an archive
    python -m bench.speed.scale ARTICLES               search and filters at a hundred thousand passages
    python -m bench.speed.serve                        the served archive from outside: `make bench`
    python -m bench.speed.waiting                      PyTorch's threads beside other work

Whether what was acknowledged is kept, `python -m bench.crash`. Beside other systems,
`python -m bench.rivals SQUAD.json`. Models are made in `bench.training`: `train_ranker`, `train_reader`,
`large_reader.train` with `large_reader.pack`, `fit_judge` (after a reader, with `near_misses` for its sets) and
`train_support`.
"""
