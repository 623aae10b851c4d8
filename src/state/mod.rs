//! What the program knows: persistent trees.

pub mod tree;
