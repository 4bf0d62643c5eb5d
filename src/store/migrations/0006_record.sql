-- The record is looked through for one person or account in stretches of 2^15 lines. What is new of people who lie all over
-- the store is one stretch of each index: a few pages, not one for each of them.
CREATE TABLE event_next (
  id INTEGER PRIMARY KEY,
  at INTEGER NOT NULL,
  person INTEGER,                -- once they are removed, nobody's number: it is not given again
  account INTEGER, run INTEGER, batch INTEGER,
  kind TEXT NOT NULL, detail TEXT
) STRICT;
INSERT INTO event_next SELECT id, at, person, account, run, batch, kind, detail FROM event;
DROP TABLE event;
ALTER TABLE event_next RENAME TO event;
CREATE INDEX event_account ON event (id >> 15, account) WHERE account IS NOT NULL;
CREATE INDEX event_person ON event (id >> 15, person) WHERE person IS NOT NULL;
CREATE INDEX event_refused ON event (run) WHERE kind IN ('quarantined', 'refused');
CREATE VIEW record AS
  WITH RECURSIVE stretch (n) AS (
    SELECT min(id) >> 15 FROM event UNION ALL SELECT n + 1 FROM stretch WHERE n < (SELECT max(id) >> 15 FROM event))
  SELECT e.* FROM stretch s CROSS JOIN event e ON (e.id >> 15) = s.n;

CREATE TABLE person_next (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  feed INTEGER NOT NULL REFERENCES feed,
  key TEXT NOT NULL,
  handle BLOB,                   -- the directory's own identifier, where changes are told by it and the key is another
  seen BLOB,                     -- fingerprint of the raw entry; moves only together with a settled verdict
  account INTEGER REFERENCES account,
  active INTEGER NOT NULL DEFAULT 0,
  verdict TEXT NOT NULL,
  why TEXT,
  protected INTEGER NOT NULL DEFAULT 0,
  absent_since INTEGER,
  recheck_at INTEGER,
  imported INTEGER NOT NULL DEFAULT 0, -- when, for a claim that only an import makes; its key is the identity
  unseen_since INTEGER           -- since when readings of everybody do not find somebody any more who left before
) STRICT;
INSERT INTO person_next SELECT id, feed, key, handle, seen, account, active, verdict, why, protected, absent_since, recheck_at,
  imported, unseen_since FROM person;
DROP TABLE person;
ALTER TABLE person_next RENAME TO person;
CREATE UNIQUE INDEX person_key ON person (feed, key, imported);
CREATE UNIQUE INDEX person_imported ON person (account) WHERE imported > 0;
CREATE INDEX person_account ON person (account) WHERE account IS NOT NULL;
CREATE INDEX person_handle ON person (feed, handle) WHERE handle IS NOT NULL;
CREATE INDEX person_unsettled ON person (feed) WHERE seen IS NULL AND imported = 0 AND (active = 1 OR absent_since IS NULL)
  AND (verdict <> 'invalid' OR active = 0 AND account IS NOT NULL);
CREATE INDEX person_recheck ON person (feed, recheck_at) WHERE recheck_at IS NOT NULL;
CREATE INDEX person_awaited ON person (feed) WHERE absent_since IS NOT NULL OR recheck_at IS NOT NULL;
CREATE INDEX person_odd ON person (feed, verdict) WHERE verdict NOT IN ('active', 'left');
CREATE INDEX person_unseen ON person (feed) WHERE unseen_since IS NOT NULL;
CREATE TRIGGER person_comes AFTER INSERT ON person WHEN NEW.active = 1
BEGIN UPDATE feed SET active = active + 1 WHERE id = NEW.feed; END;
CREATE TRIGGER person_goes AFTER DELETE ON person WHEN OLD.active = 1
BEGIN UPDATE feed SET active = active - 1 WHERE id = OLD.feed; END;
CREATE TRIGGER person_turns AFTER UPDATE OF feed, active ON person WHEN NEW.active <> OLD.active OR NEW.feed <> OLD.feed
BEGIN
  UPDATE feed SET active = active - (OLD.active = 1) WHERE id = OLD.feed;
  UPDATE feed SET active = active + (NEW.active = 1) WHERE id = NEW.feed;
END;
