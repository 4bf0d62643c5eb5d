-- Times are milliseconds since 1970. Fingerprints are 16 bytes.

-- A target as its owner knows it: type + host + tenant, so that renames in the config change nothing.
CREATE TABLE realm (
  id INTEGER PRIMARY KEY,
  name TEXT NOT NULL UNIQUE,
  token TEXT, token_at INTEGER, token_until INTEGER,
  not_before INTEGER,            -- nothing is sent before
  note TEXT,                     -- why, in words
  failures INTEGER NOT NULL DEFAULT 0,
  refused_credential BLOB        -- latched until the configured one differs
) STRICT;

-- The ledger: one row a token request, written before it is made.
CREATE TABLE token_use (id INTEGER PRIMARY KEY, realm INTEGER NOT NULL REFERENCES realm, at INTEGER NOT NULL) STRICT;
CREATE INDEX token_use_at ON token_use (realm, at);

-- A sync.
CREATE TABLE feed (
  id INTEGER PRIMARY KEY,
  sync TEXT NOT NULL UNIQUE,
  realm INTEGER NOT NULL REFERENCES realm,
  rules BLOB,                    -- search, mapping and identity of the last admitted reading
  server TEXT, server_since INTEGER,
  marks TEXT, marked_under BLOB, -- where that server's changes were admitted up to, and under which rules and rights that is worth something
  bases TEXT NOT NULL DEFAULT '[]',
  keyless INTEGER NOT NULL DEFAULT 0, -- entries without a key in the last admitted reading of everybody
  full_at INTEGER,               -- when that was
  onboarded INTEGER NOT NULL DEFAULT 0,
  active INTEGER NOT NULL DEFAULT 0, -- its active people, counted as they come and go: every run needs to know how many
  import_unseen INTEGER NOT NULL DEFAULT 0, -- 1: since its last admitted reading another sync of the target had an import
  paused_until INTEGER
) STRICT;

CREATE TABLE admission (feed INTEGER NOT NULL, at INTEGER NOT NULL, kind TEXT NOT NULL, n INTEGER NOT NULL) STRICT;
CREATE INDEX admission_at ON admission (feed, at);

CREATE TABLE person (
  id INTEGER PRIMARY KEY,
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
  imported INTEGER NOT NULL DEFAULT 0 -- when, for a claim that only an import makes; its key is the identity
) STRICT;
CREATE UNIQUE INDEX person_key ON person (feed, key, imported);
CREATE UNIQUE INDEX person_imported ON person (account) WHERE imported > 0;
CREATE INDEX person_account ON person (account) WHERE account IS NOT NULL;
CREATE INDEX person_active ON person (feed, active) WHERE active = 1;
CREATE INDEX person_handle ON person (feed, handle) WHERE handle IS NOT NULL;
-- Whoever a run of changes looks at all the same. Not those who are gone for good; nor the invalid, for nothing but their
-- entry or the rules makes them valid, unless an account might come back to them.
CREATE INDEX person_unsettled ON person (feed) WHERE seen IS NULL AND imported = 0 AND (active = 1 OR absent_since IS NULL)
  AND (verdict <> 'invalid' OR active = 0 AND account IS NOT NULL);
CREATE INDEX person_recheck ON person (feed, recheck_at) WHERE recheck_at IS NOT NULL;
CREATE INDEX person_awaited ON person (feed) WHERE absent_since IS NOT NULL OR recheck_at IS NOT NULL;
CREATE INDEX person_odd ON person (feed, verdict) WHERE verdict NOT IN ('active', 'left');

-- Counting anew reads an index of everybody, which takes longer than all the rest of a run of changes.
CREATE TRIGGER person_comes AFTER INSERT ON person WHEN NEW.active = 1
BEGIN UPDATE feed SET active = active + 1 WHERE id = NEW.feed; END;
CREATE TRIGGER person_goes AFTER DELETE ON person WHEN OLD.active = 1
BEGIN UPDATE feed SET active = active - 1 WHERE id = OLD.feed; END;
CREATE TRIGGER person_turns AFTER UPDATE OF feed, active ON person WHEN NEW.active <> OLD.active OR NEW.feed <> OLD.feed
BEGIN
  UPDATE feed SET active = active - (OLD.active = 1) WHERE id = OLD.feed;
  UPDATE feed SET active = active + (NEW.active = 1) WHERE id = NEW.feed;
END;

