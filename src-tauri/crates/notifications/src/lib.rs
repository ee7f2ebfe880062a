//! One inbox for everything that wants a person's eye.
