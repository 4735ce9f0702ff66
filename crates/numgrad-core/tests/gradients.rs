//! The incremental central differences against the definition, against themselves without series, and against
//! backpropagation.

use numgrad_core::samples::targets::SOFT;
use numgrad_core::session::{PIECE, Part, Session};
use numgrad_core::two_layer::Dimensions;

/// xorshift32, also in `test/bits/same-bits.ts`.
struct Xorshift(u32);

impl Xorshift {
    fn next(&mut self) -> u32 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 17;
        self.0 ^= self.0 << 5;
        self.0
    }

    /// Uniform in [−½, ½).
    fn centred(&mut self) -> f64 {
        f64::from(self.next()) / 4_294_967_296.0 - 0.5
    }
}

struct Case {
    dims: Dimensions,
    rows: usize,
    std: f64,
    h: f64,
}

fn case(input_size: usize, hidden_size: usize, output_size: usize, rows: usize, std: f64, h: f64) -> Case {
    Case { dims: Dimensions { input_size, hidden_size, output_size }, rows, std, h }
}

/// Numbers, a third of them 0, staged with labels.
fn session(case: &Case, seed: u32) -> Session {
    let mut random = Xorshift(seed);
    let mut session = Session::new(case.dims).unwrap();
    session.params_mut().iter_mut().for_each(|w| *w = 2.0 * case.std * random.centred());
    for x in &mut session.values()[..case.rows * case.dims.input_size] {
        let value = random.centred();
        *x = if value < -0.16 { 0.0 } else { value };
    }
    let outputs = case.dims.output_size as u32;
    session.targets_mut().labels[..case.rows].iter_mut().for_each(|label| *label = random.next() % outputs);
    assert_eq!(session.stage_values(case.rows), Ok(case.rows));
    session
}

fn whole(rows: usize) -> Part {
    Part { first: true, last: true, samples: rows }
}

fn incremental(session: &mut Session, case: &Case) -> Vec<f64> {
    session.central_differences(case.h, whole(case.rows));
    session.grads().to_vec()
}

fn by_definition(session: &mut Session, case: &Case) -> Vec<f64> {
    for first in (0..session.params().len()).step_by(PIECE) {
        session.central_differences_by_definition(case.h, whole(case.rows), first);
    }
    session.grads().to_vec()
}

/// The largest |v|; NaN if there is one.
fn largest(values: &[f64]) -> f64 {
    values.iter().map(|v| v.abs()).fold(0.0, |m, v| if m.is_nan() || v <= m { m } else { v })
}

fn largest_difference(a: &[f64], b: &[f64]) -> f64 {
    assert_eq!(a.len(), b.len());
    largest(&a.iter().zip(b).map(|(a, b)| a - b).collect::<Vec<_>>())
}

#[test]
fn the_largest_of_several_is_nan_if_one_of_them_is() {
    assert_eq!(largest(&[-2.0, 1.0]), 2.0);
    for values in [[f64::NAN, 1.0, 9.0], [1.0, f64::NAN, 9.0], [9.0, 1.0, f64::NAN]] {
        assert!(largest(&values).is_nan());
    }
}

const SHAPES: [(usize, usize, usize, usize); 8] = [
    (1, 1, 2, 1),
    (3, 4, 2, 6),
    (5, 7, 3, 3),
    (4, 8, 4, 9),
    (6, 9, 5, 10),
    (2, 17, 10, 40),
    (9, 3, 1, 5),
    (7, 25, 11, 100),
];

#[test]
fn incremental_differences_are_those_of_the_definition() {
    for (i, (inputs, hidden, outputs, rows)) in SHAPES.into_iter().enumerate() {
        for (std, h) in [(0.01, 1e-4), (1.0, 1e-4), (3.0, 1e-3), (3.0, 1e-2)] {
            let case = case(inputs, hidden, outputs, rows, std, h);
            let mut session = session(&case, 7 + i as u32);
            let kept = session.params().to_vec();
            let (fast, slow) = (incremental(&mut session, &case), by_definition(&mut session, &case));
            assert_eq!(session.params(), kept, "parameters moved");
            // The definition subtracts two losses and divides by 2h. With std 3 logits are of order 30, good to 4e-15, and
            // so are the losses, of up to 16; a few such errors add up.
            let error = largest_difference(&fast, &slow);
            assert!(error <= 1e-14 / h, "{:?}, std {std}, h {h}: {error:e}", case.dims);
        }
    }
}

