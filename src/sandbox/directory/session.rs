//! What one connection is told: a request in, a reply out, no I/O.

use jiff::SignedDuration;
use ldap3_proto::proto::{
    LdapBindRequest, LdapBindResponse, LdapExtendedRequest, LdapExtendedResponse, LdapOp, LdapSearchRequest,
};
use ldap3_proto::{LdapMsg, LdapResultCode, LdapSearchScope};

use super::bind::{Bound, bind};
use super::codec::{MALFORMED, Request, Sent};
use super::faults::{Act, At, Faults};
use super::options::{Flavour, Options};
use super::root_dse::{WHO_AM_I, root_dse};
use super::search::{Answer, Ask};
use super::seen::Seen;
use super::tree::Tree;
use super::wire;

/// Everything a server is.
#[derive(Debug)]
pub(super) struct World {
    pub(super) options: Options,
    pub(super) tree: Tree,
    pub(super) faults: Faults,
    pub(super) skew: SignedDuration,
    pub(super) seen: Seen,
}

/// What is sent, and what happens then.
pub(super) struct Reply {
    pub(super) messages: Vec<Sent>,
    pub(super) then: Then,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Then {
    GoOn,
    Close,
    Hang,
}

/// Who is at the other end.
#[derive(Debug, Default)]
pub(super) struct Session {
    bound: Option<String>,
}

const NOT_BOUND: &str = "000004DC: LdapErr: DSID-0C090A4C, comment: In order to perform this operation a successful bind must \
                         be completed on the connection., data 0, v4563";

impl Reply {
    fn send(messages: Vec<Sent>) -> Self {
        Self { messages, then: Then::GoOn }
    }

    fn nothing(then: Then) -> Self {
        Self { messages: Vec::new(), then }
    }
}

impl Session {
    pub(super) fn handle(&mut self, world: &mut World, request: Request) -> Reply {
        let Request { message: LdapMsg { msgid, op, ctrl }, filter } = request;
        match (op, filter) {
            (LdapOp::BindRequest(request), _) => self.bind(world, msgid, &request),
            (LdapOp::SearchRequest(_), _) if wire::beyond(&ctrl, world.options.flavour) => {
                let answer = Answer::result(LdapResultCode::UnavailableCriticalExtension, "");
                Reply::send(wire::answered(msgid, answer))
            }
            (LdapOp::SearchRequest(request), Some(filter)) => {
                let ask = wire::ask(&request, filter, &ctrl);
                self.search(world, msgid, &request, &ask)
            }
            (LdapOp::ExtendedRequest(request), _) => self.extended(msgid, &request),
            // Answers are whole before the next request is looked at: there is nothing left to abandon.
            (LdapOp::AbandonRequest(_), _) => Reply::nothing(Then::GoOn),
            (LdapOp::CompareRequest(_), _) => Reply::send(vec![wire::unwilling(msgid, LdapOp::CompareResult)]),
            (LdapOp::AddRequest(_), _) => Reply::send(vec![wire::unwilling(msgid, LdapOp::AddResponse)]),
            (LdapOp::ModifyRequest(_), _) => Reply::send(vec![wire::unwilling(msgid, LdapOp::ModifyResponse)]),
            (LdapOp::ModifyDNRequest(_), _) => Reply::send(vec![wire::unwilling(msgid, LdapOp::ModifyDNResponse)]),
            (LdapOp::DelRequest(_), _) => Reply::send(vec![wire::unwilling(msgid, LdapOp::DelResponse)]),
            // An unbind, or what only servers send.
            _ => Reply::nothing(Then::Close),
        }
    }

