//! What a build looks like while it runs: the lines of progress, by the rules of
//! the clients that draw them.

use std::collections::{BTreeMap, BTreeSet};

use dynamo_frontend::gateway::double::Call;

use crate::case::{BASE, CONFIG, Case, DIGEST, MINIMAL, Named, Ran, UV, named};

const BOTH: &str = "linux/amd64,linux/arm64";

/// A build with the services, which are laid in out of archives, for both
/// architectures.
fn services() -> Ran {
    let spec = MINIMAL.replace("components: {nats: false, etcd: false}\n", "");
    let arm = CONFIG.replace("amd64", "arm64");
    Case::spec(format!("{spec}packages: {{requirements: [a.txt]}}\n"))
        .script(|double| {
            double
                .image_for("linux/arm64", BASE, DIGEST, arm.clone())
                .image_for("linux/arm64", UV, DIGEST, arm)
        })
        .option("platform", BOTH)
        .run()
}

/// The operations of a build by name, those of all its graphs.
fn operations(ran: &Ran) -> BTreeMap<String, Named> {
    ran.definitions().iter().flat_map(named).collect()
}

/// The lines that a client draws: a group is one line, whatever is in it.
fn lines(ran: &Ran) -> BTreeSet<String> {
    let line = |(name, one): (String, Named)| match one.metadata.progress_group {
        Some(group) => group.name,
        None => name,
    };
    operations(ran).into_iter().map(line).collect()
}

#[test]
fn case_77_a_line_says_its_stage_its_number_and_its_platform_or_that_it_is_internal() {
    let ran = services();
    for line in lines(&ran) {
        let (place, what) = line[1..].split_once("] ").expect("a place in brackets");
        assert!(line.starts_with('[') && !what.is_empty(), "{line}");
        let words: Vec<&str> = place.split(' ').collect();
        let numbers = |text: &str| {
            let (number, of) = text.split_once('/')?;
            Some((number.parse::<u32>().ok()?, of.parse::<u32>().ok()?))
        };
        match words[..] {
            ["internal"] | ["linux/amd64" | "linux/arm64", "internal"] => {}
            ["linux/amd64" | "linux/arm64", "runtime"] => assert_eq!(what, "join"),
            ["linux/amd64" | "linux/arm64", "runtime", number] => {
                let (number, of) = numbers(number).expect("numbers");
                assert!(0 < number && number <= of, "{line}");
            }
            _ => panic!("{line}"),
        }
    }
}

#[test]
fn what_only_prepares_is_gathered_and_sources_and_steps_are_lines_of_their_own() {
    let all = operations(&services());
    let groups = all.iter().filter_map(|(name, one)| {
        let group = one.metadata.progress_group.as_ref()?;
        Some((group.name.as_str(), name.as_str(), one))
    });
    let mut gathered: BTreeMap<&str, usize> = BTreeMap::new();
    for (group, name, one) in groups {
        assert!(
            one.exec().is_none() && one.source().is_none(),
            "{name} in {group}"
        );
        *gathered.entry(group).or_default() += 1;
    }
    let names: Vec<&str> = gathered.keys().copied().collect();
    assert_eq!(
        names,
        [
            "[internal] take files of the build context",
            "[internal] write scripts and settings",
            "[linux/amd64 runtime 8/9] add etcd v3.5.21",
            "[linux/amd64 runtime 9/9] add nats v2.10.28",
            "[linux/arm64 runtime 8/9] add etcd v3.5.21",
            "[linux/arm64 runtime 9/9] add nats v2.10.28",
        ]
    );
    assert!(gathered["[internal] write scripts and settings"] > 3);
}

#[test]
fn groups_that_are_equal_to_a_client_have_equal_names() {
    let mut names: BTreeMap<String, String> = BTreeMap::new();
    for one in operations(&services()).into_values() {
        let Some(group) = one.metadata.progress_group else {
            continue;
        };
        let known = names.entry(group.id).or_insert_with(|| group.name.clone());
        assert_eq!(*known, group.name);
    }
    let distinct: BTreeSet<&String> = names.values().collect();
    assert_eq!(distinct.len(), names.len(), "{names:?}");
}

#[test]
fn the_first_question_for_an_image_says_what_is_built() {
    let asked = |case: Case| {
        let calls = case.run().calls;
        let line = |call: &Call| match call {
            Call::ResolveSourceMeta(request) => Some(request.log_name.clone()),
            _ => None,
        };
        calls.iter().filter_map(line).collect::<Vec<_>>()
    };
    let mut lines = asked(Case::spec(MINIMAL));
    lines.sort();
    assert_eq!(
        lines,
        [
            format!(
                "[internal] load metadata for {BASE} \
                 to build dynamo runtime, cpu, Dynamo 1.0.0, catalog 2026-02"
            ),
            format!("[internal] load metadata for {UV}"),
        ]
    );
}
