//! Control laws, plants and the stability certificate. Pure numerics.
