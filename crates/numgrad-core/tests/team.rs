//! A team of sessions has the bits of a session that works alone, whatever the number of its members.

mod support;

use std::ops::Range;

use numgrad_core::samples::targets::SOFT;
use numgrad_core::session::{Kind, Session, block_length};
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
    let dims = case.dims;
    let own: Vec<usize> = Share::new(units.clone(), dims.hidden_size)
        .parameters(dims.input_size + 1, dims.output_size)
        .flatten()
        .collect();
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

/// Carries the block of each member to each other one.
fn exchange(members: &mut [Session], shares: &[Range<usize>], kind: Kind, case: &Case) {
    let mut block = vec![f64::NAN; block_length(case.dims)];
    for from in 0..members.len() {
        let length = members[from].write_block(kind, &mut block);
        for to in (0..members.len()).filter(|to| *to != from) {
            members[to].read_block(kind, shares[from].clone(), &block[..length]);
        }
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
            if numerical { member.begin_central_differences() } else { member.begin_backpropagation() }
        }
        exchange(&mut members, &shares, Kind::Activations, case);
        for member in &mut members {
            if numerical {
                member.finish_central_differences(case.h, whole(case.rows));
            } else {
                member.finish_backpropagation(whole(case.rows));
            }
            assert!(member.descends_to_finite(0.5), "{about}");
            member.descend_unchecked(0.5);
        }
        if numerical {
            alone.central_differences(case.h, whole(case.rows))
        } else {
            alone.backpropagate(whole(case.rows))
        }
        assert!(alone.descend(0.5));
        members.iter().for_each(|member| assert_eq!(member.add_losses(0.0), alone.add_losses(0.0), "{about}"));
    }
    exchange(&mut members, &shares, Kind::Params, case);
    exchange(&mut members, &shares, Kind::Grads, case);
    for member in &members {
        assert_eq!(member.params(), alone.params(), "{about}");
        assert_eq!(member.grads(), alone.grads(), "{about}");
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
