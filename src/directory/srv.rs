//! In which order servers are tried that DNS names (RFC 2782).

/// What an SRV record says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Service {
    /// Lower is tried first.
    pub priority: u16,
    /// The share among servers of one priority.
    pub weight: u16,
    /// Where it listens.
    pub port: u16,
    /// Its name, without the final dot.
    pub target: String,
}

/// A site's servers in their order, then those of the rest of the domain in theirs. A seed makes one order.
pub fn nearest_first(site: Vec<Service>, domain: Vec<Service>, seed: u64) -> Vec<Service> {
    let mut chance = Chance(seed);
    let mut ordered = order(site, &mut chance);
    let known = |one: &Service| ordered.iter().any(|near| (near.port, &near.target) == (one.port, &one.target));
    let rest = domain.into_iter().filter(|service| !known(service)).collect();
    ordered.extend(order(rest, &mut chance));
    ordered
}

/// By priority; among those of one priority each comes next as likely as its weight is large.
fn order(mut services: Vec<Service>, chance: &mut Chance) -> Vec<Service> {
    // Those without a weight stand before the others, so that they, too, have a small chance.
    services.sort_by_key(|service| (service.priority, service.weight > 0));
    let mut ordered = Vec::with_capacity(services.len());
    while let Some(first) = services.first() {
        let priority = first.priority;
        let equals = services.iter().take_while(|service| service.priority == priority);
        let sums: Vec<u64> = equals
            .scan(0, |sum, service| {
                *sum += u64::from(service.weight);
                Some(*sum)
            })
            .collect();
        let drawn = chance.up_to(sums.last().copied().unwrap_or_default());
        let chosen = sums.iter().position(|sum| *sum >= drawn).unwrap_or_default();
        ordered.push(services.remove(chosen));
    }
    ordered
}

/// Numbers that look like chance, the same ones for the same seed (SplitMix64).
struct Chance(u64);

impl Chance {
    /// From 0 to this one, itself included.
    fn up_to(&mut self, largest: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        // A weight has 16 bits: what the remainder favours is far below what anybody could see.
        (mixed ^ (mixed >> 31)) % (largest + 1)
    }
}

#[cfg(test)]
mod tests {
    use std::collections::{BTreeMap, BTreeSet};

    use super::*;

    fn service(priority: u16, weight: u16, target: &str) -> Service {
        Service { priority, weight, port: 389, target: target.to_owned() }
    }

    fn names(services: &[Service]) -> String {
        services.iter().map(|service| service.target.as_str()).collect::<Vec<_>>().join(" ")
    }

    fn orders(site: &[Service], domain: &[Service], seeds: u64) -> BTreeMap<String, u64> {
        let mut seen = BTreeMap::new();
        for seed in 0..seeds {
            *seen.entry(names(&nearest_first(site.to_vec(), domain.to_vec(), seed))).or_default() += 1;
        }
        seen
    }

    #[test]
    fn a_lower_priority_always_comes_first() {
        let domain = [service(20, 100, "later"), service(0, 0, "first"), service(10, 1, "second")];
        assert_eq!(orders(&[], &domain, 100), BTreeMap::from([("first second later".to_owned(), 100)]));
    }

    #[test]
    fn weights_are_shares_among_equals() {
        let domain = [service(0, 60, "a"), service(0, 30, "b"), service(0, 10, "c"), service(1, 99, "z")];
        let seen = orders(&[], &domain, 10_000);
        let first = |name: &str| -> u64 { seen.iter().filter(|(all, _)| all.starts_with(name)).map(|(_, n)| n).sum() };
        // A drawn number from 0 to the sum: the first of the weighted has one chance more than its weight.
        for (name, share) in [("a", 61), ("b", 30), ("c", 10)] {
            let expected = 10_000 * share / 101;
            assert!(first(name).abs_diff(expected) < 200, "{name}: {} of {expected}", first(name));
        }
        assert!(seen.keys().all(|all| all.ends_with(" z")), "{seen:?}");
        let third_then_second = seen.get("a c b z").copied().unwrap_or_default();
        assert!((1_000..2_000).contains(&third_then_second), "what is left is drawn from again: {seen:?}");
    }

    #[test]
    fn without_a_weight_there_is_a_small_chance_and_among_such_any_order() {
        let seen = orders(&[], &[service(0, 9, "heavy"), service(0, 0, "light")], 10_000);
        assert!((800..1_200).contains(&seen["light heavy"]), "{seen:?}");
        let seen: BTreeSet<_> = orders(&[], &[service(0, 0, "a"), service(0, 0, "b")], 100).into_keys().collect();
        assert_eq!(seen, BTreeSet::from(["a b".to_owned()]), "0 is drawn of 0: they stay as DNS gave them");
    }

    #[test]
    fn a_site_s_servers_come_before_all_others_and_nobody_twice() {
        let site = [service(0, 100, "near"), service(5, 100, "near2")];
        let domain = [service(0, 100, "far"), service(0, 100, "near2"), service(0, 100, "near")];
        assert_eq!(orders(&site, &domain, 100), BTreeMap::from([("near near2 far".to_owned(), 100)]));
        assert_eq!(names(&nearest_first(site.to_vec(), Vec::new(), 1)), "near near2");
        assert_eq!(nearest_first(Vec::new(), Vec::new(), 1), []);
    }
}
