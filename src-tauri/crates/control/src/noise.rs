//! Measurement noise that is the same for the same seed.

use crate::Vector;
use crate::plant::Motion;
use rand_pcg::Pcg64Mcg;
use rand_pcg::rand_core::{Rng, SeedableRng};

/// Normally distributed numbers from a seed (PCG64 MCG, Box and Muller 1958).
#[derive(Debug, Clone)]
pub struct Noise {
    source: Pcg64Mcg,
    spare: Option<f64>,
}

impl Noise {
    /// The sequence that belongs to `seed`.
    pub fn new(seed: u64) -> Self {
        Self { source: Pcg64Mcg::seed_from_u64(seed), spare: None }
    }

    /// A number evenly distributed over (0, 1].
    fn uniform(&mut self) -> f64 {
        // 53 bits are what a double holds; + 1 keeps the logarithm below away from 0.
        ((self.source.next_u64() >> 11) + 1) as f64 / (1u64 << 53) as f64
    }

    /// The next number, of mean 0 and standard deviation 1.
    pub fn normal(&mut self) -> f64 {
        if let Some(spare) = self.spare.take() {
            return spare;
        }
        let radius = (-2.0 * self.uniform().ln()).sqrt();
        let (sine, cosine) = (std::f64::consts::TAU * self.uniform()).sin_cos();
        self.spare = Some(radius * sine);
        radius * cosine
    }

    /// Three of them, each times `deviation`.
    pub fn vector(&mut self, deviation: f64) -> Vector {
        Vector::from_fn(|_, _| self.normal()) * deviation
    }
}

/// What measures where the spacecraft is.
#[derive(Debug, Clone)]
pub struct Sensor {
    /// Standard deviation of a measured position, per axis [m].
    pub position_noise: f64,
    /// Standard deviation of a measured velocity, per axis [m/s].
    pub velocity_noise: f64,
    /// Where the noise comes from.
    pub noise: Noise,
}

impl Sensor {
    /// A measurement of `motion`.
    pub fn measure(&mut self, motion: &Motion) -> Motion {
        Motion {
            position: motion.position + self.noise.vector(self.position_noise),
            velocity: motion.velocity + self.noise.vector(self.velocity_noise),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_is_normal_and_belongs_to_its_seed() {
        let mut noise = Noise::new(7);
        let numbers: Vec<f64> = (0..100_000).map(|_| noise.normal()).collect();
        let n = numbers.len() as f64;
        let mean = numbers.iter().sum::<f64>() / n;
        let variance = numbers.iter().map(|x| (x - mean).powi(2)).sum::<f64>() / n;
        let beyond_two = numbers.iter().filter(|x| x.abs() > 2.0).count() as f64 / n;
        assert!(mean.abs() < 0.01, "mean {mean}");
        assert!((variance - 1.0).abs() < 0.02, "variance {variance}");
        assert!((beyond_two - 0.0455).abs() < 0.003, "{beyond_two} beyond two deviations");
        let mut again = Noise::new(7);
        assert!(numbers.iter().all(|x| *x == again.normal()), "the same seed gives the same numbers");
        let mut other = Noise::new(8);
        assert!(numbers.iter().take(10).any(|x| *x != other.normal()), "another seed gives others");
    }
}