CREATE TABLE account (
  id INTEGER PRIMARY KEY,
  realm INTEGER NOT NULL REFERENCES realm,
  identity TEXT NOT NULL,
  remote TEXT,                   -- what the target calls it, where it gives names of its own
  gone INTEGER NOT NULL,         -- what is due: 1 to leave, 0 to be there with fp and body
  fp BLOB NOT NULL, body TEXT NOT NULL, -- fp is empty while an import says that they are there, and nobody with what
  confirmed_gone INTEGER, confirmed_fp BLOB,
  confirmed_body TEXT,           -- NULL when it is body
  certain INTEGER NOT NULL DEFAULT 1,
  announce INTEGER NOT NULL DEFAULT 0, -- 1: sent as gone although the target never heard of them
  -- What is still to do is derived, so that it cannot be forgotten: NULL settled, 0 leave, 1 change, 2 join.
  pending INTEGER GENERATED ALWAYS AS (CASE
    WHEN gone = 0 AND fp = x'' THEN NULL
    WHEN gone = 1 AND certain = 0 THEN 0
    WHEN gone = 1 AND confirmed_gone = 0 THEN 0
    WHEN gone = 1 AND confirmed_gone IS NULL AND announce = 1 THEN 2
    WHEN gone = 1 THEN NULL
    WHEN confirmed_gone IS NULL AND certain = 1 THEN 2
    WHEN certain = 0 OR confirmed_gone = 1 OR confirmed_fp IS NOT fp THEN 1
  END) VIRTUAL,
  batch INTEGER,
  left_by INTEGER,               -- who moved to another account: leaves only once they are there
  handed INTEGER NOT NULL DEFAULT 0, -- 1: somebody else's fields are due here by now; once confirmed, nobody left it
  leaving_since INTEGER,         -- when the directory made a leave necessary that the target has not confirmed yet
  leaving_feed INTEGER,          -- of which sync that leave is
  not_before INTEGER,
  refused BLOB, refusal TEXT,    -- quarantined with this payload and mapping
  failed INTEGER NOT NULL DEFAULT 0, -- how often in a row the target broke down over it
  maybe_gone INTEGER NOT NULL DEFAULT 0, -- 1: a leave was sent, and lost
  maybe_body TEXT,               -- what was sent and lost since the last confirmation, all of it
  parted BLOB,                   -- what was due when they were sent without what others may still have
  once INTEGER,                  -- those who join are sent something that is not stored: the run that has it at hand, 0 none
  suspect BLOB, suspect_root INTEGER, suspect_run INTEGER,
  mapping BLOB                   -- the rules under which body was made
) STRICT;
CREATE UNIQUE INDEX account_identity ON account (realm, identity);
CREATE UNIQUE INDEX account_remote ON account (realm, remote) WHERE remote IS NOT NULL;
-- With `refused` in the middle, what may go out is found in the order it goes, and what is pending at all without the rest.
CREATE INDEX account_pending ON account (realm, refused, pending) WHERE pending IS NOT NULL;
CREATE INDEX account_unconfirmed ON account (realm) WHERE confirmed_gone IS NOT 0;
CREATE INDEX account_refused ON account (realm) WHERE refusal IS NOT NULL;
CREATE INDEX account_batch ON account (batch) WHERE batch IS NOT NULL;
CREATE INDEX account_left_by ON account (left_by) WHERE left_by IS NOT NULL;
CREATE INDEX account_leaving ON account (leaving_feed, leaving_since) WHERE leaving_since IS NOT NULL;
CREATE INDEX account_once ON account (realm, once) WHERE once IS NOT NULL;
CREATE INDEX account_suspect ON account (suspect_root) WHERE suspect_root IS NOT NULL;

-- How long leaves took, from the directory's change until the target confirmed them; of the last 30 days.
CREATE TABLE latency (feed INTEGER NOT NULL, at INTEGER NOT NULL, ms INTEGER NOT NULL) STRICT;
CREATE INDEX latency_at ON latency (feed, at, ms);

-- Values that a target keeps unique among its members, besides their identity. Nobody is sent with what another member has
-- there, or may have.
CREATE TABLE holding (
  realm INTEGER NOT NULL, value TEXT NOT NULL, account INTEGER NOT NULL,
  due INTEGER NOT NULL DEFAULT 0,       -- 1: is to be there, with this account
  confirmed INTEGER NOT NULL DEFAULT 0, -- 1: is there
  batch INTEGER,                        -- on its way there; 0: lost on it
  PRIMARY KEY (realm, value, account)
) STRICT, WITHOUT ROWID;
CREATE UNIQUE INDEX holding_due ON holding (realm, value) WHERE due = 1;
CREATE INDEX holding_account ON holding (account);
CREATE INDEX holding_batch ON holding (batch) WHERE batch IS NOT NULL;

