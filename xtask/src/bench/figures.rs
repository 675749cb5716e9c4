//! From times to a table: the middle and the ends of each contestant's, and
//! the middle of what two differ by in the same round.

use std::time::Duration;

use super::contestant::Contestant;

const COUNT: usize = Contestant::ALL.len();

/// The times of every round, in milliseconds, in the order of
/// [`Contestant::ALL`].
#[derive(Debug, Default)]
pub(super) struct Rounds(Vec<[f64; COUNT]>);

impl Rounds {
    /// Adds a round.
    pub(super) fn push(&mut self, times: [Duration; COUNT]) {
        self.0.push(times.map(|time| time.as_secs_f64() * 1000.0));
    }

    /// The lines of the table.
    pub(super) fn table(&self, pairs: &[(Contestant, Contestant)]) -> Vec<String> {
        let mut lines = vec![
            format!(
                "`docker buildx build` with nothing to do, {} rounds, in ms",
                self.0.len()
            ),
            row("", ["median", "min", "max"].map(str::to_owned)),
        ];
        for contestant in Contestant::ALL {
            let times = sorted(self.of(contestant));
            let ends = [median(&times), times[0], times[times.len() - 1]];
            lines.push(row(
                contestant.name(),
                ends.map(|time| format!("{time:.1}")),
            ));
        }
        let heading = ["median", "min", "max"].map(str::to_owned);
        lines.push(String::new());
        lines.push(row("paired by round", heading) + &format!("{:>9}", "ratio"));
        for (one, other) in pairs {
            let differences = sorted(self.paired(*one, *other, |one, other| one - other));
            let ends = [
                median(&differences),
                differences[0],
                differences[differences.len() - 1],
            ];
            let ratio = median(&sorted(self.paired(*one, *other, |one, other| one / other)));
            let name = format!("{} - {}", one.name(), other.name());
            lines.push(
                row(&name, ends.map(|time| format!("{time:+.1}"))) + &format!("{ratio:>9.2}"),
            );
        }
        lines
    }

    fn of(&self, contestant: Contestant) -> Vec<f64> {
        self.0
            .iter()
            .map(|round| round[contestant as usize])
            .collect()
    }

    fn paired(
        &self,
        one: Contestant,
        other: Contestant,
        compare: impl Fn(f64, f64) -> f64,
    ) -> Vec<f64> {
        let pairs = self.0.iter();
        pairs
            .map(|round| compare(round[one as usize], round[other as usize]))
            .collect()
    }
}

fn row(name: &str, values: [String; 3]) -> String {
    let [one, two, three] = values;
    format!("{name:<46}{one:>9}{two:>9}{three:>9}")
}

fn sorted(mut values: Vec<f64>) -> Vec<f64> {
    values.sort_by(f64::total_cmp);
    values
}

/// The middle of sorted values, of which there is at least one.
fn median(sorted: &[f64]) -> f64 {
    let middle = sorted.len() / 2;
    if sorted.len().is_multiple_of(2) {
        f64::midpoint(sorted[middle - 1], sorted[middle])
    } else {
        sorted[middle]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_middle_of_an_even_number_lies_between_two() {
        assert!((median(&[1.0, 2.0, 9.0]) - 2.0).abs() < f64::EPSILON);
        assert!((median(&[1.0, 2.0, 4.0, 9.0]) - 3.0).abs() < f64::EPSILON);
    }

    #[test]
    fn pairs_are_of_the_same_round() {
        let mut rounds = Rounds::default();
        for slow_down in [0, 1000, 500] {
            let times = [250, 200, 210, 220, 160].map(|time| time + slow_down);
            rounds.push(times.map(Duration::from_millis));
        }
        let lines = rounds.table(&[(Contestant::Hello, Contestant::Dockerfile)]);
        let words: Vec<&str> = lines[lines.len() - 1]
            .split_whitespace()
            .rev()
            .take(4)
            .collect();
        assert_eq!(words, ["1.07", "+50.0", "+50.0", "+50.0"]);
    }
}
