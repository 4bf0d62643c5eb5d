-- What retention goes by. Times follow a clock that is set, like all that measures how long something is ago.

-- Since when it is known that nothing is left to do for anybody who left; and 1: what was sent of them is forgotten, but
-- which fields that were.
ALTER TABLE account ADD COLUMN rest_since INTEGER;
ALTER TABLE account ADD COLUMN emptied INTEGER NOT NULL DEFAULT 0;
CREATE INDEX account_ended ON account (realm) WHERE gone = 1 AND rest_since IS NULL;
CREATE INDEX account_resting ON account (realm, rest_since) WHERE rest_since IS NOT NULL AND emptied = 0;
CREATE INDEX account_emptied ON account (realm, rest_since) WHERE emptied = 1;

-- So that no statement can forget it: whoever is to be sent again does not rest.
CREATE TRIGGER account_stirs AFTER UPDATE OF gone, confirmed_gone, certain, announce, batch ON account
WHEN NEW.rest_since IS NOT NULL AND (NEW.pending IS NOT NULL OR NEW.gone = 0 OR NEW.batch IS NOT NULL)
BEGIN UPDATE account SET rest_since = NULL WHERE id = NEW.id; END;

-- Since when readings of everybody do not find somebody any more who left before.
ALTER TABLE person ADD COLUMN unseen_since INTEGER;
CREATE INDEX person_unseen ON person (feed) WHERE unseen_since IS NOT NULL;

-- Since when no sync points to a target.
ALTER TABLE realm ADD COLUMN left_since INTEGER;

-- How far the record had come at a moment. What the wall clock said when something was recorded may be anything.
CREATE TABLE milestone (at INTEGER NOT NULL, event INTEGER NOT NULL, run INTEGER NOT NULL, batch INTEGER NOT NULL) STRICT;
CREATE INDEX batch_ticket ON batch (at) WHERE state = 9 AND ticket IS NOT NULL;

-- When the file was last written anew, without what is left of removed rows, how far the record had come by then, and
-- whether something was removed since.
CREATE TABLE rebuilt (
  id INTEGER PRIMARY KEY CHECK (id = 1),
  at INTEGER NOT NULL,
  event INTEGER NOT NULL,
  removed INTEGER NOT NULL DEFAULT 0
) STRICT;
