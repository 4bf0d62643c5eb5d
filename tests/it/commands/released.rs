//! A store that a released version wrote, and this program.

use std::fs;
use std::path::Path;

use sqlx::sqlite::SqliteConnectOptions;
use sqlx::{AssertSqlSafe, ConnectOptions, Connection};

use super::world::World;
use crate::fixtures::ldif::PEOPLE;

/// People as they were when the store was written: 0 to 4, of whom 4 is refused, and 5, who left.
async fn as_it_was(version: &str) -> World {
    let world = World::of(0..5).await;
    world.configure(|text| text.replace("    fields:\n", "    key: uid\n    fields:\n"));
    world.slapd.modify(&format!("dn: uid=p1,{PEOPLE}\nchangetype: modify\nreplace: title\ntitle: Chief\n"));
    fs::create_dir(world.state()).unwrap();
    let dump = Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("src/store/tests/released/{version}.sql"));
    let dump = fs::read_to_string(dump)
        .unwrap()
        .replace("http://sandbox sandbox", &format!("{} sandbox", world.sandbox.url()));
    let options = SqliteConnectOptions::new().filename(world.state().join("state.db"));
    let mut connection = options.create_if_missing(true).foreign_keys(false).connect().await.unwrap();
    sqlx::raw_sql(AssertSqlSafe(dump)).execute(&mut connection).await.unwrap();
    connection.close().await.unwrap();
    world
}

#[tokio::test(flavor = "multi_thread")]
async fn a_store_of_every_released_schema_goes_on_as_if_nothing_had_been() {
    for version in ["0001", "0002"] {
        let world = as_it_was(version).await;
        let status = world.json(0, &["status"]);
        let sync = &status["syncs"][0];
        assert_eq!(
            (&sync["active"], &sync["quarantined"], &sync["last"]["run"]),
            (&4.into(), &1.into(), &3.into()),
            "{status}"
        );
        assert_eq!(world.ends(0, &["runs", "--json"]).out.lines().count(), 4, "{version}");
        for (who, told) in [
            ("p1", "confirmed active"),
            ("p4", "quarantined"),
            ("p5", "confirmed left"),
            ("anna", "by ada: the office closed"),
        ] {
            let story = world.ends(0, &["explain", who]).out;
            assert!(story.contains(told), "{version}: {story}");
        }
        let plan = world.json(0, &["plan"]);
        assert!(plan["changes"].as_array().unwrap().is_empty(), "{version}: {plan}");
        let ran = world.json(0, &["sync", "--full"]);
        assert_eq!(
            (&ran["run"], &ran["delivery"]["requests"], &ran["members"]["unchanged"]),
            (&102.into(), &0.into(), &5.into()),
            "{ran}"
        );
        assert!(world.sandbox.members().is_empty() && world.sandbox.counts().is_empty(), "nothing is sent");
        assert_eq!(world.json(0, &["sync"])["run"], 103);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_store_of_a_later_version_is_left_alone() {
    let world = as_it_was("0002").await;
    let options = SqliteConnectOptions::new().filename(world.state().join("state.db"));
    let mut connection = options.connect().await.unwrap();
    let later = "INSERT INTO _sqlx_migrations (version, description, success, checksum, execution_time) VALUES (77, 'leases', 1, x'00', 1)";
    sqlx::raw_sql(later).execute(&mut connection).await.unwrap();
    connection.close().await.unwrap();
    let before = fs::read(world.state().join("state.db")).unwrap();
    for command in [&["status"][..], &["sync"], &["explain", "p1"], &["forget", "p5"], &["run"]] {
        let said = world.ends(1, command).err;
        assert!(
            said.contains("was written by a newer rosterd") && said.contains("install that version again"),
            "{said}"
        );
    }
    assert_eq!(fs::read(world.state().join("state.db")).unwrap(), before);
}
