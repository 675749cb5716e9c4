//! Where boxes and lines go: a layered drawing from left to right.
//!
//! Knows boxes by number, and nothing of stages. Each box is in a column left
//! of all that need it. Lines of one kind leave a box as one trunk, however many
//! need it: it has a slot of its own in the columns that it passes, so that no
//! line crosses a box, and branches off right before each end. Numbers alone
//! decide, so that the same plan is drawn in the same way everywhere.

use super::order;

/// Between a column and the next, where lines bend.
const GAP: f64 = 60.0;
/// Above and below a box.
const SPACE: f64 = 9.0;
/// A trunk in a column that it passes: its share of the height.
const LANE: f64 = 5.0;
/// How often everything is moved towards what it is joined to.
const ROUNDS: usize = 24;
/// How much more a trunk wants to be straight than a box wants to be near.
const STRAIGHT: f64 = 6.0;

/// A box to be placed, and where its lines leave it.
#[derive(Debug, Clone)]
pub(super) struct Block {
    pub(super) height: f64,
    pub(super) out: f64,
}

/// A line to be drawn, from one box to a place on the left of a later one.
#[derive(Debug, Clone)]
pub(super) struct Line {
    pub(super) from: usize,
    pub(super) to: usize,
    pub(super) into: f64,
    /// Lines of one kind have a trunk together.
    pub(super) kind: usize,
}

/// What is in a slot of a column.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Cell {
    /// The box itself.
    Block(usize),
    /// The trunk of a box for lines of a kind.
    Trunk(usize, usize),
}

/// A join of neighbouring columns: cells by their number in each, and where
/// the right one is met, from its top.
#[derive(Debug, Clone, Copy)]
pub(super) struct Join {
    pub(super) left: Cell,
    pub(super) right: Cell,
    pub(super) into: f64,
}

/// The drawing.
#[derive(Debug, Clone)]
pub(super) struct Layout {
    pub(super) width: f64,
    pub(super) height: f64,
    /// The corner of each block at the top left.
    pub(super) corners: Vec<(f64, f64)>,
    /// The points of each line; every other stretch, from the second on, is level.
    pub(super) lines: Vec<Vec<(f64, f64)>>,
}

/// Places blocks that are all `width` wide. Lines lead from blocks to later ones.
pub(super) fn layout(blocks: &[Block], lines: &[Line], width: f64) -> Layout {
    let columns = columns(blocks.len(), lines);
    let mut grid = Grid::new(lines, &columns);
    order::arrange(&mut grid.cells, &grid.joins, |cell| height(cell, blocks));
    let tops = grid.tops(blocks);
    let left = |column: usize| count(column) * (width + GAP);
    let top = |column: usize, cell: Cell| {
        let at = grid.cells[column].iter().position(|one| *one == cell);
        at.map_or(0.0, |at| tops[column][at])
    };
    let corner = |block| {
        (
            left(columns[block]),
            top(columns[block], Cell::Block(block)),
        )
    };
    let corners: Vec<_> = (0..blocks.len()).map(corner).collect();
    let route = |line: &Line| {
        let (x, y) = corners[line.from];
        let mut points = vec![(x + width, y + blocks[line.from].out)];
        for column in columns[line.from] + 1..columns[line.to] {
            let y = top(column, Cell::Trunk(line.from, line.kind)) + LANE / 2.0;
            points.extend([(left(column), y), (left(column) + width, y)]);
        }
        let (x, y) = corners[line.to];
        points.push((x, y + line.into));
        points
    };
    let bottoms = corners
        .iter()
        .zip(blocks)
        .map(|((_, y), one)| y + one.height);
    Layout {
        width: left(grid.cells.len()) - GAP,
        height: bottoms.fold(grid.lowest(&tops, blocks), f64::max),
        lines: lines.iter().map(route).collect(),
        corners,
    }
}

/// The column of each block: as far right as what needs it allows.
fn columns(blocks: usize, lines: &[Line]) -> Vec<usize> {
    let mut before_end = vec![0_usize; blocks];
    for block in (0..blocks).rev() {
        let after = lines.iter().filter(|line| line.from == block);
        let most = after.map(|line| before_end[line.to] + 1).max();
        before_end[block] = most.unwrap_or_default();
    }
    let longest = before_end.iter().copied().max().unwrap_or_default();
    before_end.iter().map(|before| longest - before).collect()
}

