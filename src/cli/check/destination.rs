//! Whether a target can be reached, without spending its quota.

use std::collections::BTreeMap;
use std::time::Duration;

use jiff::Timestamp;

use crate::cli::output::Failure;
use crate::config::Target;
use crate::destination::{Env, Job, Method, Request, Step};
use crate::report::Findings;
use crate::roster::Fingerprint;
use crate::store::Store;
use crate::transport::{Answer, Transport};

pub(super) async fn check(
    name: &str,
    target: &Target,
    store: &mut Store,
    now: Timestamp,
    findings: &mut Findings,
) -> Result<(), Failure> {
    reachable(name, target, now, findings).await;
    let (destination, realm) = (&target.destination, target.destination.realm());
    let Some(quota) = destination.limits().token else { return Ok(()) };
    let row = store.realm_row(&realm, quota.per, now).await?;
    let latched = row.as_ref().is_some_and(|row| row.latched)
        && store.work(&realm, 0, quota.per, now).await?.refused_credential == Some(destination.credential());
    if latched {
        findings.failed(name, "refused our credentials: nothing is sent until they change in the config");
        return Ok(());
    }
    match row.and_then(|row| row.token_until).filter(|until| *until > now) {
        Some(until) => findings.ok(name, format!("accepted our credentials: a token is kept, good until {until:.0}")),
        None => findings.ok(name, "credentials not tried: each token request costs quota"),
    }
    Ok(())
}

/// Whether anything answers at all. Asks for no path of the target's, and shows no credentials.
async fn reachable(name: &str, target: &Target, now: Timestamp, findings: &mut Findings) {
    let transport = match Transport::new(&target.http) {
        Ok(transport) => transport,
        Err(error) => return findings.failed(name, error.to_string()),
    };
    let once = BTreeMap::new();
    let env = Env { now, since: now, session: Fingerprint::of(b""), number: 0, once: &once, token: None };
    let Step::Call(first, _) = target.destination.start(Job::Authenticate, &env) else { return };
    let Some(origin) = origin(&first.url) else { return };
    let knock = Request { method: Method::Get, url: format!("{origin}/"), headers: Vec::new(), body: None };
    match tokio::time::timeout(target.http.timeout.max(Duration::from_secs(1)), transport.call(&knock)).await {
        Ok(Answer::Reply(reply)) if reply.status >= 500 => {
            findings.warning(name, format!("{origin} answers, but with HTTP {}", reply.status));
        }
        Ok(Answer::Reply(_)) => findings.ok(name, format!("{origin} answers")),
        Ok(Answer::Unsent(why)) => findings.failed(name, format!("{origin} can't be reached: {why}")),
        Ok(Answer::Unanswered(why)) => findings.warning(name, format!("{origin} does not answer as it should: {why}")),
        Err(_) => findings.warning(name, format!("{origin} does not answer in time")),
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
