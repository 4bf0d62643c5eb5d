-- A store as schema 6 has it. Never changed once that is released.
CREATE TABLE realm (
  id INTEGER PRIMARY KEY,
  name TEXT NOT NULL UNIQUE,
  token TEXT, token_at INTEGER, token_until INTEGER,
  not_before INTEGER,            -- nothing is sent before
  note TEXT,                     -- why, in words
  failures INTEGER NOT NULL DEFAULT 0,
  refused_credential BLOB        -- latched until the configured one differs
, left_since INTEGER) STRICT;
CREATE TABLE token_use (id INTEGER PRIMARY KEY, realm INTEGER NOT NULL REFERENCES realm, at INTEGER NOT NULL) STRICT;
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
CREATE TABLE account (
  id INTEGER PRIMARY KEY,
  realm INTEGER NOT NULL REFERENCES realm,
  identity TEXT NOT NULL,
  remote TEXT,                   -- what the target calls it, where it gives names of its own
  gone INTEGER NOT NULL,         -- what is due: 1 to leave, 0 to be there with fp and body
  fp BLOB NOT NULL, body TEXT NOT NULL, -- fp is empty while an import says that they are there, and nobody with what
  confirmed_gone INTEGER, confirmed_fp BLOB,
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
  rest_since INTEGER, emptied INTEGER NOT NULL DEFAULT 0, made_under INTEGER) STRICT;
