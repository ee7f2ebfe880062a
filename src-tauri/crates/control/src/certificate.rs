//! The stability certificate: a number that is computed, for exactly the sampled loop that runs.

use crate::{ControlError, Gains, Vector};
use nalgebra::{Matrix3, SMatrix, SVector, Schur, SymmetricEigen, Vector3};
use wheelhouse_protocol::control::PoleSettings;

/// How far the spectral radius is scaled up before the Lyapunov equation is solved: P then measures the
/// slowest decay almost exactly, and exists even for it.
const SCALING: f64 = 1.0 + 1e-5;

/// More than any of these 3 × 3 iterations needs; it only keeps them finite.
const ITERATIONS: usize = 1000;

/// The matrix A of e\[k+1\] = A·e\[k\] for one axis, e = (e_r, e_v, I), at the period `dt` [s].
///
/// The loop samples, computes u\[k\] = −g(r) + a_ref + Kv·e_v + Kr·e_r + Ki·I, and holds it for one
/// period (zero-order hold), while I is summed by forward Euler. With w = Kv·e_v + Kr·e_r + Ki·I the
/// error falls by e_r″ = −w over that period, which integrates exactly:
///
/// e_r ← e_r + dt·e_v − dt²/2·w,  e_v ← e_v − dt·w,  I ← I + dt·e_r.
///
/// Gravity is cancelled at the sampling moment; what it and a_ref change within one period differs by
/// 2Ω²·dt·‖e_v‖ at most (10⁻¹⁰ of w in geostationary orbit) and is not in A. The axes do not mix and
/// are alike, so one of them speaks for all three.
pub fn closed_loop(gains: &Gains, dt: f64) -> Matrix3<f64> {
    let Gains { velocity: kv, position: kr, integral: ki } = *gains;
    let half = dt * dt / 2.0;
    Matrix3::new(1.0 - half * kr, dt - half * kv, -half * ki, -dt * kr, 1.0 - dt * kv, -dt * ki, dt, 0.0, 1.0)
}

/// What is proven about a closed loop while its thrust is below the limit.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Certificate {
    /// The period it holds for [s].
    pub dt: f64,
    /// Largest magnitude of an eigenvalue of A, per period [1].
    pub spectral_radius: f64,
    /// L: Lipschitz constant of the one-second flow map in the P-norm [1].
    pub lipschitz: f64,
    /// P of that norm, ‖e‖_P = √(eᵀPe), e = (e_r, e_v, I) per axis.
    pub p: Matrix3<f64>,
}

impl Certificate {
    /// Computes it for these poles at `rate_hz` ticks per second.
    ///
    /// With Ã = A/(ρ(1 + 10⁻⁵)), P solves the discrete Lyapunov equation P = ÃᵀPÃ + Q, Q = identity;
    /// then L = ‖P^½·A·P^−½‖₂ ^ (1/dt). Since xᵀÃᵀPÃx < xᵀPx, L is below (ρ(1 + 10⁻⁵))^(1/dt), so the
    /// scaling costs 0.1 % at 100 Hz and 1 % at 1000 Hz.
    ///
    /// # Errors
    /// When a pole is not a finite number above 0, or L is not below 1 (then, or when no P exists,
    /// [`ControlError::Unstable`]).
    pub fn compute(poles: &PoleSettings, rate_hz: f64) -> Result<Self, ControlError> {
        let gains = Gains::place(poles)?;
        let unstable = |lipschitz: f64| ControlError::Unstable {
            lambda: poles.lambda,
            omega: poles.omega,
            zeta: poles.zeta,
            rate_hz,
            lipschitz,
        };
        let dt = 1.0 / rate_hz;
        let a = closed_loop(&gains, dt);
        if !a.iter().all(|x| x.is_finite()) {
            return Err(unstable(f64::INFINITY));
        }
        let eigenvalues =
            Schur::try_new(a, f64::EPSILON, ITERATIONS).ok_or_else(|| unstable(f64::INFINITY))?.complex_eigenvalues();
        let spectral_radius = eigenvalues.iter().map(|z| z.norm()).fold(0.0, f64::max);
        if spectral_radius >= 1.0 {
            return Err(unstable(spectral_radius.powf(rate_hz)));
        }
        let p = lyapunov(&(a / (spectral_radius * SCALING))).ok_or_else(|| unstable(f64::INFINITY))?;
        let norm = weighted_norm(&a, &p).ok_or_else(|| unstable(f64::INFINITY))?;
        let lipschitz = norm.powf(rate_hz);
        // Written so that NaN is refused too.
        if lipschitz < 1.0 { Ok(Self { dt, spectral_radius, lipschitz, p }) } else { Err(unstable(lipschitz)) }
    }

