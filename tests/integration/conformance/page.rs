//! The page that people read.

use std::fmt::Write;

use super::cases::{Case, Cases};
use super::tests::{Runs, Test};

const HEAD: &str = "\
<!-- Written by `cargo xtask conformance` from tests/conformance.yaml and the names of tests. -->

# Conformance

What a frontend owes BuildKit and its users, and the tests that show it. The number of a case stands in front of the name of
every test that shows it: `case_26_…`, or `case_57_58_…` for two.

Builds go through `docker buildx build`, by both of its doors: the `# syntax=` line and `BUILDKIT_SYNTAX`. The third door, `buildctl
--frontend gateway.v0`, is played by the daemon in memory, which starts the binary with the same variables and pipes; a real `buildctl` is
not part of the tests.

Tests are in memory unless said otherwise: *engine* needs a real one (`cargo xtask e2e`), *engine, slow* is run by `cargo xtask e2e --all`.
";

pub(super) fn page(cases: &Cases, tests: &[Test]) -> String {
    let mut page = HEAD.to_owned();
    let shown_by = |case: &Case| {
        let of_case = |test: &&Test| test.numbers.contains(&case.number);
        tests.iter().filter(of_case).collect::<Vec<_>>()
    };
    let all = cases.all().count();
    let out = cases.all().filter(|case| case.reason.is_some()).count();
    line(
        &mut page,
        &format!(
            "\n{all} cases: {} are shown, {out} are not asserted or do not apply.",
            all - out
        ),
    );
    for section in &cases.sections {
        line(&mut page, &format!("\n## {}\n", section.title));
        line(
            &mut page,
            "| case | what is owed | what shows it |\n|---|---|---|",
        );
        for case in &section.cases {
            let Case {
                number,
                says,
                reason,
                note,
            } = case;
            let mut cells: Vec<String> = shown_by(case).into_iter().map(shown_in).collect();
            cells.extend(reason.as_ref().map(|reason| format!("no test: {reason}")));
            cells.extend(note.as_ref().map(|note| format!("({note})")));
            line(
                &mut page,
                &format!("| {number} | {says} | {} |", cells.join("<br>")),
            );
        }
    }
    page
}

fn shown_in(test: &Test) -> String {
    let runs = match test.runs {
        Runs::InMemory => "",
        Runs::Engine => ", *engine*",
        Runs::EngineSlowly => ", *engine, slow*",
    };
    let Test { file, .. } = test;
    format!("{}: [{file}](../{file}){runs}", test.sentence())
}

fn line(page: &mut String, text: &str) {
    writeln!(page, "{text}").expect("writing to a text cannot fail");
}
