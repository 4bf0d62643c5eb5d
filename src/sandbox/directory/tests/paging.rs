use super::{EVERYBODY, PEOPLE, directory, dn, find, page, pages, reader, search};
use ldap3::{Scope, controls::PagedResults};

#[tokio::test]
async fn pages_hold_everybody_once_in_a_stable_order() {
    let directory = directory(25).await;
    let mut ldap = reader(&directory).await;
    let (mut names, mut cookie) = (Vec::new(), Vec::new());
    loop {
        let found = page(&mut ldap, EVERYBODY, 10, cookie).await.unwrap();
        names.extend(found.names().into_iter().map(str::to_owned));
        cookie = found.cookie();
        if cookie.is_empty() {
            break;
        }
    }
    assert_eq!(names, (0..25).map(dn).collect::<Vec<_>>());
    assert_eq!((directory.seen().readings, directory.seen().pages), (1, 3));
}

#[tokio::test]
async fn the_last_page_is_known_to_be_the_last() {
    let directory = directory(20).await;
    let mut ldap = reader(&directory).await;
    assert_eq!(pages(&mut ldap, EVERYBODY, 10).await, [10, 10]);
    assert_eq!(pages(&mut ldap, EVERYBODY, 20).await, [20]);
    assert_eq!(pages(&mut ldap, "(employeeID=nobody)", 10).await, [0]);
}

#[tokio::test]
async fn a_page_is_never_larger_than_the_server_likes() {
    let directory = directory(25).await;
    directory.configure(|options| options.page_limit = 7);
    let mut ldap = reader(&directory).await;
    assert_eq!(pages(&mut ldap, EVERYBODY, 1000).await, [7, 7, 7, 4]);
}

#[tokio::test]
async fn without_paging_there_is_a_limit() {
    let directory = directory(1001).await;
    let mut ldap = reader(&directory).await;
    let found = find(&mut ldap, PEOPLE, EVERYBODY).await;
    assert_eq!((found.result.rc, found.entries.len()), (4, 1000));
    directory.configure(|options| options.size_limit = 1001);
    let found = find(&mut ldap, PEOPLE, EVERYBODY).await;
    assert_eq!((found.result.rc, found.entries.len()), (0, 1001));
}

#[tokio::test]
async fn a_cookie_serves_its_own_search_only() {
    let directory = directory(25).await;
    let mut ldap = reader(&directory).await;
    let cookie = page(&mut ldap, EVERYBODY, 10, Vec::new()).await.unwrap().cookie();
    assert_eq!(page(&mut ldap, "(sn=*)", 10, cookie.clone()).await.unwrap().result.rc, 12);
    assert_eq!(page(&mut ldap, EVERYBODY, 10, b"made up".to_vec()).await.unwrap().result.rc, 12);
    let mut other = reader(&directory).await;
    assert_eq!(page(&mut other, EVERYBODY, 10, cookie).await.unwrap().names()[0], dn(10));
}

#[tokio::test]
async fn a_page_of_none_ends_a_search() {
    let directory = directory(25).await;
    let mut ldap = reader(&directory).await;
    let cookie = page(&mut ldap, EVERYBODY, 10, Vec::new()).await.unwrap().cookie();
    let found = page(&mut ldap, EVERYBODY, 0, cookie).await.unwrap();
    assert_eq!((found.result.rc, found.entries.len(), found.cookie()), (0, 0, Vec::new()));
}

#[tokio::test]
async fn changes_between_pages_neither_skip_nor_repeat_the_others() {
    let directory = directory(30).await;
    let mut ldap = reader(&directory).await;
    let first = page(&mut ldap, EVERYBODY, 10, Vec::new()).await.unwrap();
    directory.delete(&dn(10)).unwrap();
    directory.delete(&dn(3)).unwrap();
    directory.rename(&dn(12), &format!("CN=Anna,{PEOPLE}")).unwrap();
    let second = page(&mut ldap, EVERYBODY, 10, first.cookie()).await.unwrap();
    let expected = [dn(11), format!("CN=Anna,{PEOPLE}")].into_iter().chain((13..21).map(dn)).collect::<Vec<_>>();
    assert_eq!(second.names(), expected);
}

#[tokio::test]
async fn twenty_thousand_are_read_in_pages() {
    let directory = directory(20_000).await;
    let mut ldap = reader(&directory).await;
    let (mut count, mut cookie) = (0, Vec::new());
    loop {
        ldap.with_controls(PagedResults { size: 1000, cookie });
        let found = search(&mut ldap, PEOPLE, Scope::Subtree, EVERYBODY, &["employeeID"]).await;
        count += found.entries.len();
        cookie = found.cookie();
        if cookie.is_empty() {
            break;
        }
    }
    assert_eq!(count, 20_000);
}
