-- What each receiver of `notify` knows of each condition. Moments follow a clock that is set, like all that measures how
-- long something is ago.
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
