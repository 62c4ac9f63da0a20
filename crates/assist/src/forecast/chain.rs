//! The way of a sound from its recording into the mix: what each cell and band of it is multiplied by.

use std::borrow::Borrow;
use std::sync::Arc;

use mixkeel_analysis::energy::BANDS;

use super::passage::Passage;

/// One thing on the way.
#[derive(Clone, Debug)]
pub(super) enum Stage {
    /// The same always and in every band.
    Flat(Passage),
    /// By cell of the song: faders that move, compressors.
    Cells(Arc<[Passage]>),
    /// By band: equalisers.
    Bands(Arc<[Passage]>),
    /// By cell and band: what works on parts of the spectrum by their level.
    Grid(Arc<[Passage]>),
}

impl Stage {
    fn at(&self, cell: usize, band: usize) -> Passage {
        let found = match self {
            Stage::Flat(passage) => return *passage,
            Stage::Cells(cells) => cells.get(cell),
            Stage::Bands(bands) => bands.get(band),
            Stage::Grid(grid) => grid.get(cell * BANDS + band),
        };
        found.copied().unwrap_or(Passage::OPEN)
    }
}

/// Stages in order; neighbours of one kind are held as one.
#[derive(Clone, Debug, Default)]
pub(super) struct Chain(Vec<Stage>);

impl Chain {
    /// One more stage at the end.
    pub fn push(&mut self, next: Stage) {
        let merged = match (self.0.last_mut(), &next) {
            (Some(Stage::Flat(one)), Stage::Flat(other)) => {
                *one = one.then(*other);
                true
            }
            (Some(Stage::Bands(one)), Stage::Bands(other)) => {
                *one = one.iter().zip(other.iter()).map(|(one, other)| one.then(*other)).collect();
                true
            }
            (Some(Stage::Bands(one) | Stage::Cells(one)), Stage::Flat(other)) => {
                *one = one.iter().map(|one| one.then(*other)).collect();
                true
            }
            (Some(Stage::Cells(one)), Stage::Cells(other)) if one.len() == other.len() => {
                *one = one.iter().zip(other.iter()).map(|(one, other)| one.then(*other)).collect();
                true
            }
            _ => false,
        };
        if !merged {
            self.0.push(next);
        }
    }

    /// All of it in one cell of the song and band.
    #[inline]
    pub fn at(&self, cell: usize, band: usize) -> Passage {
        match self.0.as_slice() {
            [only] => only.at(cell, band),
            [one, other] => one.at(cell, band).then(other.at(cell, band)),
            stages => stages.iter().fold(Passage::OPEN, |passage, stage| passage.then(stage.at(cell, band))),
        }
    }
}

/// What happens to one sound on all its ways into the mix, which add up as the same sound does.
#[inline]
pub(super) fn by_all<C: Borrow<Chain>>(ways: &[C], cell: usize, band: usize) -> Passage {
    match ways {
        [only] => only.borrow().at(cell, band),
        ways => ways.iter().fold(Passage::SHUT, |sum, way| sum.beside(way.borrow().at(cell, band))),
    }
}