/// The slots of all columns, and what joins neighbours.
struct Grid {
    cells: Vec<Vec<Cell>>,
    joins: Vec<Vec<Join>>,
}

impl Grid {
    fn new(lines: &[Line], columns: &[usize]) -> Self {
        let number = columns.iter().max().map_or(0, |last| last + 1);
        let mut grid = Self {
            cells: vec![Vec::new(); number],
            joins: vec![Vec::new(); number],
        };
        for (block, column) in columns.iter().enumerate() {
            grid.cells[*column].push(Cell::Block(block));
        }
        let mut trunks: Vec<(usize, usize)> = Vec::new();
        for trunk in lines.iter().map(|line| (line.from, line.kind)) {
            if !trunks.contains(&trunk) {
                trunks.push(trunk);
                grid.trunk(trunk, lines, columns);
            }
        }
        grid
    }

    /// Leads a trunk through the columns up to its last end.
    fn trunk(&mut self, (from, kind): (usize, usize), lines: &[Line], columns: &[usize]) {
        let own = |line: &&Line| (line.from, line.kind) == (from, kind);
        let ends: Vec<&Line> = lines.iter().filter(own).collect();
        let last = ends.iter().map(|line| columns[line.to]).max();
        let mut left = Cell::Block(from);
        for column in columns[from] + 1..=last.unwrap_or_default() {
            for line in ends.iter().filter(|line| columns[line.to] == column) {
                self.join(column, left, Cell::Block(line.to), line.into);
            }
            if Some(column) != last {
                let trunk = Cell::Trunk(from, kind);
                self.cells[column].push(trunk);
                self.join(column, left, trunk, LANE / 2.0);
                left = trunk;
            }
        }
    }

    fn join(&mut self, column: usize, left: Cell, right: Cell, into: f64) {
        self.joins[column].push(Join { left, right, into });
    }

    /// The top of each cell: near to what it is joined to, in its order, with
    /// nothing over anything else.
    fn tops(&self, blocks: &[Block]) -> Vec<Vec<f64>> {
        let mut tops: Vec<Vec<f64>> = self
            .cells
            .iter()
            .map(|column| {
                settle(
                    column,
                    &vec![0.0; column.len()],
                    &vec![1.0; column.len()],
                    blocks,
                )
            })
            .collect();
        for round in 0..ROUNDS {
            for step in 0..self.cells.len() {
                let column = match round % 2 {
                    0 => step,
                    _ => self.cells.len() - 1 - step,
                };
                let (wishes, weights) = self.wishes(column, &tops, blocks);
                tops[column] = settle(&self.cells[column], &wishes, &weights, blocks);
            }
        }
        let least = tops.iter().flatten().copied().fold(f64::INFINITY, f64::min);
        let moved = |column: Vec<f64>| column.iter().map(|top| (top - least).round()).collect();
        tops.into_iter().map(moved).collect()
    }

    /// Where each cell of a column would like to be, and how much.
    fn wishes(&self, column: usize, tops: &[Vec<f64>], blocks: &[Block]) -> (Vec<f64>, Vec<f64>) {
        let top = |column: usize, cell: Cell| {
            let at = self.cells[column].iter().position(|one| *one == cell);
            at.map_or(0.0, |at| tops[column][at])
        };
        let wish = |cell: &Cell| {
            let (mut sum, mut weight) = (0.0, 0.0);
            let mut add = |at: f64, other: Cell| {
                let straight = matches!((cell, other), (Cell::Trunk(..), Cell::Trunk(..)));
                let share = if straight { STRAIGHT } else { 1.0 };
                sum += at * share;
                weight += share;
            };
            for join in self.joins[column].iter().filter(|join| join.right == *cell) {
                add(
                    top(column - 1, join.left) + out(join.left, blocks) - join.into,
                    join.left,
                );
            }
            for join in self.joins.get(column + 1).into_iter().flatten() {
                if join.left == *cell {
                    add(
                        top(column + 1, join.right) + join.into - out(*cell, blocks),
                        join.right,
                    );
                }
            }
            match weight {
                0.0 => (top(column, *cell), 1.0),
                _ => (sum / weight, weight),
            }
        };
        self.cells[column].iter().map(wish).unzip()
    }

    fn lowest(&self, tops: &[Vec<f64>], blocks: &[Block]) -> f64 {
        let all = self.cells.iter().zip(tops);
        let ends = all.flat_map(|(cells, tops)| {
            cells
                .iter()
                .zip(tops)
                .map(|(cell, top)| top + height(*cell, blocks))
        });
        ends.fold(0.0, f64::max)
    }
}

