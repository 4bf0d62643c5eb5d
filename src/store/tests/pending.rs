//! The generated column: what is still to do can't be forgotten.

use super::Desk;

#[tokio::test]
async fn the_truth_table() {
    let mut desk = Desk::new().await;
    let prints = [Some("01"), Some("02"), None];
    for gone in [0, 1] {
        for confirmed_gone in [None, Some(0), Some(1)] {
            for certain in [0, 1] {
                for announce in [0, 1] {
                    for confirmed_fp in prints {
                        let pending: Option<i64> = sqlx::query_scalar(
                            "INSERT INTO account (realm, identity, gone, fp, body, confirmed_gone, confirmed_fp, certain, announce)
                             VALUES (1, hex(randomblob(8)), ?, unhex('01'), '{}', ?, unhex(?), ?, ?) RETURNING pending",
                        )
                        .bind(gone)
                        .bind(confirmed_gone)
                        .bind(confirmed_fp)
                        .bind(certain)
                        .bind(announce)
                        .fetch_one(&mut desk.store.connection)
                        .await
                        .unwrap();
                        let known = confirmed_gone.is_some() || certain == 0;
                        let settled = certain == 1 && confirmed_gone == Some(gone);
                        let expected = match gone {
                            1 if !known => (announce == 1).then_some(2),
                            1 => (!settled).then_some(0),
                            _ if !known => Some(2),
                            _ => (!settled || confirmed_fp != Some("01")).then_some(1),
                        };
                        assert_eq!(
                            pending, expected,
                            "gone {gone}, confirmed {confirmed_gone:?} {confirmed_fp:?}, certain {certain}, announce {announce}"
                        );
                    }
                }
            }
        }
    }
}
