//! Our processors beside those that people would otherwise pick, in one run on the same files:
//! `cargo bench -p mixkeel --bench side_by_side -- [PYTHON]`.
//!
//! sox and ffmpeg are run when they are on the path; the Python package pedalboard when PYTHON (`python3` when not said) has
//! it. Every contestant is a process of its own that reads a file and writes one; times are the least of three. Settings are as
//! near to the same as each allows. Below the times stand measures of what came out.
#![allow(missing_docs, clippy::unwrap_used)] // a benchmark that cannot set up its files has nothing to say

use std::f64::consts::TAU;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Instant;

use mixkeel_analysis::meter::Meter;
use mixkeel_analysis::true_peak::TruePeakMeter;
use mixkeel_dsp::block::{Buffer, Channels};
use mixkeel_dsp::catalog;
use mixkeel_dsp::param::Value;
use mixkeel_dsp::processor::{Context, Setup};
use mixkeel_io::read::{Downmix, open};
use mixkeel_io::write::{Spec, create};

/// One job for every contestant; an empty text where one has no such thing.
struct Job {
    name: &'static str,
    ours: &'static [&'static str],
    sox: &'static str,
    ffmpeg: &'static str,
    pedalboard: &'static str,
}

const JOBS: [Job; 6] = [
    Job {
        name: "eq, 4 bands",
        ours: &[
            "eq",
            "band.1/shape=low-shelf",
            "band.1/freq_hz=100",
            "band.1/gain_db=3",
            "band.2/freq_hz=400",
            "band.2/gain_db=-4",
            "band.3/freq_hz=3000",
            "band.3/gain_db=2",
            "band.4/shape=high-shelf",
            "band.4/freq_hz=9000",
            "band.4/gain_db=3",
        ],
        sox: "bass 3 100 equalizer 400 1q -4 equalizer 3000 1q 2 treble 3 9000",
        ffmpeg: "bass=g=3:f=100,equalizer=f=400:t=q:w=1:g=-4,equalizer=f=3000:t=q:w=1:g=2,treble=g=3:f=9000",
        pedalboard: "LowShelfFilter(100,3),PeakFilter(400,-4,1),PeakFilter(3000,2,1),HighShelfFilter(9000,3)",
    },
    Job {
        name: "compressor",
        ours: &["compressor", "threshold_db=-20", "ratio=4", "attack_ms=10", "release_ms=100"],
        sox: "compand 0.01,0.1 6:-20,-20,0,-15",
        ffmpeg: "acompressor=threshold=-20dB:ratio=4:attack=10:release=100",
        pedalboard: "Compressor(-20,4,10,100)",
    },
    Job {
        name: "saturation",
        ours: &["saturation", "shape=soft", "drive_db=12", "match_level=false"],
        sox: "overdrive 12 0",
        ffmpeg: "volume=12dB,asoftclip=type=tanh:oversample=8",
        pedalboard: "Distortion(12)",
    },
    Job {
        name: "limiter",
        ours: &["limiter", "ceiling_db=-1"],
        sox: "",
        ffmpeg: "alimiter=limit=0.891250938:level=0",
        pedalboard: "Limiter(-1,100)",
    },
    Job {
        name: "reverb",
        ours: &["reverb", "decay_s=2", "mix_percent=30"],
        sox: "reverb 50",
        ffmpeg: "",
        pedalboard: "Reverb(0.5)",
    },
    Job {
        name: "delay",
        ours: &["delay", "time_ms=350", "feedback_percent=40", "mix_percent=30"],
        sox: "echos 0.8 0.9 350 0.3 700 0.12",
        ffmpeg: "aecho=0.8:0.9:350|700:0.3|0.12",
        pedalboard: "Delay(0.35,0.4,0.3)",
    },
];

struct Contestant {
    name: &'static str,
    run: fn(&Job, &Path, &Path, &str) -> Option<Command>,
}

const CONTESTANTS: [Contestant; 4] = [
    Contestant { name: "ours", run: ours },
    Contestant { name: "sox", run: sox },
    Contestant { name: "ffmpeg", run: ffmpeg },
    Contestant { name: "pedalboard", run: pedalboard },
];

