use super::{Entry, Options, PEOPLE, READER, SECRET, connect, directory, find, start, within};
use crate::sandbox::directory::{Directory, Standing};

async fn bind(directory: &Directory, who: &str, password: &str) -> (u32, String) {
    let mut ldap = connect(directory).await;
    let result = within(ldap.simple_bind(who, password)).await.unwrap();
    (result.rc, result.text)
}

async fn with_account() -> Directory {
    let directory = directory(1).await;
    directory
        .add(Entry::person(READER).with("sAMAccountName", "reader").with("userPrincipalName", "r@ex.com"))
        .unwrap();
    directory
}

#[tokio::test]
async fn the_reader_is_known_by_every_name_that_active_directory_knows() {
    let directory = with_account().await;
    let names = [&READER.to_lowercase(), "CORP\\Reader", "reader@corp.example.com", "R@EX.com"];
    for name in names {
        assert_eq!(bind(&directory, name, SECRET).await.0, 0, "{name}");
        assert_eq!(bind(&directory, name, "wrong").await.0, 49, "{name}");
    }
    for name in ["OTHER\\reader", "reader", "reader@example.org", "CORP\\nobody"] {
        assert_eq!(bind(&directory, name, SECRET).await.0, 49, "{name}");
    }
    assert_eq!((directory.seen().binds, directory.seen().refused_binds), (12, 8));
}

#[tokio::test]
async fn refusals_say_why_as_microsoft_does() {
    let directory = with_account().await;
    let refusal =
        |data| format!("80090308: LdapErr: DSID-0C090446, comment: AcceptSecurityContext error, data {data}, v4563");
    assert_eq!(bind(&directory, READER, "wrong").await, (49, refusal("52e")));
    for (standing, data) in [
        (Standing::Disabled, "533"),
        (Standing::Expired, "701"),
        (Standing::MustChangePassword, "773"),
        (Standing::LockedOut, "775"),
    ] {
        directory.configure(|options| options.accounts[0].standing = standing);
        assert_eq!(bind(&directory, READER, SECRET).await, (49, refusal(data)));
    }
    assert_eq!(bind(&directory, READER, "wrong").await, (49, refusal("775")));
    directory.configure(|options| options.accounts[0].standing = Standing::Expired);
    assert_eq!(bind(&directory, READER, "wrong").await, (49, refusal("52e")));
}

#[tokio::test]
async fn a_name_without_a_password_is_nobody_to_active_directory() {
    let directory = directory(1).await;
    let mut ldap = connect(&directory).await;
    assert_eq!(within(ldap.simple_bind(READER, "")).await.unwrap().rc, 0);
    let found = find(&mut ldap, PEOPLE, "(objectClass=*)").await;
    assert_eq!((found.result.rc, found.entries.len()), (1, 0));
    assert!(found.result.text.contains("In order to perform this operation a successful bind must be completed"));
}

#[tokio::test]
async fn a_failed_bind_ends_the_earlier_one() {
    let directory = directory(1).await;
    let mut ldap = super::reader(&directory).await;
    assert_eq!(find(&mut ldap, PEOPLE, "(employeeID=0)").await.entries.len(), 1);
    assert_eq!(within(ldap.simple_bind(READER, "wrong")).await.unwrap().rc, 49);
    assert_eq!(find(&mut ldap, PEOPLE, "(employeeID=0)").await.result.rc, 1);
}

#[tokio::test]
async fn slapd_lets_anybody_search_and_nobody_in_without_a_password() {
    let directory = start(Options::openldap().account(READER, SECRET)).await;
    directory.add(Entry::new("cn=a,dc=corp,dc=example,dc=com")).unwrap();
    assert_eq!(bind(&directory, READER, "").await.0, 53);
    assert_eq!(bind(&directory, READER, "wrong").await, (49, String::new()));
    assert_eq!(bind(&directory, READER, SECRET).await.0, 0);
    let mut ldap = connect(&directory).await;
    assert_eq!(find(&mut ldap, "dc=corp,dc=example,dc=com", "(cn=a)").await.entries.len(), 1);
}

#[tokio::test]
async fn who_am_i_is_answered_and_other_extensions_are_not() {
    let directory = directory(0).await;
    let mut ldap = super::reader(&directory).await;
    let (answer, result) = within(ldap.extended(ldap3::exop::WhoAmI)).await.unwrap().success().unwrap();
    assert_eq!(result.rc, 0);
    assert_eq!(answer.val.unwrap(), format!("dn:{READER}").into_bytes());
    let start_tls = ldap3::exop::Exop { name: Some("1.3.6.1.4.1.1466.20037".into()), val: None };
    assert_eq!(within(ldap.extended(start_tls)).await.unwrap().1.rc, 2);
}
