//! The station-keeping law.

use crate::{Gains, Vector};

/// What the law asks for in one tick.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Demand {
    /// The acceleration u to apply [m/s²], at most the limit long.
    pub acceleration: Vector,
    /// Whether the law wanted more than the limit.
    pub saturated: bool,
}

/// The errors of one tick and what is known without them, in inertial axes.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Errors {
    /// e_r = r_ref − r [m].
    pub position: Vector,
    /// e_v = v_ref − v [m/s].
    pub velocity: Vector,
    /// −g(r) + a_ref [m/s²].
    pub feedforward: Vector,
}

/// u = −g(r) + a_ref + Kv·e_v + Kr·e_r + Ki·I, I′ = e_r, ‖u‖ ≤ limit.
///
/// At the limit u keeps its direction, and I is not summed where that would push further into it
/// (conditional integration; Åström and Hägglund, *Advanced PID Control*, section 3.5).
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Controller {
    gains: Gains,
    limit: f64,
    integral: Vector,
}

impl Controller {
    /// A controller at rest: I = 0. `limit` is the longest u [m/s²].
    pub fn new(gains: Gains, limit: f64) -> Self {
        Self { gains, limit, integral: Vector::zeros() }
    }

    /// The integral I of the position error [m·s].
    pub fn integral(&self) -> Vector {
        self.integral
    }

    /// The gains at work.
    pub fn gains(&self) -> Gains {
        self.gains
    }

    /// Changes the gains. I keeps its meaning in metres·seconds; see [`Controller::preset`].
    pub fn set_gains(&mut self, gains: Gains) {
        self.gains = gains;
    }

    /// Sets I such that the next demand is `acceleration`: a change of mode or gains without a bump.
    ///
    /// Ki·I is held to a tenth of the limit, or to what it already was: farther off station the bump is
    /// what the error asks for, and an integral that hid it would have to be unwound at the slow pole.
    pub fn preset(&mut self, errors: &Errors, acceleration: &Vector, previous: &Gains) {
        let bound = (self.limit / 10.0).max((self.integral * previous.integral).norm());
        let share = acceleration - self.proportional(errors);
        self.integral = share.cap_magnitude(bound) / self.gains.integral;
    }

    /// One tick: the acceleration for `errors`, held for `dt` [s]; I is summed afterwards.
    pub fn demand(&mut self, errors: &Errors, dt: f64) -> Demand {
        let wanted = self.proportional(errors) + self.integral * self.gains.integral;
        let saturated = wanted.norm() > self.limit;
        if !(saturated && wanted.dot(&errors.position) > 0.0) {
            self.integral += errors.position * dt;
        }
        Demand { acceleration: wanted.cap_magnitude(self.limit), saturated }
    }

    fn proportional(&self, errors: &Errors) -> Vector {
        errors.feedforward + errors.velocity * self.gains.velocity + errors.position * self.gains.position
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test says so by failing")]
    use super::*;
    use wheelhouse_protocol::control::PoleSettings;

    fn controller() -> Controller {
        Controller::new(Gains::place(&PoleSettings::default()).unwrap(), 5.0)
    }

    fn errors(position: f64, velocity: f64) -> Errors {
        Errors {
            position: Vector::new(position, 0.0, 0.0),
            velocity: Vector::new(velocity, 0.0, 0.0),
            feedforward: Vector::new(0.0, 0.01, 0.0),
        }
    }

    #[test]
    fn the_law_is_the_sum_it_says() {
        let mut law = controller();
        law.integral = Vector::new(0.0, 0.0, 2.0);
        let demand = law.demand(&errors(1.0, 0.5), 0.01);
        let expected = Vector::new(1.207 + 0.5 * 1.915, 0.01, 0.115 * 2.0);
        assert!((demand.acceleration - expected).norm() < 1e-12, "{}", demand.acceleration);
        assert!((law.integral() - Vector::new(0.01, 0.0, 2.0)).norm() < 1e-12, "I grows by e_r·dt, with a plus");
    }

    #[test]
    fn at_the_limit_the_direction_stays_and_the_integral_waits() {
        let mut law = controller();
        for _ in 0..1000 {
            let demand = law.demand(&errors(100.0, 0.0), 0.01);
            assert!(demand.saturated && (demand.acceleration.norm() - 5.0).abs() < 1e-9);
        }
        assert_eq!(law.integral(), Vector::zeros(), "ten seconds at the limit wind nothing up");
        law.integral = Vector::new(1000.0, 0.0, 0.0);
        law.demand(&errors(-1.0, 0.0), 0.01);
        assert!(law.integral().x < 1000.0, "what leads out of the limit is summed");
    }

    #[test]
    fn a_preset_leaves_no_bump_near_the_station() {
        let mut law = controller();
        let now = errors(0.2, -0.03);
        let before = law.demand(&now, 0.01).acceleration;
        let previous = law.gains();
        law.set_gains(Gains::place(&PoleSettings { lambda: 0.3, omega: 0.8, zeta: 1.1 }).unwrap());
        law.preset(&now, &before, &previous);
        let after = law.demand(&now, 0.01).acceleration;
        assert!((after - before).norm() < 1e-9, "other gains, the same thrust: {before} and {after}");
        law.preset(&errors(100.0, 0.0), &Vector::zeros(), &law.gains());
        assert!((law.integral() * law.gains().integral).norm() <= 0.5 + 1e-9, "far away it stays within its bound");
    }
}