fn main() {
    let words: Vec<String> = std::env::args().skip(1).filter(|word| !word.starts_with("--")).collect();
    if let [run, input, output, kind, values @ ..] = words.as_slice()
        && run == "process"
    {
        return process(Path::new(input), Path::new(output), kind, values);
    }
    let python = words.first().cloned().unwrap_or_else(|| "python3".to_owned());
    let folder = std::env::temp_dir().join("mixkeel-side-by-side");
    std::fs::create_dir_all(&folder).unwrap();
    times(&folder, &python);
    qualities(&folder, &python);
}

fn times(folder: &Path, python: &str) {
    let input = folder.join("noise.wav");
    write(&input, 48_000, &[noise(1, 120 * 48_000, 0.25), noise(2, 120 * 48_000, 0.25)]);
    println!(
        "two minutes in stereo at 48 kHz, file to file, as processes; in brackets: how much longer than ours"
    );
    let names: Vec<String> =
        CONTESTANTS.iter().map(|contestant| format!("{:>18}", contestant.name)).collect();
    println!("{:14}{}", "", names.concat());
    for job in &JOBS {
        let mut row = format!("{:14}", job.name);
        let mut our_s = None;
        for (n, contestant) in CONTESTANTS.iter().enumerate() {
            let best = (0..3).filter_map(|_| time(contestant, job, &input, &folder.join("out.wav"), python));
            let best = best.min_by(f64::total_cmp);
            our_s = if n == 0 { best } else { our_s };
            row.push_str(&match (best, our_s) {
                (Some(best), None) => format!("{:>18}", format!("{best:.2} s")),
                (Some(best), Some(our_s)) => format!("{:>18}", format!("{best:.2} s ({:.1})", best / our_s)),
                _ => format!("{:>18}", "–"),
            });
        }
        println!("{row}");
    }
}

fn time(contestant: &Contestant, job: &Job, input: &Path, output: &Path, python: &str) -> Option<f64> {
    let mut command = (contestant.run)(job, input, output, python)?;
    let _ = std::fs::remove_file(output);
    let started = Instant::now();
    let done = command.stdout(Stdio::null()).stderr(Stdio::null()).stdin(Stdio::null()).status().ok()?;
    done.success().then(|| started.elapsed().as_secs_f64())
}

fn ours(job: &Job, input: &Path, output: &Path, _python: &str) -> Option<Command> {
    let mut command = Command::new(std::env::current_exe().ok()?);
    command.arg("process").arg(input).arg(output).args(job.ours);
    Some(command)
}

fn sox(job: &Job, input: &Path, output: &Path, _python: &str) -> Option<Command> {
    let mut command = Command::new("sox");
    command.arg(input).args(["-b", "32", "-e", "float"]).arg(output).args(job.sox.split(' '));
    (!job.sox.is_empty()).then_some(command)
}

fn ffmpeg(job: &Job, input: &Path, output: &Path, _python: &str) -> Option<Command> {
    let mut command = Command::new("ffmpeg");
    command.args(["-y", "-i"]).arg(input).args(["-af", job.ffmpeg, "-c:a", "pcm_f32le"]).arg(output);
    (!job.ffmpeg.is_empty()).then_some(command)
}

fn pedalboard(job: &Job, input: &Path, output: &Path, python: &str) -> Option<Command> {
    let script = format!(
        "import sys\nfrom pedalboard import *\nfrom pedalboard.io import AudioFile\n\
         board=Pedalboard([{}])\n\
         with AudioFile(sys.argv[1]) as i, AudioFile(sys.argv[2],'w',i.samplerate,i.num_channels,bit_depth=32) as o:\n\
         \x20while i.tell()<i.frames: o.write(board(i.read(65536),i.samplerate,reset=False))\n",
        job.pedalboard
    );
    let mut command = Command::new(python);
    command.arg("-c").arg(script).arg(input).arg(output);
    (!job.pedalboard.is_empty()).then_some(command)
}

