use super::*;

#[test]
fn a_run_that_went_well() {
    insta::assert_snapshot!(sentences(&summary("ok"), &[], &[]));
}

#[test]
fn a_run_that_found_nothing_to_do() {
    let members = Members { unchanged: 1000, ..Members::default() };
    insta::assert_snapshot!(sentences(&Summary { members, delivery: Delivery::default(), ..summary("ok") }, &[], &[]));
}

#[test]
fn a_run_that_holds_changes() {
    let why = |why: &str, changes| Reason { why: why.to_owned(), changes };
    let reasons = [
        why("45 leaves within 24 h, the limit is 25 (500 active)", 39),
        why("the sync's `protect` names this person", 1),
    ];
    insta::assert_snapshot!(sentences(&held(), &[], &reasons));
}

#[test]
fn a_run_that_failed() {
    insta::assert_snapshot!(sentences(&failed(), &[], &[]));
}

#[test]
fn a_run_that_left_much_undone() {
    let members = Members { invalid: 4, skipped: 7, ..summary("").members };
    let delivery = Delivery { confirmed: 1, refused: 2, pending: 3, requests: 1, ..Delivery::default() };
    let error = Some("waits until 2026-11-22T04:00:00Z: the quota of 150 token requests is used up".to_owned());
    let notes = ["2 entries have no usable key (`entryUUID` is missing): they are not synced".to_owned()];
    insta::assert_snapshot!(sentences(&Summary { error, members, delivery, ..summary("pending") }, &notes, &[]));
}

#[test]
fn a_paused_sync() {
    let error = Some("paused until resumed: `rosterd resume employees`".to_owned());
    let nothing = Summary { sync: "employees".to_owned(), run: 14, result: "pending".to_owned(), ..Summary::default() };
    insta::assert_snapshot!(sentences(&Summary { error, ..nothing }, &[], &[]));
}

#[test]
fn a_table_of_runs() {
    let all = [ran(14, None), ran(13, Some(failed())), ran(12, Some(held())), ran(0, Some(summary("ok")))];
    let text = runs(&all);
    assert!(text.lines().take(5).all(|line| line.chars().count() <= 80), "{text}");
    insta::assert_snapshot!(text);
}

#[test]
fn runs_by_changes() {
    let by_changes = |entries, left| Summary {
        read: Read { mode: "delta".to_owned(), entries, why: None },
        members: Members { left, ..Members::default() },
        delivery: Delivery::default(),
        plan: None,
        error: None,
        ..summary("ok")
    };
    let why = Some("`full_reading` is due".to_owned());
    let everybody = Summary { read: Read { why, ..summary("ok").read }, ..summary("ok") };
    let [one, nothing] = [by_changes(1, 1), by_changes(0, 0)];
    let told = [&everybody, &one, &nothing].map(|summary| sentences(summary, &[], &[])).concat();
    insta::assert_snapshot!(told + &runs(&[ran(14, Some(nothing)), ran(13, Some(one)), ran(12, Some(everybody))]));
}

#[test]
fn a_date_is_never_broken() {
    let read = Read { entries: 100_000, ..Read::default() };
    let members = Members { joined: 100_000, ..Members::default() };
    let delivery = Delivery { confirmed: 100_000, ..Delivery::default() };
    let big = Summary { read, members, delivery, ..summary("partial") };
    let text = runs(&[Ran { sync: "contractors-of-the-northern-subsidiary".to_owned(), ..ran(1, Some(big)) }]);
    assert!(text.contains("2026-11-22 03:15"), "{text}");
    assert!(text.lines().all(|line| line.chars().count() <= 84), "{text}");
}

#[test]
fn no_runs() {
    insta::assert_snapshot!(runs(&[]));
}
