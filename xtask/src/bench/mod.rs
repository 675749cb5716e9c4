//! How long a build takes in which there is nothing left to do: what a user
//! pays for the frontend itself. It is measured beside two references on the
//! same engine, in rounds, so that whatever else the machine does reaches all
//! of them alike. Reports; never fails over a time.

mod contestant;
mod figures;
mod progress;

use std::time::Duration;

use anyhow::{Context, Result, bail, ensure};

use self::contestant::{Arena, Caches, Contestant};
use self::figures::Rounds;
use crate::terminal::phase;
use crate::{engine, image, terminal};

const USUAL_ROUNDS: usize = 20;
/// The first build fills the caches; the second shows that they are full.
const WARM_UP: usize = 2;

/// Differences that say something.
const PAIRS: [(Contestant, Contestant); 4] = [
    (Contestant::Hello, Contestant::Dockerfile),
    (Contestant::Hello, Contestant::Floor),
    (Contestant::HelloDescribe, Contestant::DockerfileDescribe),
    (Contestant::HelloDescribe, Contestant::Floor),
];

/// What the command line asks for.
#[derive(Debug, PartialEq, Eq)]
struct Arguments<'a> {
    rounds: usize,
    /// A frontend image to measure in place of one built from this source.
    frontend: Option<&'a str>,
}

/// Measures, and writes a table to standard output.
pub(crate) fn run(words: &[&str]) -> Result<()> {
    let Arguments { rounds, frontend } = Arguments::parse(words)?;
    let engine = phase("engine", engine::up)?;
    let frontend = match frontend {
        Some(reference) => reference.to_owned(),
        None => phase("frontend image", || image::build(&engine))?,
    };
    let arena = phase("container floor", || Arena::new(&engine, &frontend))?;
    phase("warm up", || {
        (0..WARM_UP).try_for_each(|index| round(&arena, index, Caches::Filling).map(drop))
    })?;
    let measured = phase("measure", || {
        let mut measured = Rounds::default();
        for index in 0..rounds {
            terminal::note(&format!("round {} of {rounds}", index + 1));
            measured.push(round(&arena, index, Caches::Full)?);
        }
        Ok(measured)
    })?;
    measured
        .table(&PAIRS)
        .iter()
        .for_each(|line| terminal::data(line));
    Ok(())
}

/// Every contestant once. Every other round is run backwards, so that none is
/// always the one after the same other.
fn round(arena: &Arena, index: usize, caches: Caches) -> Result<[Duration; Contestant::ALL.len()]> {
    let mut times = [Duration::ZERO; Contestant::ALL.len()];
    let mut order: Vec<usize> = (0..times.len()).collect();
    if index % 2 == 1 {
        order.reverse();
    }
    for place in order {
        times[place] = arena.run(Contestant::ALL[place], caches)?;
    }
    Ok(times)
}

impl<'a> Arguments<'a> {
    fn parse(words: &[&'a str]) -> Result<Self> {
        let mut arguments = Self {
            rounds: USUAL_ROUNDS,
            frontend: None,
        };
        let mut words = words.iter();
        while let Some(word) = words.next() {
            match *word {
                "--frontend" => {
                    let image = words
                        .next()
                        .context("--frontend needs the name of an image")?;
                    arguments.frontend = Some(image);
                }
                "--rounds" => {
                    let count = words.next().context("--rounds needs a number")?;
                    arguments.rounds = count
                        .parse()
                        .with_context(|| format!("`{count}` is not a number of rounds"))?;
                }
                other => bail!("bench knows --rounds and --frontend, not `{other}`"),
            }
        }
        ensure!(arguments.rounds > 0, "no rounds, nothing to measure");
        Ok(arguments)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_command_line_has_defaults() {
        let usual = Arguments {
            rounds: USUAL_ROUNDS,
            frontend: None,
        };
        assert_eq!(Arguments::parse(&[]).expect("valid"), usual);
        let words = ["--frontend", "host:1/f:2", "--rounds", "3"];
        let asked = Arguments {
            rounds: 3,
            frontend: Some("host:1/f:2"),
        };
        assert_eq!(Arguments::parse(&words).expect("valid"), asked);
    }

    #[test]
    fn a_wrong_command_line_is_refused() {
        for words in [
            &["--rounds"][..],
            &["--rounds", "0"],
            &["--rounds", "x"],
            &["20"],
        ] {
            Arguments::parse(words).expect_err("it is wrong");
        }
    }
}
