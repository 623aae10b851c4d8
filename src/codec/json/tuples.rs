//! Tuples of one to eight: arrays of exactly so many elements.

use super::errors::Halt;
use super::reader::Reader;
use super::slot::Slot;
use super::{FromJson, ToJson, Writer};

macro_rules! tuple {
    ($count:literal: $($type:ident $name:ident $index:tt),+) => {
        impl<$($type: FromJson),+> FromJson for ($($type,)+) {
            fn from_json(r: &mut Reader<'_>) -> Result<Self, Halt> {
                let ($(mut $name,)+) = ($(Slot::<$type>::Empty,)+);
                let mut found = 0_usize;
                let outcome = r.array(&mut |r| {
                    let index = found;
                    found = found.saturating_add(1);
                    match index {
                        $($index => r.fill(&mut $name),)+
                        _ => r.skip(),
                    }
                });
                match outcome {
                    Err(Halt::Syntax) => return Err(Halt::Syntax),
                    Err(Halt::Invalid) if found == 0 => return Err(Halt::Invalid),
                    _ if found != $count => {
                        return Err(r.reject(format!("expected an array of {}, found {found}", $count)));
                    }
                    _ => {}
                }
                match ($($name,)+) {
                    ($(Slot::Full($name),)+) => Ok(($($name,)+)),
                    _ => Err(Halt::Invalid),
                }
            }
        }

        impl<$($type: ToJson),+> ToJson for ($($type,)+) {
            fn to_json(&self, w: &mut Writer) {
                w.begin_array();
                $(
                    w.element();
                    self.$index.to_json(w);
                )+
                w.end_array();
            }
        }
    };
}

tuple!(1: A a 0);
tuple!(2: A a 0, B b 1);
tuple!(3: A a 0, B b 1, C c 2);
tuple!(4: A a 0, B b 1, C c 2, D d 3);
tuple!(5: A a 0, B b 1, C c 2, D d 3, E e 4);
tuple!(6: A a 0, B b 1, C c 2, D d 3, E e 4, F f 5);
tuple!(7: A a 0, B b 1, C c 2, D d 3, E e 4, F f 5, G g 6);
tuple!(8: A a 0, B b 1, C c 2, D d 3, E e 4, F f 5, G g 6, H h 7);
