//! The inbox as it is read.
