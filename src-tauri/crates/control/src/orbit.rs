//! The circular orbit the spacecraft belongs to, and the point of it the operator asks for.

use crate::Vector;
use nalgebra::{Matrix3, Rotation3};

/// The Earth's gravitational parameter μ⊕ [m³/s²] (IERS Conventions 2010, table 1.1, terrestrial time).
pub const EARTH_MU: f64 = 3.986_004_418e14;

/// Radius of the geostationary orbit [m]: (μ⊕ / Ω⊕²)^⅓ with Ω⊕ = 7.292115e-5 rad/s.
pub const GEOSTATIONARY_RADIUS: f64 = 42_164_172.3;

/// Acceleration by the Earth as a point mass [m/s²] at `r` [m]: g(r) = −μ⊕·r / ‖r‖³.
pub fn gravity(r: &Vector) -> Vector {
    let distance = r.norm();
    r * (-EARTH_MU / (distance * distance * distance))
}

/// Where the spacecraft should be, in inertial axes.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Reference {
    /// Position r_ref [m].
    pub position: Vector,
    /// Velocity v_ref [m/s].
    pub velocity: Vector,
    /// Acceleration a_ref [m/s²].
    pub acceleration: Vector,
}

/// A circular orbit in the inertial x–y plane, its nominal point on the x axis at time 0.
///
/// The *orbit frame* turns with that point at Ω = √(μ⊕/R³): C(t) = R_z(Ωt) takes its axes (radial,
/// along-track, cross-track) to inertial ones, and ω⃗ = (0, 0, Ω). A point that rests at ρ in it has
///
/// r_ref = C·(R·x̂ + ρ), v_ref = ω⃗ × r_ref, a_ref = ω⃗ × (ω⃗ × r_ref).
///
/// So at ρ = 0 a_ref = g(r_ref) and holding the station costs nothing; elsewhere it costs the small
/// difference between gravity there and the turning of the frame (Clohessy and Wiltshire, 1960).
/// A point at rest in inertial axes would instead need 0.224 m/s² for ever and leave its longitude.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct CircularOrbit {
    radius: f64,
    rate: f64,
}

impl CircularOrbit {
    /// The geostationary orbit.
    pub fn geostationary() -> Self {
        Self::with_radius(GEOSTATIONARY_RADIUS)
    }

    /// The circular orbit of this radius [m].
    pub fn with_radius(radius: f64) -> Self {
        Self { radius, rate: (EARTH_MU / (radius * radius * radius)).sqrt() }
    }

    /// Its angular rate Ω [rad/s].
    pub fn rate(&self) -> f64 {
        self.rate
    }

    /// The rotation C(t) from the orbit frame to inertial axes, `time` [s] after the start.
    pub fn frame(&self, time: f64) -> Matrix3<f64> {
        Rotation3::from_axis_angle(&Vector::z_axis(), self.rate * time).into_inner()
    }

    /// The point that rests at `offset` [m] (orbit frame) from the nominal one, at `time` [s].
    pub fn reference(&self, offset: &Vector, time: f64) -> Reference {
        let turn = Vector::new(0.0, 0.0, self.rate);
        let position = self.frame(time) * (Vector::new(self.radius, 0.0, 0.0) + offset);
        let velocity = turn.cross(&position);
        Reference { position, velocity, acceleration: turn.cross(&velocity) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn geostationary_takes_one_sidereal_day() {
        let period = std::f64::consts::TAU / CircularOrbit::geostationary().rate();
        assert!((period - 86_164.1).abs() < 0.1, "{period} s");
    }

    #[test]
    fn the_nominal_point_falls_freely() {
        let orbit = CircularOrbit::geostationary();
        for time in [0.0, 1.0, 20_000.0, 1e7] {
            let at = orbit.reference(&Vector::zeros(), time);
            let difference = (at.acceleration - gravity(&at.position)).norm();
            assert!(difference < 1e-12, "a_ref is gravity on the orbit itself, off by {difference} at {time}");
        }
    }

    #[test]
    fn velocity_and_acceleration_are_derivatives_of_position() {
        let orbit = CircularOrbit::geostationary();
        let offset = Vector::new(900.0, -4000.0, 700.0);
        let h = 1.0;
        for time in [0.0, 12_345.0] {
            let [before, at, after] = [time - h, time, time + h].map(|t| orbit.reference(&offset, t));
            let velocity = (after.position - before.position) / (2.0 * h);
            let acceleration = (after.velocity - before.velocity) / (2.0 * h);
            assert!((velocity - at.velocity).norm() < 1e-5, "v_ref is r_ref′");
            assert!((acceleration - at.acceleration).norm() < 1e-8, "a_ref is v_ref′");
        }
    }
}