    /// The room left: 1 − L [1].
    pub fn margin(&self) -> f64 {
        1.0 - self.lipschitz
    }

    /// The spectral radius raised to one second [1]: e^−λ in the limit of a fast loop.
    pub fn decay(&self) -> f64 {
        self.spectral_radius.powf(1.0 / self.dt)
    }

    /// ‖e‖_P of position error [m], velocity error [m/s] and integral [m·s], all three axes together.
    pub fn norm(&self, position_error: &Vector, velocity_error: &Vector, integral: &Vector) -> f64 {
        (0..3)
            .map(|axis| {
                let e = Vector3::new(position_error[axis], velocity_error[axis], integral[axis]);
                e.dot(&(self.p * e))
            })
            .sum::<f64>()
            .sqrt()
    }
}

/// Solves P = AᵀPA + I for a matrix A whose eigenvalues lie inside the unit circle.
///
/// As a linear system: (I − Aᵀ ⊗ Aᵀ)·vec P = vec I, nine unknowns.
fn lyapunov(a: &Matrix3<f64>) -> Option<Matrix3<f64>> {
    let transposed = a.transpose();
    let system = SMatrix::<f64, 9, 9>::identity() - transposed.kronecker(&transposed);
    let right = SVector::<f64, 9>::from_column_slice(Matrix3::<f64>::identity().as_slice());
    let solution = system.lu().solve(&right)?;
    let p = Matrix3::from_column_slice(solution.as_slice());
    Some((p + p.transpose()) / 2.0)
}

