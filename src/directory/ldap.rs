//! The LDAP client.
