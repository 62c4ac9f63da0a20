//! What the house rules and the generated files have in common: the tree of the repository and its own program.

pub mod generate;
pub mod program;
pub mod rules;
pub mod tree;
