//! Bugs of the store as statements that undo what other statements did, for the simulation to find. What is right stays
//! as it is: a world that wants a bug has the trigger made in its own database.

use super::{Error, Store};

/// A batch is marked as sent, its members are not made uncertain.
pub const STAYS_CERTAIN: &str = "CREATE TRIGGER planted AFTER UPDATE OF certain ON account
     WHEN NEW.batch IS NOT NULL AND OLD.certain = 1 AND NEW.certain = 0
     BEGIN UPDATE account SET certain = 1 WHERE id = NEW.id; END";

/// A refused leaver is quarantined like everybody else.
pub const LEAVER_QUARANTINED: &str = "CREATE TRIGGER planted AFTER UPDATE OF refused ON account
     WHEN NEW.gone = 1 AND NEW.refusal IS NOT NULL AND NEW.not_before IS NOT NULL
     BEGIN UPDATE account SET refused = fp, not_before = NULL WHERE id = NEW.id; END";

/// An entry counts as seen once it is staged.
pub const SEEN_WHEN_STAGED: &str = "CREATE TEMP TRIGGER planted AFTER INSERT ON stage
     BEGIN UPDATE person SET seen = NEW.seen WHERE id = NEW.person; END";

/// An identity left behind is not told by whom.
pub const MOVER_FORGOTTEN: &str = "CREATE TRIGGER planted AFTER UPDATE OF left_by ON account
     WHEN NEW.left_by IS NOT NULL
     BEGIN UPDATE account SET left_by = NULL WHERE id = NEW.id; END";

/// A batch without an answer lets its members go although it may still arrive.
pub const RELEASED_UNANSWERED: &str = "CREATE TRIGGER planted AFTER UPDATE OF state ON batch
     WHEN NEW.state = 2
     BEGIN UPDATE account SET batch = NULL WHERE batch = NEW.id; END";

/// An approval is taken away neither when it was used nor when its time is over.
pub const APPROVAL_ENDLESS: &str = "CREATE TRIGGER planted BEFORE DELETE ON approval BEGIN SELECT RAISE(IGNORE); END;
     CREATE TRIGGER planted_too AFTER INSERT ON approval
     BEGIN UPDATE approval SET until = until + 1000 * NEW.until WHERE rowid = NEW.rowid; END";

/// The ledger of token requests stays where it is when the clock is set.
pub const LEDGER_LEFT_BEHIND: &str = "CREATE TRIGGER planted BEFORE UPDATE OF at ON token_use
     BEGIN SELECT RAISE(IGNORE); END";

/// Nobody is seen to claim anything, until the claims are shown again.
pub const HIDE_CLAIMS: &str = "UPDATE person SET active = 2 WHERE active = 1";

/// The opposite of hiding them.
pub const SHOW_CLAIMS: &str = "UPDATE person SET active = 1 WHERE active = 2";

/// Who is not at the target any more is made again by whatever is due.
pub const GONE_UNGUARDED: &str = "CREATE TEMP TRIGGER planted AFTER INSERT ON drift WHEN NEW.gone = 1
     BEGIN UPDATE account SET confirmed_gone = 1, certain = 1, remote = NULL WHERE id = NEW.account;
       DELETE FROM drift WHERE account = NEW.account; END";

impl Store {
    /// Has a planted statement done.
    pub async fn sabotage(&mut self, statement: &'static str) -> Result<(), Error> {
        sqlx::raw_sql(statement).execute(&mut self.connection).await?;
        Ok(())
    }
}

/// The next position, whatever it brings.
pub const MARK_AHEAD: &str = "UPDATE feed SET marks = json_set(marks, '$[0].position.usn.highest',
     json_extract(marks, '$[0].position.usn.highest') + 1) WHERE marks IS NOT NULL";

/// Nobody remembers with whom a target has what it keeps unique.
pub const HOLDERS_FORGOTTEN: &str = "CREATE TRIGGER planted AFTER UPDATE OF confirmed ON holding
  BEGIN UPDATE holding SET confirmed = 0 WHERE confirmed = 1; END";
