//! Panics of one thread as text, where they would be printed over several lines.

use std::cell::RefCell;
use std::panic::{AssertUnwindSafe, PanicHookInfo, catch_unwind, set_hook, take_hook};
use std::sync::Once;

thread_local! {
    /// What the panics of this thread said, while somebody keeps that.
    static KEPT: RefCell<Option<Vec<String>>> = const { RefCell::new(None) };
}

/// Runs something; none: it panicked. Beside it what this thread's panics said and where, also of those that were caught
/// inside. With `RUST_BACKTRACE` they are printed as ever, too.
pub fn kept<R>(run: impl FnOnce() -> R) -> (Option<R>, Vec<String>) {
    static HOOKED: Once = Once::new();
    HOOKED.call_once(|| {
        let before = take_hook();
        // A program that aborts comes back to nobody who could say it.
        let prints_too = cfg!(panic = "abort") || std::env::var_os("RUST_BACKTRACE").is_some();
        set_hook(Box::new(move |info| {
            let is_kept =
                KEPT.with_borrow_mut(|kept| kept.as_mut().map(|kept| kept.push(words(info)))).is_some();
            if !is_kept || prints_too {
                before(info);
            }
        }));
    });
    let before = KEPT.replace(Some(Vec::new()));
    let result = catch_unwind(AssertUnwindSafe(run)).ok();
    (result, KEPT.replace(before).unwrap_or_default())
}

fn words(info: &PanicHookInfo<'_>) -> String {
    let said = info.payload().downcast_ref::<&str>().copied();
    let said = said.or_else(|| info.payload().downcast_ref::<String>().map(String::as_str));
    let said = said.unwrap_or("it said nothing").replace('\n', " ");
    let place = info.location().map_or_else(String::new, |place| format!(" at {place}"));
    format!("panicked{place}: {said}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_panic_is_one_line_with_its_place() {
        let (none, said) = kept(|| -> u8 { panic!("of two\nlines") });
        assert_eq!((none, said.len()), (None, 1));
        assert!(said[0].starts_with("panicked at src/stdx/panics.rs:"), "{}", said[0]);
        assert!(said[0].ends_with(": of two lines"), "{}", said[0]);
        let (seven, said) = kept(|| {
            assert!(catch_unwind(|| panic!("inside")).is_err());
            7
        });
        assert_eq!((seven, said.len()), (Some(7), 1));
        assert_eq!(kept(|| 8), (Some(8), Vec::new()));
    }
}
