//! A bulk whose answer never came: the club is asked for it before anything is sent again.

use rosterd::sandbox::boostcom::{Effect, Fault, Receipt, Target, When};

use crate::fixtures::daemon::Daemon;
use crate::fixtures::mall::{Mall, discreet, mail, shoppers};

/// One bulk was sent once, and asked for by what it was sent under.
fn asked_and_not_sent_again(mall: &Mall) {
    let receipts = mall.club().receipts();
    let [sent, asked, ..] = receipts.as_slice() else { panic!("{receipts:?}") };
    let of = |receipt: &Receipt| (receipt.target, receipt.import_id.clone());
    assert_eq!([of(sent).0, of(asked).0], [Target::Send, Target::ImportStatus], "{receipts:?}");
    assert_eq!(of(sent).1, of(asked).1, "the id that was stored before anything was sent");
    assert!(sent.request_number.is_some() && mall.bulks()[0].request_number == sent.request_number);
    assert_eq!((mall.sends().len(), mall.bulks().len()), (1, 1), "{receipts:?}");
    assert_eq!([1, 2, 3].map(|number| mall.member(&mail(number)).imports), [1; 3]);
}

#[test]
fn a_daemon_killed_before_the_answer_asks_when_it_is_back() {
    let mut mall = Mall::new(&shoppers(1..4));
    mall.config.destination = "quiet: 1s".to_owned();
    mall.club().faults([Fault::new(Effect::Hang(When::After)).on(Target::Send).times(1)]);
    mall.write_config();
    let daemon = Daemon::of(&mall.config_file(), &[]);
    daemon.hear("READY=1");
    let asked = mall.start(&["sync"]);
    mall.wait(|mall| mall.bulks().len() == 1);
    daemon.signal("KILL");
    daemon.end();
    asked.end();
    let daemon = Daemon::of(&mall.config_file(), &[]);
    daemon.hear("READY=1");
    // The run that was cut off is made up for, before or by this one.
    mall.sync_well();
    assert_eq!(mall.status_json()["targets"][0]["pending"], 0);
    asked_and_not_sent_again(&mall);
    let output = daemon.stop();
    assert_eq!(output.code, Some(0), "{output:?}");
    discreet(&output);
}

#[test]
fn a_cut_connection_is_made_up_for_by_asking() {
    let mut mall = Mall::new(&shoppers(1..4));
    mall.config.destination = "quiet: 1s".to_owned();
    mall.club().faults([Fault::new(Effect::Cut(When::After)).on(Target::Send).times(1)]);
    let json = mall.run(&["sync", "--json"]).ended("pending", 6);
    assert_eq!(json["delivery"]["pending"], 3, "{json}");
    assert_eq!(mall.status_json()["targets"][0]["unanswered"], 1);
    assert_eq!(mall.sync_well()["delivery"]["confirmed"], 3);
    asked_and_not_sent_again(&mall);
}
