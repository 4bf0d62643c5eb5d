use std::collections::BTreeMap;

use proptest::collection::vec;
use proptest::prelude::{prop_assert_eq, proptest};

use super::*;
use crate::directory::EntryBuilder;

fn dn(number: usize) -> String {
    format!("CN=g{number},DC=x")
}

fn node(number: usize) -> Node {
    Node::of(dn(number).as_bytes())
}

fn tree(named: &[usize], members: &[(usize, usize)]) -> Tree {
    let mut tree = Tree::default();
    for &group in named {
        tree.named(&dn(group), node(group));
    }
    for &(group, member) in members {
        tree.member(node(group), node(member));
    }
    tree
}

/// The groups that somebody is in, by number; `links` are theirs, without them they are told by their DN.
fn groups(tree: Tree, who: &str, links: Option<(&[String], Option<&str>)>) -> Vec<String> {
    let mut asked = Attributes::default();
    let kept = asked.clone();
    let slots = Links { member_of: asked.add("memberOf"), primary: asked.add("primaryGroupID") };
    let mut entry = EntryBuilder::new(who);
    let (member_of, primary) = links.unwrap_or_default();
    for group in member_of {
        entry.push(slots.member_of, group.as_bytes());
    }
    if let Some(id) = primary {
        entry.push(slots.primary, id.as_bytes());
    }
    let settled = tree.membership().settle(&entry.build(), links.map(|_| slots), &kept);
    assert_eq!((settled.first(slots.member_of), settled.first(slots.primary)), (None, None));
    settled.values(Slot::IN_GROUP).map(|name| String::from_utf8(name.to_vec()).unwrap()).collect()
}

#[test]
fn through_any_number_of_groups_and_however_written() {
    let members = [(0, 1), (1, 2), (2, 3), (4, 3), (0, 5)];
    let of = |numbers: &[usize]| {
        let links: Vec<String> = numbers.iter().map(|number| dn(*number).to_lowercase().replace(',', " , ")).collect();
        groups(tree(&[0, 2, 4], &members), "CN=a,DC=x", Some((&links, None)))
    };
    assert_eq!(of(&[3]), [dn(0), dn(2), dn(4)]);
    assert_eq!(of(&[1]), [dn(0)]);
    assert_eq!(of(&[0, 5, 9]), [dn(0)]);
    assert_eq!(of(&[5, 4]), [dn(0), dn(4)]);
    assert_eq!(of(&[9]), Vec::<String>::new());
    assert_eq!(groups(tree(&[0], &members), "cn=g3, dc=X", None), [dn(0)]);
    assert_eq!(groups(tree(&[0], &members), "cn=g4,dc=x", None), Vec::<String>::new());
}

#[test]
fn circles_and_diamonds() {
    let circle = [(0, 1), (1, 2), (2, 0), (1, 1), (2, 3)];
    assert_eq!(groups(tree(&[0, 1, 2], &circle), &dn(3), None), [dn(0), dn(1), dn(2)]);
    let diamond = [(0, 1), (0, 2), (1, 3), (2, 3), (3, 4)];
    assert_eq!(groups(tree(&[0, 2], &diamond), &dn(4), None), [dn(0), dn(2)]);
}

#[test]
fn the_primary_group_counts_too() {
    let sid = |number: u32| {
        let head = [1, 5, 0, 0, 0, 0, 0, 5, 21, 0, 0, 0, 1, 0, 0, 0, 2, 0, 0, 0, 3, 0, 0, 0];
        [&head[..], &number.to_le_bytes()].concat()
    };
    let of = |primary| {
        let mut tree = tree(&[0, 1], &[(0, 1)]);
        tree.sid(node(1), &sid(513));
        tree.sid(node(0), &sid(1104));
        groups(tree, "CN=a,DC=x", Some((&[], Some(primary))))
    };
    assert_eq!(of("513"), [dn(0), dn(1)]);
    assert_eq!(of("1104"), [dn(0)]);
    assert_eq!((of("514"), of("x")), (Vec::new(), Vec::new()));
}

#[test]
fn one_group_by_two_names() {
    let mut tree = tree(&[0], &[(0, 1)]);
    tree.named("cn=G0, dc=x", node(0));
    assert_eq!(groups(tree, &dn(1), None), [dn(0), "cn=G0, dc=x".to_owned()]);
}

proptest! {
    #[test]
    fn as_a_walk_without_a_thought_finds_it(
        members in vec((0_usize..12, 0_usize..12), 0..40),
        named in vec(0_usize..12, 1..4),
    ) {
        let mut within = [[false; 12]; 12];
        for (group, below) in within.iter_mut().enumerate() {
            below[group] = true;
        }
        for _ in 0..12 {
            for &(group, member) in &members {
                for above in &mut within {
                    above[member] |= above[group];
                }
            }
        }
        for who in 0..12 {
            let expected: BTreeMap<_, _> = named.iter().map(|group| (dn(*group), within[*group][who])).collect();
            let found = groups(tree(&named, &members), &dn(who), None);
            for (group, within) in expected {
                prop_assert_eq!(found.contains(&group), within, "{} in {}", who, group);
            }
        }
    }
}
