//! Whom the config is about: by which filter, and below what.

use super::Init;
use super::ask::Asking;
use super::look;
use super::propose::{self, Proposal};
use super::seen::{Seen, Whom, spelled};
use super::target::Target;
use crate::cli::output::Failure;
use crate::directory::ldap::Session;

/// Those who were found.
pub(super) struct Found {
    pub seen: Seen,
    /// Below what.
    pub contexts: Vec<String>,
    /// What fits them.
    pub proposal: Proposal,
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
        if contexts.is_empty() {
            return Err(Failure::usage("the directory does not say where its entries are: give --base"));
        }
        let (filter, found) = loop {
            let filter = self.filter(session, whom, asking)?;
            match self.found(session, target, contexts.clone(), self.base.as_deref(), &filter).await {
                Ok(found) => break (filter, found),
                Err(failure) if self.asks_filter(whom, asking) => asking.say(&failure.message)?,
                Err(failure) => return Err(failure),
            }
        };
        let [(proposed, _)] = found.proposal.searches.as_slice() else { return Ok(found) };
        if self.base.is_some() || !asking.can_ask() {
            return Ok(found);
        }
        loop {
            let base = asking.required("--base", &format!("The DN below which {whom} are"), None, Some(proposed))?;
            match self.found(session, target, vec![base.clone()], Some(&base), &filter).await {
                Ok(found) => return Ok(found),
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

    /// Those whom a filter finds, and what fits them; a base is one that somebody chose.
    async fn found(
        &self,
        session: &Session,
        target: &Target,
        contexts: Vec<String>,
        base: Option<&str>,
        filter: &str,
    ) -> Result<Found, Failure> {
        let seen = look::look(session, &contexts, filter, self.identity.as_deref().map(spelled)).await?;
        if seen.people.is_empty() {
            return Err(Failure::new(format!(
                "no {} are found below {} by {filter}: they are elsewhere (--base) or look different (--filter), or the \
                 bind account may not read them",
                target.whom(),
                contexts.join(" and ")
            )));
        }
        let proposal = self.proposal(target, &seen, base, filter)?;
        Ok(Found { seen, contexts, proposal })
    }

    /// What fits those who were seen.
    fn proposal(&self, target: &Target, seen: &Seen, base: Option<&str>, filter: &str) -> Result<Proposal, Failure> {
        let given = self.identity.as_deref().map(spelled);
        let identity = match target.known_by() {
            Some(known) => {
                Some(given.or(known.attribute).or_else(|| propose::identity(seen)).ok_or_else(nothing_to_tell_apart)?)
            }
            None => None,
        };
        let having = identity.filter(|_| self.filter.is_none()).map(|identity| propose::having(filter, identity));
        let filter = having.as_deref().unwrap_or(filter);
        propose::propose(seen, identity, base, filter, target.wanted()).ok_or_else(|| {
            let identity = identity.unwrap_or_default();
            Failure::new(format!("nobody who was looked at has {identity}: give another --identity"))
        })
    }
}

fn nothing_to_tell_apart() -> Failure {
    Failure::new(
        "most people have no employeeID, no employeeNumber and no login: name the attribute that tells them apart with --identity",
    )
}
