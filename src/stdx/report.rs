//! Lines for the person who runs the program, on stderr: one line a fact.

use std::any::Any;
use std::cell::RefCell;
use std::io::{Write, stderr};

thread_local! {
    /// Where the lines of this thread go instead of stderr.
    static KEPT: RefCell<Option<Vec<String>>> = const { RefCell::new(None) };
}

/// Writes a line. A stderr that is gone stops nothing.
pub fn line(words: &str) {
    let kept = KEPT.with_borrow_mut(|kept| kept.as_mut().map(|lines| lines.push(words.to_owned())));
    if kept.is_some() {
        return;
    }
    let mut text = String::with_capacity(words.len() + 1);
    text.push_str(words);
    text.push('\n');
    if stderr().lock().write_all(text.as_bytes()).is_err() {
        // Nobody is there to be told.
    }
}

/// What a panic said.
#[must_use]
pub fn panic_words(payload: &(dyn Any + Send)) -> &str {
    let fixed = payload.downcast_ref::<&str>().copied();
    fixed.or_else(|| payload.downcast_ref::<String>().map(String::as_str)).unwrap_or("without words")
}

/// Runs something and gives the lines that this thread has reported meanwhile, which are not written: for tests that read
/// them, and simulations that would fill the screen.
pub fn kept<R>(run: impl FnOnce() -> R) -> (R, Vec<String>) {
    /// Puts back what was there before, after a panic too.
    struct Before(Option<Vec<String>>);

    impl Drop for Before {
        fn drop(&mut self) {
            KEPT.set(self.0.take());
        }
    }

    let before = Before(KEPT.replace(Some(Vec::new())));
    let result = run();
    let lines = KEPT.take().unwrap_or_default();
    drop(before);
    (result, lines)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn panics_have_words_or_none() {
        let said = |payload: Box<dyn Any + Send>| panic_words(&*payload).to_owned();
        assert_eq!(said(Box::new("a")), "a");
        assert_eq!(said(Box::new("b".to_owned())), "b");
        assert_eq!(said(Box::new(7)), "without words");
    }

    #[test]
    fn lines_are_kept_by_the_innermost() {
        let ((), outer) = kept(|| {
            line("a");
            let ((), inner) = kept(|| line("b"));
            assert_eq!(inner, ["b"]);
            assert!(std::panic::catch_unwind(|| kept(|| std::panic::resume_unwind(Box::new(())))).is_err());
            line("c");
        });
        assert_eq!(outer, ["a", "c"]);
    }
}
