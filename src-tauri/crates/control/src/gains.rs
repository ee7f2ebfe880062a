//! Gains by pole placement.

use crate::ControlError;
use wheelhouse_protocol::control::PoleSettings;

/// The gains of the law u = … + Kv·e_v + Kr·e_r + Ki·I.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Gains {
    /// On the velocity error: Kv [1/s].
    pub velocity: f64,
    /// On the position error: Kr [1/s²].
    pub position: f64,
    /// On the integral of the position error: Ki [1/s³].
    pub integral: f64,
}

impl Gains {
    /// The gains that put the continuous loop's poles where `poles` says.
    ///
    /// With gravity cancelled the error obeys e‴ + Kv·e″ + Kr·e′ + Ki·e = 0. Comparing with
    /// (s + λ)(s² + 2ζωs + ω²) gives Kv = 2ζω + λ, Kr = ω² + 2ζωλ, Ki = λω²
    /// (pole placement; Åström and Murray, *Feedback Systems*, ch. 7).
    ///
    /// # Errors
    /// When λ, ω or ζ is not a finite number above 0.
    pub fn place(poles: &PoleSettings) -> Result<Self, ControlError> {
        let PoleSettings { lambda, omega, zeta } = *poles;
        for (name, value) in [("lambda", lambda), ("omega", omega), ("zeta", zeta)] {
            if !(value.is_finite() && value > 0.0) {
                return Err(ControlError::Value { name, value, must: "a finite number above 0".to_owned() });
            }
        }
        let damping = 2.0 * zeta * omega;
        Ok(Self {
            velocity: damping + lambda,
            position: omega * omega + damping * lambda,
            integral: lambda * omega * omega,
        })
    }

    /// The characteristic polynomial s³ + Kv·s² + Kr·s + Ki of the continuous loop, at `s`.
    pub fn characteristic(&self, s: f64) -> f64 {
        ((s + self.velocity) * s + self.position) * s + self.integral
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test says so by failing")]
    use super::*;

    #[test]
    fn the_defaults_give_the_published_gains() {
        let gains = Gains::place(&PoleSettings::default()).unwrap();
        assert!((gains.velocity - 1.915).abs() < 1e-12, "Kv = 2·0.9·1 + 0.115, not {}", gains.velocity);
        assert!((gains.position - 1.207).abs() < 1e-12, "Kr = 1 + 1.8·0.115, not {}", gains.position);
        assert!((gains.integral - 0.115).abs() < 1e-12, "Ki = 0.115·1, not {}", gains.integral);
        assert!(gains.characteristic(-0.115).abs() < 1e-12, "λ itself is a pole");
    }

    #[test]
    fn a_minus_before_the_integral_would_be_unstable() {
        let gains = Gains::place(&PoleSettings::default()).unwrap();
        let wrong = Gains { integral: -gains.integral, ..gains };
        assert!(wrong.characteristic(0.0) < 0.0 && wrong.characteristic(0.1) > 0.0, "a root right of zero");
        assert!(
            wrong.characteristic(0.0836) < 0.0 && wrong.characteristic(0.0838) > 0.0,
            "numpy.roots says +0.08368 1/s for these gains"
        );
        for tenth in 0..100 {
            let s = f64::from(tenth) / 10.0;
            assert!(gains.characteristic(s) > 0.0, "with a plus there is no root at or right of zero");
        }
    }

    #[test]
    fn what_is_not_a_number_above_zero_is_refused_by_name() {
        let good = PoleSettings::default();
        for bad in [0.0, -1.0, f64::NAN, f64::INFINITY] {
            for (name, poles) in [
                ("lambda", PoleSettings { lambda: bad, ..good }),
                ("omega", PoleSettings { omega: bad, ..good }),
                ("zeta", PoleSettings { zeta: bad, ..good }),
            ] {
                let error = Gains::place(&poles).unwrap_err();
                assert!(error.to_string().starts_with(name), "{error} must name {name}");
            }
        }
    }
}
