//! The incremental central differences against the definition, against the plain code without series, and against
//! backpropagation.

mod support;

use numgrad_core::gradients::central_difference::plain;
use numgrad_core::samples::targets::SOFT;
use numgrad_core::session::{PIECE, Session};
use numgrad_core::two_layer::ForwardPass;
use support::{Case, Xorshift, case, incremental, session, whole};

/// The gradient by the definition.
fn by_definition(session: &mut Session, case: &Case) -> Vec<f64> {
    for first in (0..session.params().len()).step_by(PIECE) {
        session.differences_by_definition(case.h, whole(case.rows), first);
    }
    session.grads().to_vec()
}

/// The gradient by the plain code: dense rows, one forward pass, no series.
fn by_plain(session: &mut Session, case: &Case) -> Vec<f64> {
    let x = session.values()[..case.rows * case.dims.input_size].to_vec();
    let mut pass = ForwardPass::new(case.dims);
    x.chunks_exact(case.dims.input_size).for_each(|row| assert_eq!(pass.batch.push_values(row), Ok(true)));
    pass.targets.labels.copy_from_slice(&session.targets_mut().labels);
    pass.targets.rows.copy_from_slice(&session.targets_mut().rows);
    plain::central_differences(pass.run(session.params()), &x, session.params(), case.h)
}

/// Replaces the labels by rows of soft targets that say the same.
fn make_one_hot(session: &mut Session, case: &Case) {
    let output_size = case.dims.output_size;
    let targets = session.targets_mut();
    targets.rows.fill(0.0);
    for row in 0..case.rows {
        targets.rows[row * output_size + targets.labels[row] as usize] = 1.0;
        targets.labels[row] = SOFT;
    }
}

/// The largest |v|; NaN if one of them is NaN.
fn largest(values: &[f64]) -> f64 {
    values.iter().map(|v| v.abs()).fold(0.0, |m, v| if m.is_nan() || v <= m { m } else { v })
}

fn largest_difference(a: &[f64], b: &[f64]) -> f64 {
    assert_eq!(a.len(), b.len());
    largest(&a.iter().zip(b).map(|(a, b)| a - b).collect::<Vec<_>>())
}

#[test]
fn the_largest_of_several_numbers_is_nan_if_one_of_them_is() {
    assert_eq!(largest(&[-2.0, 1.0]), 2.0);
    for values in [[f64::NAN, 1.0, 9.0], [1.0, f64::NAN, 9.0], [9.0, 1.0, f64::NAN]] {
        assert!(largest(&values).is_nan());
    }
}

/// input_size, hidden_size, output_size, rows.
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
fn plain_and_incremental_differences_are_those_of_the_definition() {
    for (i, (input_size, hidden_size, output_size, rows)) in SHAPES.into_iter().enumerate() {
        for (spread, h) in [(0.01, 1e-4), (1.0, 1e-4), (3.0, 1e-3), (3.0, 1e-2)] {
            let case = case(input_size, hidden_size, output_size, rows, spread, h);
            let mut session = session(&case, 7 + i as u32);
            let kept = session.params().to_vec();
            let (fast, slow) = (incremental(&mut session, &case), by_definition(&mut session, &case));
            assert_eq!(session.params(), kept, "the parameters have moved");
            let plain = by_plain(&mut session, &case);
            // The definition subtracts two losses and divides by 2h. With spread 3 logits are of order 30, good to
            // 4e-15, and so are the losses, of up to 16; a few such errors add up.
            for (name, gradient) in [("incremental", fast), ("plain", plain)] {
                let error = largest_difference(&gradient, &slow);
                assert!(error <= 1e-14 / h, "{name}, {:?}, spread {spread}, h {h}: {error:e}", case.dims);
            }
        }
    }
}

#[test]
fn incremental_and_plain_differences_agree_to_the_last_digits() {
    for (i, (input_size, hidden_size, output_size, rows)) in SHAPES.into_iter().enumerate() {
        for spread in [0.01, 1.0, 4.0] {
            for h in [1e-7, 1e-6, 1e-5, 1e-4, 1.9e-4, 2.1e-4, 1e-3, 1e-2] {
                let case = case(input_size, hidden_size, output_size, rows, spread, h);
                let mut session = session(&case, 100 + i as u32);
                let (fast, plain) = (incremental(&mut session, &case), by_plain(&mut session, &case));
                // The contributions of the samples are rounded, which are of order 0.1 to 1 at the logits; their sum
                // may be much smaller.
                let scale = largest(&plain).max(0.1);
                let error = largest_difference(&fast, &plain) / scale;
                assert!(error <= 4e-15, "{:?}, spread {spread}, h {h}: {error:e}", case.dims);
                // One-hot targets say the same, but take the formula of soft targets.
                make_one_hot(&mut session, &case);
                for (name, soft) in
                    [("incremental", incremental(&mut session, &case)), ("plain", by_plain(&mut session, &case))]
                {
                    let error = largest_difference(&fast, &soft) / scale;
                    assert!(error <= 4e-15, "{name}, one-hot, {:?}, spread {spread}, h {h}: {error:e}", case.dims);
                }
            }
        }
    }
}

