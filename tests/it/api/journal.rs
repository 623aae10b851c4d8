//! What of a call goes into the journal: who, which, with what; long and secret arguments not.

use super::House;
use sunstone::codec::json::Writer;
use sunstone::journal::{self, FrameKind};
use sunstone::state::{Historian, Record, ReplayError};

fn history(house: &House) -> Vec<String> {
    let (mut historian, mut lines) = (Historian::default(), Vec::new());
    journal::read(&house.directory, &mut |frame| {
        match frame.kind {
            FrameKind::Schema => historian.schema(frame.payload).unwrap(),
            FrameKind::Batch => {
                let mut seq = frame.first_seq;
                Record::each(frame.payload, |record| {
                    let mut w = Writer::new();
                    historian.tell(seq, &record, None, &mut w)?;
                    lines.push(String::from_utf8(w.into_bytes()).unwrap());
                    seq += 1;
                    Ok::<_, ReplayError>(())
                })
                .unwrap();
            }
            _ => {}
        }
        Ok(())
    })
    .unwrap();
    lines
}

#[test]
fn calls_are_recorded_with_their_arguments() {
    let house = House::new();
    house.post("/tasks", r#"{"title": "a", "pin": 1234}"#);
    house.post("/tasks/1/fail", r#"{"how": "conflict"}"#);
    house.post("/tasks/import", r#"{"count": 1}"#);
    house.post("/tasks/1/fail", &format!(r#"{{"how": "{}"}}"#, "x".repeat(5000)));
    let lines = history(&house);
    assert_eq!(lines.len(), 3, "a rejection is not recorded");
    assert!(
        lines[0].starts_with(r#"{"seq":1,"time":"2026-02-02T02:40:00.000Z","actor":null,"call":"tasks.add","args":{"title":"a","#),
        "{}",
        lines[0]
    );
    assert!(lines[1].contains(r#""call":"tasks.import","args":{"count":1}"#), "{}", lines[1]);
    assert!(lines[2].contains(r#""args":{"bytes":"#) && lines[2].contains(r#""sha256":""#), "{}", lines[2]);
}