-- What a target said of a member that it refused, values and all: for a day.
CREATE TABLE said (account INTEGER PRIMARY KEY, at INTEGER NOT NULL, line TEXT NOT NULL, given TEXT NOT NULL) STRICT;
CREATE INDEX said_at ON said (at);

CREATE TABLE held (
  feed INTEGER NOT NULL, key TEXT NOT NULL, pair TEXT NOT NULL,
  kind TEXT NOT NULL, identity TEXT NOT NULL, why TEXT NOT NULL, since INTEGER NOT NULL, plan TEXT NOT NULL,
  PRIMARY KEY (feed, key, pair)
) STRICT;

CREATE TABLE approval (
  feed INTEGER NOT NULL, key TEXT NOT NULL, pair TEXT NOT NULL, until INTEGER NOT NULL, at INTEGER NOT NULL,
  who TEXT NOT NULL, reason TEXT,
  PRIMARY KEY (feed, key, pair)
) STRICT;

CREATE TABLE run (
  id INTEGER PRIMARY KEY,
  feed INTEGER NOT NULL REFERENCES feed,
  began INTEGER NOT NULL,
  ended INTEGER,                 -- for now, where it is gone on with
  wake INTEGER,                  -- when delivery can go on by itself
  result TEXT, tally TEXT,
  idle INTEGER NOT NULL DEFAULT 0 -- 1: only changes were asked for, and nothing came of it; of such runs in a row the last one stays
) STRICT;
CREATE INDEX run_idle ON run (feed) WHERE idle = 1;
CREATE INDEX run_feed ON run (feed, id);
CREATE INDEX run_succeeded ON run (feed, id) WHERE result <> 'failed';

CREATE TABLE batch (
  id INTEGER PRIMARY KEY,
  realm INTEGER NOT NULL REFERENCES realm,
  run INTEGER,
  root INTEGER,                  -- the batch that was halved, at the top
  state INTEGER NOT NULL,        -- 0 prepared, 1 sent, 2 unknown, 3 accepted, 9 over
  size INTEGER NOT NULL,
  at INTEGER NOT NULL,
  wake INTEGER,
  renewed INTEGER NOT NULL DEFAULT 0,
  ticket TEXT,                   -- where its job stands, in the target's own words
  outcome TEXT, detail TEXT
) STRICT;
CREATE INDEX batch_state ON batch (realm, state);
CREATE INDEX batch_root ON batch (root) WHERE root IS NOT NULL;

-- Frozen payloads; deleted at settlement.
CREATE TABLE item (
  batch INTEGER NOT NULL, account INTEGER NOT NULL,
  gone INTEGER NOT NULL, fp BLOB NOT NULL, body TEXT NOT NULL, was_certain INTEGER NOT NULL,
  whole BLOB,                    -- what is due, where part of it is left out
  doubted INTEGER NOT NULL DEFAULT 0, -- 1: since it left somebody said that the target has something else
  PRIMARY KEY (batch, account)
) STRICT;

-- The audit: no field values.
CREATE TABLE event (
  id INTEGER PRIMARY KEY,
  at INTEGER NOT NULL,
  feed INTEGER, key TEXT, account INTEGER, run INTEGER, batch INTEGER,
  kind TEXT NOT NULL, detail TEXT
) STRICT;
CREATE INDEX event_account ON event (account);
CREATE INDEX event_key ON event (feed, key);
CREATE INDEX event_refused ON event (run) WHERE kind IN ('quarantined', 'refused');

-- The clock by which the moments above were told: wall clock less time since that boot. When it was set, they follow.
CREATE TABLE clock (
  id INTEGER PRIMARY KEY CHECK (id = 1),
  boot BLOB NOT NULL,
  skew INTEGER NOT NULL
) STRICT;

-- Credentials that were refused, by their fingerprint, whatever the config calls the directory.
CREATE TABLE refusal (credential BLOB PRIMARY KEY, at INTEGER NOT NULL, note TEXT NOT NULL) STRICT;

-- What is remembered of a directory: where it was last reached, and with which credentials it can't be.
CREATE TABLE directory (name TEXT PRIMARY KEY, url TEXT, refused BLOB) STRICT;
