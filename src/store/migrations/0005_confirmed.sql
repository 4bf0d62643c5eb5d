-- What the target confirmed last, of whom something else is due by now. Not in the account's row: that would outgrow its page
-- whenever somebody changes, and shrink again once they are confirmed.
CREATE TABLE confirmed (account INTEGER PRIMARY KEY REFERENCES account, body TEXT NOT NULL) STRICT;
INSERT INTO confirmed SELECT id, confirmed_body FROM account WHERE confirmed_body IS NOT NULL;
ALTER TABLE account DROP COLUMN confirmed_body;
