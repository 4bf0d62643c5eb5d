//! What a query goes by although nothing tells when it changes: the server makes it of other entries when it is asked.

use crate::directory::Query;

/// Links' other ends (MS-ADTS 3.1.1.1.6; elsewhere overlays keep them), and what is computed of groups. A change of those
/// is one of the groups, and not of the people.
const ELSEWHERE: [&str; 7] =
    ["memberOf", "isMemberOf", "directReports", "managedObjects", "tokenGroups", "msDS-memberOfTransitive", "nsRole"];

/// The first such attribute in the filters or among what is asked for.
pub(super) fn elsewhere(query: &Query) -> Option<&'static str> {
    let filters: Vec<String> = query.searches.iter().map(|search| search.filter.to_ascii_lowercase()).collect();
    ELSEWHERE.into_iter().find(|name| {
        let lower = name.to_ascii_lowercase();
        let compared = ["=", ":", ">", "<", "~"].map(|by| format!("({lower}{by}"));
        query.attributes.names().iter().any(|asked| asked.eq_ignore_ascii_case(name))
            || filters.iter().any(|filter| {
                let filter: String = filter.split_whitespace().collect();
                compared.iter().any(|compared| filter.contains(compared))
            })
    })
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::directory::changes::Changes;
    use crate::directory::{Attributes, Scope, Search};

    fn query(filter: &str, asked: &str) -> Query {
        let mut attributes = Attributes::default();
        attributes.add(asked);
        let search = Search { base: "dc=x".to_owned(), filter: filter.to_owned(), scope: Scope::Subtree };
        Query {
            searches: vec![search],
            attributes: Arc::new(attributes),
            key: None,
            require: Vec::new(),
            changes: Changes::Auto,
        }
    }

    #[test]
    fn what_changes_elsewhere_is_found_in_filters_and_mappings() {
        for filter in ["(&(a=b)(MemberOf=CN=x))", "(memberOf:1.2.840.113556.1.4.1941:=CN=x)", "(!( memberof =*))"] {
            assert_eq!(elsewhere(&query(filter, "mail")), Some("memberOf"), "{filter}");
        }
        assert_eq!(elsewhere(&query("(a=b)", "MEMBEROF")), Some("memberOf"));
        assert_eq!(elsewhere(&query("(memberOfThings=memberOf=x)", "member")), None);
    }
}
