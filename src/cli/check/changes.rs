//! How a directory tells what changed, and what that means for leavers.

use crate::config::{Origin, Sync};
use crate::directory::changes::{Changes, Way};
use crate::directory::ldap::{Session, Told};
use crate::report::Findings;

/// Says by which way changes would be read, and who is noticed only when everybody is.
pub(super) async fn check(sync: &Sync, origin: &Origin, session: &mut Session, findings: &mut Findings) {
    if sync.changes == Changes::Full {
        return;
    }
    let (name, from) = (&sync.name, &origin.directory);
    match session.way(&origin.query).await {
        Ok(Told { way: Some(way), why }) => {
            findings.ok(name, format!("changes of {from} are told by {way}: {why}"));
            let (late, every) = (late(way, session), humantime::format_duration(sync.full_reading));
            let said = format!("{late} only when everybody is read, every {every} (`full_reading`)");
            if way == Way::Syncrepl || session.server().sees_deleted {
                findings.ok(name, said);
            } else {
                findings.warning(name, said);
            }
        }
        Ok(Told { way: None, why }) => {
            findings.warning(name, format!("{from} can't tell what changed, so everybody is read each time: {why}"));
        }
        Err(error) => findings.failed(name, format!("whether {from} can tell what changed: {error}")),
    }
}

/// Who is not noticed by changes.
fn late(way: Way, session: &Session) -> &'static str {
    if way == Way::Syncrepl || session.server().sees_deleted {
        "leavers are seen by the next run; what other rights show or hide"
    } else {
        "whoever is disabled, moved or filtered is seen by the next run; whoever is deleted"
    }
}