/// ‖P^½·A·P^−½‖₂; none when P is not positive definite.
fn weighted_norm(a: &Matrix3<f64>, p: &Matrix3<f64>) -> Option<f64> {
    let eigen = SymmetricEigen::try_new(*p, f64::EPSILON, ITERATIONS)?;
    // Q = identity makes every eigenvalue of P at least 1.
    if !eigen.eigenvalues.iter().all(|x| x.is_finite() && *x >= 0.5) {
        return None;
    }
    let with = |f: fn(f64) -> f64| {
        eigen.eigenvectors * Matrix3::from_diagonal(&eigen.eigenvalues.map(f)) * eigen.eigenvectors.transpose()
    };
    let weighted = with(f64::sqrt) * a * with(|x| 1.0 / x.sqrt());
    let square = SymmetricEigen::try_new(weighted.transpose() * weighted, f64::EPSILON, ITERATIONS)?;
    Some(square.eigenvalues.max().sqrt())
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::panic, reason = "a test says so by failing")]
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn the_defaults_at_a_hundred_hertz() {
        let certificate = Certificate::compute(&PoleSettings::default(), 100.0).unwrap();
        assert!((0.8915..0.8930).contains(&certificate.lipschitz), "L = {}", certificate.lipschitz);
        assert!((certificate.decay() - 0.891_292).abs() < 1e-6, "ρ per second = {}", certificate.decay());
        // SciPy 1.17, solve_discrete_lyapunov and sqrtm, gave these.
        assert!((certificate.lipschitz - 0.892_073_946).abs() < 1e-8, "L = {}", certificate.lipschitz);
        assert!((certificate.p[(0, 0)] / 252_271.231_288 - 1.0).abs() < 1e-6, "P = {}", certificate.p);
        assert!((certificate.p[(1, 2)] / 76_997.393_260 - 1.0).abs() < 1e-6, "P = {}", certificate.p);
    }

    #[test]
    fn p_solves_its_equation() {
        let certificate = Certificate::compute(&PoleSettings::default(), 100.0).unwrap();
        let gains = Gains::place(&PoleSettings::default()).unwrap();
        let a = closed_loop(&gains, 0.01) / (certificate.spectral_radius * SCALING);
        let left = certificate.p - a.transpose() * certificate.p * a - Matrix3::identity();
        assert!(left.norm() < 1e-6 * certificate.p.norm(), "P − ÃᵀPÃ − I = {left}");
    }

    #[test]
    fn poles_too_fast_for_the_rate_are_refused() {
        let poles = PoleSettings { omega: 250.0, ..PoleSettings::default() };
        let Err(ControlError::Unstable { lipschitz, .. }) = Certificate::compute(&poles, 100.0) else {
            panic!("ω·dt = 2.5 cannot be stable")
        };
        assert!(lipschitz >= 1.0);
        let slow = PoleSettings { lambda: 1e-7, ..PoleSettings::default() };
        assert!(Certificate::compute(&slow, 100.0).is_err(), "too slow to be told from no decay at all");
        let huge = PoleSettings { omega: 1e200, ..PoleSettings::default() };
        assert!(Certificate::compute(&huge, 100.0).is_err(), "overflow is refused, not a panic");
    }

    proptest! {
        #[test]
        fn admissible_gains_have_a_constant_below_one_that_holds(
            lambda in 0.01..0.6_f64, omega in 0.2..3.0_f64, zeta in 0.3..1.6_f64, rate in 50.0..1000.0_f64,
            e in prop::array::uniform3(-10.0..10.0_f64),
        ) {
            let poles = PoleSettings { lambda, omega, zeta };
            // ζ > 1 splits the pair into real poles, and the slower one may be slower than λ.
            let pair = if zeta > 1.0 { omega * (zeta - (zeta * zeta - 1.0).sqrt()) } else { zeta * omega };
            prop_assume!(lambda.min(pair) > 1.2e-5 * rate);
            let certificate = Certificate::compute(&poles, rate).unwrap();
            prop_assert!(certificate.lipschitz < 1.0);
            prop_assert!(certificate.lipschitz >= certificate.decay(), "no norm can shrink faster than the slowest pole");
            let a = closed_loop(&Gains::place(&poles).unwrap(), 1.0 / rate);
            let step = certificate.lipschitz.powf(1.0 / rate);
            let axis = Vector3::from(e);
            let norm = |x: &Vector3<f64>| x.dot(&(certificate.p * x)).sqrt();
            prop_assert!(norm(&(a * axis)) <= step * norm(&axis) * (1.0 + 1e-9), "one step shrinks by L^dt");
        }

        #[test]
        fn whatever_is_asked_is_either_certified_or_refused(
            lambda in prop::num::f64::ANY, omega in prop::num::f64::ANY, zeta in prop::num::f64::ANY,
        ) {
            match Certificate::compute(&PoleSettings { lambda, omega, zeta }, 100.0) {
                Ok(certificate) => {
                    prop_assert!(lambda > 0.0 && omega > 0.0 && zeta > 0.0);
                    prop_assert!(certificate.lipschitz < 1.0 && certificate.spectral_radius < 1.0);
                }
                Err(ControlError::Unstable { lipschitz, .. }) => prop_assert!(lipschitz.is_nan() || lipschitz >= 1.0),
                Err(ControlError::Value { value, .. }) => prop_assert!(!value.is_finite() || value <= 0.0),
            }
        }

        #[test]
        fn sampled_loops_that_are_unstable_are_refused(omega in 120.0..5000.0_f64, zeta in 1.0..3.0_f64) {
            // 2ζω·dt > 2 puts a real eigenvalue beyond −1 (the trace of A alone says so).
            let poles = PoleSettings { lambda: 0.115, omega, zeta };
            let refused = matches!(Certificate::compute(&poles, 100.0), Err(ControlError::Unstable { .. }));
            prop_assert!(refused);
        }
    }
}
