//! A target is asked outside of any run: whom it knows, and what its members can be given.

use std::collections::BTreeMap;
use std::time::Duration;

use jiff::Timestamp;
use secrecy::SecretString;

use crate::config::Target;
use crate::delivery::next::{Next, Work, next};
use crate::delivery::quota::Purpose;
use crate::delivery::retry;
use crate::destination::{Done, Env, Job, Look, Refusal, Scope, Seen, Step};
use crate::roster::Fingerprint;
use crate::store::{self, Store};
use crate::transport::{Answer, Transport};

/// Why a target did not tell.
#[derive(Debug, thiserror::Error)]
pub enum Untold {
    /// The store.
    #[error(transparent)]
    Store(#[from] store::Error),
    /// It can't be asked now, or answered with something else.
    #[error("{0}")]
    Target(String),
}

/// The longest pause after a token that was not to be had.
const CAP: Duration = Duration::from_mins(15);

/// Everybody a target knows, and what its members can be given.
pub async fn look(target: &Target, store: &mut Store, now: Timestamp) -> Result<(Vec<Seen>, Vec<Scope>), Untold> {
    let (ours, _) = store.remotes(&target.destination.realm()).await?;
    match Inquiry::begin(target, store, now).await?.ask(Ask::Everybody(Look { ours, replies: Vec::new() })).await? {
        Done::Observed(seen, scopes) => Ok((seen, scopes)),
        other => Err(Untold::Target(words(other))),
    }
}

/// What members can be given at a target.
pub async fn scopes(target: &Target, store: &mut Store, now: Timestamp) -> Result<Vec<Scope>, Untold> {
    match Inquiry::begin(target, store, now).await?.ask(Ask::Scopes).await? {
        Done::Good(scopes) => Ok(scopes),
        other => Err(Untold::Target(words(other))),
    }
}

#[derive(Clone)]
enum Ask {
    Token,
    Scopes,
    Everybody(Look),
}

impl Ask {
    fn job(&self) -> Job<'_> {
        match self {
            Self::Token => Job::Authenticate,
            Self::Scopes => Job::Check,
            Self::Everybody(look) => Job::Observe(look),
        }
    }
}

/// A target that may be asked now, with the token for it.
struct Inquiry<'a> {
    target: &'a Target,
    store: &'a mut Store,
    transport: Transport,
    realm: String,
    token: Option<SecretString>,
    now: Timestamp,
}

impl<'a> Inquiry<'a> {
    /// As a run would: not with credentials that were refused, and with the token that is kept, if any.
    async fn begin(target: &'a Target, store: &'a mut Store, now: Timestamp) -> Result<Self, Untold> {
        let transport = Transport::new(&target.http).map_err(|error| Untold::Target(error.to_string()))?;
        let realm = target.destination.realm();
        store.meet(&realm).await?;
        let mut inquiry = Self { target, store, transport, realm, token: None, now };
        inquiry.authenticate().await?;
        Ok(inquiry)
    }

    async fn authenticate(&mut self) -> Result<(), Untold> {
        let (limits, credential) = (self.target.destination.limits(), self.target.destination.credential());
        let per = limits.token.map_or(Duration::ZERO, |quota| quota.per);
        // Somebody wants to look now, and most of all when runs have to wait.
        let work = Work { not_before: None, ..self.store.work(&self.realm, 0, per, self.now).await?.to_look() };
        match next(&work, &limits, credential, self.now) {
            Next::Authenticate => self.fetch_token().await,
            Next::Rest(Some((until, why))) => Err(Untold::Target(format!("{why}: not before {until:.0}"))),
            Next::Blocked(why) => Err(Untold::Target(why)),
            _ => {
                self.token = self.store.token(&self.realm).await?;
                Ok(())
            }
        }
    }

    /// Charged before it is asked for, like any other.
    async fn fetch_token(&mut self) -> Result<(), Untold> {
        let destination = &self.target.destination;
        let Some(quota) = destination.limits().token else { return Ok(()) };
        if let Err(until) = self.store.charge(&self.realm, &quota, Purpose::Others, self.now).await? {
            return Err(Untold::Target(format!("no token may be asked for before {until:.0}: the quota is used up")));
        }
        match self.steps(Ask::Token).await {
            Done::Token(token, until) => {
                self.store.keep_token(&self.realm, &token, until, self.now).await?;
                self.token = Some(token);
                Ok(())
            }
            Done::Unauthorised(why) => {
                self.store.latch(&self.realm, destination.credential(), &why.text).await?;
                Err(Untold::Target(why.text))
            }
            other => {
                let (why, failures) = (words(other), self.store.failures(&self.realm).await?);
                let until = retry::not_before(failures + 1, retry::token_base(&quota), CAP, None, 0, self.now);
                self.store.token_failed(&self.realm, until, &why).await?;
                Err(Untold::Target(why))
            }
        }
    }

    /// A token that is not accepted any more is renewed once.
    async fn ask(mut self, ask: Ask) -> Result<Done, Untold> {
        let done = self.steps(ask.clone()).await;
        if !matches!(done, Done::Unauthorised(_)) || self.token.is_none() {
            return Ok(done);
        }
        self.store.drop_token(&self.realm).await?;
        self.authenticate().await?;
        Ok(self.steps(ask).await)
    }

    async fn steps(&self, mut ask: Ask) -> Done {
        let (once, session, now) = (BTreeMap::new(), Fingerprint::of(b"inquiry"), self.now);
        let env =
            Env { now, since: now, session, number: 0, once: &once, ours: &[], there: &[], token: self.token.as_ref() };
        let destination = &self.target.destination;
        let mut step = destination.start(ask.job(), &env);
        loop {
            let (request, ticket) = match step {
                Step::Call(request, ticket) => (request, ticket),
                Step::Done(done) => return done,
                Step::Keep(..) | Step::Wait(..) => return Done::Later(None, Refusal::new(ODD)),
            };
            let answer = self.transport.call(&request).await;
            step = destination.resume(ask.job(), &ticket, answer.input(), &env);
            if let (Ask::Everybody(look), Answer::Reply(reply)) = (&mut ask, answer) {
                look.replies.push(reply);
            }
        }
    }
}

const ODD: &str = "the target answered with something else";

/// Why it is not what was asked for.
fn words(done: Done) -> String {
    match done {
        Done::Split(refusal)
        | Done::Stuck(refusal)
        | Done::TooLarge(refusal)
        | Done::Unauthorised(refusal)
        | Done::Later(_, refusal)
        | Done::Unknown(refusal)
        | Done::Lost(refusal)
        | Done::Failed(refusal) => refusal.text,
        Done::Token(..) | Done::Accepted(_) | Done::Partly(_) | Done::Observed(..) | Done::Good(_) => ODD.to_owned(),
    }
}