/// What we do to a file, as a process of our own.
fn process(input: &Path, output: &Path, kind: &str, values: &[String]) {
    let kind = catalog::find(kind).unwrap();
    let mut settings = (kind.settings)();
    for pair in values {
        let (path, value) = pair.split_once('=').unwrap();
        let number = value.parse().map(Value::Number);
        let switch = value.parse().map(Value::Switch);
        settings
            .set(path, &number.or(switch.clone()).unwrap_or_else(|_| Value::Word(value.to_owned())))
            .unwrap();
    }
    let mut reader = open(input, Downmix::Refuse).unwrap();
    let (channels, rate_hz) = (reader.info().channels, reader.info().rate_hz);
    let mut writer = create(output, &spec(rate_hz, channels)).unwrap();
    let mut processor = (kind.build)();
    processor.prepare(&Setup { rate_hz, channels, max_block_frames: 1_024 });
    processor.set(&*settings);
    let (mut buffer, mut frame) = (Buffer::new(channels, 1_024), 0);
    let mut late = processor.latency_frames();
    loop {
        let frames = reader.read(&mut buffer.block()).unwrap();
        if frames == 0 {
            break;
        }
        let at = Context { frame, tempo_bpm: 120.0 };
        processor.process(&mut buffer.block().part(0..frames), &[], &at);
        frame += frames as i64;
        let drop = late.min(frames);
        late -= drop;
        writer.write(buffer.signal().part(drop..frames)).unwrap();
    }
    writer.finish().unwrap();
}

fn qualities(folder: &Path, python: &str) {
    println!("\nwhat came out");
    let peak = Job {
        name: "bell at 10 kHz",
        ours: &["eq", "band.1/freq_hz=10000", "band.1/gain_db=12", "band.1/q=1"],
        sox: "equalizer 10000 1q 12",
        ffmpeg: "equalizer=f=10000:t=q:w=1:g=12",
        pedalboard: "PeakFilter(10000,12,1)",
    };
    let mut impulse = vec![0.0; 44_100];
    impulse[11_025] = 0.1;
    each(
        folder,
        python,
        &peak,
        44_100,
        &impulse,
        "bell, +12 dB, Q 1, 44.1 kHz: worst error 20 Hz to 16 kHz, to 20 kHz",
        |out| {
            let error = |to_hz: f64| {
                let steps = (0..).map(|step| 20.0 * (2.0_f64).powf(f64::from(step) / 12.0));
                steps
                    .take_while(|hz| *hz <= to_hz)
                    .map(|hz| (response_db(out, 44_100.0, hz) - bell_db(hz)).abs())
                    .fold(0.0, f64::max)
            };
            format!("{:.2}, {:.2} dB", error(16_000.0), error(20_000.0))
        },
    );
    let tone: Vec<f32> =
        (0..96_000).map(|n| (0.501 * (TAU * 5_000.0 * f64::from(n) / 48_000.0).sin()) as f32).collect();
    each(
        folder,
        python,
        &JOBS[2],
        48_000,
        &tone,
        "saturation, 5 kHz at −6 dBFS driven by 12 dB: strongest alias",
        |out| {
            let others = (1..24)
                .filter(|khz| khz % 5 != 0)
                .map(|khz| line_db(&out[24_000..72_000], f64::from(khz) * 1_000.0));
            format!("{:.0} dBFS", others.fold(f64::NEG_INFINITY, f64::max))
        },
    );
    let quarter: Vec<f32> =
        (0..96_000).map(|n| (1.41 * (TAU * (f64::from(n) / 4.0 + 0.125)).sin()) as f32).collect();
    let clipped: Vec<f32> = noise(5, 96_000, 2.0).iter().map(|x| x.clamp(-1.0, 1.0)).collect();
    for (name, sound) in [
        ("limiter at −1 dB, tone at fs/4, 45°: true peak over the ceiling", quarter),
        ("limiter at −1 dB, clipped noise: true peak over the ceiling", clipped),
    ] {
        each(folder, python, &JOBS[3], 48_000, &sound, name, |out| {
            let mut meter = TruePeakMeter::default();
            meter.prepare(48_000, Channels::Mono);
            meter.push(&mixkeel_dsp::block::Signal::mono(&out[12_000..84_000]));
            format!("{:+.2} dB", meter.finish().unwrap_or(-99.0) + 1.0)
        });
    }
    let reverb = Job {
        name: "reverb alone",
        ours: &["reverb", "decay_s=2", "mix_percent=100"],
        sox: "reverb -w 50",
        ffmpeg: "",
        pedalboard: "Reverb(0.5,0.5,1.0,0.0)",
    };
    let mut click = vec![0.0; 6 * 48_000];
    click[480] = 0.5;
    each(
        folder,
        python,
        &reverb,
        48_000,
        &click,
        "reverb (ours set to 2 s): decay time T30 of all frequencies together",
        |out| format!("{:.2} s", t30_s(out, 48_000.0)),
    );
}

