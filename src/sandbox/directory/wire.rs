//! Between wire messages and what is asked and answered.

use ldap3_proto::control::LdapControl;
use ldap3_proto::proto::{LdapOp, LdapResult, LdapSearchRequest};
use ldap3_proto::{LdapMsg, LdapPartialAttribute, LdapResultCode, LdapSearchResultEntry, LdapSearchResultReference};

use super::codec::Sent;
use super::entry::Attribute;
use super::filter::Filter;
use super::options::Flavour;
use super::root_dse::DOMAIN_SCOPE;
use super::search::{Answer, Ask, Shown};
use super::wanted::{Values, Wanted};

/// What a search request asks.
pub(super) fn ask(request: &LdapSearchRequest, filter: Filter, controls: &[LdapControl]) -> Ask {
    let page = controls.iter().find_map(|control| match control {
        LdapControl::SimplePagedResults { size, cookie } => {
            Some((usize::try_from(*size).unwrap_or_default(), cookie.clone()))
        }
        _ => None,
    });
    let has = |wanted: &dyn Fn(&LdapControl) -> bool| controls.iter().any(wanted);
    let deleted = has(&|control| matches!(control, LdapControl::ShowDeleted { .. }));
    let scoped = has(&|control| matches!(control, LdapControl::Unknown { oid, .. } if oid == DOMAIN_SCOPE));
    Ask {
        base: request.base.clone(),
        scope: request.scope.clone(),
        filter,
        wanted: Wanted::new(&request.attrs, if request.typesonly { Values::LeftOut } else { Values::Shown }),
        size_limit: usize::try_from(request.sizelimit).unwrap_or_default(),
        page,
        deleted: if deleted { Shown::Yes } else { Shown::No },
        referrals: if scoped { Shown::No } else { Shown::Yes },
    }
}

/// Whether something is asked for that a server of this flavour must not overlook and does not know.
pub(super) fn beyond(controls: &[LdapControl], flavour: Flavour) -> bool {
    let microsoft = flavour == Flavour::ActiveDirectory;
    controls.iter().any(|control| match control {
        LdapControl::ShowDeleted { criticality } => *criticality && !microsoft,
        LdapControl::Unknown { oid, criticality, .. } => *criticality && !(microsoft && oid == DOMAIN_SCOPE),
        LdapControl::SyncRequest { criticality, .. }
        | LdapControl::SearchOptions { criticality, .. }
        | LdapControl::SdFlags { criticality, .. }
        | LdapControl::ExtendedDn { criticality, .. } => *criticality,
        LdapControl::AdDirsync { .. } => true,
        _ => false,
    })
}

/// The messages of an answer; the last is its result.
pub(super) fn answered(msgid: i32, answer: Answer) -> Vec<Sent> {
    let Answer { entries, referrals, code, matched, message: text, cookie } = answer;
    let mut messages: Vec<_> = entries.into_iter().map(|(dn, attributes)| entry(msgid, dn, attributes)).collect();
    messages.extend(
        referrals
            .into_iter()
            .map(|uri| message(msgid, LdapOp::SearchResultReference(LdapSearchResultReference { uris: vec![uri] }))),
    );
    let ctrl = cookie.map(|cookie| LdapControl::SimplePagedResults { size: 0, cookie }).into_iter().collect();
    let op = LdapOp::SearchResultDone(result(code, matched, text));
    messages.push(Sent::Message(LdapMsg { msgid, op, ctrl }));
    messages
}

/// A message without controls.
pub(super) fn message(msgid: i32, op: LdapOp) -> Sent {
    Sent::Message(LdapMsg { msgid, op, ctrl: Vec::new() })
}

pub(super) fn result(code: LdapResultCode, matched: String, message: String) -> LdapResult {
    LdapResult { code, matcheddn: matched, message, referral: Vec::new() }
}

/// The answer to those who want to write.
pub(super) fn unwilling(msgid: i32, op: fn(LdapResult) -> LdapOp) -> Sent {
    let text = "this directory is changed by its owner only".to_owned();
    message(msgid, op(result(LdapResultCode::UnwillingToPerform, String::new(), text)))
}

fn entry(msgid: i32, dn: String, attributes: Vec<Attribute>) -> Sent {
    let attributes =
        attributes.into_iter().map(|Attribute { name, values }| LdapPartialAttribute { atype: name, vals: values });
    message(msgid, LdapOp::SearchResultEntry(LdapSearchResultEntry { dn, attributes: attributes.collect() }))
}
