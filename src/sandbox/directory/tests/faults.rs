use super::{
    Duration, EVERYBODY, Found, LdapConnAsync, PATIENCE, PEOPLE, READER, ROOT, SECRET, Scope, by_bytes, connect,
    directory, dn, find, page, pages, reader, search, within,
};
use crate::sandbox::directory::{Act, At, Directory, ResultCode, Times};

/// Long enough for an answer over the loopback, short enough to wait for one that never comes.
const A_MOMENT: Duration = Duration::from_millis(200);

/// Reads the first page and tries the second.
async fn second_page(directory: &Directory) -> ldap3::result::Result<Found> {
    let mut ldap = reader(directory).await;
    let first = page(&mut ldap, EVERYBODY, 10, Vec::new()).await.unwrap();
    assert_eq!(first.entries.len(), 10);
    page(&mut ldap, EVERYBODY, 10, first.cookie()).await
}

#[tokio::test]
async fn a_connection_can_be_refused_twice() {
    let directory = directory(0).await;
    directory.fault(At::Connect, Act::Cut, Times::Only(2));
    for _ in 0..2 {
        let bound = async {
            let (connection, mut ldap) = LdapConnAsync::new(&directory.url()).await?;
            ldap3::drive!(connection);
            ldap.with_timeout(PATIENCE).simple_bind(READER, SECRET).await
        };
        within(bound).await.unwrap_err();
    }
    reader(&directory).await;
}

#[tokio::test]
async fn a_connection_can_be_left_without_an_answer() {
    let directory = directory(0).await;
    directory.fault(At::Connect, Act::Hang, Times::Only(1));
    let mut ldap = connect(&directory).await;
    let bound = within(ldap.with_timeout(A_MOMENT).simple_bind(READER, SECRET)).await;
    assert!(matches!(bound, Err(ldap3::LdapError::Timeout { .. })), "{bound:?}");
    reader(&directory).await;
}

#[tokio::test]
async fn the_connection_can_be_cut_within_a_page() {
    let directory = directory(30).await;
    directory.fault(At::Page(2), Act::Cut, Times::Only(1));
    second_page(&directory).await.unwrap_err();
    assert_eq!(second_page(&directory).await.unwrap().entries.len(), 10);
}

#[tokio::test]
async fn a_page_can_stay_away() {
    let directory = directory(30).await;
    directory.fault(At::Page(2), Act::Hang, Times::Only(1));
    let mut ldap = reader(&directory).await;
    let cookie = page(&mut ldap, EVERYBODY, 10, Vec::new()).await.unwrap().cookie();
    ldap.with_controls(ldap3::controls::PagedResults { size: 10, cookie }).with_timeout(A_MOMENT);
    let found = within(ldap.search(PEOPLE, Scope::Subtree, EVERYBODY, ["sn"])).await;
    assert!(matches!(found, Err(ldap3::LdapError::Timeout { .. })));
}

#[tokio::test]
async fn a_page_can_be_answered_with_any_result() {
    let directory = directory(30).await;
    for (code, rc, entries) in [
        (ResultCode::Busy, 51, 0),
        (ResultCode::Unavailable, 52, 0),
        (ResultCode::InsufficentAccessRights, 50, 0),
        (ResultCode::SizeLimitExceeded, 4, 10),
    ] {
        directory.fault(At::Page(2), Act::Answer(code), Times::Only(1));
        let found = second_page(&directory).await.unwrap();
        assert_eq!((found.result.rc, found.entries.len()), (rc, entries));
        assert!(found.result.ctrls.is_empty());
    }
    assert_eq!(second_page(&directory).await.unwrap().result.rc, 0);
}

#[tokio::test]
async fn a_reading_can_come_up_empty_and_look_like_a_success() {
    let directory = directory(30).await;
    directory.fault(At::Page(1), Act::Empty, Times::Always);
    let mut ldap = reader(&directory).await;
    assert_eq!(pages(&mut ldap, EVERYBODY, 10).await, [0]);
    assert_eq!(find(&mut ldap, PEOPLE, "(employeeID=7)").await.entries.len(), 1);
    directory.heal();
    assert_eq!(pages(&mut ldap, EVERYBODY, 10).await, [10, 10, 10]);
}

