//! Bursts where sibilants lie: how often, how long and how strong.

use mixkeel_dsp::units::db_from_power;
use serde::{Deserialize, Serialize};

use super::resolution::Slice;

/// Where the energy of "s" and "sh" lies, of men and women (the range that engineers name: 4 to 10 kHz).
const SIBILANT_HZ: (f64, f64) = (4_000.0, 10_000.0);

/// A burst holds at least this share of what sounds at that moment. Ours: −10 dB; vowels stay 15 dB and more below.
const LEAST_SHARE_DB: f64 = -10.0;

/// And at least this much more of it than what plays usually has.
const OVER_USUAL_DB: f64 = 6.0;

/// A burst this far under the whole is not heard over it.
const LEAST_LEVEL_DB: f64 = -30.0;

/// The energies of the sibilants' band and of everything above 562 Hz, window by window (a tenth of a second, each
/// overlapping the next by half).
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Bursts {
    windows_per_s: f64,
    windows: Vec<[f32; 2]>,
}

/// A burst.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Burst {
    /// When it begins, in seconds, to a twentieth.
    pub at_s: f64,
    /// How long it lasts, in seconds.
    pub length_s: f64,
    /// The strongest moment of the band in dB re the mean of everything above 562 Hz while there is sound.
    pub level_db: f64,
}

/// What the bursts amount to.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Sibilance {
    /// The bursts in order of time. In a full mix cymbals are among them.
    pub bursts: Vec<Burst>,
    /// The mean of the bursts' levels in dB. `None` without bursts.
    pub level_db: Option<f64>,
    /// The median over sounding windows of the band's share in dB: how bright the rest is. `None` for silence.
    pub usual_share_db: Option<f64>,
}

impl Bursts {
    pub(crate) fn new(windows_per_s: f64) -> Self {
        Self { windows_per_s, windows: Vec::new() }
    }

    /// The next window of a slice that had these energies before it; gives those it has with it.
    pub(crate) fn add(&mut self, slice: &Slice<'_>, before: [f64; 2]) -> [f64; 2] {
        let (from_hz, to_hz) = SIBILANT_HZ;
        let sums = [slice.energy_between(from_hz, to_hz), slice.energy_between(0.0, f64::INFINITY)];
        let [band, all] = [sums[0] - before[0], sums[1] - before[1]];
        self.windows.push([band.max(0.0) as f32, all.max(0.0) as f32]);
        sums
    }

    /// The bursts between two times in seconds.
    pub fn sibilance(&self, seconds: std::ops::Range<f64>) -> Sibilance {
        // Window k is centred on k steps.
        let middle_s = |window: usize| window as f64 / self.windows_per_s.max(1e-9);
        let inside: Vec<(f64, f64, f64)> = self
            .windows
            .iter()
            .enumerate()
            .map(|(window, [band, all])| (middle_s(window), f64::from(*band), f64::from(*all)))
            .filter(|(at_s, _, _)| seconds.contains(at_s))
            .collect();
        let loudest = inside.iter().map(|(_, _, all)| *all).fold(0.0, f64::max);
        // What is 40 dB under the loudest window is a pause.
        let sounding = |all: f64| all > 1e-4 * loudest;
        let mut shares: Vec<f64> =
            inside.iter().filter(|(_, _, all)| sounding(*all)).map(|(_, band, all)| band / all).collect();
        shares.sort_by(f64::total_cmp);
        let Some(&usual) = shares.get(shares.len() / 2) else { return Sibilance::default() };
        let mean = inside.iter().filter(|(_, _, all)| sounding(*all)).map(|(_, _, all)| all).sum::<f64>()
            / shares.len() as f64;
        let least = mixkeel_dsp::units::power_from_db(LEAST_SHARE_DB)
            .max(usual * mixkeel_dsp::units::power_from_db(OVER_USUAL_DB));
        let mut bursts: Vec<Burst> = Vec::new();
        let mut open = false;
        for &(at_s, band, all) in &inside {
            let level_db = db_from_power((band / mean).max(1e-30));
            let burst = sounding(all) && band > least * all && level_db > LEAST_LEVEL_DB;
            match (burst, open, bursts.last_mut()) {
                (true, true, Some(last)) => {
                    last.length_s = at_s - last.at_s + 0.5 / self.windows_per_s;
                    last.level_db = last.level_db.max(level_db);
                }
                (true, _, _) => {
                    let half_s = 0.5 / self.windows_per_s;
                    bursts.push(Burst { at_s: (at_s - half_s).max(0.0), length_s: 2.0 * half_s, level_db });
                }
                _ => {}
            }
            open = burst;
        }
        let count = bursts.len() as f64;
        let level_db = bursts.iter().map(|burst| burst.level_db).sum::<f64>() / count;
        Sibilance {
            level_db: (!bursts.is_empty()).then_some(level_db),
            usual_share_db: (usual > 0.0).then(|| db_from_power(usual)),
            bursts,
        }
    }
}
