//! What goes wrong with a run.

use super::random::Random;
use super::target::Fault;
use super::world::{Mishap, World};

/// Plans the mishaps of one run, for the target among them.
pub fn befall(world: &mut World, random: &mut Random) -> Mishap {
    world.target.member_faults.clear();
    world.target.token_faults.clear();
    (world.target.keep_fails, world.target.short_lists) = (0, false);
    if random.percent(50) {
        return Mishap::default();
    }
    for _ in 0..random.below(4) {
        let fault = member_fault(random);
        world.target.member_faults.push_back(fault);
    }
    if random.percent(15) {
        let fault = random.pick(&[Fault::Status(500, None), Fault::Lost, Fault::Unsent, Fault::Status(429, Some(60))]);
        world.target.token_faults.push_back(fault);
    }
    if random.percent(2) {
        world.target.token_faults.push_back(Fault::Status(401, None));
    }
    if random.percent(8) {
        world.target.revoked_before = world.target.tokens + 1;
    }
    world.target.keep_fails = usize::from(random.percent(10));
    world.target.short_lists = random.percent(8);
    let somebody = |random: &mut Random, percent| {
        let key = world.company.people.keys().nth(random.below(world.company.people.len())).cloned();
        key.filter(|_| random.percent(percent))
    };
    let mishap = Mishap {
        crash_before: random.percent(35).then(|| random.below(40)),
        unreachable: random.percent(6),
        fails_at_page: random.percent(8).then(|| 1 + random.below(4)),
        look_up_fails: random.percent(12),
        omitted: somebody(random, 12),
        keyless: somebody(random, 6),
        doubled: somebody(random, 6),
        elsewhere: random.percent(10),
    };
    world.log.push(format!("  mishap {mishap:?} {:?}", world.target.member_faults));
    mishap
}

fn member_fault(random: &mut Random) -> Fault {
    match random.below(10) {
        0 | 1 => Fault::Fine,
        2 => Fault::Cut,
        3 => Fault::Lost,
        4 => Fault::Unsent,
        5 => Fault::Late(1 + i64::try_from(random.below(59)).unwrap()),
        6 => Fault::Applied(500),
        7 => Fault::Status(random.pick(&[500, 503]), None),
        8 => Fault::Status(429, random.pick(&[None, Some(30), Some(600)])),
        _ => Fault::Status(401, None),
    }
}
