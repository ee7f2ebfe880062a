# How long the machine has been up, and its load; in REPLY as one sentence.
wh_uptime() {
  local seconds='' text load='' processors since=''
  if [ -r /proc/uptime ]; then
    read -r seconds _ </proc/uptime
    seconds=${seconds%%.*}
  elif text=$(sysctl -n kern.boottime 2>/dev/null); then
    # "{ sec = 1700000000, usec = 0 } Tue …" on macOS and FreeBSD, the number alone on OpenBSD
    text=${text#*sec = }
    text=${text%%[!0-9]*}
    if [ -n "$text" ]; then
      seconds=$(($(date +%s) - text))
    fi
  fi
  if [ -r /proc/loadavg ]; then
    read -r load </proc/loadavg
    load=$(printf '%s\n' "$load" | awk '{ print $1, $2, $3 }')
  else
    load=$(uptime | awk '{ sub(/.*load averages?: */, ""); gsub(/,/, ""); print $1, $2, $3 }') || load=
  fi
  if [ -z "$seconds" ]; then
    text=$(uptime) || wh_fail 'this machine does not say how long it has been up'
    REPLY=${text#"${text%%[![:space:]]*}"}
    return 0
  fi
  processors=$(getconf _NPROCESSORS_ONLN 2>/dev/null || sysctl -n hw.ncpu 2>/dev/null || nproc 2>/dev/null) || processors=
  text=$(($(date +%s) - seconds))
  since=$(date -u -d "@$text" '+%Y-%m-%d %H:%M UTC' 2>/dev/null || date -u -r "$text" '+%Y-%m-%d %H:%M UTC' 2>/dev/null) || since=
  REPLY="up $((seconds / 86400)) d $((seconds % 86400 / 3600)) h $((seconds % 3600 / 60)) min${since:+ (since $since)}${load:+, load $load}${processors:+ on $processors processors}"
}
