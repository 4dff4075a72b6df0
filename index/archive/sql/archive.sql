-- The archive's tables. Positions are code points of the article's text, ends exclusive.
CREATE TABLE facts (name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE articles (
    number INTEGER PRIMARY KEY AUTOINCREMENT,
    id TEXT NOT NULL UNIQUE,
    title TEXT NOT NULL,
    publisher TEXT,
    publisher_folded TEXT,
    author TEXT,
    published_at TEXT,
    published_utc TEXT,
    url TEXT,
    source_name TEXT,
    content_sha256 TEXT NOT NULL,
    added_at TEXT NOT NULL,
    text TEXT NOT NULL
);
CREATE INDEX articles_by_url ON articles (url);
CREATE INDEX articles_by_source_name ON articles (source_name);
CREATE INDEX articles_by_content ON articles (content_sha256);
CREATE INDEX articles_by_date ON articles (published_utc);
CREATE INDEX articles_by_publisher ON articles (publisher_folded);
-- AUTOINCREMENT: a passage's id is never used again, so a stale vector index cannot name the wrong passage.
CREATE TABLE passages (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    article INTEGER NOT NULL REFERENCES articles ON DELETE CASCADE,
    start INTEGER NOT NULL,
    end INTEGER NOT NULL,
    vector BLOB NOT NULL
);
CREATE INDEX passages_by_article ON passages (article);
CREATE TABLE sentences (
    passage INTEGER NOT NULL REFERENCES passages ON DELETE CASCADE,
    start INTEGER NOT NULL,
    end INTEGER NOT NULL,
    vector BLOB NOT NULL,
    PRIMARY KEY (passage, start)
) WITHOUT ROWID;
CREATE TABLE quotations (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    article INTEGER NOT NULL REFERENCES articles ON DELETE CASCADE,
    -- NULL for words of a headline, which is in no passage.
    passage INTEGER REFERENCES passages ON DELETE CASCADE,
    start INTEGER NOT NULL,
    end INTEGER NOT NULL,
    kind TEXT NOT NULL,
    cue_start INTEGER,
    cue_end INTEGER,
    speaker_start INTEGER,
    speaker_end INTEGER,
    speaker TEXT,
    role TEXT,
    denied INTEGER NOT NULL,
    reported_by TEXT
);
CREATE INDEX quotations_by_article ON quotations (article);
CREATE INDEX quotations_by_passage ON quotations (passage);
CREATE INDEX quotations_by_speaker ON quotations (speaker, passage);
CREATE VIEW passage_texts AS
    SELECT passages.id AS id, articles.title AS title,
        substr(articles.text, passages.start + 1, passages.end - passages.start) AS text, articles.number AS article
    FROM passages JOIN articles ON articles.number = passages.article;
CREATE VIRTUAL TABLE words USING fts5 (
    title, text, content = 'passage_texts', content_rowid = 'id', tokenize = 'porter unicode61 remove_diacritics 2'
);
CREATE VIRTUAL TABLE word_counts USING fts5vocab (words, row);
