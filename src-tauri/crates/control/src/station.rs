//! One tick of the loop, put together: measure, compare, demand, fly on.

use crate::law::Errors;
use crate::noise::{Noise, Sensor};
use crate::orbit::{CircularOrbit, gravity};
use crate::plant::{Disturbance, Motion, Spacecraft};
use crate::{ControlError, Controller, Gains, Vector};
use wheelhouse_protocol::control::{Mode, PoleSettings};

/// The farthest an operator's reference may be from the nominal point [m].
pub const MAX_REFERENCE: f64 = 10_000.0;

/// Says whether a reference (orbit frame, [m]) can be flown to.
///
/// # Errors
/// When a coordinate is not finite or the point is beyond [`MAX_REFERENCE`].
pub fn check_reference(reference: &[f64; 3]) -> Result<(), ControlError> {
    let must = || format!("a finite number, and the point at most {} km from the nominal one", MAX_REFERENCE / 1000.0);
    for (name, value) in ["reference.x", "reference.y", "reference.z"].into_iter().zip(*reference) {
        if !value.is_finite() {
            return Err(ControlError::Value { name, value, must: must() });
        }
    }
    let distance = Vector::from(*reference).norm();
    if distance > MAX_REFERENCE {
        return Err(ControlError::Value { name: "reference", value: distance, must: must() });
    }
    Ok(())
}

/// What the operator wants of the loop. Plain numbers, so that it can cross threads without a lock.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Setpoint {
    /// What to do.
    pub mode: Mode,
    /// The point to hold, from the nominal one, in the orbit frame [m].
    pub reference: Vector,
    /// With which gains.
    pub gains: Gains,
}

/// The state after a tick, in the orbit frame (radial, along-track, cross-track).
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Snapshot {
    /// Simulated time at the tick [s].
    pub time: f64,
    /// Ticks so far, this one included.
    pub ticks: u64,
    /// What it did.
    pub mode: Mode,
    /// Measured position error r_ref − r [m].
    pub position_error: Vector,
    /// Measured velocity error v_ref − v [m/s].
    pub velocity_error: Vector,
    /// Thrust held until the next tick [N].
    pub thrust: Vector,
    /// Whether the law wanted more than the limit.
    pub saturated: bool,
}

/// How the simulated station is set up.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct StationSettings {
    /// Ticks per second [Hz].
    pub rate_hz: f64,
    /// The spacecraft's mass [kg].
    pub mass: f64,
    /// The most its thrusters give [N].
    pub thrust_limit: f64,
    /// Where it begins, from the nominal point (orbit frame) [m].
    pub offset: Vector,
    /// How fast it begins, relative to the nominal point (orbit frame) [m/s].
    pub drift: Vector,
    /// Standard deviation of measured positions, per axis [m].
    pub position_noise: f64,
    /// Standard deviation of measured velocities, per axis [m/s].
    pub velocity_noise: f64,
    /// What pushes it.
    pub disturbance: Disturbance,
    /// Where the noise comes from.
    pub seed: u64,
}

impl Default for StationSettings {
    /// A 500 kg spacecraft with 2500 N, a few dozen metres off its station, with a centimetre of noise,
    /// a steady push and one that comes and goes every 40 s: something to see.
    fn default() -> Self {
        Self {
            rate_hz: 100.0,
            mass: 500.0,
            thrust_limit: 2500.0,
            offset: Vector::new(24.0, -15.0, 6.0),
            drift: Vector::new(0.4, 0.1, -0.2),
            position_noise: 0.01,
            velocity_noise: 0.002,
            disturbance: Disturbance {
                constant: Vector::new(0.004, -0.002, 0.001),
                amplitude: Vector::new(0.08, 0.05, 0.06),
                period: 40.0,
            },
            seed: 1,
        }
    }
}

impl StationSettings {
    /// Says which number is out of its range, if one is.
    ///
    /// # Errors
    /// [`ControlError::Value`] with its name.
    pub fn check(&self) -> Result<(), ControlError> {
        let within = |name: &'static str, value: f64, low: f64, high: f64| {
            if (low..=high).contains(&value) {
                Ok(())
            } else {
                Err(ControlError::Value { name, value, must: format!("{low} to {high}") })
            }
        };
        within("rate_hz", self.rate_hz, 1.0, 1000.0)?;
        within("mass", self.mass, 1e-3, 1e9)?;
        within("thrust_limit", self.thrust_limit, 0.0, 1e12)?;
        within("position_noise", self.position_noise, 0.0, 1e6)?;
        within("velocity_noise", self.velocity_noise, 0.0, 1e6)?;
        within("disturbance.period", self.disturbance.period, 1e-3, 1e9)?;
        let vectors = [
            ("offset", self.offset, MAX_REFERENCE),
            ("drift", self.drift, 1000.0),
            ("disturbance.constant", self.disturbance.constant, 1e3),
            ("disturbance.amplitude", self.disturbance.amplitude, 1e3),
        ];
        vectors.into_iter().try_for_each(|(name, vector, high)| within(name, vector.norm(), 0.0, high))
    }
}