/// Replaces the labels by rows of soft targets of three kinds: soft, smoothed, and unnormalised with zeros among them.
fn make_soft(session: &mut Session, case: &Case, kind: usize) {
    let (classes, mut random) = (case.dims.output_size, Xorshift(55));
    let targets = session.targets_mut();
    for row in 0..case.rows {
        for (k, t) in targets.rows[row * classes..][..classes].iter_mut().enumerate() {
            let own = f64::from(u8::from(k == targets.labels[row] as usize));
            *t = match kind {
                0 => random.uniform() / classes as f64,
                1 => 0.9 * own + 0.1 / classes as f64,
                _ => own * 0.25 + (3.0 * random.uniform() - 1.2).max(0.0),
            };
        }
    }
    targets.labels[..case.rows].fill(SOFT);
}

#[test]
fn soft_targets_agree_with_plain_to_the_last_digits_for_every_h() {
    for (input_size, hidden_size, output_size, rows) in [(3, 4, 2, 6), (4, 8, 4, 9), (7, 25, 11, 100)] {
        for (spread, bound) in [(0.01, 6e-15), (1.0, 6e-15), (5.0, 2e-14), (17.0, 1e-13)] {
            for h in [1e-6, 1e-5, 1e-4, 3e-4, 1e-3, 1e-2, 3e-2, 0.1, 1.0] {
                let case = case(input_size, hidden_size, output_size, rows, spread, h);
                let mut session = session(&case, 60);
                for kind in 0..3 {
                    session
                        .targets_mut()
                        .labels
                        .iter_mut()
                        .enumerate()
                        .for_each(|(n, l)| *l = (n % output_size) as u32);
                    make_soft(&mut session, &case, kind);
                    let (fast, plain) = (incremental(&mut session, &case), by_plain(&mut session, &case));
                    let error = largest_difference(&fast, &plain) / largest(&plain).max(0.1);
                    assert!(error <= bound, "{:?}, kind {kind}, spread {spread}, h {h}: {error:e}", case.dims);
                }
            }
        }
    }
}

/// Where the way of evaluation changes, the gradient must not jump: on both sides it is that of the plain code.
#[test]
fn no_difference_step_makes_the_gradient_jump() {
    for spread in [0.01, 1.0, 5.0] {
        for soft in [false, true] {
            let case = case(6, 9, 5, 20, spread, 1e-4);
            let mut session = session(&case, 71);
            if soft {
                make_soft(&mut session, &case, 2);
            }
            for i in 0..=300 {
                let case = Case { h: 10f64.powf(-5.0 + f64::from(i) / 60.0), ..self::case(6, 9, 5, 20, spread, 0.0) };
                let (fast, plain) = (incremental(&mut session, &case), by_plain(&mut session, &case));
                let error = largest_difference(&fast, &plain) / largest(&plain).max(0.1);
                assert!(error <= 1e-14, "spread {spread}, soft {soft}, h {}: {error:e}", case.h);
            }
        }
    }
}

/// Standardised inputs and weights of any size: most units have large weights, and some inputs are far out.
#[test]
fn large_weights_and_standardised_inputs_agree_with_plain() {
    for (spread, bound) in [(0.02, 4e-15), (5.0, 1e-14), (17.0, 1e-13)] {
        for size in [6.0, 60.0, 1e4] {
            for h in [1e-5, 1e-4, 1e-3] {
                let case = case(30, 11, 5, 60, spread, h);
                let mut session = session(&case, 12);
                session.values().iter_mut().enumerate().for_each(|(i, x)| *x *= if i % 7 == 0 { size } else { 6.0 });
                assert_eq!(session.stage_values(60), Ok(60));
                let (fast, plain) = (incremental(&mut session, &case), by_plain(&mut session, &case));
                let error = largest_difference(&fast, &plain) / largest(&plain).max(0.1);
                assert!(error <= bound, "spread {spread}, size {size}, h {h}: {error:e}");
            }
        }
    }
}

#[test]
fn saturated_units_and_labels_of_no_probability_keep_the_digits_of_plain() {
    for spread in [10.0, 30.0, 100.0] {
        for h in [1e-6, 1e-4, 1e-2] {
            let case = case(6, 9, 5, 60, spread, h);
            let mut session = session(&case, 5);
            let (fast, plain) = (incremental(&mut session, &case), by_plain(&mut session, &case));
            make_one_hot(&mut session, &case);
            for (name, other) in [("plain", plain), ("one-hot", incremental(&mut session, &case))] {
                let error = largest_difference(&fast, &other) / largest(&other);
                // Both start from the same probabilities; they differ by the rounding of exponents of order spread × h.
                assert!(error <= 1e-13, "{name}, spread {spread}, h {h}: {error:e}");
            }
        }
    }
}

#[test]
fn large_steps_follow_the_definition() {
    for h in [1.0, 100.0, 1e4] {
        let case = case(4, 5, 3, 8, 2.0, h);
        let mut session = session(&case, 3);
        let (fast, slow) = (incremental(&mut session, &case), by_definition(&mut session, &case));
        // Here the losses differ by their own size, so little cancels.
        let error = largest_difference(&fast, &slow) / largest(&slow);
        assert!(error <= 1e-12, "h {h}: {error:e}");
    }
}

