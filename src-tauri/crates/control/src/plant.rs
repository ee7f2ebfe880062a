//! The simulated spacecraft: a point mass in the Earth's gravity, with thrust and disturbances.

use crate::orbit::gravity;
use crate::{EARTH_MU, Vector};

/// Position and velocity, in inertial axes.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Motion {
    /// Position r [m].
    pub position: Vector,
    /// Velocity v [m/s].
    pub velocity: Vector,
}

impl Motion {
    /// Energy per mass [J/kg]: v²/2 − μ⊕/r, constant without thrust and disturbance (Kepler).
    pub fn energy(&self) -> f64 {
        self.velocity.norm_squared() / 2.0 - EARTH_MU / self.position.norm()
    }
}

/// What pushes the spacecraft besides gravity and thrust [m/s²], in inertial axes:
/// d(t) = constant + amplitude·sin(2πt/period).
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Disturbance {
    /// The part that never changes.
    pub constant: Vector,
    /// The height of the wave.
    pub amplitude: Vector,
    /// Its length [s]; above 0.
    pub period: f64,
}

impl Disturbance {
    /// Nothing.
    pub fn none() -> Self {
        Self { constant: Vector::zeros(), amplitude: Vector::zeros(), period: 1.0 }
    }

    /// How much at `time` [s].
    pub fn at(&self, time: f64) -> Vector {
        self.constant + self.amplitude * (std::f64::consts::TAU * time / self.period).sin()
    }
}

/// The spacecraft: r″ = g(r) + F/m + d(t).
#[derive(Debug, Clone, PartialEq)]
pub struct Spacecraft {
    /// Where it is and how fast.
    pub motion: Motion,
    /// Its mass m [kg].
    pub mass: f64,
    /// The most its thrusters give, as the length of F [N].
    pub thrust_limit: f64,
    /// What pushes it.
    pub disturbance: Disturbance,
}

impl Spacecraft {
    /// The most the thrusters can accelerate it [m/s²].
    pub fn acceleration_limit(&self) -> f64 {
        self.thrust_limit / self.mass
    }

    /// Flies on from `time` [s] for `dt` [s] with the thrust `thrust` [N] held; more than the limit is
    /// cut to it. Classical Runge–Kutta of fourth order, one step.
    pub fn fly(&mut self, time: f64, dt: f64, thrust: &Vector) {
        let push = thrust.cap_magnitude(self.thrust_limit) / self.mass;
        let acceleration = |t: f64, r: &Vector| gravity(r) + push + self.disturbance.at(t);
        let Motion { position: r, velocity: v } = self.motion;
        let half = dt / 2.0;
        let (v1, a1) = (v, acceleration(time, &r));
        let (v2, a2) = (v + a1 * half, acceleration(time + half, &(r + v1 * half)));
        let (v3, a3) = (v + a2 * half, acceleration(time + half, &(r + v2 * half)));
        let (v4, a4) = (v + a3 * dt, acceleration(time + dt, &(r + v3 * dt)));
        self.motion = Motion {
            position: r + (v1 + (v2 + v3) * 2.0 + v4) * (dt / 6.0),
            velocity: v + (a1 + (a2 + a3) * 2.0 + a4) * (dt / 6.0),
        };
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::orbit::GEOSTATIONARY_RADIUS;

    fn coasting(position: Vector, velocity: Vector) -> Spacecraft {
        Spacecraft {
            motion: Motion { position, velocity },
            mass: 500.0,
            thrust_limit: 2500.0,
            disturbance: Disturbance::none(),
        }
    }

    #[test]
    fn an_ellipse_keeps_its_energy_and_comes_back_as_kepler_says() {
        let (a, e) = (GEOSTATIONARY_RADIUS, 0.3_f64);
        // At the lowest point r = a(1 − e) and v² = μ/a·(1 + e)/(1 − e) (vis-viva).
        let speed = (EARTH_MU / a * (1.0 + e) / (1.0 - e)).sqrt();
        let mut craft = coasting(Vector::new(a * (1.0 - e), 0.0, 0.0), Vector::new(0.0, speed, 0.0));
        let start = craft.motion;
        let period = std::f64::consts::TAU * (a * a * a / EARTH_MU).sqrt();
        let steps = 10_000;
        let dt = period / f64::from(steps);
        for k in 0..steps {
            craft.fly(f64::from(k) * dt, dt, &Vector::zeros());
            if k == steps / 2 - 1 {
                let highest = craft.motion.position;
                assert!((highest.x + a * (1.0 + e)).abs() < 1.0, "half a period later it is at a(1 + e): {highest}");
            }
            let drift = (craft.motion.energy() / start.energy() - 1.0).abs();
            assert!(drift < 1e-9, "the energy drifted by {drift} at step {k}");
        }
        assert!((start.energy() + EARTH_MU / (2.0 * a)).abs() < 1e-3, "−μ/2a");
        let miss = (craft.motion.position - start.position).norm();
        assert!(miss < 1.0, "after one period it is {miss} m from where it began");
    }

    #[test]
    fn thrust_beyond_the_limit_is_cut_and_keeps_its_direction() {
        let far = Vector::new(1e12, 0.0, 0.0);
        let mut craft = coasting(far, Vector::zeros());
        craft.fly(0.0, 1.0, &Vector::new(0.0, 30_000.0, 40_000.0));
        let expected = Vector::new(0.0, 3.0, 4.0);
        assert!(
            (craft.motion.velocity - expected).norm() < 1e-6,
            "2500 N on 500 kg for 1 s: {}",
            craft.motion.velocity
        );
    }

    #[test]
    fn disturbances_push() {
        let mut craft = coasting(Vector::new(1e12, 0.0, 0.0), Vector::zeros());
        craft.disturbance =
            Disturbance { constant: Vector::new(0.0, 1e-3, 0.0), amplitude: Vector::new(0.0, 0.0, 1.0), period: 10.0 };
        for k in 0..1000 {
            craft.fly(f64::from(k) * 0.01, 0.01, &Vector::zeros());
        }
        assert!((craft.motion.velocity.y - 0.01).abs() < 1e-6, "1 mm/s² for 10 s");
        assert!(craft.motion.velocity.z.abs() < 1e-6, "a whole wave leaves no velocity behind");
        assert!((craft.motion.position.z - 100.0 / std::f64::consts::TAU).abs() < 1e-3, "but a way of T²/2π");
    }
}