CREATE TABLE latency (feed INTEGER NOT NULL, at INTEGER NOT NULL, ms INTEGER NOT NULL) STRICT;
CREATE TABLE holding (
  realm INTEGER NOT NULL, value TEXT NOT NULL, account INTEGER NOT NULL,
  due INTEGER NOT NULL DEFAULT 0,       -- 1: is to be there, with this account
  confirmed INTEGER NOT NULL DEFAULT 0, -- 1: is there
  batch INTEGER,                        -- on its way there; 0: lost on it
  PRIMARY KEY (realm, value, account)
) STRICT, WITHOUT ROWID;
CREATE TABLE said (account INTEGER PRIMARY KEY, at INTEGER NOT NULL, line TEXT NOT NULL, given TEXT NOT NULL) STRICT;
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
CREATE TABLE item (
  batch INTEGER NOT NULL, account INTEGER NOT NULL,
  gone INTEGER NOT NULL, fp BLOB NOT NULL, body TEXT NOT NULL, was_certain INTEGER NOT NULL,
  whole BLOB,                    -- what is due, where part of it is left out
  doubted INTEGER NOT NULL DEFAULT 0, -- 1: since it left somebody said that the target has something else
  PRIMARY KEY (batch, account)
) STRICT;
CREATE TABLE clock (
  id INTEGER PRIMARY KEY CHECK (id = 1),
  boot BLOB NOT NULL,
  skew INTEGER NOT NULL
) STRICT;
CREATE TABLE refusal (credential BLOB PRIMARY KEY, at INTEGER NOT NULL, note TEXT NOT NULL) STRICT;
CREATE TABLE directory (name TEXT PRIMARY KEY, url TEXT, refused BLOB) STRICT;
CREATE TABLE _sqlx_migrations (
    version BIGINT PRIMARY KEY,
    description TEXT NOT NULL,
    installed_on TIMESTAMP NOT NULL DEFAULT CURRENT_TIMESTAMP,
    success BOOLEAN NOT NULL,
    checksum BLOB NOT NULL,
    execution_time BIGINT NOT NULL
);
CREATE TABLE milestone (at INTEGER NOT NULL, event INTEGER NOT NULL, run INTEGER NOT NULL, batch INTEGER NOT NULL) STRICT;
CREATE TABLE rebuilt (
  id INTEGER PRIMARY KEY CHECK (id = 1),
  at INTEGER NOT NULL,
  event INTEGER NOT NULL,
  removed INTEGER NOT NULL DEFAULT 0
) STRICT;
CREATE TABLE told (
  receiver BLOB NOT NULL,        -- fingerprint of where it is
  kind TEXT NOT NULL,
  about TEXT NOT NULL,           -- a sync, a destination, or the config
  since INTEGER NOT NULL,        -- since when it lasts, as far as that is known
  seen INTEGER NOT NULL,         -- when a look saw it first
  told INTEGER,                  -- when the receiver was told last; NULL: not yet
  gone INTEGER,                  -- since when looks see it no more
  PRIMARY KEY (receiver, kind, about)
) STRICT;
CREATE TABLE rules (id INTEGER PRIMARY KEY, fp BLOB NOT NULL UNIQUE) STRICT;
CREATE TABLE confirmed (account INTEGER PRIMARY KEY REFERENCES account, body TEXT NOT NULL) STRICT;
CREATE TABLE "event" (
  id INTEGER PRIMARY KEY,
  at INTEGER NOT NULL,
  person INTEGER,                -- once they are removed, nobody's number: it is not given again
  account INTEGER, run INTEGER, batch INTEGER,
  kind TEXT NOT NULL, detail TEXT
) STRICT;
CREATE TABLE "person" (
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
INSERT INTO realm (id, name, token, token_at, token_until, not_before, note, failures, refused_credential, left_since) VALUES (1, 'veris http://sandbox sandbox', 'token-of-the-day', 1790000000000, 1790000900000, NULL, NULL, 0, NULL, NULL);
INSERT INTO realm (id, name, token, token_at, token_until, not_before, note, failures, refused_credential, left_since) VALUES (2, 'boostcom https://bpc-api.example.com infinity-mall', NULL, NULL, NULL, 1790000000000, 'answered 503', 2, X'00112233445566778899AABBCCDDEEFF', NULL);
INSERT INTO realm (id, name, token, token_at, token_until, not_before, note, failures, refused_credential, left_since) VALUES (3, 'veris https://old.example.com acme', NULL, NULL, NULL, NULL, NULL, 0, NULL, 1790000000000);
INSERT INTO token_use (id, realm, at) VALUES (1, 1, 1795986694251);
INSERT INTO token_use (id, realm, at) VALUES (2, 2, 1790000000000);
INSERT INTO feed (id, sync, realm, rules, server, server_since, marks, marked_under, bases, keyless, full_at, onboarded, active, import_unseen, paused_until) VALUES (1, 'employees', 1, X'EB2D72B597722BD2D6E28D44DA4F1230', 'ldap://127.0.0.1:42115', NULL, NULL, NULL, '[5]', 0, 1795986697545, 1, 5, 0, NULL);
INSERT INTO feed (id, sync, realm, rules, server, server_since, marks, marked_under, bases, keyless, full_at, onboarded, active, import_unseen, paused_until) VALUES (2, 'mall', 2, X'00112233445566778899AABBCCDDEEFF', 'ldap://dc1.example.com', NULL, '[]', X'00112233445566778899AABBCCDDEEFF', '[]', 0, NULL, 0, 1, 1, 253402207200000);
INSERT INTO admission (feed, at, kind, n) VALUES (1, 1795986696894, 'change', 1);
INSERT INTO admission (feed, at, kind, n) VALUES (1, 1795986697545, 'leave', 1);
INSERT INTO admission (feed, at, kind, n) VALUES (2, 1790000000000, 'join', 3);
INSERT INTO account (id, realm, identity, remote, gone, fp, body, confirmed_gone, confirmed_fp, certain, announce, batch, left_by, handed, leaving_since, leaving_feed, not_before, refused, refusal, failed, maybe_gone, maybe_body, parted, once, suspect, suspect_root, suspect_run, rest_since, emptied, made_under) VALUES (1, 1, '0', NULL, 0, X'AC753E7C714746AAC0366FF5CA02A6D0', '{"country":"India","department":"Works","designation":"Engineer","email":"p0@corp.example.com","first_name":"Żoë","group":"HQ","last_name":"Ørsted 0","status":"active","unique_id":"0"}', 0, X'AC753E7C714746AAC0366FF5CA02A6D0', 1, 0, NULL, NULL, 0, NULL, NULL, NULL, NULL, NULL, 0, 0, NULL, NULL, NULL, NULL, NULL, NULL, NULL, 0, 1);
INSERT INTO account (id, realm, identity, remote, gone, fp, body, confirmed_gone, confirmed_fp, certain, announce, batch, left_by, handed, leaving_since, leaving_feed, not_before, refused, refusal, failed, maybe_gone, maybe_body, parted, once, suspect, suspect_root, suspect_run, rest_since, emptied, made_under) VALUES (2, 1, '1', NULL, 0, X'4BDF107135A5F437E50EE5E277DB105B', '{"country":"India","department":"Works","designation":"Chief","email":"p1@corp.example.com","first_name":"Żoë","group":"HQ","last_name":"Ørsted 1","status":"active","unique_id":"1"}', 0, X'4BDF107135A5F437E50EE5E277DB105B', 1, 0, NULL, NULL, 1, NULL, NULL, NULL, NULL, NULL, 0, 0, NULL, NULL, NULL, NULL, NULL, NULL, NULL, 0, 1);
INSERT INTO account (id, realm, identity, remote, gone, fp, body, confirmed_gone, confirmed_fp, certain, announce, batch, left_by, handed, leaving_since, leaving_feed, not_before, refused, refusal, failed, maybe_gone, maybe_body, parted, once, suspect, suspect_root, suspect_run, rest_since, emptied, made_under) VALUES (3, 1, '2', NULL, 0, X'4962AE0AD8DA9C20BEFCE2276AAAEE32', '{"country":"India","department":"Works","designation":"Engineer","email":"p2@corp.example.com","first_name":"Żoë","group":"HQ","last_name":"Ørsted 2","status":"active","unique_id":"2"}', 0, X'4962AE0AD8DA9C20BEFCE2276AAAEE32', 1, 0, NULL, NULL, 0, NULL, NULL, NULL, NULL, NULL, 0, 0, NULL, NULL, NULL, NULL, NULL, NULL, NULL, 0, 1);
INSERT INTO account (id, realm, identity, remote, gone, fp, body, confirmed_gone, confirmed_fp, certain, announce, batch, left_by, handed, leaving_since, leaving_feed, not_before, refused, refusal, failed, maybe_gone, maybe_body, parted, once, suspect, suspect_root, suspect_run, rest_since, emptied, made_under) VALUES (4, 1, '3', NULL, 0, X'886BFD41984BA1BA1E4DE47A350509A7', '{"country":"India","department":"Works","designation":"Engineer","email":"p3@corp.example.com","first_name":"Żoë","group":"HQ","last_name":"Ørsted 3","status":"active","unique_id":"3"}', 0, X'886BFD41984BA1BA1E4DE47A350509A7', 1, 0, NULL, NULL, 0, NULL, NULL, NULL, NULL, NULL, 0, 0, NULL, NULL, NULL, NULL, NULL, NULL, NULL, 0, 1);
INSERT INTO account (id, realm, identity, remote, gone, fp, body, confirmed_gone, confirmed_fp, certain, announce, batch, left_by, handed, leaving_since, leaving_feed, not_before, refused, refusal, failed, maybe_gone, maybe_body, parted, once, suspect, suspect_root, suspect_run, rest_since, emptied, made_under) VALUES (5, 1, '4', NULL, 0, X'704167C7829D8A1AC9D361AE564AE036', '{"country":"India","department":"Works","designation":"Engineer","email":"p4@corp.example.com","first_name":"Żoë","group":"HQ","last_name":"Ørsted 4","status":"active","unique_id":"4"}', NULL, NULL, 1, 0, NULL, NULL, 0, NULL, NULL, NULL, X'704167C7829D8A1AC9D361AE564AE036', 'answered 422 Unprocessable Content: {"error":"validation failed"}', 0, 0, NULL, NULL, NULL, NULL, NULL, NULL, NULL, 0, 1);
INSERT INTO account (id, realm, identity, remote, gone, fp, body, confirmed_gone, confirmed_fp, certain, announce, batch, left_by, handed, leaving_since, leaving_feed, not_before, refused, refusal, failed, maybe_gone, maybe_body, parted, once, suspect, suspect_root, suspect_run, rest_since, emptied, made_under) VALUES (6, 1, '5', NULL, 1, X'379C8A186D802C6BD8DD3205E2FDA20E', '{"country":"India","department":"Works","designation":"Engineer","email":"p5@corp.example.com","first_name":"Żoë","group":"HQ","last_name":"Ørsted 5","status":"active","unique_id":"5"}', 1, X'379C8A186D802C6BD8DD3205E2FDA20E', 1, 0, NULL, NULL, 0, NULL, NULL, NULL, NULL, NULL, 0, 0, NULL, NULL, NULL, NULL, NULL, NULL, NULL, 0, 1);
INSERT INTO account (id, realm, identity, remote, gone, fp, body, confirmed_gone, confirmed_fp, certain, announce, batch, left_by, handed, leaving_since, leaving_feed, not_before, refused, refusal, failed, maybe_gone, maybe_body, parted, once, suspect, suspect_root, suspect_run, rest_since, emptied, made_under) VALUES (101, 2, 'anna@example.com', NULL, 0, X'00112233445566778899AABBCCDDEEFF', '{"properties":{"email":"anna@example.com","msisdn":"4790000001"}}', 0, X'01', 0, 0, 101, NULL, 0, NULL, NULL, NULL, NULL, NULL, 0, 0, '{"properties":{"msisdn":"4790000001"}}', NULL, 0, NULL, NULL, NULL, NULL, 0, NULL);
INSERT INTO account (id, realm, identity, remote, gone, fp, body, confirmed_gone, confirmed_fp, certain, announce, batch, left_by, handed, leaving_since, leaving_feed, not_before, refused, refusal, failed, maybe_gone, maybe_body, parted, once, suspect, suspect_root, suspect_run, rest_since, emptied, made_under) VALUES (102, 2, 'bert@example.com', 'k2', 1, X'', '{"properties":{"email":""}}', 1, X'', 1, 0, NULL, NULL, 0, NULL, NULL, NULL, NULL, NULL, 0, 0, NULL, NULL, NULL, NULL, NULL, NULL, 1790000000000, 1, NULL);
INSERT INTO account (id, realm, identity, remote, gone, fp, body, confirmed_gone, confirmed_fp, certain, announce, batch, left_by, handed, leaving_since, leaving_feed, not_before, refused, refusal, failed, maybe_gone, maybe_body, parted, once, suspect, suspect_root, suspect_run, rest_since, emptied, made_under) VALUES (103, 2, 'cato@example.com', NULL, 1, X'00112233445566778899AABBCCDDEEFF', '{"properties":{"email":"cato@example.com"}}', 0, X'00112233445566778899AABBCCDDEEFF', 1, 0, NULL, 101, 0, 1790000000000, 2, NULL, NULL, NULL, 0, 0, NULL, NULL, NULL, NULL, NULL, NULL, NULL, 0, NULL);
INSERT INTO latency (feed, at, ms) VALUES (1, 1795986697585, 40);
INSERT INTO latency (feed, at, ms) VALUES (2, 1790000000000, 1500);
INSERT INTO holding (realm, value, account, due, confirmed, batch) VALUES (2, 'msisdn 4790000001', 101, 1, 0, 101);
INSERT INTO holding (realm, value, account, due, confirmed, batch) VALUES (2, 'msisdn 4790000002', 102, 0, 1, NULL);
INSERT INTO said (account, at, line, given) VALUES (101, 1790000000000, 'msisdn: taken', '{"msisdn":"4790000001"}');
INSERT INTO held (feed, key, pair, kind, identity, why, since, plan) VALUES (2, 'anna', 'leave anna@example.com', 'leave', 'anna@example.com', 'protected', 1790000000000, '1f2e3d4c');
INSERT INTO approval (feed, key, pair, until, at, who, reason) VALUES (2, 'anna', 'leave anna@example.com', 1790259200000, 1790000000000, 'ada', 'the office closed');
INSERT INTO run (id, feed, began, ended, wake, result, tally, idle) VALUES (1, 1, 1795986694231, 1795986696731, NULL, 'partial', '{"run":1,"failed":null,"waits":null,"keyless":null,"notes":[],"plan":null,"delta":false,"everybody":null,"entries":6,"kinds":[0,0,0,0,6],"unchanged":0,"invalid":0,"newly_invalid":0,"skipped":0,"held":0,"confirmed":5,"refused":1,"pending":0,"requests":8,"token_requests":1}', 0);
INSERT INTO run (id, feed, began, ended, wake, result, tally, idle) VALUES (2, 1, 1795986696874, 1795986697084, NULL, 'ok', '{"run":2,"failed":null,"waits":null,"keyless":null,"notes":[],"plan":null,"delta":false,"everybody":null,"entries":6,"kinds":[0,0,0,1,0],"unchanged":5,"invalid":0,"newly_invalid":0,"skipped":0,"held":0,"confirmed":1,"refused":0,"pending":0,"requests":1,"token_requests":0}', 0);
INSERT INTO run (id, feed, began, ended, wake, result, tally, idle) VALUES (3, 1, 1795986697525, 1795986697585, NULL, 'ok', '{"run":3,"failed":null,"waits":null,"keyless":null,"notes":[],"plan":null,"delta":false,"everybody":null,"entries":5,"kinds":[1,0,0,0,0],"unchanged":5,"invalid":0,"newly_invalid":0,"skipped":0,"held":0,"confirmed":1,"refused":0,"pending":0,"requests":1,"token_requests":0}', 0);
INSERT INTO run (id, feed, began, ended, wake, result, tally, idle) VALUES (101, 2, 1790000000000, 1790000001000, 1790000060000, 'pending', '{"run":1,"failed":null,"waits":null,"keyless":null,"notes":[],"plan":null,"delta":false,"everybody":null,"entries":6,"kinds":[0,0,0,0,6],"unchanged":0,"invalid":0,"newly_invalid":0,"skipped":0,"held":0,"confirmed":5,"refused":1,"pending":0,"requests":8,"token_requests":1}', 0);
INSERT INTO batch (id, realm, run, root, state, size, at, wake, renewed, ticket, outcome, detail) VALUES (1, 1, 1, 1, 9, 6, 1795986694331, NULL, 0, NULL, 'split', 'answered 422 Unprocessable Content: {"error":"validation failed"}');
INSERT INTO batch (id, realm, run, root, state, size, at, wake, renewed, ticket, outcome, detail) VALUES (2, 1, 1, 1, 9, 3, 1795986694361, NULL, 0, NULL, 'confirmed', NULL);
INSERT INTO batch (id, realm, run, root, state, size, at, wake, renewed, ticket, outcome, detail) VALUES (3, 1, 1, 1, 9, 3, 1795986694421, NULL, 0, NULL, 'split', 'answered 422 Unprocessable Content: {"error":"validation failed"}');
INSERT INTO batch (id, realm, run, root, state, size, at, wake, renewed, ticket, outcome, detail) VALUES (4, 1, 1, 1, 9, 2, 1795986694471, NULL, 0, NULL, 'split', 'answered 422 Unprocessable Content: {"error":"validation failed"}');
INSERT INTO batch (id, realm, run, root, state, size, at, wake, renewed, ticket, outcome, detail) VALUES (5, 1, 1, 1, 9, 1, 1795986694721, NULL, 0, NULL, 'confirmed', NULL);
INSERT INTO batch (id, realm, run, root, state, size, at, wake, renewed, ticket, outcome, detail) VALUES (6, 1, 1, 1, 9, 1, 1795986694911, NULL, 0, NULL, 'confirmed', NULL);
INSERT INTO batch (id, realm, run, root, state, size, at, wake, renewed, ticket, outcome, detail) VALUES (7, 1, 1, 1, 9, 1, 1795986695051, NULL, 0, NULL, 'refused', 'answered 422 Unprocessable Content: {"error":"validation failed"}');
INSERT INTO batch (id, realm, run, root, state, size, at, wake, renewed, ticket, outcome, detail) VALUES (8, 1, 2, 8, 9, 1, 1795986696914, NULL, 0, NULL, 'confirmed', NULL);
INSERT INTO batch (id, realm, run, root, state, size, at, wake, renewed, ticket, outcome, detail) VALUES (9, 1, 3, 9, 9, 1, 1795986697555, NULL, 0, NULL, 'confirmed', NULL);
INSERT INTO batch (id, realm, run, root, state, size, at, wake, renewed, ticket, outcome, detail) VALUES (101, 2, 101, 101, 3, 1, 1790000000000, 1790000005000, 0, '{"import":"8d0e"}', NULL, 'processing');
INSERT INTO item (batch, account, gone, fp, body, was_certain, whole, doubted) VALUES (101, 101, 0, X'00112233445566778899AABBCCDDEEFF', '{"properties":{"email":"anna@example.com","msisdn":"4790000001"}}', 1, NULL, 0);
INSERT INTO clock (id, boot, skew) VALUES (1, X'00112233445566778899AABBCCDDEEFF', 1790000000000);
INSERT INTO refusal (credential, at, note) VALUES (X'00112233445566778899AABBCCDDEEFF', 1790000000000, 'invalid credentials');
INSERT INTO directory (name, url, refused) VALUES ('corp', 'ldap://127.0.0.1:42115', NULL);
INSERT INTO directory (name, url, refused) VALUES ('lab', 'ldap://dc1.example.com', X'00112233445566778899AABBCCDDEEFF');
INSERT INTO _sqlx_migrations (version, description, installed_on, success, checksum, execution_time) VALUES (1, 'first', '2026-11-29 21:11:34', 1, X'938C37C14587CD7FECA74F54B9D80EFD0793829304253B83DD28BF5A0368418EC3E6070F661361BA7F471BFCE3D1B488', 4354078);
INSERT INTO _sqlx_migrations (version, description, installed_on, success, checksum, execution_time) VALUES (2, 'retention', '2026-11-29 21:12:53', 1, X'1232367A495106CB37CD8C0E4F43206602CC05F5A57B6087625FB0E8F8A82C71933786988D028CCF34243C0530B2B44C', 1);
INSERT INTO _sqlx_migrations (version, description, installed_on, success, checksum, execution_time) VALUES (3, 'told', '2026-11-30 01:15:00', 1, X'9B3F7CE472351D4276694430AAACD3AB31EF94CC8E7D997F55E3DA6BEB04D3AACA27E5F14B6F1283F4B1B6267C8A1934', 1);
INSERT INTO _sqlx_migrations (version, description, installed_on, success, checksum, execution_time) VALUES (4, 'lean', '2026-11-30 04:00:00', 1, X'3C126EC96CC30B7C2840E70E503A279965C96AFAA01D6D83AC921DE09D8D6266D515B96CE5FF51B9AA9FAF4FE9B873FE', 5000000);
INSERT INTO _sqlx_migrations (version, description, installed_on, success, checksum, execution_time) VALUES (5, 'confirmed', '2026-11-30 07:00:00', 1, X'6B5D38FFA2074DFC166762E41186CF12FB54EB0F0DCBECBDE80558B02F18175E3F6494A0D8E19A87C11F14EC52A19FF1', 5000000);
INSERT INTO _sqlx_migrations (version, description, installed_on, success, checksum, execution_time) VALUES (6, 'record', '2026-11-30 11:00:00', 1, X'C3CE6388FD7C87DBD93CDFDE26ACE4E92CBD2956F6A909C90F1A2EFBBDC24E475D9A61CBE68F396CE00776FBDB4A9D60', 5000000);
INSERT INTO milestone (at, event, run, batch) VALUES (1790000000000, 18, 101, 101);
INSERT INTO rebuilt (id, at, event, removed) VALUES (1, 1790000000000, 1, 1);
INSERT INTO told (receiver, kind, about, since, seen, told, gone) VALUES (X'00112233445566778899AABBCCDDEEFF', 'held', 'employees', 1790000000000, 1790000000000, 1790000000000, NULL);
INSERT INTO rules (id, fp) VALUES (1, X'EB2D72B597722BD2D6E28D44DA4F1230');
INSERT INTO confirmed (account, body) VALUES (101, '{"properties":{"email":"anna@example.com"}}');
INSERT INTO event (id, at, person, account, run, batch, kind, detail) VALUES (1, 1795986694241, 1, 1, 1, NULL, 'join', NULL);
INSERT INTO event (id, at, person, account, run, batch, kind, detail) VALUES (2, 1795986694241, 2, 2, 1, NULL, 'join', NULL);
INSERT INTO event (id, at, person, account, run, batch, kind, detail) VALUES (3, 1795986694241, 3, 3, 1, NULL, 'join', NULL);
INSERT INTO event (id, at, person, account, run, batch, kind, detail) VALUES (4, 1795986694241, 4, 4, 1, NULL, 'join', NULL);
INSERT INTO event (id, at, person, account, run, batch, kind, detail) VALUES (5, 1795986694241, 5, 5, 1, NULL, 'join', NULL);
INSERT INTO event (id, at, person, account, run, batch, kind, detail) VALUES (6, 1795986694241, 6, 6, 1, NULL, 'join', NULL);
INSERT INTO event (id, at, person, account, run, batch, kind, detail) VALUES (7, 1795986694401, NULL, 1, 1, 2, 'confirmed', NULL);
INSERT INTO event (id, at, person, account, run, batch, kind, detail) VALUES (8, 1795986694401, NULL, 2, 1, 2, 'confirmed', NULL);
INSERT INTO event (id, at, person, account, run, batch, kind, detail) VALUES (9, 1795986694401, NULL, 3, 1, 2, 'confirmed', NULL);
INSERT INTO event (id, at, person, account, run, batch, kind, detail) VALUES (10, 1795986694861, NULL, 6, 1, 5, 'confirmed', NULL);
INSERT INTO event (id, at, person, account, run, batch, kind, detail) VALUES (11, 1795986695011, NULL, 4, 1, 6, 'confirmed', NULL);
INSERT INTO event (id, at, person, account, run, batch, kind, detail) VALUES (12, 1795986695221, NULL, 5, 1, 7, 'quarantined', 'answered 422 Unprocessable Content: {"error":"validation failed"}');
INSERT INTO event (id, at, person, account, run, batch, kind, detail) VALUES (13, 1795986695221, NULL, 5, 1, 7, 'refused', 'answered 422 Unprocessable Content: {"error":"validation failed"}');
INSERT INTO event (id, at, person, account, run, batch, kind, detail) VALUES (14, 1795986696894, 2, 2, 2, NULL, 'change', NULL);
INSERT INTO event (id, at, person, account, run, batch, kind, detail) VALUES (15, 1795986696944, NULL, 2, 2, 8, 'confirmed', NULL);
INSERT INTO event (id, at, person, account, run, batch, kind, detail) VALUES (16, 1795986697545, 6, 6, 3, NULL, 'leave', 'gone: deleted, or not readable any more');
INSERT INTO event (id, at, person, account, run, batch, kind, detail) VALUES (17, 1795986697585, NULL, 6, 3, 9, 'confirmed', 'left');
INSERT INTO event (id, at, person, account, run, batch, kind, detail) VALUES (18, 1790000000000, 101, 101, 101, NULL, 'approved', 'by ada: the office closed');
INSERT INTO person (id, feed, key, handle, seen, account, active, verdict, why, protected, absent_since, recheck_at, imported, unseen_since) VALUES (1, 1, 'p0', NULL, X'BDA89475E84E27EF17C8AC62874A75AF', 1, 1, 'active', NULL, 0, NULL, NULL, 0, NULL);
INSERT INTO person (id, feed, key, handle, seen, account, active, verdict, why, protected, absent_since, recheck_at, imported, unseen_since) VALUES (2, 1, 'p1', NULL, X'055F830A43BC43A1C4B78829303537F7', 2, 1, 'active', NULL, 0, NULL, NULL, 0, NULL);
INSERT INTO person (id, feed, key, handle, seen, account, active, verdict, why, protected, absent_since, recheck_at, imported, unseen_since) VALUES (3, 1, 'p2', NULL, X'CAB0941909C4D3E5EE2CD953939FD48B', 3, 1, 'active', NULL, 0, NULL, NULL, 0, NULL);
INSERT INTO person (id, feed, key, handle, seen, account, active, verdict, why, protected, absent_since, recheck_at, imported, unseen_since) VALUES (4, 1, 'p3', NULL, X'2B4F853C3141D133B853B48F600C7D15', 4, 1, 'active', NULL, 0, NULL, NULL, 0, NULL);
INSERT INTO person (id, feed, key, handle, seen, account, active, verdict, why, protected, absent_since, recheck_at, imported, unseen_since) VALUES (5, 1, 'p4', NULL, X'DECB192A55EE7B7AFA02E06974714F7F', 5, 1, 'active', NULL, 0, NULL, NULL, 0, NULL);
INSERT INTO person (id, feed, key, handle, seen, account, active, verdict, why, protected, absent_since, recheck_at, imported, unseen_since) VALUES (6, 1, 'p5', NULL, NULL, 6, 0, 'left', 'gone: deleted, or not readable any more', 0, 1795986697545, NULL, 0, NULL);
INSERT INTO person (id, feed, key, handle, seen, account, active, verdict, why, protected, absent_since, recheck_at, imported, unseen_since) VALUES (101, 2, 'anna', X'00112233445566778899AABBCCDDEEFF', X'00112233445566778899AABBCCDDEEFF', 101, 1, 'active', NULL, 1, NULL, 1890000000000, 0, NULL);
INSERT INTO person (id, feed, key, handle, seen, account, active, verdict, why, protected, absent_since, recheck_at, imported, unseen_since) VALUES (102, 2, 'bert', NULL, X'00112233445566778899AABBCCDDEEFF', 102, 0, 'left', 'disabled', 0, NULL, NULL, 0, 1790000000000);
INSERT INTO person (id, feed, key, handle, seen, account, active, verdict, why, protected, absent_since, recheck_at, imported, unseen_since) VALUES (103, 2, 'cato@example.com', NULL, NULL, 103, 0, 'left', 'imported', 0, 1790000000000, NULL, 1790000000000, NULL);
CREATE INDEX token_use_at ON token_use (realm, at);
CREATE INDEX admission_at ON admission (feed, at);
CREATE UNIQUE INDEX account_identity ON account (realm, identity);
CREATE UNIQUE INDEX account_remote ON account (realm, remote) WHERE remote IS NOT NULL;
CREATE INDEX account_pending ON account (realm, refused, pending) WHERE pending IS NOT NULL;
CREATE INDEX account_unconfirmed ON account (realm) WHERE confirmed_gone IS NOT 0;
CREATE INDEX account_refused ON account (realm) WHERE refusal IS NOT NULL;
CREATE INDEX account_batch ON account (batch) WHERE batch IS NOT NULL;
CREATE INDEX account_left_by ON account (left_by) WHERE left_by IS NOT NULL;
CREATE INDEX account_leaving ON account (leaving_feed, leaving_since) WHERE leaving_since IS NOT NULL;
CREATE INDEX account_once ON account (realm, once) WHERE once IS NOT NULL;
CREATE INDEX account_suspect ON account (suspect_root) WHERE suspect_root IS NOT NULL;
CREATE INDEX latency_at ON latency (feed, at, ms);
CREATE UNIQUE INDEX holding_due ON holding (realm, value) WHERE due = 1;
CREATE INDEX holding_account ON holding (account);
CREATE INDEX holding_batch ON holding (batch) WHERE batch IS NOT NULL;
CREATE INDEX said_at ON said (at);
CREATE INDEX run_idle ON run (feed) WHERE idle = 1;
CREATE INDEX run_feed ON run (feed, id);
CREATE INDEX run_succeeded ON run (feed, id) WHERE result <> 'failed';
CREATE INDEX batch_state ON batch (realm, state);
CREATE INDEX batch_root ON batch (root) WHERE root IS NOT NULL;
CREATE INDEX account_ended ON account (realm) WHERE gone = 1 AND rest_since IS NULL;
CREATE INDEX account_resting ON account (realm, rest_since) WHERE rest_since IS NOT NULL AND emptied = 0;
CREATE INDEX account_emptied ON account (realm, rest_since) WHERE emptied = 1;
CREATE TRIGGER account_stirs AFTER UPDATE OF gone, confirmed_gone, certain, announce, batch ON account
WHEN NEW.rest_since IS NOT NULL AND (NEW.pending IS NOT NULL OR NEW.gone = 0 OR NEW.batch IS NOT NULL)
BEGIN UPDATE account SET rest_since = NULL WHERE id = NEW.id; END;
CREATE INDEX batch_ticket ON batch (at) WHERE state = 9 AND ticket IS NOT NULL;
CREATE INDEX event_account ON event (id >> 15, account) WHERE account IS NOT NULL;
CREATE INDEX event_person ON event (id >> 15, person) WHERE person IS NOT NULL;
CREATE INDEX event_refused ON event (run) WHERE kind IN ('quarantined', 'refused');
CREATE VIEW record AS
  WITH RECURSIVE stretch (n) AS (
    SELECT min(id) >> 15 FROM event UNION ALL SELECT n + 1 FROM stretch WHERE n < (SELECT max(id) >> 15 FROM event))
  SELECT e.* FROM stretch s CROSS JOIN event e ON (e.id >> 15) = s.n;
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
