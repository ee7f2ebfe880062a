//! The whole loop against its promises: the certificate holds, the station is reached, nothing winds up.
#![allow(clippy::unwrap_used, reason = "a test says so by failing")]

use proptest::prelude::*;
use wheelhouse_control::{
    Certificate, CircularOrbit, Disturbance, Gains, Setpoint, Snapshot, Station, StationSettings, Vector,
    check_reference,
};
use wheelhouse_protocol::control::{Mode, PoleSettings};

const HZ: usize = 100;

/// A quiet station: no noise, no disturbance, |u| ≤ 5 m/s².
fn quiet(offset: Vector, drift: Vector) -> StationSettings {
    StationSettings {
        offset,
        drift,
        position_noise: 0.0,
        velocity_noise: 0.0,
        disturbance: Disturbance::none(),
        ..StationSettings::default()
    }
}

fn hold(reference: Vector) -> Setpoint {
    Setpoint { mode: Mode::StationKeep, reference, gains: Gains::place(&PoleSettings::default()).unwrap() }
}

fn held(settings: &StationSettings) -> Station {
    let mut station = Station::new(settings, &PoleSettings::default()).unwrap();
    station.set(&hold(Vector::zeros()));
    station
}

fn run(station: &mut Station, seconds: usize) -> Vec<Snapshot> {
    (0..seconds * HZ).map(|_| station.tick()).collect()
}

fn error(snapshot: &Snapshot) -> f64 {
    snapshot.position_error.norm()
}

#[test]
fn from_a_hundred_metres_off_it_is_within_a_decimetre_after_a_minute() {
    let mut station = held(&quiet(Vector::new(100.0, 50.0, 0.0), Vector::new(5.0, 2.0, 0.0)));
    let course = run(&mut station, 120);
    assert!(course.iter().all(|s| s.thrust.norm() <= 2500.0 * (1.0 + 1e-9)), "the limit always holds");
    assert!(course[..HZ].iter().any(|s| s.saturated), "it begins at the limit");
    let after_a_minute = error(&course[60 * HZ]);
    assert!(after_a_minute < 0.1, "{after_a_minute} m after 60 s");
    for second in 60..119 {
        let (now, next) = (error(&course[second * HZ]), error(&course[(second + 1) * HZ]));
        assert!(next < now || next < 1e-6, "falling: {now} m at {second} s, then {next} m");
    }
}

#[test]
fn a_steady_push_is_integrated_away() {
    let settings = StationSettings {
        disturbance: Disturbance { constant: Vector::new(0.2, -0.1, 0.05), ..Disturbance::none() },
        ..quiet(Vector::new(1.0, 0.0, 0.0), Vector::zeros())
    };
    let mut station = held(&settings);
    let course = run(&mut station, 120);
    let last = course.last().unwrap();
    assert!(error(last) < 1e-3, "{} m left", error(last));
    assert!(
        (last.thrust / settings.mass + settings.disturbance.constant).norm() < 1e-2,
        "the thrust is the push's opposite (the axes turned by half a degree since): {}",
        last.thrust
    );
}

#[test]
fn after_a_long_time_at_the_limit_it_recovers_without_winding_up() {
    // A push stronger than the thrusters for 10 s, then none: first the loop cannot win, then it must.
    let mut station = held(&quiet(Vector::zeros(), Vector::zeros()));
    station.set_disturbance(Disturbance { constant: Vector::new(9.0, 0.0, 0.0), ..Disturbance::none() });
    let pushed = run(&mut station, 10);
    assert!(error(pushed.last().unwrap()) > 100.0, "it was pushed away");
    let wound = (station.controller().integral() * station.controller().gains().integral).norm();
    assert!(wound < 1.0, "Ki·I is {wound} m/s² after ten seconds at the limit; summed on, it would be near 70");
    station.set_disturbance(Disturbance::none());
    let course = run(&mut station, 90);
    let last = course.last().unwrap();
    assert!(error(last) < 0.1 && !last.saturated, "{} m off 90 s after the push ended", error(last));
}

#[test]
fn a_far_reference_is_reached_in_the_end() {
    let mut station = held(&quiet(Vector::zeros(), Vector::zeros()));
    run(&mut station, 1);
    station.set(&hold(Vector::new(0.0, 1000.0, 0.0)));
    let course = run(&mut station, 600);
    let last = error(course.last().unwrap());
    assert!(last < 0.1, "{last} m from a reference one kilometre away, ten minutes later");
}

#[test]
fn idle_gives_no_thrust_and_still_tracks() {
    let mut station =
        Station::new(&quiet(Vector::new(10.0, 0.0, 0.0), Vector::new(0.1, 0.0, 0.0)), &PoleSettings::default())
            .unwrap();
    let course = run(&mut station, 10);
    assert!(course.iter().all(|s| s.thrust == Vector::zeros() && s.mode == Mode::Idle));
    let drifted = course.last().unwrap().position_error.x;
    assert!((drifted + 10.0 + 0.1 * 9.99).abs() < 1e-3, "it coasts at 0.1 m/s: {drifted}");
}