    fn bind(&mut self, world: &mut World, msgid: i32, request: &LdapBindRequest) -> Reply {
        world.seen.count(At::Bind);
        self.bound = None;
        let bound = match world.faults.take(At::Bind) {
            Some(Act::Answer(code)) => Bound::Refused(code, String::new()),
            Some(Act::Empty) | None => bind(request, &world.tree, &world.options),
            Some(act) => return misbehave(act, msgid, Answer::result(LdapResultCode::Success, "")),
        };
        let (code, message) = match bound {
            Bound::As(who) => {
                self.bound = Some(who);
                (LdapResultCode::Success, String::new())
            }
            Bound::Anonymous => (LdapResultCode::Success, String::new()),
            Bound::Refused(code, message) => {
                world.seen.refused_binds += 1;
                (code, message)
            }
        };
        let res = wire::result(code, String::new(), message);
        Reply::send(vec![wire::message(msgid, LdapOp::BindResponse(LdapBindResponse { res, saslcreds: None }))])
    }

    fn search(&self, world: &mut World, msgid: i32, request: &LdapSearchRequest, ask: &Ask) -> Reply {
        let is_root = request.base.is_empty() && request.scope == LdapSearchScope::Base;
        let at = match ask.page() {
            _ if is_root => At::RootDse,
            _ if ask.is_look_up() => At::LookUp,
            page => At::Page(page.unwrap_or(1)),
        };
        world.seen.count(at);
        let fault = world.faults.take(at);
        let World { options, tree, faults, skew, .. } = world;
        let answer = if is_root {
            let entry = root_dse(options, *skew, tree.changes());
            let shown = ask.wanted.of(&entry, options, &|_| true);
            Answer { entries: vec![(String::new(), shown)], ..Answer::result(LdapResultCode::Success, "") }
        } else if self.bound.is_none() && !options.anonymous_searches {
            not_bound(options.flavour)
        } else {
            ask.answer(tree, faults, options)
        };
        match fault {
            None => Reply::send(wire::answered(msgid, answer)),
            Some(act) => misbehave(act, msgid, answer),
        }
    }

    fn extended(&self, msgid: i32, request: &LdapExtendedRequest) -> Reply {
        let (code, message, value) = if request.name == WHO_AM_I {
            let who = self.bound.as_ref().map(|dn| format!("dn:{dn}")).unwrap_or_default();
            (LdapResultCode::Success, String::new(), Some(who.into_bytes()))
        } else {
            (LdapResultCode::ProtocolError, "unsupported extended operation".to_owned(), None)
        };
        let res = wire::result(code, String::new(), message);
        Reply::send(vec![wire::message(
            msgid,
            LdapOp::ExtendedResponse(LdapExtendedResponse { res, name: None, value }),
        )])
    }
}

fn not_bound(flavour: Flavour) -> Answer {
    match flavour {
        Flavour::ActiveDirectory => Answer::result(LdapResultCode::OperationsError, NOT_BOUND),
        Flavour::OpenLdap => Answer::result(LdapResultCode::StrongerAuthRequired, "authentication required"),
    }
}

/// What goes out in the place of an answer.
fn misbehave(act: Act, msgid: i32, mut answer: Answer) -> Reply {
    let then = match act {
        Act::Empty => {
            let cookie = answer.cookie.map(|_| Vec::new());
            let nobody = Answer { cookie, ..Answer::result(LdapResultCode::Success, "") };
            return Reply::send(wire::answered(msgid, nobody));
        }
        Act::Answer(code) => {
            if !exceeded(&code) {
                answer.entries.clear();
            }
            answer.referrals.clear();
            (answer.code, answer.cookie) = (code, None);
            return Reply::send(wire::answered(msgid, answer));
        }
        Act::Malformed => return Reply::send(vec![Sent::Bytes(MALFORMED)]),
        Act::Cut => Then::Close,
        Act::Hang => Then::Hang,
    };
    answer.entries.truncate(answer.entries.len() / 2);
    answer.referrals.clear();
    let mut messages = wire::answered(msgid, answer);
    messages.pop();
    Reply { messages, then }
}

/// Results that come after as many entries as there was room or time for.
fn exceeded(code: &LdapResultCode) -> bool {
    use LdapResultCode::{AdminLimitExceeded, SizeLimitExceeded, TimeLimitExceeded};
    matches!(code, SizeLimitExceeded | TimeLimitExceeded | AdminLimitExceeded)
}
