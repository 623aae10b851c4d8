//! Items made by `macro_rules!`, whose parts stand in invisible groups.

use super::comes_back;
use sunstone::prelude::{Data, Id, Model};

macro_rules! made {
    ($(#[$attribute:meta])* $vis:vis $name:ident ($size:expr) {
        $($field:ident : $ty:ty = $default:expr),*
    } $wire:literal $($rest:tt)*) => {
        #[Model]
        $(#[$attribute])*
        $vis struct $name {
            #[key]
            $vis id: Id<$name>,
            $(#[default($default)] $field: $ty,)*
            #[rename($wire)]
            #[check(range = ..$size)]
            $vis last: u8
            $($rest)*
        }
    };
}

made! { #[derive(Debug)] pub(super) First (100) { a: Vec<u8> = vec![1], b: Option<Option<u8>> = None } "z" }
made! { Second (2 * 50) { } "z\n", #[index] more: u8 }

macro_rules! choice {
    ($name:ident $($variant:ident $(($ty:ty))? ,)*) => {
        #[Data]
        enum $name { $($variant $(($ty))?,)* }
    };
}

choice! { Third One(Vec<Vec<u8>>), Two, }

#[test]
fn structs_and_enums_of_a_macro() {
    comes_back::<First>(r#"{"id":1,"a":[2],"b":3,"z":1}"#);
    comes_back::<Second>(r#"{"id":1,"z\n":1,"more":2}"#);
    comes_back::<Third>(r#"{"one":[[1]]}"#);
    comes_back::<Third>("\"two\"");
    assert_eq!(Second::definition().indexes.len(), 1);
    let _handles = (First::LAST, First::A, First::B, Second::MORE);
}
