//! What kind of server is played, and how it is set up.

/// Whose manners the server has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Flavour {
    /// Microsoft's.
    ActiveDirectory,
    /// slapd's.
    OpenLdap,
}

/// Somebody who may bind.
#[derive(Clone, Debug)]
pub struct Account {
    /// The entry's name. Where the entry is there, its userPrincipalName and sAMAccountName serve as well.
    pub dn: String,
    /// Never empty: that would be an anonymous bind.
    pub password: String,
    /// What Active Directory thinks of the account.
    pub standing: Standing,
}

/// What Active Directory thinks of an account whose password is right.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Standing {
    /// May bind.
    #[default]
    Good,
    /// `data 533`.
    Disabled,
    /// `data 701`.
    Expired,
    /// `data 773`.
    MustChangePassword,
    /// `data 775`.
    LockedOut,
}

/// How a server is set up; everything may be changed while it runs.
#[derive(Clone, Debug)]
pub struct Options {
    /// Whose manners it has.
    pub flavour: Flavour,
    /// The naming context.
    pub root: String,
    /// Its own name, as the rootDSE tells it.
    pub host: String,
    /// The domain's short name, for binds as `CORP\name`.
    pub domain: String,
    /// Who may bind.
    pub accounts: Vec<Account>,
    /// Whether those who did not bind may search.
    pub anonymous_searches: bool,
    /// Whether the searcher may see deleted entries when asking for them.
    pub sees_deleted: bool,
    /// The most entries of an unpaged search.
    pub size_limit: usize,
    /// The most entries of a page, whatever is asked for.
    pub page_limit: usize,
    /// The most values of an attribute in one answer; more are had by asking for `name;range=1500-*`.
    pub value_limit: usize,
    /// What a search from the naming context refers to, unless told not to.
    pub referrals: Vec<String>,
}

impl Options {
    /// A domain controller of corp.example.com with Active Directory's own limits.
    pub fn active_directory() -> Self {
        Self {
            flavour: Flavour::ActiveDirectory,
            root: "DC=corp,DC=example,DC=com".to_owned(),
            host: "dc1.corp.example.com".to_owned(),
            domain: "CORP".to_owned(),
            accounts: Vec::new(),
            anonymous_searches: false,
            sees_deleted: false,
            size_limit: 1000,
            page_limit: 1000,
            value_limit: 1500,
            referrals: [
                "ldap://ForestDnsZones.corp.example.com/DC=ForestDnsZones,DC=corp,DC=example,DC=com",
                "ldap://DomainDnsZones.corp.example.com/DC=DomainDnsZones,DC=corp,DC=example,DC=com",
                "ldap://corp.example.com/CN=Configuration,DC=corp,DC=example,DC=com",
            ]
            .map(str::to_owned)
            .to_vec(),
        }
    }

    /// A slapd with its default limit of 500 entries for unpaged searches.
    pub fn openldap() -> Self {
        Self {
            flavour: Flavour::OpenLdap,
            root: "dc=corp,dc=example,dc=com".to_owned(),
            host: "ldap.corp.example.com".to_owned(),
            anonymous_searches: true,
            size_limit: 500,
            page_limit: usize::MAX,
            value_limit: usize::MAX,
            referrals: Vec::new(),
            ..Self::active_directory()
        }
    }

    /// The same with one more account in good standing.
    #[must_use]
    pub fn account(mut self, dn: &str, password: &str) -> Self {
        let (dn, password) = (dn.to_owned(), password.to_owned());
        self.accounts.push(Account { dn, password, standing: Standing::Good });
        self
    }
}