/// One-hot targets marked as soft take the other formula, evaluated directly for every sample, unit, value and sign.
fn without_series(case: &Case, seed: u32) -> Vec<f64> {
    let mut session = session(case, seed);
    let outputs = case.dims.output_size;
    let targets = session.targets_mut();
    for row in 0..case.rows {
        let label = targets.labels[row] as usize;
        targets.rows[row * outputs..][..outputs].fill(0.0);
        targets.rows[row * outputs + label] = 1.0;
        targets.labels[row] = SOFT;
    }
    incremental(&mut session, case)
}

#[test]
fn series_and_direct_evaluation_agree_to_the_last_digits() {
    for (i, (inputs, hidden, outputs, rows)) in SHAPES.into_iter().enumerate() {
        for std in [0.01, 1.0, 4.0] {
            for h in [1e-7, 1e-6, 1e-5, 1e-4, 1.9e-4, 2.1e-4, 1e-3, 1e-2] {
                let case = case(inputs, hidden, outputs, rows, std, h);
                let seed = 100 + i as u32;
                let (series, direct) = (incremental(&mut session(&case, seed), &case), without_series(&case, seed));
                // Rounded are the samples' contributions, of order 0.1 to 1 at the logits; their sum may be much smaller.
                let scale = largest(&direct).max(0.1);
                let error = largest_difference(&series, &direct) / scale;
                assert!(error <= 4e-15, "{:?}, std {std}, h {h}: {error:e}", case.dims);
            }
        }
    }
}

#[test]
fn saturated_units_and_lost_labels_stay_accurate() {
    for std in [10.0, 30.0, 100.0] {
        for h in [1e-6, 1e-4, 1e-2] {
            let case = case(6, 9, 5, 60, std, h);
            let (series, direct) = (incremental(&mut session(&case, 5), &case), without_series(&case, 5));
            let error = largest_difference(&series, &direct) / largest(&direct);
            // Both start from the same probabilities; they differ by the rounding of exponents of order `std` × h.
            assert!(error <= 1e-13, "std {std}, h {h}: {error:e}");
        }
    }
}

#[test]
fn a_step_so_large_that_logits_leap_is_still_the_definition() {
    for h in [1.0, 100.0, 1e4] {
        let case = case(4, 5, 3, 8, 2.0, h);
        let mut session = session(&case, 3);
        let (fast, slow) = (incremental(&mut session, &case), by_definition(&mut session, &case));
        // Here the losses differ by their own size: what cancels is harmless.
        let error = largest_difference(&fast, &slow) / largest(&slow);
        assert!(error <= 1e-12, "h {h}: {error:e}");
    }
}

/// Inputs so large that hiddenPre leaps by u = ±h x, from every kind of unit.
#[test]
fn inputs_of_any_size_follow_the_definition() {
    for size in [1e4, 1e5, 3e5, 1e6, 1e8] {
        for (z, seed) in [(0.0, 1), (40.0, 2), (-40.0, 3), (5.0, 4)] {
            let case = case(2, 3, 3, 4, 1.0, 1e-4);
            let mut session = session(&case, seed);
            // hiddenPre = z at x = [±size, 1]: one weight carries it all.
            for (j, w) in session.params_mut()[..6].iter_mut().enumerate() {
                *w = if j < 3 { 0.0 } else { z };
            }
            for (i, x) in session.values()[..8].iter_mut().enumerate() {
                *x = if i % 2 == 1 { 1.0 } else { size * [1.0, -1.0][i / 2 % 2] };
            }
            assert_eq!(session.stage_values(4), Ok(4));
            let (fast, slow) = (incremental(&mut session, &case), by_definition(&mut session, &case));
            // The definition's own rounding: losses of order 1 over 2h.
            let error = largest_difference(&fast, &slow);
            assert!(error <= 1e-11, "x = {size:e}, z = {z}: {error:e} of {:e}", largest(&slow));
        }
    }
}

