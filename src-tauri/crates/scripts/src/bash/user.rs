//! Accounts: who there is, who is logged in, and changing them.

use super::{Body, changing, looking};
use crate::ScriptError;
use crate::validate::unix_user;
use wheelhouse_protocol::action::UserChange;
use wheelhouse_protocol::plan::Script;

const STATE: &str = include_str!("parts/state.sh");
const WATCH: &str = include_str!("parts/watch.sh");
const KIN: &str = include_str!("parts/kin.sh");
const USER: &str = include_str!("parts/user.sh");
const CHANGE: &str = include_str!("parts/user-change.sh");
const LIST: &str = include_str!("parts/user-list.sh");

pub(super) fn logged_in() -> Result<Script, ScriptError> {
    Ok(looking(Body::new().script(&[LIST], "wh_logged_in"), 60))
}

pub(super) fn list() -> Result<Script, ScriptError> {
    Ok(looking(Body::new().script(&[LIST], "wh_user_list"), 60))
}

/// What was deleted does not come back: the password is gone, and a new account of that name would be another one.
pub(super) fn change(user: &str, change: UserChange) -> Result<Script, ScriptError> {
    unix_user(user)?;
    if user == "root" {
        return Err(ScriptError::value("user", user, "is what everything else depends on; it is not changed"));
    }
    let (run, verify, undo) = match change {
        UserChange::Lock => ("wh_user_lock", "wh_user_is_locked", Some("wh_lock_undo")),
        UserChange::Unlock => ("wh_user_unlock", "wh_user_is_unlocked", Some("wh_lock_undo")),
        UserChange::Create => ("wh_user_create", "wh_user_is_there", Some("wh_create_undo")),
        UserChange::Delete => ("wh_user_delete", "wh_user_is_gone", None),
    };
    let body = Body::new().value("user", user)?;
    let all = [STATE, WATCH, KIN, USER, CHANGE];
    Ok(changing(
        body.script(&all, run),
        body.script(&[USER], verify),
        undo.map(|undo| body.script(&all, undo)),
        180,
        None,
    ))
}
