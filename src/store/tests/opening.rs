//! Several who open one store for the first time.

use std::sync::Arc;

use tokio::sync::Barrier;

use crate::store::Store;

#[tokio::test(flavor = "multi_thread", worker_threads = 8)]
async fn its_tables_are_made_by_one_of_them() {
    for _ in 0..5 {
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
