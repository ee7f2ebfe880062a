//! Typed actions as scripts: run, verify and rollback, with every value quoted.
