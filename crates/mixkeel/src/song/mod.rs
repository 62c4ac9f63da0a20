//! A song as it arrives: the folder, the files in it, what each holds and measures.

pub mod arrive;
pub mod assets;
pub mod cache;
pub mod facts;
pub mod measure;
pub mod media;
pub mod relate;
pub mod scan;
pub(crate) mod settle;
