//! By RFC 4533: a cookie says what was seen, and the server what is otherwise now.

use ldap3::controls::{MakeCritical, SyncRequest};

use super::scan::holder;
use super::shown::shown;
use super::sync_wire::{self, Info, State};
use super::{Question, Since, Stop, cookie, witness};
use crate::directory::Attributes;
use crate::directory::changes::{Handle, Position, Witness};
use crate::directory::ldap::ber::Malformed;
use crate::directory::ldap::connection::people_controls;
use crate::directory::ldap::error::{one_line, said};
use crate::directory::ldap::message::{ENTRY, INTERMEDIATE, Message};
use crate::directory::ldap::request::Request;
use crate::directory::ldap::{Error, Operation, result_code, root_dse};

/// The cookies with which a server's own consumers would begin now: OpenLDAP writes its `contextCSN` into them.
pub(super) async fn position(question: &mut Question<'_>) -> Result<Position, Stop> {
    if !question.root.syncs {
        let why = "the server does not offer RFC 4533: in OpenLDAP, have `overlay syncprov` added to the database";
        return Err(Stop::Untold(why.to_owned()));
    }
    shown(question, &[question.handle()]).await?;
    let mut attributes = Attributes::default();
    let csn = attributes.add("contextCSN");
    let mut cookies = Vec::new();
    for search in &question.query.searches {
        let context = holder(question.root, &search.base)?;
        let entry = root_dse::base(question.connection, context, &attributes, Vec::new(), Operation::Way).await?;
        let cookie = entry.and_then(|entry| cookie::cookie(entry.values(csn)));
        cookies.push(cookie.ok_or_else(|| {
            Stop::Untold(format!("`{context}` does not show its `contextCSN`: let the bind account read it"))
        })?);
    }
    let witnesses = witness::find(question, &cookies).await?;
    Ok(Position::Syncrepl { cookies, witnesses })
}

/// Each search's own content, as it differs.
pub(super) async fn since(
    question: &mut Question<'_>,
    cookies: &[String],
    witnesses: &[Witness],
) -> Result<Since, Stop> {
    let untold = |why: &str| Stop::Untold(why.to_owned());
    if cookies.len() != question.query.searches.len() {
        return Err(untold("the mark is of other searches"));
    }
    let mut all = Refresh::default();
    let (mut by_presence, mut next) = (0, Vec::new());
    for (at, cookie) in cookies.iter().enumerate() {
        let refresh = refresh(question, at, cookie).await?;
        by_presence += usize::from(refresh.by_presence);
        all.touched.extend(refresh.touched);
        all.present.extend(refresh.present);
        next.push(refresh.cookie);
    }
    if by_presence > 0 && by_presence < cookies.len() {
        // Whoever is not present in one search may be in another one, which named changes only.
        return Err(untold("the server named who went from some searches, and who stayed in others"));
    }
    let present = (by_presence > 0).then_some(all.present);
    if present.as_ref().is_some_and(Vec::is_empty) && all.touched.is_empty() {
        return Err(untold("the server shows nobody any more: see to the bind account's rights"));
    }
    if !all.touched.is_empty() {
        // Those come from controls, whatever the rights: whom they name might not be found by them any more.
        shown(question, &[question.handle()]).await?;
    }
    let mut witnesses = witnesses.to_vec();
    if next != cookies {
        let there = witness::confirm(question, &witnesses, &all.touched).await?;
        let now = witness::find(question, &next).await?;
        // A deletion leaves nobody who could witness it.
        witnesses = if now.is_empty() { there } else { now };
    }
    Ok(Since { touched: all.touched, present, position: Position::Syncrepl { cookies: next, witnesses } })
}

/// What one search came to.
#[derive(Default)]
struct Refresh {
    touched: Vec<Handle>,
    present: Vec<Handle>,
    /// Whether whoever is in neither is gone.
    by_presence: bool,
    cookie: String,
}

impl Refresh {
    fn take(&mut self, message: &Message<'_>) -> Result<(), Malformed> {
        match message.operation {
            ENTRY => {
                let (state, handle) = sync_wire::state(&message.controls)?;
                match state {
                    State::Present => self.present.push(handle),
                    State::Touched => self.touched.push(handle),
                }
            }
            INTERMEDIATE => match sync_wire::info(message.content)? {
                Info::Other => {}
                Info::Presents => self.by_presence = true,
                Info::Set { gone: true, handles } => self.touched.extend(handles),
                Info::Set { gone: false, handles } => self.present.extend(handles),
            },
            // A reference is of another server's entries.
            _ => {}
        }
        Ok(())
    }
}

/// Asks once (section 3.3, `refreshOnly`). It can't be asked in pages, and needs not: only handles come.
async fn refresh(question: &mut Question<'_>, at: usize, cookie: &str) -> Result<Refresh, Stop> {
    if cookie::servers(cookie).is_none() {
        return Err(Stop::Untold("the mark is no cookie of OpenLDAP".to_owned()));
    }
    let search = &question.query.searches[at];
    let sync = SyncRequest { cookie: Some(cookie.as_bytes().to_vec()), ..SyncRequest::default() };
    let mut controls = people_controls(question.kind());
    controls.push(sync.critical().into());
    let request = Request {
        base: &search.base,
        scope: search.scope,
        filter: &search.filter,
        attributes: &[],
        controls,
        size_limit: 0,
        expected: usize::MAX,
        during: Operation::Changes,
    };
    let malformed = |_: Malformed| Error::Malformed {
        during: Operation::Changes,
        why: "it does not tell changes as RFC 4533 has it".to_owned(),
    };
    let mut refresh = Refresh::default();
    let take = |message: &Message<'_>| refresh.take(message).map_err(malformed);
    let result = question.connection.search(request, take).await?;
    if result.rc != 0 {
        let (rc, words, said) = (result.rc, result_code(result.rc), said(&one_line(&result.text)));
        return Err(Stop::Untold(format!("the server refused the mark with result {rc}, {words}{said}")));
    }
    let done = sync_wire::done(&result).map_err(malformed)?;
    refresh.by_presence |= !done.deletes;
    let told = !(refresh.touched.is_empty() && refresh.present.is_empty());
    let new = done.cookie.unwrap_or_default();
    if told && new.is_empty() {
        // It began anew, as if nothing were known: who went is not told then.
        return Err(Stop::Untold("the server told changes, but not up to where".to_owned()));
    }
    refresh.cookie = next(cookie, new).ok_or_else(|| {
        // What was told then is no less than everything, but may be taken for who came, went or changed.
        Stop::Untold("the server's replicas are others now than when the mark was taken".to_owned())
    })?;
    Ok(refresh)
}

/// The cookie to go on with; `None` when it is of other servers than the one before, which the server can't have used.
fn next(before: &str, new: Vec<u8>) -> Option<String> {
    if new.is_empty() {
        // Nothing changed: the old one stays good.
        return Some(before.to_owned());
    }
    let new = String::from_utf8(new).ok()?;
    (cookie::servers(&new)? == cookie::servers(before)?).then_some(new)
}