/// The tops nearest to the wishes, by the weighted squares of the distances, that
/// keep order and space: neighbours that would overlap become one group, which
/// goes to the mean of its wishes.
fn settle(cells: &[Cell], wishes: &[f64], weights: &[f64], blocks: &[Block]) -> Vec<f64> {
    let mut offsets = vec![0.0];
    for pair in cells.windows(2) {
        let last = offsets.last().copied().unwrap_or_default();
        offsets.push(last + height(pair[0], blocks) + space(pair[0], pair[1]));
    }
    // Each group: its wish without offsets, its weight, how many cells.
    let mut groups: Vec<(f64, f64, usize)> = Vec::new();
    for ((wish, weight), offset) in wishes.iter().zip(weights).zip(&offsets) {
        let mut group = (wish - offset, *weight, 1);
        while let Some(above) = groups.pop_if(|above| above.0 >= group.0) {
            let weight = above.1 + group.1;
            let mean = (above.0 * above.1 + group.0 * group.1) / weight;
            group = (mean, weight, above.2 + group.2);
        }
        groups.push(group);
    }
    let starts = groups
        .iter()
        .flat_map(|group| std::iter::repeat_n(group.0, group.2));
    starts
        .zip(offsets)
        .map(|(start, offset)| start + offset)
        .collect()
}

fn space(above: Cell, below: Cell) -> f64 {
    match (above, below) {
        (Cell::Trunk(..), Cell::Trunk(..)) => LANE,
        (Cell::Block(_), Cell::Block(_)) => 2.0 * SPACE,
        _ => SPACE + LANE,
    }
}

fn height(cell: Cell, blocks: &[Block]) -> f64 {
    match cell {
        Cell::Block(block) => blocks[block].height,
        Cell::Trunk(..) => LANE,
    }
}

/// Where lines leave a cell, from its top.
fn out(cell: Cell, blocks: &[Block]) -> f64 {
    match cell {
        Cell::Block(block) => blocks[block].out,
        Cell::Trunk(..) => LANE / 2.0,
    }
}

/// A number of columns as a factor.
fn count(columns: usize) -> f64 {
    u32::try_from(columns).map_or(f64::MAX, f64::from)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn blocks(heights: &[f64]) -> Vec<Block> {
        let block = |height: &f64| Block {
            height: *height,
            out: 10.0,
        };
        heights.iter().map(block).collect()
    }

    fn lines(pairs: &[(usize, usize)]) -> Vec<Line> {
        let line = |(from, to): &(usize, usize)| Line {
            from: *from,
            to: *to,
            into: 10.0,
            kind: 0,
        };
        pairs.iter().map(line).collect()
    }

    #[test]
    fn a_chain_is_a_straight_line() {
        let drawn = layout(
            &blocks(&[40.0, 60.0, 40.0]),
            &lines(&[(0, 1), (1, 2)]),
            100.0,
        );
        assert_eq!(drawn.corners, [(0.0, 0.0), (160.0, 0.0), (320.0, 0.0)]);
        assert_eq!((drawn.width, drawn.height), (420.0, 60.0));
        assert_eq!(drawn.lines[0], [(100.0, 10.0), (160.0, 10.0)]);
    }

    #[test]
    fn what_is_needed_late_is_drawn_late() {
        let lines = lines(&[(0, 1), (1, 3), (2, 3)]);
        let drawn = layout(&blocks(&[40.0; 4]), &lines, 100.0);
        assert_eq!(drawn.corners[2].0, drawn.corners[1].0);
    }

    #[test]
    fn a_line_that_passes_a_column_crosses_no_box_of_it() {
        let lines = lines(&[(0, 1), (1, 2), (0, 2), (3, 1)]);
        let drawn = layout(&blocks(&[40.0; 4]), &lines, 100.0);
        let (_, top) = drawn.corners[1];
        let passing = drawn.lines[2][1].1;
        assert!(passing < top || passing > top + 40.0, "{drawn:?}");
        assert_eq!(drawn.lines[2].len(), 4);
    }

    #[test]
    fn nothing_at_all_is_drawn_as_nothing() {
        let drawn = layout(&[], &[], 100.0);
        assert!(drawn.corners.is_empty() && drawn.lines.is_empty());
    }
}
