//! The three documents by which JSON libraries are measured, if they are there.

use std::path::PathBuf;

use sunstone::codec::json::{self, Json, Reader};

#[test]
fn measured_documents_are_written_and_read_as_the_same_value() {
    let Some(folder) = std::env::var_os("SUNSTONE_DATA").map(|data| PathBuf::from(data).join("json-bench"))
    else {
        println!("not run: SUNSTONE_DATA does not name the folder with json-bench in it");
        return;
    };
    for name in ["twitter.json", "citm_catalog.json", "canada.json"] {
        let bytes = std::fs::read(folder.join(name)).unwrap_or_else(|error| panic!("{name}: {error}"));
        let value = json::decode::<Json>(&bytes).unwrap_or_else(|errors| panic!("{name}: {errors}"));
        let written = json::encode(&value);
        let again = json::decode::<Json>(&written).unwrap_or_else(|errors| panic!("{name}: {errors}"));
        assert_eq!(again, value, "{name}");
        assert_eq!(json::encode(&again), written, "{name}");
        let mut reader = Reader::new(&bytes);
        assert_eq!(reader.skip(), Ok(()), "{name}");
        assert_eq!(reader.finish(), Ok(()), "{name}");
    }
}
