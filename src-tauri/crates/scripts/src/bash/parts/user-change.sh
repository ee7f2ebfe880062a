# Nobody takes away the account they came by, nor root.
wh_need_other_account() {
  if [ "$uid" -eq 0 ]; then
    wh_fail "$user is root by another name (number 0), which is not changed"
  fi
  wh_find_kin
  case $kin_uids in
    *" $uid "*) wh_fail "$user is the account this connection came by, so it is left as it is" ;;
  esac
  if [ "$user" = "${SUDO_USER:-}" ]; then
    wh_fail "$user is the account this connection came by, so it is left as it is"
  fi
}
wh_need_admin() {
  wh_need_state
  if [ "$(id -u)" -ne 0 ]; then
    wh_fail "accounts can be changed by root only, and this is the account $(id -un)"
  fi
}
# Runs a program that changes accounts, or fails with what it said.
wh_change_account() {
  local status=0
  wh_run 120 "$@" || status=$?
  if [ "$status" -ne 0 ]; then
    wh_last_words
    wh_fail "$user could not be changed (${1##*/} ended with exit code $status): $REPLY"
  fi
}
# Brings the account to PASSWORD (open, locked, none) and the day EXPIRES.
wh_set_lock() {
  local options=()
  if command -v usermod >/dev/null 2>&1; then
    if [ "$1" = locked ]; then
      options=(-L)
    elif [ "$1" = open ] && [ "$password" = locked ]; then
      options=(-U)
    fi
    # An empty day is none.
    wh_change_account usermod ${options[@]+"${options[@]}"} -e "$2" "$user"
  elif ! command -v passwd >/dev/null 2>&1 || [ ! -e /etc/shadow ]; then
    wh_fail 'nothing here locks and unlocks accounts (looked for usermod and passwd)'
  elif [ "$1" = locked ]; then
    wh_change_account passwd -l "$user"
  elif [ "$1" = open ] && [ "$password" = locked ]; then
    wh_change_account passwd -u "$user"
  fi
}
wh_note_lock() {
  wh_remember password "$password"
  wh_remember expires "$expires"
}
wh_user_lock() {
  wh_need_admin
  wh_need_account
  wh_need_other_account
  wh_lock_state
  wh_note_lock
  if [ -n "$locked" ]; then
    wh_unchanged
    wh_detail "$user is locked already"
    return 0
  fi
  # The day after the first of 1970: an account that has ended lets nobody in, whatever they have.
  wh_set_lock locked 1
  wh_lock_state
  if [ -z "$locked" ]; then
    wh_fail "$user is not locked, though nothing complained"
  fi
  wh_changed
  wh_detail "$user is locked; who is logged in already stays so"
}
wh_user_unlock() {
  wh_need_admin
  wh_need_account
  wh_need_other_account
  wh_lock_state
  wh_note_lock
  if ! wh_is_shut; then
    wh_unchanged
    wh_detail "$user is not locked"
    return 0
  fi
  if [ "$password" = none ]; then
    # Unlocking what has nothing behind the lock would let everybody in.
    wh_info "$user has no password, so it can log in with a key only"
  fi
  # A day that is still to come was set by somebody for a reason.
  if [ -n "$expires" ] && [ "$expires" -le "$(($(date +%s) / 86400))" ]; then
    wh_set_lock open ''
  else
    wh_set_lock open "$expires"
  fi
  wh_lock_state
  if wh_is_shut; then
    wh_fail "$user is still locked, though nothing complained"
  fi
  wh_changed
  wh_detail "$user can log in again"
}
wh_lock_undo() {
  local was_password was_expires
  wh_need_state
  if ! wh_recall password; then
    wh_unchanged
    wh_detail "nothing had been done to $user, so there is nothing to undo"
    return 0
  fi
  was_password=$REPLY
  wh_recall expires || REPLY=
  was_expires=$REPLY
  wh_need_account
  wh_lock_state
  if [ "$password:$expires" = "$was_password:$was_expires" ]; then
    wh_unchanged
    wh_detail "$user is as it was"
    return 0
  fi
  wh_set_lock "$was_password" "$was_expires"
  wh_lock_state
  if [ "$password:$expires" != "$was_password:$was_expires" ]; then
    wh_fail "$user could not be brought back to how it was: its password is $password and was $was_password"
  fi
  wh_changed
  wh_detail "$user is as it was before"
}
wh_user_create() {
  local base=/home text
  wh_need_admin
  if wh_account "$user"; then
    wh_unchanged
    wh_detail "$user is there already (number $uid)"
    return 0
  fi
  if text=$(useradd -D 2>/dev/null); then
    text=$(printf '%s\n' "$text" | awk -F= '$1 == "HOME" { print $2 }')
    base=${text:-$base}
  fi
  # A home that somebody left behind is not ours to take away again.
  if [ -e "$base/$user" ]; then
    wh_remember home kept
  else
    wh_remember home new
  fi
  wh_remember created "$user"
  if command -v useradd >/dev/null 2>&1; then
    wh_change_account useradd -m "$user"
  elif command -v adduser >/dev/null 2>&1; then
    wh_change_account adduser -D "$user"
  else
    wh_fail 'nothing here makes accounts (looked for useradd and adduser)'
  fi
  wh_account "$user" || wh_fail "$user is not there, though nothing complained"
  wh_changed
  wh_detail "$user was made (number $uid, home $home); nobody can log in as $user until a password or a key is set"
}
wh_user_delete() {
  wh_need_admin
  if ! wh_account "$user"; then
    wh_unchanged
    wh_detail "there is no account $user"
    return 0
  fi
  wh_need_other_account
  wh_drop_account
  if wh_account "$user"; then
    wh_fail "$user is still there, though nothing complained"
  fi
  wh_changed
  wh_detail "$user was removed; its home directory $home stays"
}
# Removes the account, with OPTIONS for each of the two programs that can.
wh_drop_account() {
  if command -v userdel >/dev/null 2>&1; then
    wh_change_account userdel ${1:+"$1"} "$user"
  elif command -v deluser >/dev/null 2>&1; then
    wh_change_account deluser ${2:+"$2"} "$user"
  else
    wh_fail 'nothing here removes accounts (looked for userdel and deluser)'
  fi
}
wh_create_undo() {
  wh_need_state
  if ! wh_recall created || ! wh_account "$user"; then
    wh_unchanged
    wh_detail "there is no account $user that was made here, so there is nothing to undo"
    return 0
  fi
  wh_need_other_account
  wh_recall home || REPLY=kept
  if [ "$REPLY" = new ]; then
    wh_drop_account -r --remove-home
  else
    wh_drop_account
  fi
  if wh_account "$user"; then
    wh_fail "$user could not be removed again"
  fi
  wh_changed
  wh_detail "$user was removed again"
}
