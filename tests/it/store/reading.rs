//! What a view and a transaction both answer, in a program that calls something of its own `Reading`.

use crate::rig::{Rig, program_with};
use sunstone::prelude::*;

/// A name of the prelude, taken by the program: the methods of the one there stay.
#[Model]
struct Reading {
    #[key]
    id: Id<Reading>,
    #[index]
    meter: u8,
}

#[Model]
struct Meter {
    #[key]
    name: String,
}

fn sum(of: &impl sunstone::store::Reading) -> u64 {
    of.find(Reading::METER.is(1)).iter().map(|reading| reading.id.get()).sum()
}

#[test]
fn one_function_reads_for_queries_and_for_commands() {
    let register = |models: &mut sunstone::model::Models| {
        models.add::<Reading>().unwrap();
        models.add::<Meter>().unwrap();
    };
    let rig = Rig::new(&program_with(register, Vec::new()));
    let id = |n| Id::<Reading>::new(n);
    rig.commit(|tx| {
        for n in 1..=3 {
            tx.insert(Reading { id: id(n), meter: 1 })?;
        }
        tx.table().insert(Meter { name: "hall".to_owned() })
    })
    .unwrap();
    let before = rig.view();
    rig.commit(|tx| {
        tx.remove(id(3))?;
        tx.update(id(2), |reading: &mut Reading| reading.meter = 2)?;
        // A transaction sees what it has done, a view that was taken before does not.
        assert_eq!((sum(tx), sum(&tx.view()), sum(&before)), (1, 1, 6));
        assert_eq!((tx.version(id(1))?, tx.version(id(2))?), (1, 2));
        assert!(tx.expect(id(1), 2).is_err_and(|error| error.is_version_mismatch()));
        assert!(tx.get(id(3)).is_err_and(|error| error.is_not_found()) && tx.lookup(id(3)).is_none());
        assert_eq!(tx.table::<Meter>().get("hall")?.name, "hall");
        Ok(())
    })
    .unwrap();
    assert_eq!((sum(&rig.view()), sum(&before)), (1, 6));
    assert!(before.expect(id(3), 1).is_ok() && before.table::<Meter>().lookup("attic").is_none());
    assert_eq!((before.all::<Reading>().count(), rig.view().all::<Reading>().count()), (3, 2));
}
