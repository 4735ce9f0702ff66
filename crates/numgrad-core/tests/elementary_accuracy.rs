//! Each elementary function against double-double arithmetic at eleven million points or more, this arithmetic against
//! mpmath, and a fingerprint of the bits.
//!
//! `cargo test -p numgrad-core --test elementary_accuracy -- --nocapture` prints the largest error of every range and
//! its argument. The bounds are those that the documentation of `elementary` states. The environment variable
//! `NUMGRAD_ELEMENTARY` multiplies the number of points (15 gives 165 million), and `--include-ignored` adds every float32.

#[path = "elementary_accuracy/double_double.rs"]
mod double_double;
#[path = "elementary_accuracy/every_float32.rs"]
mod every_float32;
#[path = "elementary_accuracy/fingerprint.rs"]
mod fingerprint;
#[path = "elementary_accuracy/mpmath_values.rs"]
mod mpmath_values;

use std::f64::consts::{FRAC_1_SQRT_2, LN_2, SQRT_2};

use double_double::{Scaled, times_power_of_two};
use fingerprint::{Random, fingerprint};
use mpmath_values::Known;
use numgrad_core::elementary::{exp, exp_lanes, expm1, ln, log1p};
use numgrad_core::simd::F64x2;

/// Name, millions of points, and a function that draws an argument.
type Range = (&'static str, usize, fn(&mut Random) -> f64);

/// Fails if an error in one of the ranges exceeds `bound` ULP or is NaN; prints the largest.
fn check(name: &str, bound: f64, function: fn(f64) -> f64, reference: fn(f64) -> Scaled, ranges: &[Range]) {
    let times = std::env::var("NUMGRAD_ELEMENTARY").map_or(1, |times| times.parse().expect("a whole number"));
    for (seed, (range, millions, argument)) in ranges.iter().enumerate() {
        let millions = millions * times;
        let mut random = Random(seed as u64);
        let (mut largest, mut at, mut not_nearest) = (0.0, f64::NAN, 0);
        for _ in 0..millions * 1_000_000 {
            let x = argument(&mut random);
            let error = reference(x).error_in_ulp(function(x));
            assert!(error <= bound, "{name}({x:e}): {error} ULP, not at most {bound}");
            if error > largest {
                (largest, at) = (error, x);
            }
            not_nearest += usize::from(error > 0.5);
        }
        let percent = not_nearest as f64 / millions as f64 / 1e4;
        println!("{name:5} {range:28} {largest:.4} ULP at {at:<24e} {percent:.4} % not correctly rounded");
    }
}

/// An argument within 0.03 of (k + ½) ln 2, where the reduction changes from k to k + 1.
fn near_break(random: &mut Random, from: f64, to: f64) -> f64 {
    (random.uniform(from, to).round() + 0.5) * LN_2 + random.uniform(-0.03, 0.03)
}

#[test]
fn exp_is_within_its_bound() {
    let ranges: [Range; 5] = [
        ("all normal results", 3, |random| random.uniform(-708.39, 709.78)),
        ("[-1, 1)", 2, |random| random.uniform(-1.0, 1.0)),
        ("breaks of the reduction", 3, |random| near_break(random, -1021.0, 1022.0)),
        ("fast path's end", 1, |random| {
            random.uniform(707.0, 709.0) * if random.bits() & 1 == 0 { 1.0 } else { -0.999 }
        }),
        ("any exponent below 2^9", 2, |random| random.any_exponent(-1023, 8)),
    ];
    check("exp", 0.75, exp, double_double::exp, &ranges);
    let subnormal: [Range; 2] = [
        ("subnormal results", 1, |random| random.uniform(-745.13, -708.4)),
        ("largest subnormal results", 1, |random| random.uniform(-709.1, -708.4)),
    ];
    check("exp", 0.875, exp, double_double::exp, &subnormal);
}

#[test]
fn expm1_is_within_its_bound() {
    let ranges: [Range; 6] = [
        ("all finite results", 2, |random| random.uniform(-40.0, 709.78)),
        ("[-1, 1)", 2, |random| random.uniform(-1.0, 1.0)),
        ("breaks of the reduction", 2, |random| near_break(random, -53.0, 1022.0)),
        ("[0.34, 0.4), cancellation", 2, |random| random.uniform(0.34, 0.4)),
        ("any exponent below 2^9", 1, |random| random.any_exponent(-1023, 8)),
        ("any exponent, 2^-60 to 2^6", 2, |random| random.any_exponent(-60, 5)),
    ];
    check("expm1", 0.7, expm1, double_double::expm1, &ranges);
}

#[test]
fn ln_is_within_its_bound() {
    let ranges: [Range; 6] = [
        ("any positive number", 3, |random| random.any_exponent(-1023, 1023).abs()),
        ("(0, 1), as randn's", 3, |random| random.uniform(f64::EPSILON, 1.0)),
        ("[1/2, 2)", 2, |random| random.uniform(0.5, 2.0)),
        ("1 +- any exponent", 1, |random| 1.0 + random.any_exponent(-53, -3)),
        ("1/sqrt(2) +- 5 %", 1, |random| FRAC_1_SQRT_2 * random.uniform(0.95, 1.05)),
        ("sqrt(2) +- 5 %", 1, |random| SQRT_2 * random.uniform(0.95, 1.05)),
    ];
    check("ln", 0.502, ln, double_double::ln, &ranges);
}

#[test]
fn log1p_is_within_its_bound() {
    let ranges: [Range; 6] = [
        ("any positive number", 2, |random| random.any_exponent(-1023, 1023).abs()),
        ("any exponent, 2^-60 to 2^60", 2, |random| random.any_exponent(-60, 60).abs()),
        ("(-1, 0), any exponent", 2, |random| -random.any_exponent(-1023, -1).abs()),
        ("-1 + any exponent", 1, |random| random.any_exponent(-53, -1).abs() - 1.0),
        ("[-1/2, 1)", 2, |random| random.uniform(-0.5, 1.0)),
        ("around the exact f's ends", 2, |random| {
            (if random.bits() & 1 == 0 { SQRT_2 } else { FRAC_1_SQRT_2 }) * random.uniform(0.97, 1.03) - 1.0
        }),
    ];
    check("log1p", 0.502, log1p, double_double::log1p, &ranges);
}

/// Fails if the reference is more than 1e-13 ULP from a value of mpmath.
fn check_reference(name: &str, reference: fn(f64) -> Scaled, values: &[Known]) {
    let mut largest = 0.0;
    for &(x, exponent, high, low) in values {
        let x = f64::from_bits(x);
        let own = reference(x);
        let value = own.value.map(|part| times_power_of_two(part, own.exponent - exponent));
        // A value of mpmath lies in [1, 2), where 1 ULP is 2⁻⁵².
        let (high, low) = (f64::from_bits(high), f64::from_bits(low));
        let error = ((value.high - high) + (value.low - low)).abs() / f64::EPSILON;
        assert!(error <= 1e-13, "{name}({x:e}): {error:e} ULP");
        largest = f64::max(largest, error);
    }
    println!("{name:5} reference: {largest:.1e} ULP over {} values", values.len());
}

#[test]
fn the_reference_agrees_with_mpmath() {
    check_reference("exp", double_double::exp, &mpmath_values::EXP);
    check_reference("expm1", double_double::expm1, &mpmath_values::EXPM1);
    check_reference("ln", double_double::ln, &mpmath_values::LN);
    check_reference("log1p", double_double::log1p, &mpmath_values::LOG1P);
}

#[test]
fn every_target_gives_the_same_bits() {
    // This was also run as wasm32 in Node 20, with and without simd128. A change of one bit of one result shows here.
    // If the change was meant, the golden training runs need a look as well.
    let single = |function: fn(f64) -> f64| fingerprint(|pair| pair.map(function));
    let lanes = fingerprint(|[a, b]| exp_lanes(F64x2::new(a, b)).to_array());
    let fingerprints = [single(exp), lanes, single(expm1), single(ln), single(log1p)];
    let expected = [
        0x516a_8bff_5fc8_76d8,
        0x516a_8bff_5fc8_76d8,
        0x8108_5e2a_2356_554f,
        0x68df_1b98_a9af_355a,
        0x7f9c_3b97_a255_d06a,
    ];
    assert_eq!(fingerprints, expected, "exp, exp_lanes, expm1, ln, log1p; got {fingerprints:#018x?}");
}
