//! Who works there, so that each random change is one that can be made.

use std::collections::BTreeMap;

use crate::fixtures::ldif::line;
use crate::fixtures::random::Random;

/// Something that happens to somebody.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Change {
    /// Another title.
    Title,
    /// Another room, which the target does not hear of.
    Room,
    /// Leaves, or is back.
    Active,
    /// The filter finds them no longer, or again.
    Filter,
    /// Another name.
    Rename,
    /// To the other base, out of both, or back.
    Move,
    Delete,
    /// Another entry of the same person.
    Recreate,
    Hire,
    /// Two exchange their numbers.
    Swap,
    /// Takes the number of somebody who has left, whose entry keeps it.
    TakeOver,
    /// Lacks what the target wants, or has it again.
    Mail,
    /// In or out of a group.
    Group,
}

/// All but what concerns groups.
pub const PEOPLE: [Change; 12] = [
    Change::Title,
    Change::Room,
    Change::Active,
    Change::Filter,
    Change::Rename,
    Change::Move,
    Change::Delete,
    Change::Recreate,
    Change::Hire,
    Change::Swap,
    Change::TakeOver,
    Change::Mail,
];

struct Person {
    uid: String,
    place: usize,
    number: usize,
    active: bool,
    found: bool,
    mail: bool,
    /// By which name they are in the group; a new one is not put there by itself.
    grouped: Option<String>,
}

/// Everybody, at three places: two bases, and one that is in no search.
pub struct Staff {
    places: [String; 3],
    group: String,
    people: BTreeMap<usize, Person>,
    made: usize,
}

impl Staff {
    /// People 1 to 12; and their LDIF. Nothing ever happens to the first two, so that no base is ever empty.
    pub fn new(places: [String; 3], group: &str) -> (Self, String) {
        let mut staff = Self { places, group: group.to_owned(), people: BTreeMap::new(), made: 0 };
        let ldif = (0..12).map(|_| staff.hire(usize::from(staff.made % 3 == 1))).collect::<String>();
        let third = staff.dn(3);
        let group =
            format!("dn: {group}\nchangetype: add\nobjectClass: groupOfNames\nmember: cn=nobody\nmember: {third}\n\n");
        staff.people.get_mut(&3).unwrap().grouped = Some(third);
        (staff, ldif + &group)
    }

    /// A change of this kind, as ldapmodify is told; nothing where nobody is there for it.
    pub fn change(&mut self, change: Change, random: &mut Random) -> String {
        if change == Change::Hire {
            let place = random.pick(&[0, 1, 2]);
            return self.hire(place);
        }
        let others: Vec<usize> = self.people.keys().copied().filter(|id| *id > 2).collect();
        let (id, other) = (random.pick(&others), random.pick(&others));
        let any = random.below(1000);
        let dn = self.dn(id);
        match change {
            Change::Hire => unreachable!("see above"),
            Change::Title => replace(&dn, "title", &format!("Engineer {any}")),
            Change::Room => replace(&dn, "roomNumber", &any.to_string()),
            Change::Rename | Change::Move => self.rename(id, change == Change::Move, any),
            Change::Delete if self.people.len() < 8 => String::new(),
            Change::Delete => {
                self.people.remove(&id);
                format!("dn: {dn}\nchangetype: delete\n\n")
            }
            Change::Recreate => format!("dn: {dn}\nchangetype: delete\n\n{}", add(&dn, &self.people[&id])),
            Change::Swap => {
                let numbers = (self.people[&id].number, self.people[&other].number);
                self.number(id, numbers.1) + &self.number(other, numbers.0)
            }
            Change::TakeOver => {
                let left = self.people.values().find(|person| !person.active).map(|person| person.number);
                left.map_or_else(String::new, |number| self.number(id, number))
            }
            Change::Active | Change::Filter | Change::Mail | Change::Group => self.toggle(id, change),
        }
    }

    fn dn(&self, id: usize) -> String {
        let Person { uid, place, .. } = &self.people[&id];
        format!("uid={uid},{}", self.places[*place])
    }

    fn hire(&mut self, place: usize) -> String {
        self.made += 1;
        let uid = format!("p{}", self.made);
        let person = Person { uid, place, number: self.made, active: true, found: true, mail: true, grouped: None };
        self.people.insert(self.made, person);
        add(&self.dn(self.made), &self.people[&self.made])
    }

    fn rename(&mut self, id: usize, away: bool, any: u64) -> String {
        let dn = self.dn(id);
        let person = self.people.get_mut(&id).unwrap();
        if away {
            person.place = (person.place + 1 + usize::from(any % 2 == 1)) % 3;
        } else {
            person.uid = format!("p{id}x{any}");
        }
        let (uid, place) = (&person.uid, &self.places[person.place]);
        format!("dn: {dn}\nchangetype: modrdn\nnewrdn: uid={uid}\ndeleteoldrdn: 1\nnewsuperior: {place}\n\n")
    }

    fn number(&mut self, id: usize, number: usize) -> String {
        self.people.get_mut(&id).unwrap().number = number;
        replace(&self.dn(id), "employeeNumber", &format!("E{number}"))
    }

    fn toggle(&mut self, id: usize, change: Change) -> String {
        let dn = self.dn(id);
        let person = self.people.get_mut(&id).unwrap();
        let turn = |what: &mut bool| {
            *what = !*what;
            *what
        };
        match change {
            Change::Active => replace(&dn, "employeeType", kind(turn(&mut person.active))),
            Change::Filter => replace(&dn, "businessCategory", category(turn(&mut person.found))),
            Change::Mail if turn(&mut person.mail) => replace(&dn, "mail", &mail(&person.uid)),
            Change::Mail => format!("dn: {dn}\nchangetype: modify\ndelete: mail\n\n"),
            _ => {
                let (change, member) = match person.grouped.take() {
                    Some(name) => ("delete", name),
                    None => ("add", person.grouped.insert(dn).clone()),
                };
                format!("dn: {}\nchangetype: modify\n{change}: member\nmember: {member}\n\n", self.group)
            }
        }
    }
}

fn kind(active: bool) -> &'static str {
    if active { "staff" } else { "left" }
}

fn category(found: bool) -> &'static str {
    if found { "member" } else { "guest" }
}

fn mail(uid: &str) -> String {
    format!("{uid}@corp.example.com")
}

fn replace(dn: &str, name: &str, value: &str) -> String {
    format!("dn: {dn}\nchangetype: modify\nreplace: {name}\n{}\n", line(name, value.as_bytes()))
}

fn add(dn: &str, person: &Person) -> String {
    let Person { uid, number, active, found, mail: has_mail, .. } = person;
    let mut ldif = format!("dn: {dn}\nchangetype: add\nobjectClass: inetOrgPerson\ncn: {uid}\n");
    for (name, value) in [
        ("employeeNumber", format!("E{number}").as_str()),
        ("givenName", "Żoë"),
        ("sn", &format!("Ørsted {number}")),
        ("title", "Engineer"),
        ("employeeType", kind(*active)),
        ("businessCategory", category(*found)),
    ] {
        ldif += &line(name, value.as_bytes());
    }
    if *has_mail {
        ldif += &line("mail", mail(uid).as_bytes());
    }
    ldif + "\n"
}
