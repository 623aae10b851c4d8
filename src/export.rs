//! What the macros write against. Not for programs: nothing here is promised to stay.

pub use crate::api::{
    Answer, Api, ApiInfo, Call, Kind, Method, Told, ToldFirst, ToldLast, ToldNext, Verb, answers_nothing,
};
pub use crate::codec::binary::TypeSlot;
pub use crate::codec::order::KeyWriter;
pub use crate::codec::{binary, json};
pub use crate::error::{Error, Result};
pub use crate::model::{
    Auto, Field, FieldAccess, FieldOps, IndexInfo, Indexable, MemberInfo, Model, ModelInfo, OnRemove, Refers,
    Report, Role, Shape, Target, TypeBody, TypeInfo, Value, default_text, type_info, variant,
};
pub use crate::store::{Store, Tx, View};
pub use sunstone_macros::{DataDerive, ModelDerive};
