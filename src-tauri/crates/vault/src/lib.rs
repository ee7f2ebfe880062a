//! Sealed credentials: the only room that holds a secret in the clear.
