//! Gradients have the same bits however their samples come in, and training ends with the same bits on every target.

mod support;

use numgrad_core::samples::image_lists::pixel_value;
use numgrad_core::samples::targets::SOFT;
use numgrad_core::session::{Part, Session};
use numgrad_core::two_layer::Dimensions;
use support::{Case, Xorshift, case, incremental, session, whole};

/// The gradient of 100 rows that are staged in parts of the given sizes.
fn in_parts(case: &Case, parts: &[usize], numerical: bool) -> Vec<f64> {
    let input_size = case.dims.input_size;
    let mut session = session(case, 31);
    let values = session.values().to_vec();
    let labels = session.targets_mut().labels.clone();
    let mut start = 0;
    for (i, rows) in parts.iter().enumerate() {
        session.values()[..rows * input_size].copy_from_slice(&values[start * input_size..][..rows * input_size]);
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
    assert_eq!(start, case.rows);
    session.grads().to_vec()
}

#[test]
fn parts_of_a_batch_have_no_effect_on_the_bits() {
    for (numerical, h) in [(true, 1e-4), (true, 1e-3), (true, 0.3), (false, 1e-4)] {
        let case = case(11, 13, 4, 100, 1.0, h);
        let whole = in_parts(&case, &[100], numerical);
        for parts in [&[1, 99][..], &[37, 40, 23], &[50, 50]] {
            assert_eq!(in_parts(&case, parts, numerical), whole, "{parts:?}, numerical {numerical}, h {h}");
        }
    }
}

#[test]
fn pixels_give_the_bits_of_the_numbers_that_they_stand_for() {
    [1e-4, 1e-3, 0.1, 1.0].into_iter().for_each(compare_pixels_with_numbers);
}

fn compare_pixels_with_numbers(h: f64) {
    let case = case(40, 10, 3, 50, 0.3, h);
    let mut random = Xorshift(3);
    let pixels: Vec<u8> =
        (0..50 * 40).map(|_| random.next()).map(|r| if r % 3 == 0 { (r >> 8) as u8 } else { 0 }).collect();
    let gradient = |as_pixels: bool| {
        let mut session = session(&case, 17);
        if as_pixels {
            session.pixels()[..pixels.len()].copy_from_slice(&pixels);
            assert_eq!(session.stage_pixels(50), 50);
        } else {
            let numbers = pixels.iter().map(|p| pixel_value(*p));
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

/// The hash of all parameters after 200 steps on made-up images. `test/bits/two-hundred-steps.ts` does the same through
/// WebAssembly.
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
            // Polynomials of several degrees serve a step of this size.
            "numerical, h = 0.01" => session.central_differences(0.01, whole(rows)),
            // The larger inputs are left to the formulas without series.
            "numerical, h = 1" => session.central_differences(1.0, whole(rows)),
            "numerical, soft" => {
                let targets = session.targets_mut();
                for row in 0..rows {
                    let label = targets.labels[row] as usize;
                    for k in 0..5 {
                        targets.rows[row * 5 + k] = [0.0, 0.125, 0.75, 0.0625, 0.25][(k + 5 - label) % 5];
                    }
                }
                targets.labels[..rows].fill(SOFT);
                session.central_differences(1e-4, whole(rows));
            }
            _ => session.backpropagate(whole(rows)),
        }
        assert!(session.try_descend(0.5));
    }
    hash(session.params())
}

#[test]
fn two_hundred_steps_leave_the_same_bits_everywhere() {
    let expected = include_str!("../../../test/bits/parameters-after-200-steps.txt");
    for method in ["numerical", "numerical, h = 0.01", "numerical, h = 1", "numerical, soft", "backprop"] {
        let line = format!("made-up {method} {:016x}", hash_after_training(method));
        println!("{line}");
        assert!(expected.lines().any(|expected| expected == line), "{line} is not what test/bits expects");
    }
}
