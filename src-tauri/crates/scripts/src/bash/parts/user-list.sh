wh_logged_in() {
  local text=''
  if command -v who >/dev/null 2>&1; then
    text=$(who 2>/dev/null) || text=
  fi
  # Newer systems keep no utmp.
  if [ -z "$text" ] && command -v loginctl >/dev/null 2>&1; then
    text=$(loginctl --no-pager --no-legend list-sessions 2>/dev/null | awk 'NF > 2 { print $3, $1, $5 }') || text=
  fi
  if [ -z "$text" ]; then
    if ! command -v who >/dev/null 2>&1 && ! command -v loginctl >/dev/null 2>&1; then
      wh_fail 'nothing here says who is logged in (looked for who and loginctl)'
    fi
    wh_detail 'nobody is logged in'
    return 0
  fi
  printf '%s\n' "$text"
  text=$(printf '%s\n' "$text" | awk '
    { n++; if (!seen[$1]++) { people++; names = names (names == "" ? "" : ", ") $1 } }
    END { print n (n == 1 ? " session of " : " sessions of ") names }')
  wh_detail "$text"
}
wh_user_list() {
  local accounts shadow='' days
  if [ "$(uname -s)" = Darwin ]; then
    accounts=$(dscl . -list /Users UniqueID 2>/dev/null | awk '$2 == 0 || $2 >= 501 { print $1 "::" $2 "::::" }') ||
      wh_fail 'this machine does not say which accounts it has'
  elif command -v getent >/dev/null 2>&1; then
    accounts=$(getent passwd) || :
    shadow=$(getent shadow 2>/dev/null) || shadow=
  else
    accounts=$(cat /etc/passwd)
    shadow=$(cat /etc/shadow 2>/dev/null) || shadow=
  fi
  if [ -z "$shadow" ]; then
    wh_info 'only root is told which accounts are locked'
  fi
  days=$(($(date +%s) / 86400))
  printf '%s\n\n%s\n' "$shadow" "$accounts" | wh_days=$days awk -F: '
    BEGIN { days = ENVIRON["wh_days"] }
    !listing && NF < 2 { listing = 1; next }
    !listing {
      known = 1
      if ($8 ~ /^[0-9]+$/ && $8 <= days) state[$1] = "locked"
      else state[$1] = $2 ~ /^[!*]/ ? "no password" : $2 == "" ? "open to everybody: no password is asked for" : "open"
      next
    }
    NF < 7 { next }
    $3 != 0 && ($3 < 500 || ($3 < 1000 && $6 != "") || $3 == 65534) { next }
    $7 ~ /(nologin|false|sync|shutdown|halt)$/ { next }
    { printf "%-20s %8s  %-12s %-24s %s\n", $1, $3, (known ? ($1 in state ? state[$1] : "elsewhere") : "unknown"), $6, $7; n++; if (state[$1] == "locked") locked++ }
    END { print "D" n + 0 (n == 1 ? " account" : " accounts") " people log in with" (locked ? ", " locked " of them locked" : "") }' | wh_user_rows
}
wh_user_rows() {
  local line
  while IFS= read -r line; do
    case $line in
      D[0-9]*' people log in with'*) wh_detail "${line#D}" ;;
      *) printf '%s\n' "$line" ;;
    esac
  done
}
