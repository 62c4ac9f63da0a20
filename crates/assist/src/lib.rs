//! Proposes changes to a session: rules, one decision a file. Never touches sound or disk.
//!
//! What is known about the recordings is a [`Song`](song::Song); what is written is a
//! [`Session`](mixkeel_session::session::Session); a [`Rule`] looks at both and proposes
//! [`Edit`](mixkeel_session::edit::Edit)s with reasons. [`decide`](decide::decide) runs all of [`RULES`] in order and
//! listens, through an [`Ear`](ear::Ear), before those that ask for it.
#![deny(clippy::disallowed_methods, clippy::disallowed_types, clippy::disallowed_macros)]

pub mod decide;
pub mod desk;
pub mod ear;
pub mod focus;
pub mod forecast;
pub mod groups;
pub mod levels;
pub mod pairs;
pub mod premix;
pub mod related;
pub mod roles;
pub mod rough;
pub mod rounds;
pub mod rule;
pub mod rules;
pub mod solve;
pub mod song;
pub mod start;
pub mod starts;
pub mod strength;
pub mod style;
pub mod things;
pub mod variations;

use rounds::Correction;
use rule::Rule;

/// Every rule, in the order applied: what stays out, what is wrong with the recordings, then levels, noise that is heard at
/// these levels, places, tone, movement, space, routing, and at last what the sum leaves. Levels come first because most of a
/// mix is level; headroom comes last because everything before it changes the sum.
pub static RULES: [&dyn Rule; 34] = [
    &rules::repair::keep_out::KeepOut,
    &rules::repair::takes::Takes,
    &rules::repair::polarity::Polarity,
    &rules::repair::align::Align,
    &rules::repair::offset::Offset,
    &rules::repair::clicks::Clicks,
    &rules::trim::stage::Stage,
    &rules::balance::by_role::ByRole,
    &rules::balance::rough_mix::RoughMix,
    &rules::repair::hum::Hum,
    &rules::repair::hiss::Hiss,
    &rules::repair::bleed::Bleed,
    &rules::pan::by_role_and_band::ByRoleAndBand,
    &rules::pan::mono::Mono,
    &rules::eq::residue::Residue,
    &rules::eq::resonances::Resonances,
    &rules::eq::role_shape::RoleShape,
    &rules::eq::make_room::MakeRoom,
    &rules::dynamics::by_crest_and_role::ByCrestAndRole,
    &rules::dynamics::kick_and_bass::KickAndBass,
    &rules::dynamics::sibilance::Sibilance,
    &rules::space::room::Room,
    &rules::space::hall::Hall,
    &rules::space::plate::Plate,
    &rules::space::echo::Echo,
    &rules::bus::by_role::ByRole,
    &rules::dynamics::glue::Glue,
    &rules::dynamics::parallel::Parallel,
    &rules::sections::lift::Lift,
    &rules::sections::verses::Verses,
    &rules::sections::bridge::Bridge,
    &rules::sections::lead::Lead,
    &rules::sections::ride::Ride,
    &rules::headroom::sum::Sum,
];

/// What the loop corrects after it has heard the mix, in this order. See [`rounds`].
pub static LOOP: [&dyn Correction; 6] = [
    &rules::r#loop::levels::Levels,
    &rules::r#loop::focus::Focus,
    &rules::r#loop::sides::Sides,
    &rules::r#loop::mono::Mono,
    &rules::r#loop::tone::Tone,
    &rules::r#loop::reverb::Reverb,
];

/// Every rule, those of the loop and of variations at the end.
pub fn all_rules() -> impl Iterator<Item = &'static dyn Rule> {
    RULES.into_iter().chain(LOOP.iter().map(|rule| *rule as &dyn Rule)).chain(variations::rules())
}

/// The rule with this id.
pub fn rule(id: &str) -> Option<&'static dyn Rule> {
    all_rules().find(|rule| rule.id() == id)
}
