//! The central-difference gradient, (L(θ + h) − L(θ − h)) / 2h for every parameter θ, in two ways.
//!
//! [`definition`] is the book's loop: two whole forward passes for each parameter. It is the oracle.
//!
//! [`incremental`] evaluates the same 2 × (number of parameters) perturbed losses, each as its difference from the
//! unperturbed loss. In pseudo-code, for the first layer:
//!
//! ```text
//! for each sample n, hidden unit j, distinct value x of the sample:       # slots of the batch
//!     for u in +h x, −h x:                                                # hiddenPre moves by u
//!         Δ  = s (1 − s) m / (1 + s m),        m = expm1(u)               # hidden moves by Δ
//!         S  = Σₖ pₖ expm1(Δ (w₂[j,k] − w₂[j,t]))                         # p_t becomes p_t / (1 + S)
//!         l± = log1p(c S / (1 + c̄ S))                                     # the loss of the sample moves by l±
//!     table[n, x][j] = l₊ − l₋
//! for each weight w₁[i, j]: grad = Σ over samples with xᵢ ≠ 0 of table[n, xᵢ][j] / (2 h N)
//! ```
//!
//! with c = p_t / (p_t + δ) and c̄ = δ / (p_t + δ), δ = 1e-7. Three exact observations make that little work: a weight
//! touches one hidden unit, and only in samples whose input is not 0; the change depends on the input only through its
//! value, of which an image has few; and nothing here cancels, so short series do for the tiny arguments that a usual
//! h gives. [`direct`] is the code above to the letter, for any arguments; [`coefficients`] turns it, for one (sample,
//! unit), into cubics with a certificate of their error; `table` evaluates those for each value and sign;
//! `second_layer` does the same for the simpler second layer.

pub mod coefficients;
pub mod definition;
pub mod direct;
pub mod incremental;
mod second_layer;
mod table;
