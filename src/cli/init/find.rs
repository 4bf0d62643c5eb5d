//! Whom the config is about: by which filter, and below what.

use super::Init;
use super::ask::Asking;
use super::look;
use super::seen::{Seen, Whom, spelled};
use super::target::Target;
use crate::cli::output::Failure;
use crate::directory::ldap::Session;

/// Those who were found.
pub(super) struct Found {
    pub seen: Seen,
    /// By what.
    pub filter: String,
    /// Below what.
    pub contexts: Vec<String>,
    /// That, where somebody chose it.
    pub base: Option<String>,
}

impl Init {
    /// Some people. Where a choice finds nobody and somebody is there to be asked, they are asked again.
    pub(super) async fn find(
        &self,
        session: &Session,
        target: &Target,
        asking: &mut Asking<'_>,
    ) -> Result<Found, Failure> {
        let whom = target.whom();
        let contexts = self.base.as_ref().map_or_else(|| session.contexts().to_vec(), |base| vec![base.clone()]);
        let (seen, filter) = loop {
            let filter = self.filter(session, whom, asking)?;
            match self.look(session, &contexts, whom, &filter).await {
                Ok(seen) => break (seen, filter),
                Err(failure) if self.asks_filter(whom, asking) => asking.say(&failure.message)?,
                Err(failure) => return Err(failure),
            }
        };
        if self.base.is_some() || !asking.can_ask() {
            return Ok(Found { seen, filter, contexts, base: self.base.clone() });
        }
        let proposed = self.proposal(target, &seen, &filter, None)?.searches;
        let [(proposed, _)] = proposed.as_slice() else { return Ok(Found { seen, filter, contexts, base: None }) };
        loop {
            let base = asking.required("--base", &format!("The DN below which {whom} are"), None, Some(proposed))?;
            let contexts = vec![base.clone()];
            match self.look(session, &contexts, whom, &filter).await {
                Ok(seen) => return Ok(Found { seen, filter, contexts, base: Some(base) }),
                Err(failure) => asking.say(&failure.message)?,
            }
        }
    }

    /// Service accounts look different everywhere.
    fn asks_filter(&self, whom: Whom, asking: &Asking<'_>) -> bool {
        whom == Whom::ServiceAccounts && self.filter.is_none() && asking.can_ask()
    }

    fn filter(&self, session: &Session, whom: Whom, asking: &mut Asking<'_>) -> Result<String, Failure> {
        let (given, usual) = (self.filter.as_deref(), whom.filter(session.server().kind));
        if self.asks_filter(whom, asking) {
            return asking.required("--filter", &format!("Filter by which {whom} are found"), None, Some(usual));
        }
        Ok(given.unwrap_or(usual).to_owned())
    }

    async fn look(&self, session: &Session, contexts: &[String], whom: Whom, filter: &str) -> Result<Seen, Failure> {
        if contexts.is_empty() {
            return Err(Failure::usage("the directory does not say where its entries are: give --base"));
        }
        let seen = look::look(session, contexts, filter, self.identity.as_deref().map(spelled)).await?;
        if seen.people.is_empty() {
            return Err(Failure::new(format!(
                "no {whom} are found below {} by {filter}: they are elsewhere (--base) or look different (--filter), or \
                 the bind account may not read them",
                contexts.join(" and ")
            )));
        }
        Ok(seen)
    }
}
