//! A team of sessions has the bits of a session that works alone, whatever the number of its members.

mod support;

use std::ops::Range;

use numgrad_core::samples::targets::SOFT;
use numgrad_core::session::Session;
use numgrad_core::share::{Share, UNITS};
use support::{Case, case, session, whole};

/// Shares of whole tiles, as equal as can be.
fn shares(hidden_size: usize, members: usize) -> Vec<Range<usize>> {
    let tiles = hidden_size.div_ceil(UNITS);
    let end = |member: usize| (tiles * member / members * UNITS).min(hidden_size);
    (0..members).map(|member| end(member)..end(member + 1)).collect()
}

/// A member of a team, whose other units are spoiled: whoever reads them is found out.
fn member(case: &Case, soft: bool, units: &Range<usize>) -> Session {
    let mut member = session(case, 31);
    if soft {
        make_soft(&mut member, case);
    }
    let own = own(units, case);
    for (index, parameter) in member.params_mut().iter_mut().enumerate() {
        if !own.contains(&index) {
            *parameter = f64::NAN;
        }
    }
    member.set_share(units.clone());
    member
}

fn make_soft(session: &mut Session, case: &Case) {
    let classes = case.dims.output_size;
    let targets = session.targets_mut();
    for row in 0..case.rows {
        let label = targets.labels[row] as usize;
        for k in 0..classes {
            targets.rows[row * classes + k] = if k == label { 0.75 } else { 0.125 };
        }
    }
    targets.labels[..case.rows].fill(SOFT);
}

/// Gives each member what the others have computed of their units for the staged samples, and their rows of W2.
fn exchange(members: &mut [Session], shares: &[Range<usize>], case: &Case) {
    let stride = case.dims.hidden_stride();
    for from in 0..members.len() {
        for to in (0..members.len()).filter(|to| *to != from) {
            let hidden = members[from].hidden_mut().to_vec();
            let bounds = members[from].bounds_mut().to_vec();
            for row in 0..case.rows {
                let units = row * stride + shares[from].start..row * stride + shares[from].end;
                members[to].hidden_mut()[units.clone()].copy_from_slice(&hidden[units]);
                let bound = &mut members[to].bounds_mut()[row];
                *bound = bound.max(bounds[row]);
            }
        }
        copy_second_layer(members, &shares[from], from, case);
    }
}

/// Numbers of the own parameters of a member.
fn own(share: &Range<usize>, case: &Case) -> Vec<usize> {
    let dims = case.dims;
    let rows = Share::new(share.clone(), dims.hidden_size).units_and_bias();
    let first = (0..=dims.input_size).flat_map(|row| share.clone().map(move |unit| row * dims.hidden_size + unit));
    let second = rows.start * dims.output_size..rows.end * dims.output_size;
    first.chain(second.map(|index| dims.first_layer() + index)).collect()
}

/// Gives the others the own rows of W2 and b2 of a member.
fn copy_second_layer(members: &mut [Session], share: &Range<usize>, from: usize, case: &Case) {
    for index in own(share, case).into_iter().filter(|index| *index >= case.dims.first_layer()) {
        let value = members[from].params()[index];
        members.iter_mut().for_each(|member| member.params_mut()[index] = value);
    }
}

/// Three steps of a team, after which every member has the losses, parameters and gradients of a session alone.
fn compare(case: &Case, numerical: bool, soft: bool, count: usize) {
    let mut alone = session(case, 31);
    if soft {
        make_soft(&mut alone, case);
    }
    let shares = shares(case.dims.hidden_size, count);
    let mut members: Vec<Session> = shares.iter().map(|units| member(case, soft, units)).collect();
    let about = format!("{:?}, h {}, numerical {numerical}, soft {soft}, {count} members", case.dims, case.h);
    for _ in 0..3 {
        for member in &mut members {
            member.begin(numerical);
        }
        exchange(&mut members, &shares, case);
        for member in &mut members {
            if numerical {
                member.finish_differences(case.h, whole(case.rows));
            } else {
                member.finish_backpropagation(whole(case.rows));
            }
            assert!(member.descends_to_finite(0.5), "{about}");
            member.descend(0.5);
        }
        if numerical {
            alone.central_differences(case.h, whole(case.rows))
        } else {
            alone.backpropagate(whole(case.rows))
        }
        assert!(alone.try_descend(0.5));
        members.iter().for_each(|member| assert_eq!(member.add_losses(0.0), alone.add_losses(0.0), "{about}"));
    }
    for (member, share) in members.iter().zip(&shares) {
        for index in own(share, case) {
            assert_eq!(member.params()[index], alone.params()[index], "{about}");
            assert_eq!(member.grads()[index], alone.grads()[index], "{about}");
        }
    }
}

#[test]
fn a_team_of_any_size_has_the_bits_of_one() {
    for hidden_size in [1_usize, 2, 8, 9, 20, 21, 50, 51] {
        for count in (1..=hidden_size.div_ceil(UNITS)).filter(|count| *count < 4 || *count == 7) {
            for (h, spread) in [(1e-4, 0.3), (0.01, 0.3), (1.0, 0.3), (1e-4, 3.0), (0.03, 3.0)] {
                for (numerical, soft) in [(true, false), (true, true), (false, false)] {
                    compare(&case(11, hidden_size, 4, 40, spread, h), numerical, soft, count);
                }
            }
        }
    }
}