/// A label that is nearly impossible and becomes possible: 1 + S is next to nothing.
#[test]
fn labels_that_come_back_from_nothing_follow_the_definition() {
    for h in [1.0, 10.0, 30.0, 40.0, 100.0] {
        for soft in [false, true] {
            let case = case(1, 1, 3, 1, 0.1, h);
            let mut session = session(&case, 8);
            let biases = session.params().len() - 3;
            session.params_mut()[biases..].copy_from_slice(&[-41.0, 0.0, 0.5]);
            session.targets_mut().labels[0] = if soft { SOFT } else { 0 };
            session.targets_mut().rows[..3].copy_from_slice(&[1.0, 0.25, 0.0]);
            let (fast, slow) = (incremental(&mut session, &case), by_definition(&mut session, &case));
            // Losses of up to 40, good to 1e-14, over 2h.
            let error = largest_difference(&fast, &slow);
            assert!(error <= 1e-14 / h, "h = {h}, soft {soft}: {error:e} of {:e}", largest(&slow));
        }
    }
}

#[test]
fn inputs_beyond_the_certificate_are_evaluated_directly_and_only_those() {
    // Standardised inputs: |x| of up to 3, h |x| of up to 3e-4, 2e-4 is certified.
    let case = case(20, 11, 5, 60, 1.0, 1e-4);
    let mut session = session(&case, 12);
    session.values().iter_mut().for_each(|x| *x *= 6.0);
    assert_eq!(session.stage_values(60), Ok(60));
    let (fast, slow) = (incremental(&mut session, &case), by_definition(&mut session, &case));
    let error = largest_difference(&fast, &slow);
    // Losses of order 1, good to a few ulp, over 2h.
    assert!(error <= 2e-11, "{error:e}");
}

#[test]
fn soft_targets_follow_the_definition_and_backpropagation() {
    let case = case(5, 6, 4, 20, 1.0, 1e-4);
    let mut session = session(&case, 9);
    let mut random = Xorshift(77);
    session.targets_mut().labels.fill(SOFT);
    session.targets_mut().rows.iter_mut().for_each(|t| *t = random.centred() + 0.5);
    let (fast, slow) = (incremental(&mut session, &case), by_definition(&mut session, &case));
    let error = largest_difference(&fast, &slow);
    assert!(error <= 4e-11, "{error:e}");
    session.backpropagate(whole(case.rows));
    // The 1e-7 that backpropagation leaves out, over probabilities of 0.02 and more.
    let difference = largest_difference(session.grads(), &fast);
    assert!(difference <= 1e-5, "{difference:e}");
}

#[test]
fn backpropagation_is_the_slope() {
    for (inputs, hidden, outputs, rows) in SHAPES {
        let case = case(inputs, hidden, outputs, rows, 0.5, 1e-5);
        let mut session = session(&case, 21);
        let numerical = incremental(&mut session, &case);
        session.backpropagate(whole(rows));
        // 1e-7 / p for the less probable labels; NumPy measured 1e-6 at most (test/golden/README.md).
        let difference = largest_difference(session.grads(), &numerical);
        assert!(difference <= 1e-6, "{:?}: {difference:e}", case.dims);
    }
}

/// The gradients of 100 rows staged in parts of the given sizes.
fn in_parts(case: &Case, parts: &[usize], numerical: bool) -> Vec<f64> {
    let (inputs, outputs) = (case.dims.input_size, case.dims.output_size);
    let mut session = session(case, 31);
    let values = session.values().to_vec();
    let labels = session.targets_mut().labels.clone();
    let mut start = 0;
    for (i, rows) in parts.iter().enumerate() {
        session.values()[..rows * inputs].copy_from_slice(&values[start * inputs..][..rows * inputs]);
        session.targets_mut().labels[..*rows].copy_from_slice(&labels[start..][..*rows]);
        assert_eq!(session.stage_values(*rows), Ok(*rows));
        let part = Part { first: i == 0, last: i + 1 == parts.len(), samples: case.rows };
        if numerical {
            session.central_differences(case.h, part);
        } else {
            session.backpropagate(part);
        }
        start += rows;
    }
    assert_eq!((start, outputs), (case.rows, case.dims.output_size));
    session.grads().to_vec()
}

