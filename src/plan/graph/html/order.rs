//! Which cell of a column is above which: so that few lines cross.
//!
//! Each cell goes to the mean of what it is joined to, column by column, forth
//! and back; the order with the fewest crossings that was seen is kept.

use super::layout::{Cell, Join};

/// How often all columns are gone through.
const SWEEPS: usize = 24;

/// Orders the cells of each column. `joins` are those with the column before.
pub(super) fn arrange(
    cells: &mut Vec<Vec<Cell>>,
    joins: &[Vec<Join>],
    height: impl Fn(Cell) -> f64,
) {
    let mut best = (crossings(cells, joins, &height), cells.clone());
    for sweep in 0..SWEEPS {
        for step in 1..cells.len() {
            if sweep % 2 == 0 {
                let places = means(&cells[step], |cell| {
                    let met = joins[step].iter().filter(move |join| join.right == cell);
                    met.map(|join| place(&cells[step - 1], join.left, 0.5))
                        .collect()
                });
                sort(&mut cells[step], &places);
            } else {
                let column = cells.len() - 1 - step;
                let places = means(&cells[column], |cell| {
                    let met = joins[column + 1]
                        .iter()
                        .filter(move |join| join.left == cell);
                    met.map(|join| end(&cells[column + 1], join, &height))
                        .collect()
                });
                sort(&mut cells[column], &places);
            }
        }
        untangle(cells, joins, &height);
        let found = crossings(cells, joins, &height);
        if found < best.0 {
            best = (found, cells.clone());
        }
    }
    *cells = best.1;
}

/// Where a cell is, in cells from the top.
fn place(column: &[Cell], cell: Cell, part: f64) -> f64 {
    let at = column
        .iter()
        .position(|one| *one == cell)
        .unwrap_or_default();
    u32::try_from(at).map_or(f64::MAX, f64::from) + part
}

/// Where a join meets the column on its right.
fn end(column: &[Cell], join: &Join, height: impl Fn(Cell) -> f64) -> f64 {
    place(column, join.right, join.into / height(join.right))
}

/// The mean of the places that each cell is joined to; its own without any.
fn means(column: &[Cell], met: impl Fn(Cell) -> Vec<f64>) -> Vec<(f64, Cell)> {
    let mean = |cell: &Cell| {
        let met = met(*cell);
        let number = u32::try_from(met.len()).map_or(f64::MAX, f64::from);
        let mean = match met.len() {
            0 => place(column, *cell, 0.5),
            _ => met.iter().sum::<f64>() / number,
        };
        (mean, *cell)
    };
    column.iter().map(mean).collect()
}

fn sort(column: &mut Vec<Cell>, places: &[(f64, Cell)]) {
    let mut places = places.to_vec();
    places.sort_by(|one, other| one.0.total_cmp(&other.0));
    *column = places.into_iter().map(|(_, cell)| cell).collect();
}

/// Swaps neighbours as long as that takes crossings away.
fn untangle(cells: &mut [Vec<Cell>], joins: &[Vec<Join>], height: &impl Fn(Cell) -> f64) {
    for column in 0..cells.len() {
        for at in 1..cells[column].len() {
            let before = around(column, cells, joins, height);
            cells[column].swap(at - 1, at);
            if around(column, cells, joins, height) >= before {
                cells[column].swap(at - 1, at);
            }
        }
    }
}

/// Crossings on both sides of a column.
fn around(
    column: usize,
    cells: &[Vec<Cell>],
    joins: &[Vec<Join>],
    height: &impl Fn(Cell) -> f64,
) -> usize {
    let sides = column..=(column + 1).min(cells.len() - 1);
    sides
        .map(|column| between(column, cells, joins, height))
        .sum()
}

fn crossings(cells: &[Vec<Cell>], joins: &[Vec<Join>], height: &impl Fn(Cell) -> f64) -> usize {
    (0..cells.len())
        .map(|column| between(column, cells, joins, height))
        .sum()
}

/// Crossings between a column and the one before.
fn between(
    column: usize,
    cells: &[Vec<Cell>],
    joins: &[Vec<Join>],
    height: &impl Fn(Cell) -> f64,
) -> usize {
    if column == 0 {
        return 0;
    }
    let ends = joins[column].iter().map(|join| {
        let begin = place(&cells[column - 1], join.left, 0.5);
        (begin, end(&cells[column], join, height))
    });
    let ends: Vec<(f64, f64)> = ends.collect();
    let crosses = |one: &(f64, f64), other: &(f64, f64)| {
        (one.0 < other.0 && one.1 > other.1) || (one.0 > other.0 && one.1 < other.1)
    };
    let pairs = ends.iter().enumerate();
    pairs
        .map(|(at, one)| {
            ends[at + 1..]
                .iter()
                .filter(|other| crosses(one, other))
                .count()
        })
        .sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_that_can_be_drawn_without_a_crossing_are() {
        let block = Cell::Block;
        let mut cells = vec![vec![block(0), block(1)], vec![block(2), block(3)]];
        let join = |left, right| Join {
            left: block(left),
            right: block(right),
            into: 5.0,
        };
        let joins = vec![Vec::new(), vec![join(0, 3), join(1, 2)]];
        arrange(&mut cells, &joins, |_| 10.0);
        assert_eq!(crossings(&cells, &joins, &|_| 10.0), 0);
    }

    #[test]
    fn rows_of_one_box_have_their_sources_in_their_order() {
        let block = Cell::Block;
        let mut cells = vec![vec![block(0), block(1)], vec![block(2)]];
        let join = |left, into| Join {
            left: block(left),
            right: block(2),
            into,
        };
        let joins = vec![Vec::new(), vec![join(0, 30.0), join(1, 10.0)]];
        arrange(&mut cells, &joins, |_| 40.0);
        assert_eq!(cells[0], [block(1), block(0)]);
    }
}
