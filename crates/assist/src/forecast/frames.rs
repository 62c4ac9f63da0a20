//! A few frames that stand for a song, for questions that are asked many times over.

use mixkeel_analysis::energy::{BANDS, Power, lower_hz};
use mixkeel_analysis::masking::Console;
use mixkeel_analysis::playback::System;

use super::Forecast;

/// How many frames stand for a span. Ours: a few dozen are as many as a console of 24 tracks can be listened to while somebody
/// waits; how far mean losses then lie from those over all frames was not measured.
const FRAMES_A_SPAN: usize = 32;

/// How many frames every sound has at least, of its loudest, however seldom it plays. Ours.
const FRAMES_A_SOUND: usize = 8;

impl Forecast<'_> {
    /// Cells that stand for the song: of each span between borders as many, evenly spread, and of each sound some of its
    /// loudest. In order.
    pub fn frames(&self, borders: &[usize]) -> Vec<usize> {
        let mut edges: Vec<usize> = borders.iter().copied().filter(|cell| *cell < self.cells).collect();
        edges.extend([0, self.cells]);
        edges.sort_unstable();
        edges.dedup();
        let mut frames = Vec::new();
        for span in edges.windows(2) {
            let &[from, to] = span else { continue };
            let count = FRAMES_A_SPAN.min(to - from);
            frames.extend((0..count).map(|n| from + (2 * n + 1) * (to - from) / (2 * count)));
        }
        for sound in 0..self.sources.len() {
            frames.extend(self.loudest(sound));
        }
        frames.sort_unstable();
        frames.dedup();
        frames
    }

    /// The loudest of every eighth part of a song.
    fn loudest(&self, sound: usize) -> impl Iterator<Item = usize> {
        let power = move |cell: usize| -> f64 {
            (0..BANDS).map(|band| self.power(sound, cell, band)).map(|power| power.left + power.right).sum()
        };
        (0..FRAMES_A_SOUND).filter_map(move |part| {
            let (from, to) = (part * self.cells / FRAMES_A_SOUND, (part + 1) * self.cells / FRAMES_A_SOUND);
            // Every third cell is looked at: sounds last longer.
            let loudest =
                (from..to).step_by(3).map(|cell| (power(cell), cell)).max_by(|a, b| a.0.total_cmp(&b.0))?;
            (loudest.0 > 0.0).then_some(loudest.1)
        })
    }

    /// The sounds of groups, each group as one, in these cells on a playback system: ready to be turned and asked how loud
    /// they are within each other. A group's number is its place; what is in none is part of the rest, in the last place.
    pub fn console(&self, groups: &[Vec<usize>], cells: &[usize], system: &System) -> Console {
        let edges_hz: Vec<f64> = (0..=BANDS).map(lower_hz).collect();
        let rest: Vec<usize> = (0..self.sources.len())
            .filter(|sound| !groups.iter().any(|group| group.contains(sound)))
            .collect();
        let mut console = Console::new(groups.len() + 1, &edges_hz, system);
        for &cell in cells {
            let rows: Vec<Vec<Power>> = groups
                .iter()
                .chain([&rest])
                .map(|group| {
                    let together = |band: usize| {
                        group.iter().fold(Power::default(), |sum, sound| {
                            let power = self.power(*sound, cell, band);
                            Power {
                                left: sum.left + power.left,
                                right: sum.right + power.right,
                                cross: sum.cross + power.cross,
                            }
                        })
                    };
                    (0..BANDS).map(together).collect()
                })
                .collect();
            let rows: Vec<&[Power]> = rows.iter().map(Vec::as_slice).collect();
            console.push(&rows);
        }
        console
    }
}
