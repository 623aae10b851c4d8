//! What the macros write against. Not for programs: nothing here is promised to stay.

pub use crate::api::{Answer, Api, ApiInfo, Call, Kind, Method, Verb};
pub use crate::codec::binary::{
    FromBinary, Malformed, Members, Reader as BinaryReader, ToBinary, TypeSlot, Writer as BinaryWriter,
};
pub use crate::codec::json::{Fields, FromJson, Halt, Reader, Slot, ToJson, Writer};
pub use crate::codec::order::KeyWriter;
pub use crate::error::{Error, Result};
pub use crate::model::{
    Auto, Field, FieldAccess, FieldOps, IndexInfo, Indexable, MemberFlags, MemberInfo, Model, ModelInfo,
    OnRemove, Report, Role, Shape, TypeBody, TypeInfo, Value,
};
pub use crate::store::{Store, Tx, View};
pub use sunstone_macros::{DataDerive, ModelDerive};
