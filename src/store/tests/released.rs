//! Stores that released versions wrote, and those of versions yet to come.

use std::fs;
use std::path::{Path, PathBuf};

use sqlx::sqlite::SqliteConnectOptions;
use sqlx::{AssertSqlSafe, ConnectOptions, Connection, SqliteConnection};

use super::at;
use crate::store::{Error, Store};

fn folder(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("src/store").join(name)
}

/// Names of files, in order, by the number they begin with.
fn numbered(name: &str) -> Vec<String> {
    let files = fs::read_dir(folder(name)).unwrap().map(|file| file.unwrap().file_name().into_string().unwrap());
    let mut numbers: Vec<String> = files.map(|name| name.chars().take_while(char::is_ascii_digit).collect()).collect();
    numbers.sort_unstable();
    numbers
}

async fn connected(state: &Path) -> SqliteConnection {
    // Tables are written in the order in which they were made.
    let options =
        SqliteConnectOptions::new().filename(state.join("state.db")).create_if_missing(true).foreign_keys(false);
    options.connect().await.unwrap()
}

/// A state folder as a version left it, with something done to it.
async fn left_by(version: &str, then: &str) -> tempfile::TempDir {
    let state = tempfile::tempdir().unwrap();
    let dump = fs::read_to_string(folder("tests/released").join(format!("{version}.sql"))).unwrap();
    let mut connection = connected(state.path()).await;
    sqlx::raw_sql(AssertSqlSafe(dump + then)).execute(&mut connection).await.unwrap();
    connection.close().await.unwrap();
    state
}

/// Rows by table, but those of how the tables came to be.
async fn rows(connection: &mut SqliteConnection) -> Vec<(String, i64)> {
    let tables: Vec<String> = sqlx::query_scalar(
        "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT GLOB '_sqlx*' AND name NOT GLOB 'sqlite*' ORDER BY name",
    )
    .fetch_all(&mut *connection)
    .await
    .unwrap();
    let mut rows = Vec::new();
    for table in tables {
        let count = AssertSqlSafe(format!("SELECT count(*) FROM {table}"));
        rows.push((table, sqlx::query_scalar(count).fetch_one(&mut *connection).await.unwrap()));
    }
    rows
}

#[test]
fn of_every_schema_there_is_a_store() {
    assert_eq!(numbered("migrations"), numbered("tests/released"), "a store of each, in tests/released");
}

#[tokio::test]
async fn a_store_of_every_schema_is_brought_up_to_date_and_nothing_is_lost() {
    for version in numbered("tests/released") {
        let state = left_by(&version, "").await;
        let mut connection = connected(state.path()).await;
        let before = rows(&mut connection).await;
        connection.close().await.unwrap();
        let empty: Vec<_> = before.iter().filter(|(_, rows)| *rows == 0).collect();
        assert!(empty.is_empty(), "{version}: nothing is shown by {empty:?}");
        let mut store = Store::open(state.path()).await.unwrap();
        let after = rows(&mut store.connection).await;
        let lost = before.iter().find(|table| !after.contains(table));
        assert_eq!(lost, None, "{version}");
        let (feed, realm) = store.feed("employees", None).await.unwrap().unwrap();
        assert_eq!(realm, "veris http://sandbox sandbox");
        let row = store.feed_row(feed.id, at(0)).await.unwrap();
        assert_eq!((row.active, row.refused), (4, 1), "{version}");
        for who in ["p1", "5", "anna", "k2", "CATO@example.com"] {
            let people = store.people(who).await.unwrap();
            let person = people.first().unwrap_or_else(|| panic!("{version} knows {who}"));
            let account = store.account(person.account.unwrap()).await.unwrap().unwrap();
            let trace = store.trace(who).await.unwrap();
            assert!(trace.accounts.iter().any(|traced| traced.id == account.id), "{version}: {trace:?}");
            store.story(person.id, person.account).await.unwrap();
        }
        for (who, told) in [("p1", &["join", "change"][..]), ("anna", &["approved"])] {
            let person = store.people(who).await.unwrap().remove(0);
            let story = store.story(person.id, None).await.unwrap();
            assert_eq!(story.iter().map(|event| &*event.kind).collect::<Vec<_>>(), told, "{version}: {who}");
        }
        assert_eq!(store.runs(None, 9).await.unwrap().len(), 4);
        assert_eq!(store.known(feed.id).await.unwrap().len(), 6);
        let realm = "boostcom https://bpc-api.example.com infinity-mall";
        assert_eq!(store.at_work(realm).await.unwrap()[0].members, 1);
        store.close().await.unwrap();
    }
}

/// Why a store is not opened, and that not a byte of it is another than before.
async fn refused(version: &str, then: &str) -> String {
    let state = left_by(version, then).await;
    let file = state.path().join("state.db");
    let before = fs::read(&file).unwrap();
    for _ in 0..2 {
        let error = Store::open(state.path()).await.unwrap_err();
        assert!(matches!(error, Error::Newer { .. } | Error::Altered { .. } | Error::NoStore { .. }), "{error:?}");
        assert_eq!(fs::read(&file).unwrap(), before, "{error}");
        let left: Vec<_> = fs::read_dir(state.path()).unwrap().map(|file| file.unwrap().file_name()).collect();
        assert_eq!(left, ["state.db"], "{error}");
    }
    let error = Store::open(state.path()).await.unwrap_err().to_string();
    error.replace(&state.path().display().to_string(), "/var/lib/rosterd")
}

const LATER: &str = "INSERT INTO _sqlx_migrations (version, description, success, checksum, execution_time)
    VALUES (77, 'leases', 1, x'00', 1);";

#[tokio::test]
async fn what_this_version_does_not_know_it_leaves_alone_and_says_what_to_do() {
    let last = numbered("migrations").last().unwrap().trim_start_matches('0').to_owned();
    for version in numbered("tests/released") {
        let mut said = Vec::new();
        for then in [
            LATER,
            "UPDATE _sqlx_migrations SET checksum = x'00' WHERE version = 1;",
            "PRAGMA user_version = 7;",
            // Somebody else's.
            "DROP TABLE _sqlx_migrations;",
        ] {
            said.push(refused(&version, then).await.replace(&format!("up to {last})"), "up to LAST)"));
        }
        insta::allow_duplicates! { insta::assert_snapshot!(said.join("\n"), @r"
        /var/lib/rosterd/state.db was written by a newer rosterd (its schema is 77, this one knows those up to LAST): install that version again, or put the copy of the state folder from before the upgrade in its place, then `rosterd resend NAME --all`; nothing was changed
        /var/lib/rosterd/state.db was written by a rosterd that was never released (its schema 1 is not this one's): install that one again, or put a copy of the state folder that a released one wrote in its place, then `rosterd resend NAME --all`; nothing was changed
        /var/lib/rosterd/state.db is no database of rosterd any more: put a backup in its place, or move it away and start anew; then `rosterd resend NAME --all`
        /var/lib/rosterd/state.db is no database of rosterd any more: put a backup in its place, or move it away and start anew; then `rosterd resend NAME --all`
        ") };
    }
}