#[tokio::test]
async fn a_reply_can_be_no_ldap() {
    let directory = directory(30).await;
    directory.fault(At::Page(1), Act::Malformed, Times::Only(1));
    let mut ldap = reader(&directory).await;
    page(&mut ldap, EVERYBODY, 10, Vec::new()).await.unwrap_err();
}

#[tokio::test]
async fn binds_look_ups_and_the_root_can_fail_by_themselves() {
    let directory = directory(1).await;
    directory.fault(At::Bind, Act::Answer(ResultCode::Unavailable), Times::Only(1));
    directory.fault(At::LookUp, Act::Answer(ResultCode::Busy), Times::Only(1));
    directory.fault(At::RootDse, Act::Answer(ResultCode::Busy), Times::Only(1));
    let mut ldap = connect(&directory).await;
    assert_eq!(search(&mut ldap, "", Scope::Base, "(objectClass=*)", &[]).await.result.rc, 51);
    assert_eq!(within(ldap.simple_bind(READER, SECRET)).await.unwrap().rc, 52);
    assert_eq!(within(ldap.simple_bind(READER, SECRET)).await.unwrap().rc, 0);
    assert_eq!(pages(&mut ldap, EVERYBODY, 10).await, [1]);
    assert_eq!(find(&mut ldap, PEOPLE, "(employeeID=0)").await.result.rc, 51);
    assert_eq!(find(&mut ldap, PEOPLE, "(employeeID=0)").await.result.rc, 0);
}

#[tokio::test]
async fn a_lagging_server_forgets_somebody_it_knows() {
    let directory = directory(3).await;
    directory.lag(&dn(1));
    let mut ldap = reader(&directory).await;
    assert_eq!(find(&mut ldap, PEOPLE, EVERYBODY).await.names(), [dn(0), dn(2)]);
    assert_eq!(pages(&mut ldap, EVERYBODY, 10).await, [2]);
    let guid = directory.get(&dn(1)).unwrap().values("objectGUID")[0].clone();
    let by_key = format!("(&{}{EVERYBODY})", by_bytes("objectGUID", &guid));
    assert_eq!(find(&mut ldap, ROOT, &by_key).await.names(), [dn(1)]);
    assert_eq!(search(&mut ldap, &dn(1), Scope::Base, EVERYBODY, &[]).await.names(), [dn(1)]);
}

#[tokio::test]
async fn an_entry_can_be_there_and_not_be_readable() {
    let directory = directory(2).await;
    directory.hide(&dn(1), &["*"]);
    let mut ldap = reader(&directory).await;
    assert_eq!(find(&mut ldap, PEOPLE, EVERYBODY).await.names(), [dn(0)]);
    let guid = directory.get(&dn(1)).unwrap().values("objectGUID")[0].clone();
    let found = find(&mut ldap, ROOT, &by_bytes("objectGUID", &guid)).await;
    assert_eq!((found.names(), found.values("objectGUID")), (vec![dn(1).as_str()], vec![guid]));
    assert!(found.values("userAccountControl").is_empty());
}

#[tokio::test]
async fn connections_can_be_hung_up_and_the_server_goes_on() {
    let directory = directory(1).await;
    let mut ldap = reader(&directory).await;
    directory.hang_up();
    within(ldap.search(PEOPLE, Scope::Subtree, EVERYBODY, ["sn"])).await.unwrap_err();
    reader(&directory).await;
}

#[tokio::test]
async fn a_stopped_server_refuses_and_another_can_take_its_place() {
    let old = directory(1).await;
    let (address, mut ldap) = (old.address(), reader(&old).await);
    within(old.stop()).await;
    within(ldap.search(PEOPLE, Scope::Subtree, EVERYBODY, ["sn"])).await.unwrap_err();
    within(tokio::net::TcpStream::connect(address)).await.unwrap_err();
    let new = Directory::start(address, super::Options::active_directory()).await.unwrap();
    connect(&new).await;
}

#[tokio::test]
async fn a_dropped_server_stops() {
    let directory = directory(1).await;
    let mut ldap = reader(&directory).await;
    drop(directory);
    within(ldap.search(PEOPLE, Scope::Subtree, EVERYBODY, ["sn"])).await.unwrap_err();
}
