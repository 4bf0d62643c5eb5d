//! What goes wrong with a run.

use super::mishap::Mishap;
use super::random::Random;
use super::target::{Fault, Kind};
use super::world::World;

/// Plans the mishaps of one run, for the target among them.
pub fn befall(world: &mut World, random: &mut Random) -> Mishap {
    world.target.member_faults.clear();
    world.target.token_faults.clear();
    (world.target.keep_fails, world.target.short_lists) = (0, false);
    if world.now < world.down_until {
        let trouble = random.pick(&[Fault::Status(503, None), Fault::Status(500, None), Fault::Lost, Fault::Unsent]);
        world.target.member_faults.extend([trouble; 50]);
        world.target.token_faults.extend([trouble; 50]);
    }
    if world.target.kind == Kind::Clients {
        world.target.spares_reads = random.percent(70);
        let first = if world.target.spares_reads { 2 } else { 8 };
        world.target.member_faults.extend(vec![Fault::Fine; random.below(first)]);
    }
    let fine = Mishap { elsewhere: world.elsewhere, ..Mishap::default() };
    if random.percent(50) {
        return fine;
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
    world.target.keep_fails = random.pick(&[0, 0, 0, 0, 0, 0, 0, 0, 1, 2]);
    world.target.short_lists = random.percent(8);
    let somebody = |random: &mut Random, percent| {
        let key = world.company.people.keys().nth(random.below(world.company.people.len())).cloned();
        key.filter(|_| random.percent(percent))
    };
    let mishap = Mishap {
        crash_before: random.percent(30).then(|| random.below(40)),
        broken: random.percent(8).then(|| (random.below(30), random.pick(&TABLES))),
        unreachable: random.percent(6),
        fails_at_page: random.percent(8).then(|| 1 + random.below(4)),
        look_up_fails: random.percent(12),
        omitted: somebody(random, 12),
        keyless: somebody(random, 6),
        doubled: somebody(random, 6),
        hangs: random.percent(30),
        elsewhere: fine.elsewhere.or_else(|| random.percent(8).then(|| random.below(6))),
        read_before: random.percent(10).then(|| 1 + random.below(world.company.people.len())),
        clock_set: random.percent(5).then(|| (random.below(30), minutes(random))),
    };
    world.log.push(format!("  mishap {mishap:?} {:?}", world.target.member_faults));
    mishap
}

/// What a full disk keeps from being written.
const TABLES: [&str; 12] = [
    "account",
    "admission",
    "approval",
    "batch",
    "event",
    "feed",
    "held",
    "item",
    "person",
    "realm",
    "run",
    "token_use",
];

/// By how much a clock is set.
pub fn minutes(random: &mut Random) -> i64 {
    random.pick(&[-44_000, -4_400, -1_500, -300, -61, -20, -2, 2, 20, 61, 300, 1_500, 4_400, 44_000])
}

fn member_fault(random: &mut Random) -> Fault {
    match random.below(11) {
        0 | 1 => Fault::Fine,
        10 => Fault::Twice(1 + i64::try_from(random.below(59)).unwrap()),
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
