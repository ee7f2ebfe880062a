//! Control laws, plants and the stability certificate. Pure numerics.
//!
//! A spacecraft of mass m flies near a point of a circular orbit around the Earth and is held there
//! against gravity and disturbances. One tick of the loop ([`Station::tick`]) measures, compares with
//! the [`Reference`] that moves along the [`CircularOrbit`], asks the [`Controller`] for an
//! acceleration, holds it for one period and lets the [`Spacecraft`] fly on. [`Certificate`] computes,
//! for exactly that sampled loop, a constant L: in the norm of P, no error is more than L times as
//! large one second later, as long as the thrust is not at its limit.
//!
//! Units are SI throughout: m, m/s, m/s², N, kg, s, rad. Vectors are inertial unless a name says
//! *orbit frame*: x radial (away from the Earth), y along the orbit, z across it.
//!
//! Absent on purpose: no I/O, no clock, no threads, no allocation in a tick. Chance comes from a seed.

#![allow(rustdoc::broken_intra_doc_links, reason = "units stand in square brackets, as in [m/s]")]

mod certificate;
mod error;
mod gains;
mod law;
mod noise;
mod orbit;
mod plant;
mod station;

pub use certificate::{Certificate, closed_loop};
pub use error::ControlError;
pub use gains::Gains;
pub use law::{Controller, Demand, Errors};
pub use noise::{Noise, Sensor};
pub use orbit::{CircularOrbit, EARTH_MU, GEOSTATIONARY_RADIUS, Reference, gravity};
pub use plant::{Disturbance, Motion, Spacecraft};
pub use station::{MAX_REFERENCE, Setpoint, Snapshot, Station, StationSettings, check_reference};

/// A vector of three numbers.
pub type Vector = nalgebra::Vector3<f64>;