#[test]
fn beginning_to_hold_and_other_gains_do_not_bump_near_the_station() {
    let settings = quiet(Vector::new(0.05, 0.0, 0.0), Vector::new(0.0, 0.01, 0.0));
    let mut station = Station::new(&settings, &PoleSettings::default()).unwrap();
    let coasting = run(&mut station, 1);
    station.set(&hold(Vector::zeros()));
    let begun = station.tick();
    let bump = (begun.thrust - coasting.last().unwrap().thrust).norm();
    assert!(bump < 1.0, "beginning to hold bumps by {bump} N");
    run(&mut station, 5);
    let before = station.tick();
    let gains = Gains::place(&PoleSettings { lambda: 0.25, omega: 1.5, zeta: 0.7 }).unwrap();
    station.set(&Setpoint { gains, ..hold(Vector::zeros()) });
    let bump = (station.tick().thrust - before.thrust).norm();
    assert!(bump < 1.0, "other gains bump by {bump} N");
    let course = run(&mut station, 60);
    assert!(error(course.last().unwrap()) < 1e-3, "and it holds: {} m", error(course.last().unwrap()));
}

#[test]
fn the_same_seed_flies_the_same_way() {
    let course = |seed| {
        let mut station = held(&StationSettings { seed, ..StationSettings::default() });
        run(&mut station, 3)
    };
    assert_eq!(course(1), course(1));
    assert_ne!(course(1), course(2));
}

#[test]
fn the_simulator_as_shipped_settles_and_keeps_moving() {
    let mut station = held(&StationSettings::default());
    let course = run(&mut station, 200);
    assert!(error(&course[0]) > 10.0, "it begins off station");
    let late: Vec<f64> = course[100 * HZ..].iter().map(error).collect();
    let worst = late.iter().copied().fold(0.0, f64::max);
    assert!(worst < 0.3, "it holds within 30 cm: {worst}");
    let mean = late.iter().sum::<f64>() / late.len() as f64;
    assert!(mean > 0.005, "and the plot moves: {mean}");
}

#[test]
fn references_that_cannot_be_flown_are_refused() {
    check_reference(&[9_999.0, 0.0, 0.0]).unwrap();
    for bad in [[10_001.0, 0.0, 0.0], [8000.0, 8000.0, 0.0], [f64::NAN, 0.0, 0.0], [0.0, f64::INFINITY, 0.0]] {
        assert!(check_reference(&bad).is_err(), "{bad:?}");
    }
}

/// Error vector of a quiet station in inertial axes, from its snapshot.
fn inertial(snapshot: &Snapshot) -> (Vector, Vector) {
    let frame = CircularOrbit::geostationary().frame(snapshot.time);
    (frame * snapshot.position_error, frame * snapshot.velocity_error)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]
    #[test]
    fn the_simulated_error_never_grows_by_more_than_l_in_a_second(
        lambda in 0.05..0.4_f64, omega in 0.4..1.5_f64, zeta in 0.5..1.3_f64,
        offset in prop::array::uniform3(-0.5..0.5_f64), drift in prop::array::uniform3(-0.2..0.2_f64),
    ) {
        let poles = PoleSettings { lambda, omega, zeta };
        let certificate = Certificate::compute(&poles, 100.0).unwrap();
        let mut station = Station::new(&quiet(Vector::from(offset), Vector::from(drift)), &poles).unwrap();
        station.set(&Setpoint { gains: Gains::place(&poles).unwrap(), ..hold(Vector::zeros()) });
        let mut norms = Vec::new();
        for _ in 0..30 * HZ {
            let snapshot = station.tick();
            prop_assert!(!snapshot.saturated, "the certificate speaks of the loop below its limit");
            let (e_r, e_v) = inertial(&snapshot);
            // The snapshot is from before the fall of this tick, the integral from after it.
            let integral = station.controller().integral() - e_r * 0.01;
            norms.push(certificate.norm(&e_r, &e_v, &integral));
        }
        // Positions of 4·10⁷ m leave 10⁻⁸ m of rounding; P multiplies it.
        let floor = certificate.norm(&Vector::repeat(1e-6), &Vector::repeat(1e-6), &Vector::repeat(1e-6));
        for (k, pair) in norms.windows(HZ + 1).enumerate() {
            let (now, later) = (pair[0], pair[HZ]);
            prop_assert!(
                later <= certificate.lipschitz * now * (1.0 + 1e-4) + floor,
                "from {now} to {later} in the second after tick {k}: {} > L = {}", later / now, certificate.lipschitz
            );
        }
    }
}
