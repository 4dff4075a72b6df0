-- Tables that came after the first archives; they are made when an archive is opened. Their rows are deleted with the
-- article, even by a version of the program that does not know the tables.
-- Each article that was compared with the others.
CREATE TABLE IF NOT EXISTS stories (
    article INTEGER PRIMARY KEY REFERENCES articles ON DELETE CASCADE,
    corrects INTEGER NOT NULL
);
-- Articles that may be copies of each other have a key in common.
CREATE TABLE IF NOT EXISTS story_keys (
    key INTEGER NOT NULL,
    article INTEGER NOT NULL REFERENCES articles ON DELETE CASCADE,
    PRIMARY KEY (key, article)
) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS story_keys_by_article ON story_keys (article);
-- Each pair of copies stands here twice, once from either side.
CREATE TABLE IF NOT EXISTS copies (
    article INTEGER NOT NULL REFERENCES articles ON DELETE CASCADE,
    copy INTEGER NOT NULL REFERENCES articles ON DELETE CASCADE,
    PRIMARY KEY (article, copy)
) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS copies_by_copy ON copies (copy);
-- What an article's text was before it was replaced.
CREATE TABLE IF NOT EXISTS revisions (
    article INTEGER NOT NULL REFERENCES articles ON DELETE CASCADE,
    content_sha256 TEXT NOT NULL,
    title TEXT NOT NULL,
    text TEXT NOT NULL,
    added_at TEXT NOT NULL,
    replaced_at TEXT NOT NULL,
    PRIMARY KEY (article, content_sha256)
);
-- Who added and removed which article: hashes and no words, so that a removed article leaves none behind.
CREATE TABLE IF NOT EXISTS audit (
    number INTEGER PRIMARY KEY AUTOINCREMENT,
    at TEXT NOT NULL,
    who TEXT NOT NULL,
    way TEXT NOT NULL,
    action TEXT NOT NULL,
    article_id TEXT NOT NULL,
    content_sha256 TEXT NOT NULL
);
CREATE TRIGGER IF NOT EXISTS audit_keeps_entries BEFORE UPDATE ON audit BEGIN SELECT RAISE (ABORT, 'append-only'); END;
CREATE TRIGGER IF NOT EXISTS audit_loses_none BEFORE DELETE ON audit BEGIN SELECT RAISE (ABORT, 'append-only'); END;
-- Who brought each article's present text, and on which day: set by the archive, never by the article's own fields.
CREATE TABLE IF NOT EXISTS origins (
    article INTEGER PRIMARY KEY REFERENCES articles ON DELETE CASCADE,
    name TEXT NOT NULL,
    day TEXT NOT NULL
);
CREATE INDEX IF NOT EXISTS origins_by_name ON origins (name);
-- What web pages said about the articles that were read from them; lists are JSON.
CREATE TABLE IF NOT EXISTS pages (
    article INTEGER PRIMARY KEY REFERENCES articles ON DELETE CASCADE,
    authors TEXT NOT NULL,
    language TEXT,
    also_titled TEXT NOT NULL,
    partial INTEGER NOT NULL,
    extractor TEXT
);
