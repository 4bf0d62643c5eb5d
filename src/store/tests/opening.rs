//! Several who open one store for the first time.

use std::os::unix::fs::MetadataExt;
use std::sync::Arc;

use tokio::sync::Barrier;

use crate::store::Store;

#[tokio::test(flavor = "multi_thread", worker_threads = 8)]
async fn its_tables_are_made_by_one_of_them() {
    for _ in 0..20 {
        let folder = tempfile::tempdir().unwrap();
        let together = Arc::new(Barrier::new(8));
        let open = |together: Arc<Barrier>| {
            let folder = folder.path().to_owned();
            async move {
                together.wait().await;
                Store::open(&folder).await.map(drop)
            }
        };
        let all: Vec<_> = (0..8).map(|_| tokio::spawn(open(together.clone()))).collect();
        for one in all {
            one.await.unwrap().unwrap();
        }
    }
}

#[tokio::test]
async fn another_connection_leaves_the_locks_of_the_first_in_place() {
    let folder = tempfile::tempdir().unwrap();
    let _first = Store::open(folder.path()).await.unwrap();
    let _second = Store::open(folder.path()).await.unwrap();
    let inode = std::fs::metadata(folder.path().join("state.db")).unwrap().ino();
    let ours = format!("POSIX  ADVISORY  READ {} ", std::process::id());
    let locks = std::fs::read_to_string("/proc/locks").unwrap();
    let held = locks.lines().any(|line| line.contains(&ours) && line.contains(&format!(":{inode} ")));
    assert!(held, "whoever closes the store next would delete the log under us:\n{locks}");
}