#[test]
fn parts_of_a_batch_do_not_touch_a_bit() {
    let case = case(11, 13, 4, 100, 1.0, 1e-4);
    for numerical in [true, false] {
        let whole = in_parts(&case, &[100], numerical);
        for parts in [&[1, 99][..], &[37, 40, 23], &[50, 50]] {
            assert_eq!(in_parts(&case, parts, numerical), whole, "{parts:?}, numerical {numerical}");
        }
    }
}

#[test]
fn pixels_give_the_bits_of_their_numbers() {
    let case = case(40, 10, 3, 50, 0.3, 1e-4);
    let mut random = Xorshift(3);
    let pixels: Vec<u8> =
        (0..50 * 40).map(|_| random.next()).map(|r| if r % 3 == 0 { (r >> 8) as u8 } else { 0 }).collect();
    let gradient = |as_pixels: bool| {
        let mut session = session(&case, 17);
        if as_pixels {
            session.pixels()[..pixels.len()].copy_from_slice(&pixels);
            assert_eq!(session.stage_pixels(50), 50);
        } else {
            let numbers = pixels.iter().map(|p| numgrad_core::samples::batch::pixel_value(*p));
            session.values().iter_mut().zip(numbers).for_each(|(x, value)| *x = value);
            assert_eq!(session.stage_values(50), Ok(50));
        }
        incremental(&mut session, &case)
    };
    assert_eq!(gradient(true), gradient(false));
}

/// FNV-1a over the little-endian bytes.
fn hash(values: &[f64]) -> u64 {
    let bytes = values.iter().flat_map(|v| v.to_bits().to_le_bytes());
    bytes.fold(0xcbf2_9ce4_8422_2325, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3))
}

/// 200 steps on made-up images; `test/bits/same-bits.ts` does the same through WebAssembly.
fn hash_after_training(method: &str) -> u64 {
    let (dims, samples, rows) = (Dimensions { input_size: 64, hidden_size: 21, output_size: 5 }, 300, 50);
    let mut random = Xorshift(2463534242);
    let mut session = Session::new(dims).unwrap();
    session.params_mut().iter_mut().for_each(|w| *w = 0.2 * random.centred());
    let images: Vec<u8> =
        (0..samples * 64).map(|_| random.next()).map(|r| if r % 5 == 0 { (r >> 8) as u8 } else { 0 }).collect();
    let labels: Vec<u32> = (0..samples).map(|_| random.next() % 5).collect();
    for _ in 0..200 {
        for row in 0..rows {
            let sample = random.next() as usize % samples;
            session.pixels()[row * 64..][..64].copy_from_slice(&images[sample * 64..][..64]);
            session.targets_mut().labels[row] = labels[sample];
        }
        assert_eq!(session.stage_pixels(rows), rows);
        match method {
            "numerical" => session.central_differences(1e-4, whole(rows)),
            // So large a step is evaluated without series.
            "numerical, h = 0.01" => session.central_differences(0.01, whole(rows)),
            _ => session.backpropagate(whole(rows)),
        }
        assert!(session.descend(0.5));
    }
    hash(session.params())
}

#[test]
fn two_hundred_steps_leave_the_same_bits_everywhere() {
    let expected = include_str!("../../../test/bits/parameters-after-200-steps.txt");
    for method in ["numerical", "numerical, h = 0.01", "backprop"] {
        let line = format!("made-up {method} {:016x}", hash_after_training(method));
        assert!(expected.lines().any(|expected| expected == line), "{line} is not what test/bits expects");
    }
}
