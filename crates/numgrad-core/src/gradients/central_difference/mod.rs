//! The central-difference gradient, (L(θ + h) − L(θ − h)) / 2h for every parameter θ.
//!
//! # The idea
//!
//! The book's loop runs the whole network twice for each parameter ([`definition`]). But one parameter affects only a
//! small part of the network, so a perturbed loss need not be computed anew. It is the loss of one unperturbed forward
//! pass plus a change, which follows from the values that this pass has left. In pseudo-code, for the first layer:
//!
//! ```text
//! for each sample n, hidden unit j, distinct value x of the sample:       # slots of the batch
//!     for u in +h x, −h x:                                                # the pre-activation moves by u
//!         Δ  = s (1 − s) m / (1 + s m),        m = expm1(u)               # the activation moves by Δ
//!         S  = Σₖ pₖ expm1(Δ (w₂[j,k] − w₂[j,t]))                         # p_t becomes p_t / (1 + S)
//!         l± = log1p(c S / (1 + c̄ S))                                     # the loss of the sample moves by l±
//!     table[n, x][j] = l₊ − l₋
//! for each weight w₁[i, j]: grad = Σ over samples with xᵢ ≠ 0 of table[n, xᵢ][j] / (2 h N)
//! ```
//!
//! with c = p_t / (p_t + δ) and c̄ = δ / (p_t + δ), δ = 1e-7.
//!
//! Three exact observations make this little work. A weight touches one hidden unit, and only in samples whose input is
//! not 0. The change depends on the input only through its value, and an image has few distinct values. Nothing in
//! these formulas cancels, so short series are exact enough for the tiny arguments that a usual h gives.
//!
//! **Read [`plain`] first**: it is this idea in 40 lines of Rust, for both layers. The formulas themselves, for
//! arguments of any size, are in [`direct`].
//!
//! # How the real code differs
//!
//! [`incremental`] computes the numbers of [`plain`]. Its code is different in five points:
//!
//! 1. **Zeros are left out, and equal values share their work.** A sample is a list of its inputs that are not 0
//!    ([`crate::samples::batch`]), and l₊ − l₋ is computed once for each *slot*, a distinct value of a sample. The sum
//!    over the samples then looks it up in a table.
//! 2. **One tile of hidden units after the other.** All samples are prepared first. Then `table` is filled for a tile
//!    of eight units and added up for every input ([`super::input_sums`]), so that it stays in the L2 cache.
//! 3. **Polynomials replace exp and log** where a certificate bounds their error.
//!    - For the usual h these are two cubics for each (sample, unit). With a label ([`coefficients`]), the first is the
//!      softmax sum S as a function of u, and the second the loss as a function of S. With other targets ([`series`]), the
//!      first is Δ as a function of u, and the second the loss as a function of Δ.
//!    - For larger moves, Δ is exact, and the loss is a polynomial in Δ of degree 3, 5, 7 or 11 ([`certificate`]). The slots
//!      of a sample are put into bins by |u|, so that a few large values do not raise the degree of all.
//!    - What no degree is certified for is evaluated by the formulas of [`direct`], for two units at a time.
//! 4. **The second layer has a series too**, a simpler one (`second_layer`).
//! 5. **A batch may come in parts.** The sums continue from one part to the next, and are divided by 2 h N once, with
//!    the last part.
//!
//! The tests hold `plain` against the definition, and `incremental` against both.

mod bins;
pub mod certificate;
pub mod coefficients;
pub mod definition;
pub mod direct;
mod direct_lanes;
pub mod incremental;
mod moves;
pub mod plain;
mod second_layer;
pub mod series;
mod table;