/// The simulated spacecraft, its sensor and its controller at a fixed period.
#[derive(Debug, Clone)]
pub struct Station {
    orbit: CircularOrbit,
    craft: Spacecraft,
    sensor: Sensor,
    controller: Controller,
    setpoint: Setpoint,
    dt: f64,
    ticks: u64,
    /// The acceleration held since the last tick [m/s²], inertial.
    applied: Vector,
    /// The gains before a change that the next tick must make without a bump.
    changed_from: Option<Gains>,
}

impl Station {
    /// A station at time 0, in IDLE, its reference on the nominal point.
    ///
    /// # Errors
    /// When a setting or a pole is out of its range.
    pub fn new(settings: &StationSettings, poles: &PoleSettings) -> Result<Self, ControlError> {
        settings.check()?;
        let gains = Gains::place(poles)?;
        let orbit = CircularOrbit::geostationary();
        let start = orbit.reference(&settings.offset, 0.0);
        let craft = Spacecraft {
            motion: Motion { position: start.position, velocity: start.velocity + settings.drift },
            mass: settings.mass,
            thrust_limit: settings.thrust_limit,
            disturbance: settings.disturbance,
        };
        Ok(Self {
            orbit,
            controller: Controller::new(gains, craft.acceleration_limit()),
            craft,
            sensor: Sensor {
                position_noise: settings.position_noise,
                velocity_noise: settings.velocity_noise,
                noise: Noise::new(settings.seed),
            },
            setpoint: Setpoint { mode: Mode::Idle, reference: Vector::zeros(), gains },
            dt: 1.0 / settings.rate_hz,
            ticks: 0,
            applied: Vector::zeros(),
            changed_from: None,
        })
    }

    /// What it was told last.
    pub fn setpoint(&self) -> Setpoint {
        self.setpoint
    }

    /// The controller, for who wants to see its integral.
    pub fn controller(&self) -> &Controller {
        &self.controller
    }

    /// Changes what pushes the spacecraft: a scenario's gust, a thruster that sticks.
    pub fn set_disturbance(&mut self, disturbance: Disturbance) {
        self.craft.disturbance = disturbance;
    }

    /// Takes up another setpoint with the next tick. Beginning to hold, and other gains, are bumpless:
    /// the integral is preset so that the thrust goes on from what it was (see [`Controller::preset`]).
    pub fn set(&mut self, setpoint: &Setpoint) {
        let begins = setpoint.mode == Mode::StationKeep && self.setpoint.mode != Mode::StationKeep;
        let regained = setpoint.gains != self.setpoint.gains;
        if begins || regained {
            self.changed_from.get_or_insert(self.setpoint.gains);
        }
        self.controller.set_gains(setpoint.gains);
        self.setpoint = *setpoint;
    }

    /// One tick: measures, compares, demands, and flies on for one period. Never allocates.
    pub fn tick(&mut self) -> Snapshot {
        // A product, not a sum, so that rounding does not pile up over days.
        let time = self.ticks as f64 * self.dt;
        let measured = self.sensor.measure(&self.craft.motion);
        let reference = self.orbit.reference(&self.setpoint.reference, time);
        let errors = Errors {
            position: reference.position - measured.position,
            velocity: reference.velocity - measured.velocity,
            feedforward: reference.acceleration - gravity(&measured.position),
        };
        let mut saturated = false;
        self.applied = match self.setpoint.mode {
            Mode::Idle => Vector::zeros(),
            Mode::StationKeep => {
                if let Some(previous) = self.changed_from.take() {
                    self.controller.preset(&errors, &self.applied, &previous);
                }
                let demand = self.controller.demand(&errors, self.dt);
                saturated = demand.saturated;
                demand.acceleration
            }
        };
        let thrust = self.applied * self.craft.mass;
        self.craft.fly(time, self.dt, &thrust);
        self.ticks += 1;
        let to_orbit_frame = self.orbit.frame(time).transpose();
        Snapshot {
            time,
            ticks: self.ticks,
            mode: self.setpoint.mode,
            position_error: to_orbit_frame * errors.position,
            velocity_error: to_orbit_frame * errors.velocity,
            thrust: to_orbit_frame * thrust,
            saturated,
        }
    }
}
