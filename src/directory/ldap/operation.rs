//! What an error happened during.

use std::fmt;

/// What was being done.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Operation {
    /// The connection, up to and including TLS.
    Connect,
    /// What a KDC is asked for before a bind by Kerberos.
    Ticket,
    /// The bind.
    Bind,
    /// The first look at the server itself.
    RootDse,
    /// The groups a query asks for, and those in them.
    Groups,
    /// A page of a reading.
    Page {
        /// Counted from 1, for each base.
        number: u32,
        /// Base DN.
        base: String,
    },
    /// The rest of a long attribute's values.
    Range {
        /// Base DN.
        base: String,
    },
    /// A `require` filter.
    Probe,
    /// A look-up by key.
    LookUp,
    /// The schema.
    Schema,
    /// The account's own rights.
    Rights,
    /// How the server tells what changed.
    Way,
    /// What changed.
    Changes,
    /// Those who may have changed.
    Fetch,
    /// When people's entries last changed.
    Dates,
}

impl Operation {
    /// The setting that says how long it may take.
    pub(super) fn limit(&self) -> &'static str {
        match self {
            Self::Connect | Self::Ticket | Self::Bind | Self::RootDse => "`connect_timeout`",
            _ => "`timeout`",
        }
    }
}

impl fmt::Display for Operation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Connect => f.write_str("connecting"),
            Self::Ticket => f.write_str("the request for a Kerberos ticket"),
            Self::Bind => f.write_str("the bind"),
            Self::RootDse => f.write_str("the look at the server's root entry"),
            Self::Groups => f.write_str("the reading of the group tree"),
            Self::Page { number, base } => write!(f, "page {number} of `{base}`"),
            Self::Range { base } => write!(f, "the rest of a long attribute below `{base}`"),
            Self::Probe => f.write_str("a `require` probe"),
            Self::LookUp => f.write_str("the look-up of missing people"),
            Self::Schema => f.write_str("the look at the schema"),
            Self::Rights => f.write_str("the look at the account's rights"),
            Self::Way => f.write_str("the look at how the server tells changes"),
            Self::Changes => f.write_str("the question what changed"),
            Self::Fetch => f.write_str("the reading of those who may have changed"),
            Self::Dates => f.write_str("the question when people's entries changed"),
        }
    }
}