/// The inputs are so large that u = ±h x is far beyond every series, for every kind of unit.
#[test]
fn inputs_of_any_size_follow_the_definition() {
    for size in [1e4, 1e5, 3e5, 1e6, 1e8] {
        for (z, seed) in [(0.0, 1), (40.0, 2), (-40.0, 3), (5.0, 4)] {
            let case = case(2, 3, 3, 4, 1.0, 1e-4);
            let mut session = session(&case, seed);
            // The pre-activations are z for x = [±size, 1]: only the weights of the second input are not 0.
            for (j, w) in session.params_mut()[..6].iter_mut().enumerate() {
                *w = if j < 3 { 0.0 } else { z };
            }
            for (i, x) in session.values()[..8].iter_mut().enumerate() {
                *x = if i % 2 == 1 { 1.0 } else { size * [1.0, -1.0][i / 2 % 2] };
            }
            assert_eq!(session.stage_values(4), Ok(4));
            let (fast, slow) = (incremental(&mut session, &case), by_definition(&mut session, &case));
            // The rounding of the definition itself: losses of order 1, over 2h.
            let error = largest_difference(&fast, &slow);
            assert!(error <= 1e-11, "x = {size:e}, z = {z}: {error:e} of {:e}", largest(&slow));
        }
    }
}

/// Weights whose powers overflow, and a step so small that the moves of the logits are small again.
#[test]
fn weights_of_any_size_agree_with_plain() {
    for size in [1e20, 1e26, 1e28, 1e30, 1e40, 1e70] {
        for h in [1.0, 0.1, 0.02, 1e-3].map(|shift| shift / size) {
            for soft in [false, true] {
                let case = case(1, 2, 2, 1, 0.1, h);
                let mut session = session(&case, 9);
                session.params_mut()[4..].copy_from_slice(&[size, 0.0, -size, 0.0, 0.0, 0.5]);
                // Both units have the same activation, so that the logits are those of the biases.
                session.params_mut()[..4].copy_from_slice(&[0.3, 0.3, 0.1, 0.1]);
                session.values()[0] = 1.0;
                assert_eq!(session.stage_values(1), Ok(1));
                session.targets_mut().labels[0] = if soft { SOFT } else { 0 };
                session.targets_mut().rows[..2].copy_from_slice(&[0.75, 0.25]);
                let (fast, plain) = (incremental(&mut session, &case), by_plain(&mut session, &case));
                let error = largest_difference(&fast, &plain) / largest(&plain);
                assert!(error <= 4e-15, "weights {size:e}, h {h:e}, soft {soft}: {error:e}");
            }
        }
    }
}

/// The label has next to no probability before the step, and much after it: 1 + S is near 0.
#[test]
fn labels_that_become_probable_follow_the_definition() {
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
fn inputs_beyond_the_certificate_follow_the_definition() {
    // As standardised inputs: |x| of up to 3, so h |x| of up to 3e-4, where 2e-4 is certified.
    let case = case(20, 11, 5, 60, 1.0, 1e-4);
    let mut session = session(&case, 12);
    session.values().iter_mut().for_each(|x| *x *= 6.0);
    assert_eq!(session.stage_values(60), Ok(60));
    let (fast, slow) = (incremental(&mut session, &case), by_definition(&mut session, &case));
    let error = largest_difference(&fast, &slow);
    // Losses of order 1, good to a few ULP, over 2h.
    assert!(error <= 2e-11, "{error:e}");
}

#[test]
fn soft_targets_follow_the_definition_and_backpropagation() {
    let case = case(5, 6, 4, 20, 1.0, 1e-4);
    let mut session = session(&case, 9);
    let mut random = Xorshift(77);
    session.targets_mut().labels.fill(SOFT);
    session.targets_mut().rows.iter_mut().for_each(|t| *t = random.uniform());
    let (fast, slow) = (incremental(&mut session, &case), by_definition(&mut session, &case));
    let error = largest_difference(&fast, &slow);
    assert!(error <= 4e-11, "{error:e}");
    session.backpropagate(whole(case.rows));
    // Backpropagation leaves out the 1e-7 inside the logarithm, beside probabilities of 0.02 and more.
    let difference = largest_difference(session.grads(), &fast);
    assert!(difference <= 1e-5, "{difference:e}");
}

#[test]
fn backpropagation_agrees_with_the_differences() {
    for (input_size, hidden_size, output_size, rows) in SHAPES {
        let case = case(input_size, hidden_size, output_size, rows, 0.5, 1e-5);
        let mut session = session(&case, 21);
        let numerical = incremental(&mut session, &case);
        session.backpropagate(whole(rows));
        // 1e-7 / p for the less probable labels; NumPy measured 1e-6 at most (test/golden/README.md).
        let difference = largest_difference(session.grads(), &numerical);
        assert!(difference <= 1e-6, "{:?}: {difference:e}", case.dims);
    }
}