/// Lets every contestant do a job on one channel, and prints what is made of the outcome.
fn each(
    folder: &Path,
    python: &str,
    job: &Job,
    rate_hz: u32,
    sound: &[f32],
    title: &str,
    say: impl Fn(&[f32]) -> String,
) {
    let (input, output) = (folder.join("in.wav"), folder.join("out.wav"));
    write(&input, rate_hz, &[sound.to_vec()]);
    println!("{title}");
    for contestant in &CONTESTANTS {
        let said = match time(contestant, job, &input, &output, python) {
            Some(_) => say(&read(&output)),
            None => "–".to_owned(),
        };
        println!("  {:12} {said}", contestant.name);
    }
}

/// The analogue bell of +12 dB, Q 1, at 10 kHz: (s² + s·A/Q + 1)/(s² + s/(A·Q) + 1).
fn bell_db(hz: f64) -> f64 {
    let (a, w) = (10.0_f64.powf(12.0 / 40.0), hz / 10_000.0);
    let real = (1.0 - w * w) * (1.0 - w * w);
    10.0 * ((real + w * w * a * a) / (real + w * w / (a * a))).log10()
}

/// The magnitude of a response to an impulse of 0.1.
fn response_db(out: &[f32], rate_hz: f64, hz: f64) -> f64 {
    let (mut re, mut im) = (0.0, 0.0);
    for (n, x) in out.iter().enumerate() {
        let (sin, cos) = (TAU * hz * n as f64 / rate_hz).sin_cos();
        re += f64::from(*x) * cos;
        im += f64::from(*x) * sin;
    }
    20.0 * (re.hypot(im) / 0.1).log10()
}

/// The level of a line, through a window whose side lobes lie under −90 dB and fall (Blackman and Harris, four terms).
fn line_db(out: &[f32], hz: f64) -> f64 {
    let (mut re, mut im, mut sum) = (0.0, 0.0, 0.0);
    for (n, x) in out.iter().enumerate() {
        let place = TAU * n as f64 / out.len() as f64;
        let window = 0.358_75 - 0.488_29 * place.cos() + 0.141_28 * (2.0 * place).cos()
            - 0.011_68 * (3.0 * place).cos();
        let (sin, cos) = (TAU * hz * n as f64 / 48_000.0).sin_cos();
        re += f64::from(*x) * window * cos;
        im += f64::from(*x) * window * sin;
        sum += window;
    }
    20.0 * (2.0 * re.hypot(im) / sum).max(1e-12).log10()
}

/// Decay time from −5 to −35 dB of the energy still to come (Schroeder 1965, ISO 3382-1).
fn t30_s(out: &[f32], rate_hz: f64) -> f64 {
    let mut left: Vec<f64> = out
        .iter()
        .rev()
        .scan(0.0, |sum, x| {
            *sum += f64::from(*x) * f64::from(*x);
            Some(*sum)
        })
        .collect();
    left.reverse();
    let reach =
        |db: f64| left.iter().position(|energy| 10.0 * (energy / left[0]).log10() < db).unwrap_or(0) as f64;
    2.0 * (reach(-35.0) - reach(-5.0)) / rate_hz
}

fn noise(seed: u32, frames: usize, amplitude: f32) -> Vec<f32> {
    let mut state = seed.wrapping_mul(2_654_435_761).wrapping_add(1);
    (0..frames)
        .map(|_| {
            state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            ((state >> 8) as f32 / 8_388_608.0 - 1.0) * amplitude
        })
        .collect()
}

fn spec(rate_hz: u32, channels: Channels) -> Spec {
    Spec::float_wav(rate_hz, channels)
}

fn write(path: &Path, rate_hz: u32, sides: &[Vec<f32>]) {
    let channels = Channels::from_count(sides.len()).unwrap();
    let mut buffer = Buffer::new(channels, sides[0].len());
    buffer.block().each().zip(sides).for_each(|(to, from)| to.copy_from_slice(from));
    let mut writer = create(path, &spec(rate_hz, channels)).unwrap();
    writer.write(buffer.signal()).unwrap();
    writer.finish().unwrap();
}

/// The left or only channel of a file.
fn read(path: &Path) -> Vec<f32> {
    let mut reader = open(path, Downmix::Fold).unwrap();
    let mut buffer = Buffer::new(reader.info().channels, 4_096);
    let mut out = Vec::new();
    loop {
        let frames = reader.read(&mut buffer.block()).unwrap();
        if frames == 0 {
            return out;
        }
        out.extend_from_slice(&buffer.signal().left()[..frames]);
    }
}
