//! Single rules of the state, each with the words it answers.
