//! Whether a target can be reached, without spending its quota.

use std::collections::BTreeMap;
use std::time::Duration;

use jiff::Timestamp;

use crate::cli::output::Failure;
use crate::config::Target;
use crate::destination::{Done, Env, Job, Method, Request, Scope, Step, Ticket};
use crate::report::Findings;
use crate::roster::Fingerprint;
use crate::store::Store;
use crate::transport::{Answer, Transport};

/// Gives the target as it tells of itself, where that makes a difference.
pub(super) async fn check(
    name: &str,
    target: &Target,
    store: &mut Store,
    now: Timestamp,
    findings: &mut Findings,
) -> Result<Option<Target>, Failure> {
    let transport = match Transport::new(&target.http) {
        Ok(transport) => transport,
        Err(error) => {
            findings.failed(name, error.to_string());
            return Ok(None);
        }
    };
    let (destination, realm) = (&target.destination, target.destination.realm());
    let once = BTreeMap::new();
    let session = Fingerprint::of(format!("check {realm} {now}").as_bytes());
    let env = Env { now, since: now, session, number: 0, once: &once, ours: &[], there: &[], token: None };
    let wire = Wire { name, target, transport: &transport, env: &env };
    wire.knock(findings).await;
    let per = destination.limits().token.map_or(Duration::ZERO, |quota| quota.per);
    let row = store.realm_row(&realm, per, now).await?;
    let latched = row.as_ref().is_some_and(|row| row.latched)
        && store.work(&realm, 0, per, now).await?.refused_credential == Some(destination.credential());
    if latched {
        findings.failed(
            name,
            "refused our credentials: nothing is sent until there are others, where the config refers to",
        );
        return Ok(None);
    }
    if let Step::Call(request, ticket) = destination.start(Job::Check, &env) {
        let scopes = wire.credentials(&request, &ticket, findings).await;
        let informed = scopes.and_then(|scopes| destination.informed(&scopes));
        return Ok(informed.map(|destination| Target { destination, ..target.clone() }));
    }
    match row.and_then(|row| row.token_until).filter(|until| *until > now) {
        Some(until) => findings.ok(name, format!("accepted our credentials: a token is kept, good until {until:.0}")),
        None => findings.ok(name, "credentials not tried: each token request costs quota"),
    }
    Ok(None)
}

/// What a target is asked by.
struct Wire<'a> {
    name: &'a str,
    target: &'a Target,
    transport: &'a Transport,
    env: &'a Env<'a>,
}

impl Wire<'_> {
    /// Whether anything answers at all, where asking more costs quota. Asks for no path of the target's, and shows no
    /// credentials.
    async fn knock(&self, findings: &mut Findings) {
        let Step::Call(first, _) = self.target.destination.start(Job::Authenticate, self.env) else { return };
        let Some(origin) = origin(&first.url) else { return };
        let knock = Request { method: Method::Get, url: format!("{origin}/"), headers: Vec::new(), body: None };
        let name = self.name;
        match self.answer(&knock).await {
            Answer::Reply(reply) if reply.status >= 500 => {
                findings.warning(name, format!("{origin} answers, but with HTTP {}", reply.status));
            }
            Answer::Reply(_) => findings.ok(name, format!("{origin} answers")),
            Answer::Unsent(why) => findings.failed(name, format!("{origin} can't be reached: {why}")),
            Answer::Unanswered(why) => findings.warning(name, format!("{origin} does not answer as it should: {why}")),
        }
    }

    /// Whether the target accepts the credentials: it is asked something that changes nothing.
    async fn credentials(&self, request: &Request, ticket: &Ticket, findings: &mut Findings) -> Option<Vec<Scope>> {
        let name = self.name;
        let answer = self.answer(request).await;
        let mut step = self.target.destination.resume(Job::Check, ticket, answer.input(), self.env);
        while let Step::Call(request, ticket) = step {
            let answer = self.answer(&request).await;
            step = self.target.destination.resume(Job::Check, &ticket, answer.input(), self.env);
        }
        match step {
            Step::Done(Done::Good(scopes)) => {
                findings.ok(name, "accepted our credentials");
                return Some(scopes);
            }
            Step::Done(Done::Unauthorised(why)) => {
                findings.failed(name, format!("refused our credentials: {}", why.text));
            }
            Step::Done(Done::Later(_, why)) => {
                findings.failed(name, format!("can't tell whether our credentials are good: {}", why.text));
            }
            // No target makes more of a question that changes nothing.
            _ => findings.failed(name, "can't tell whether our credentials are good"),
        }
        None
    }

    async fn answer(&self, request: &Request) -> Answer {
        let longest = self.target.http.timeout.max(Duration::from_secs(1));
        let in_time = tokio::time::timeout(longest, self.transport.call(request)).await;
        in_time.unwrap_or_else(|_| Answer::Unanswered("timed out".to_owned()))
    }
}

/// Scheme and host of a URL.
fn origin(url: &str) -> Option<&str> {
    let host = url.find("://")? + 3;
    Some(&url[..url[host..].find('/').map_or(url.len(), |path| host + path)])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_knock_has_no_path() {
        for url in ["https://a.example/x/access-token", "https://a.example/", "https://a.example"] {
            assert_eq!(origin(url), Some("https://a.example"));
        }
        assert_eq!(origin("nonsense"), None);
    }
}
