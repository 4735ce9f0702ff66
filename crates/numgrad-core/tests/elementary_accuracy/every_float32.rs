//! Every float32 number as an argument, in order: the error, the special values, and that no function ever falls.
//!
//! A float32 number is a float64 number too, so this is no sample: nothing between −3.4e38 and 3.4e38 that fits into a
//! float32 is left out. Two of the functions take half an hour on two busy cores, so this runs only when it is asked for:
//! `cargo test -p numgrad-core --test elementary_accuracy -- --ignored --nocapture`.

use numgrad_core::elementary::{exp, exp_lanes, expm1, expm1_lanes, ln, log1p, log1p_lanes};
use numgrad_core::simd::F64x2;

use crate::double_double::{self, Scaled};

/// A function, and what is true of it.
struct Claims {
    name: &'static str,
    function: fn(f64) -> f64,
    reference: fn(f64) -> Scaled,
    /// Largest error in ULP, for an argument.
    bound: fn(f64) -> f64,
    /// The result where it is known without arithmetic.
    known: fn(f64) -> Option<f64>,
    lanes: Option<Lanes>,
}

/// The function for two lanes.
struct Lanes {
    function: fn(F64x2) -> F64x2,
    /// The arguments that it is for.
    from: f64,
    to: f64,
    /// Largest difference from the function for one number, in ULP.
    bound: f64,
}

/// The float32 number at a place of the order −NaN, −∞, …, −0, 0, …, ∞, NaN.
fn nth(place: u32) -> f32 {
    f32::from_bits(if place < 1 << 31 { !place } else { place - (1 << 31) })
}

/// Checks the arguments from one place of the order up to another. Returns the largest error and its argument.
fn check_places(claims: &Claims, from: u32, to: u32) -> (f64, f64) {
    let name = claims.name;
    let mut largest = (0.0, f64::NAN);
    let mut before = f64::NEG_INFINITY;
    for place in from..to {
        let x = f64::from(nth(place));
        let got = (claims.function)(x);
        match (claims.known)(x) {
            Some(value) if value.is_nan() => {
                assert!(got.is_nan(), "{name}({x:e}) is {got:e}, not NaN");
                continue;
            }
            // By bits, so that −0 is not 0.
            Some(value) => assert_eq!(got.to_bits(), value.to_bits(), "{name}({x:e}) is {got:e}, not {value:e}"),
            None => {
                let error = (claims.reference)(x).error_in_ulp(got);
                let bound = (claims.bound)(x);
                assert!(error <= bound, "{name}({x:e}): {error} ULP, not at most {bound}");
                if error > largest.0 {
                    largest = (error, x);
                }
            }
        }
        assert!(got >= before, "{name}({x:e}) is {got:e}, less than {before:e} for the number before");
        before = got;
        if let Some(Lanes { function, from, to, bound }) = claims.lanes
            && (from..=to).contains(&x)
        {
            let [lane, other] = function(F64x2::new(x, 0.0)).to_array();
            let spacing = got.abs().next_up() - got.abs();
            assert!(
                lane == got || (lane - got).abs() <= bound * spacing,
                "{name}_lanes({x:e}) is {lane:e}, {name} {got:e}"
            );
            assert_eq!(other, (claims.function)(0.0), "{name}_lanes(0) beside {x:e}");
        }
    }
    largest
}

/// Checks all 2³² arguments, on all cores.
fn check(claims: &Claims) {
    let threads = std::thread::available_parallelism().map_or(1, usize::from) as u64;
    // Many parts, because the functions cost nothing where the result is known. Each begins with the last argument of
    // the part before, so that the order is checked across the seam.
    let parts = 64 * threads;
    let bound_of = |part: u64| ((part << 32) / parts) as u32;
    let next = std::sync::atomic::AtomicU64::new(0);
    let largest = std::thread::scope(|scope| {
        let worker = || {
            let mut largest = (0.0, f64::NAN);
            loop {
                let part = next.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
                if part >= parts {
                    return largest;
                }
                let to = if part + 1 == parts { u32::MAX } else { bound_of(part + 1) };
                let found = check_places(claims, bound_of(part).saturating_sub(1), to);
                if found.0 > largest.0 {
                    largest = found;
                }
            }
        };
        let workers: Vec<_> = (0..threads).map(|_| scope.spawn(worker)).collect();
        workers
            .into_iter()
            .map(|worker| worker.join().unwrap())
            .fold((0.0, f64::NAN), |a, b| if b.0 > a.0 { b } else { a })
    });
    // The loop leaves out the last place, a NaN.
    assert!((claims.function)(f64::from(nth(u32::MAX))).is_nan());
    println!("{}: every float32 number, at most {:.4} ULP, at {:e}", claims.name, largest.0, largest.1);
}

/// For smaller |x|, e^x − 1 and ln(1 + x) round to x, and e^x to 1.
const TINY: f64 = 1.0 / (1_u64 << 60) as f64;

#[test]
#[ignore = "2^32 arguments take a quarter of an hour"]
fn exp_of_every_float32_is_within_its_bound() {
    check(&Claims {
        name: "exp",
        function: exp,
        reference: double_double::exp,
        // A subnormal result is rounded twice.
        bound: |x| if x < -708.39 { 0.875 } else { 0.75 },
        known: |x| match x {
            _ if x.is_nan() => Some(f64::NAN),
            _ if x > 709.782712893384 => Some(f64::INFINITY),
            _ if x < -745.1332191019411 => Some(0.0),
            _ if x.abs() < TINY => Some(1.0),
            _ => None,
        },
        lanes: Some(Lanes { function: exp_lanes, from: f64::NEG_INFINITY, to: f64::INFINITY, bound: 0.0 }),
    });
}

#[test]
#[ignore = "2^32 arguments take a quarter of an hour"]
fn expm1_of_every_float32_is_within_its_bound() {
    check(&Claims {
        name: "expm1",
        function: expm1,
        reference: double_double::expm1,
        bound: |_| 0.7,
        known: |x| match x {
            _ if x.is_nan() => Some(f64::NAN),
            _ if x > 709.782712893384 => Some(f64::INFINITY),
            _ if x < -38.0 => Some(-1.0),
            _ if x.abs() < TINY => Some(x),
            _ => None,
        },
        lanes: Some(Lanes { function: expm1_lanes, from: -700.0, to: 700.0, bound: 2.0 }),
    });
}

#[test]
#[ignore = "2^32 arguments take a quarter of an hour"]
fn ln_of_every_float32_is_within_its_bound() {
    check(&Claims {
        name: "ln",
        function: ln,
        reference: double_double::ln,
        bound: |_| 0.502,
        known: |x| match x {
            _ if x.is_nan() || x < 0.0 => Some(f64::NAN),
            0.0 => Some(f64::NEG_INFINITY),
            1.0 => Some(0.0),
            f64::INFINITY => Some(f64::INFINITY),
            _ => None,
        },
        lanes: None,
    });
}

#[test]
#[ignore = "2^32 arguments take a quarter of an hour"]
fn log1p_of_every_float32_is_within_its_bound() {
    check(&Claims {
        name: "log1p",
        function: log1p,
        reference: double_double::log1p,
        bound: |_| 0.502,
        known: |x| match x {
            _ if x.is_nan() || x < -1.0 => Some(f64::NAN),
            -1.0 => Some(f64::NEG_INFINITY),
            f64::INFINITY => Some(f64::INFINITY),
            _ if x.abs() < TINY => Some(x),
            _ => None,
        },
        lanes: Some(Lanes { function: log1p_lanes, from: -1.0, to: f64::INFINITY, bound: 1.0 }),
    });
}
