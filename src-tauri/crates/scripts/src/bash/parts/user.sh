# The account NAME: $uid, $home and $shell; 1 when there is none.
wh_account() {
  local text
  if command -v getent >/dev/null 2>&1; then
    text=$(getent passwd "$1") || return 1
  else
    text=$(wh_name=$1 awk -F: '$1 == ENVIRON["wh_name"]' /etc/passwd)
  fi
  if [ -z "$text" ]; then
    return 1
  fi
  uid=$(printf '%s\n' "$text" | awk -F: 'NR == 1 { print $3 }')
  home=$(printf '%s\n' "$text" | awk -F: 'NR == 1 { print $6 }')
  shell=$(printf '%s\n' "$text" | awk -F: 'NR == 1 { print $7 }')
}
# Whether it can log in: $password is open, locked (there is one behind the lock) or none; $expires the day it ends, as days
# since 1970, empty for never; $locked is set for one that can log in by no means.
wh_lock_state() {
  local text
  if command -v getent >/dev/null 2>&1; then
    text=$(getent shadow "$user") || text=
  else
    text=$(wh_name=$user awk -F: '$1 == ENVIRON["wh_name"]' /etc/shadow 2>/dev/null) || text=
  fi
  if [ -z "$text" ]; then
    wh_fail "this machine does not say whether $user is locked (no entry in /etc/shadow)"
  fi
  # The password itself stays out of our variables.
  password=$(printf '%s\n' "$text" | awk -F: 'NR == 1 { print $2 ~ /^![^!*]/ ? "locked" : $2 ~ /^[!*]/ ? "none" : "open" }')
  expires=$(printf '%s\n' "$text" | awk -F: 'NR == 1 && $8 ~ /^[0-9]+$/ { print $8 }')
  locked=
  # A key needs no password, so only an account that has ended lets nobody in. Where no program can set that, sshd itself
  # refuses an account whose password is locked.
  if [ "$password" != open ]; then
    if ! command -v usermod >/dev/null 2>&1; then
      locked=1
    elif [ -n "$expires" ] && [ "$expires" -le "$(($(date +%s) / 86400))" ]; then
      locked=1
    fi
  fi
}
wh_need_account() {
  if ! wh_account "$user"; then
    wh_fail "there is no account $user here"
  fi
}
wh_user_is_locked() {
  wh_need_account
  wh_lock_state
  if [ -z "$locked" ]; then
    wh_fail "$user is not locked"
  fi
  wh_detail "$user is locked"
}
wh_user_is_unlocked() {
  wh_need_account
  wh_lock_state
  if wh_is_shut; then
    wh_fail "$user is still locked"
  fi
  wh_detail "$user is not locked"
}
# Is there anything about the account that unlocking would take away?
wh_is_shut() {
  if [ "$password" = locked ]; then
    return 0
  fi
  [ -n "$expires" ] && [ "$expires" -le "$(($(date +%s) / 86400))" ]
}
wh_user_is_there() {
  wh_need_account
  if [ ! -d "$home" ]; then
    wh_fail "$user has no home directory: $home is not there"
  fi
  wh_detail "$user is there (number $uid, home $home)"
}
wh_user_is_gone() {
  if wh_account "$user"; then
    wh_fail "$user is still there"
  fi
  wh_detail "there is no account $user"
}
