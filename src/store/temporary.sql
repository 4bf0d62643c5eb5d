-- A reading is staged on the connection that will admit it: a crash leaves nothing behind, and `plan` stores nothing.
CREATE TEMP TABLE IF NOT EXISTS stage (
  id INTEGER PRIMARY KEY, key TEXT NOT NULL, person INTEGER, wish TEXT NOT NULL, identity TEXT, fp BLOB, body TEXT,
  seen BLOB, handle BLOB, recheck_at INTEGER, protected INTEGER NOT NULL, why TEXT, needs_approval TEXT, absent_since INTEGER, imported INTEGER NOT NULL,
  changed_at INTEGER, holds TEXT, once INTEGER NOT NULL -- values that the target keeps unique, a JSON array; 1: sent something once
) STRICT;
-- Whoever comes to an identity that nobody contends for: they need not be weighed.
CREATE TEMP TABLE IF NOT EXISTS newcomer (stage INTEGER PRIMARY KEY, identity TEXT NOT NULL) STRICT;
-- What a target holds in place of what it confirmed.
CREATE TEMP TABLE IF NOT EXISTS drift (account INTEGER PRIMARY KEY, gone INTEGER NOT NULL, fp BLOB, body TEXT) STRICT;
CREATE TEMP TABLE IF NOT EXISTS ruling (
  stage INTEGER PRIMARY KEY, identity TEXT, active INTEGER NOT NULL, settled INTEGER NOT NULL, verdict TEXT NOT NULL, why TEXT
) STRICT;
-- Whose verdict is new, and which account they had before.
CREATE TEMP TABLE IF NOT EXISTS news (stage INTEGER PRIMARY KEY, account INTEGER) STRICT;
-- Who is known, and keeps account and handle.
CREATE TEMP TABLE IF NOT EXISTS stayer (stage INTEGER PRIMARY KEY, person INTEGER NOT NULL) STRICT;
-- Whose payload is another, and in which fields.
CREATE TEMP TABLE IF NOT EXISTS renewed (stage INTEGER PRIMARY KEY, fields TEXT NOT NULL) STRICT;
CREATE TEMP TABLE IF NOT EXISTS due (
  identity TEXT PRIMARY KEY, gone INTEGER NOT NULL, stage INTEGER,
  leaver INTEGER, -- who makes it leave: where they are staged
  account INTEGER -- where there is one
) STRICT;
CREATE TEMP TABLE IF NOT EXISTS importing (identity TEXT PRIMARY KEY, body TEXT NOT NULL, account INTEGER, news TEXT) STRICT;
