//! Scopes: what an organization has, what a client is given of it, and what that permits.

use regex_lite::Regex;
use serde::{Deserialize, Serialize};

/// A scope of the organization.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Entity {
    /// By which clients are given it.
    pub id: i64,
    /// What it is about: `All`, `TargetGroups` and `Transaction` cover paths of their own.
    pub entity: String,
}

/// A scope of a client.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Scope {
    /// Of the organization's.
    pub entity_id: i64,
    /// What may be done.
    pub permission: Permission,
    /// Patterns of the paths it is about; none: all of the entity's.
    pub resources: Vec<String>,
}

/// What may be done.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "UPPERCASE")]
pub enum Permission {
    /// `GET` and `HEAD`.
    Read,
    /// All other methods.
    Write,
    /// All methods.
    ReadWrite,
}

impl Permission {
    fn permits(self, method: &str) -> bool {
        let reads = matches!(method, "GET" | "HEAD");
        match self {
            Self::Read => reads,
            Self::Write => !reads,
            Self::ReadWrite => true,
        }
    }
}

impl Scope {
    /// Whether it permits a request. What an organization no longer has is about no path by itself.
    pub(super) fn permits(&self, method: &str, path: &str, entities: &[Entity]) -> bool {
        let named = || entities.iter().find(|entity| entity.id == self.entity_id);
        let covered = if self.resources.is_empty() {
            named().is_some_and(|entity| entity.covers(path))
        } else {
            self.resources.iter().any(|resource| matches(resource, path))
        };
        covered && self.permission.permits(method)
    }
}

impl Entity {
    /// Any other name covers nothing: whoever is given it has to name resources.
    fn covers(&self, path: &str) -> bool {
        match self.entity.as_str() {
            "All" => true,
            "TargetGroups" => path.contains("v3/targetGroups"),
            "Transaction" => path.contains("v1.1/transaction"),
            _ => false,
        }
    }
}

/// What is wrong with the scopes of a client.
pub(super) fn check(scopes: &[Scope], entities: &[Entity]) -> Result<(), String> {
    if scopes.is_empty() {
        return Err("scopes is mandatory".into());
    }
    for Scope { entity_id, permission: _, resources } in scopes {
        if !entities.iter().any(|entity| entity.id == *entity_id) {
            return Err(format!("entityId {entity_id} is unknown"));
        }
        if let Some(wrong) = resources.iter().find(|resource| pattern(resource).is_none()) {
            return Err(format!("resource {wrong:?} is no pattern"));
        }
    }
    Ok(())
}

/// The whole path has to match, as the documented patterns with their `.*` on both ends suggest.
fn matches(resource: &str, path: &str) -> bool {
    let whole = pattern(resource).and_then(|_| pattern(&format!("^(?:{resource})$")));
    whole.is_some_and(|whole| whole.is_match(path))
}

fn pattern(text: &str) -> Option<Regex> {
    Regex::new(text).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn scope(entity_id: i64, permission: Permission, resources: &[&str]) -> Scope {
        Scope { entity_id, permission, resources: resources.iter().map(ToString::to_string).collect() }
    }

    fn entities() -> Vec<Entity> {
        let names = ["TargetGroups", "All", "Transaction", "Vouchers"];
        (1..).zip(names).map(|(id, entity)| Entity { id, entity: entity.into() }).collect()
    }

    #[test]
    fn without_resources_an_entity_covers_its_own_paths() {
        let may = |entity_id, path| scope(entity_id, Permission::ReadWrite, &[]).permits("GET", path, &entities());
        let paths = ["/v3/targetGroups/7", "/v1.1/transaction/add", "/v3/integrations/clients"];
        assert_eq!(paths.map(|path| may(1, path)), [true, false, false]);
        assert_eq!(paths.map(|path| may(2, path)), [true, true, true]);
        assert_eq!(paths.map(|path| may(3, path)), [false, true, false]);
        assert_eq!(paths.map(|path| may(4, path)), [false, false, false]);
        assert_eq!(paths.map(|path| may(5, path)), [false, false, false]);
    }

    #[test]
    fn resources_alone_decide_where_there_are_any() {
        let may = |resources: &[&str], path| scope(2, Permission::Read, resources).permits("GET", path, &entities());
        assert!(may(&[".*v1.1/transaction/add"], "/v1.1/transaction/add"));
        assert!(!may(&[".*v1.1/transaction/add"], "/v1.1/transaction/add/7"), "the whole path has to match");
        assert!(!may(&["v1.1/transaction/add"], "/v1.1/transaction/add"));
        assert!(may(&["no", r".*/\d+"], "/v3/targetGroups/7"), "one is enough");
        assert!(!may(&["no", r".*/\d+"], "/v3/targetGroups/seven"));
        assert!(may(&["/a|/b"], "/a") && may(&["/a|/b"], "/b") && !may(&["/a|/b"], "/ab"));
    }

    #[test]
    fn permissions_are_about_methods() {
        let may =
            |permission: Permission| ["GET", "HEAD", "POST", "PUT", "DELETE"].map(|method| permission.permits(method));
        assert_eq!(may(Permission::Read), [true, true, false, false, false]);
        assert_eq!(may(Permission::Write), [false, false, true, true, true]);
        assert_eq!(may(Permission::ReadWrite), [true; 5]);
    }

    #[test]
    fn what_is_wrong_is_said() {
        let wrong = |scopes: &[Scope]| check(scopes, &entities()).unwrap_err();
        assert_eq!(wrong(&[]), "scopes is mandatory");
        assert_eq!(wrong(&[scope(9, Permission::Read, &[])]), "entityId 9 is unknown");
        assert_eq!(wrong(&[scope(1, Permission::Read, &[".*", "("])]), r#"resource "(" is no pattern"#);
        assert_eq!(wrong(&[scope(1, Permission::Read, &["a)(b"])]), r#"resource "a)(b" is no pattern"#);
        assert_eq!(check(&[scope(1, Permission::Read, &[r"\d[a-z]é.*"])], &entities()), Ok(()));
    }
}
