//! Networks and batches of random numbers, for the tests of whole gradients.

mod xorshift;

use numgrad_core::session::{Part, Session};
use numgrad_core::two_layer::Dimensions;
pub use xorshift::Xorshift;

/// A network, a batch and a difference step.
pub struct Case {
    pub dims: Dimensions,
    pub rows: usize,
    /// Parameters are uniform between −`spread` and `spread`.
    pub spread: f64,
    pub h: f64,
}

pub fn case(input_size: usize, hidden_size: usize, output_size: usize, rows: usize, spread: f64, h: f64) -> Case {
    Case { dims: Dimensions { input_size, hidden_size, output_size }, rows, spread, h }
}

/// A session with random parameters and a staged batch: numbers, a third of them 0, with labels.
pub fn session(case: &Case, seed: u32) -> Session {
    let mut random = Xorshift(seed);
    let mut session = Session::new(case.dims).unwrap();
    session.params_mut().iter_mut().for_each(|w| *w = 2.0 * case.spread * random.centred());
    for x in &mut session.values()[..case.rows * case.dims.input_size] {
        let value = random.centred();
        *x = if value < -0.16 { 0.0 } else { value };
    }
    let classes = case.dims.output_size as u32;
    session.targets_mut().labels[..case.rows].iter_mut().for_each(|label| *label = random.next() % classes);
    assert_eq!(session.stage_values(case.rows), Ok(case.rows));
    session
}

/// The only part of a batch of `rows` samples.
pub fn whole(rows: usize) -> Part {
    Part { first: true, last: true, samples: rows }
}

/// The gradient by incremental central differences.
#[allow(dead_code, reason = "not every test needs it")]
pub fn incremental(session: &mut Session, case: &Case) -> Vec<f64> {
    session.central_differences(case.h, whole(case.rows));
    session.grads().to_vec()
}
