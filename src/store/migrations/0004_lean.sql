-- Less of everybody, for there may be a million of them.

-- Whom an event is about: by their number, and once they are removed, nobody.
ALTER TABLE event ADD COLUMN person INTEGER REFERENCES person ON DELETE SET NULL;
UPDATE event SET person = (SELECT id FROM person p WHERE p.feed = event.feed AND p.key = event.key ORDER BY imported LIMIT 1)
  WHERE key IS NOT NULL;
DROP INDEX event_key;
ALTER TABLE event DROP COLUMN key;
ALTER TABLE event DROP COLUMN feed;
CREATE INDEX event_person ON event (person) WHERE person IS NOT NULL;
-- Of nearly all that is confirmed there is nothing else to say.
UPDATE event SET detail = NULL WHERE kind = 'confirmed' AND detail = 'active';

-- The rules under which bodies were made: few, so that an account has their number.
CREATE TABLE rules (id INTEGER PRIMARY KEY, fp BLOB NOT NULL UNIQUE) STRICT;
INSERT INTO rules (fp) SELECT DISTINCT mapping FROM account WHERE mapping IS NOT NULL;
ALTER TABLE account ADD COLUMN made_under INTEGER; -- the rules under which body was made
UPDATE account SET made_under = (SELECT id FROM rules WHERE fp = account.mapping) WHERE mapping IS NOT NULL;
ALTER TABLE account DROP COLUMN mapping;

-- How many are active is kept with their sync.
DROP INDEX person_active;
