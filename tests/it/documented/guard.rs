//! The two stories of docs/guard.md, told by a company of 300.

use nix::unistd::{Uid, User};
use rosterd::sandbox::veris;

use super::claims::{CLOSED_OFFICE, MOVED_UNIT};
use super::page::Shown;
use super::shell::Shell;
use crate::fixtures::ldif::{self, BASE, PEOPLE, SERVICE, person};
use crate::fixtures::road::{Bench, Sync};
use crate::fixtures::slapd::Slapd;

/// What the guard's hold ends a command with.
const HELD: i32 = 4;

#[test]
fn both_stories_are_told_as_they_happen() {
    let leeds = format!("ou=leeds,{PEOPLE}");
    let at = |number: usize| if number % 10 == 4 { &leeds } else { PEOPLE };
    let unit = ldif::entry(&leeds, &[("objectClass", "organizationalUnit"), ("ou", "leeds")]);
    let people: String = (100_001..=100_300).map(|number| person(number, at(number), &[])).collect();
    let slapd = Slapd::start(&(ldif::skeleton() + &unit + &people));
    let bench = Bench::new(&slapd.url(), SERVICE, Sync::new("employees", PEOPLE), veris::Options::default());
    bench.run(&["sync"]).ended("ok", 0);
    let mut shell = Shell::beside(&bench.config_file());
    shell.place("by root", format!("by {}", User::from_uid(Uid::effective()).unwrap().unwrap().name));

    let [held, looked_at, over] = &MOVED_UNIT.shown()[..] else { panic!() };
    let move_to = |dn: &str, place: &str| {
        slapd.modify(&format!(
            "dn: {dn}\nchangetype: modrdn\nnewrdn: ou=leeds\ndeleteoldrdn: 0\nnewsuperior: {place}\n"
        ));
    };
    move_to(&leeds, BASE);
    shell.shows(held, HELD);
    shell.shows(looked_at, 0);
    move_to(&format!("ou=leeds,{BASE}"), PEOPLE);
    shell.shows(over, 0);

    let [held, one, others, carried_out, asked] = &CLOSED_OFFICE.shown()[..] else { panic!() };
    for number in (100_006..=100_176).step_by(10) {
        slapd.modify(&format!("dn: uid=p{number},{PEOPLE}\nchangetype: delete\n"));
    }
    let said = shell.shows(held, HELD);
    approve(&mut shell, one, &said);
    let said = shell.run("rosterd sync");
    assert_eq!(said.code, HELD, "{said:?}");
    approve(&mut shell, others, &said.text);
    shell.shows(carried_out, 0);
    shell.shows(asked, 0);
}

/// Approves the plan that is told of, as the page does with the one it has there.
fn approve(shell: &mut Shell, shown: &Shown, said: &str) {
    let after = |text: &str| text.split_once("approve employees ").unwrap().1[..8].to_owned();
    shell.place(&after(&shown.typed), after(said));
    shell.shows(shown, 0);
}
