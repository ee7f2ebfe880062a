# Runs a command, which starts no other one, for at most LIMIT seconds, its words in REPLY; 124 when that was not enough.
wh_within() {
  local limit=$1 status=0
  shift
  REPLY=$(
    trap - EXIT
    "$@" 2>&1 </dev/null 9>&- &
    pid=$!
    began=$SECONDS
    while kill -0 "$pid" 2>/dev/null; do
      if [ "$((SECONDS - began))" -ge "$limit" ]; then
        kill -KILL "$pid" 2>/dev/null || :
        wait "$pid" 2>/dev/null || :
        exit 124
      fi
      sleep 0.1 2>/dev/null || sleep 1
    done
    wait "$pid"
  ) || status=$?
  return "$status"
}
# To be run as a process of its own, and with none below it: that would hold our output open when this one is ended.
wh_connect() {
  exec 3<>"/dev/tcp/$address/$port"
}
wh_reach_other() {
  local status=0 program=ping limit=5 here
  here=$(uname -n)
  if [ -n "$port" ]; then
    wh_within 10 wh_connect || status=$?
    if [ "$status" -eq 0 ]; then
      wh_detail "$here reaches $address port $port"
      return 0
    fi
    case $status:$REPLY in
      124:*) wh_fail "$here does not reach $address port $port: no answer within ten seconds" ;;
      *[Rr]efused*) wh_fail "$here reaches $address, but nothing listens at port $port (the connection was refused)" ;;
      *'not known'* | *'No address'* | *'failure in name'* | *nvalid\ host* | *'does not resolve'*) wh_fail "$here does not know the name $address" ;;
    esac
    REPLY=${REPLY##*$'\n'}
    wh_fail "$here does not reach $address port $port: ${REPLY##*: }"
  fi
  case $address:$(uname -s) in
    *:*:Darwin) program=ping6 ;;
  esac
  if ! command -v "$program" >/dev/null 2>&1; then
    wh_fail "there is no $program on $here; give a port, and the connection is tried with that"
  fi
  # Linux waits so many seconds, macOS milliseconds; ping6 of macOS knows no such option.
  case $program:$(uname -s) in
    ping6:*) wh_within 10 ping6 -c 1 "$address" || status=$? ;;
    ping:Darwin | ping:FreeBSD) wh_within 10 ping -c 1 -W "$((limit * 1000))" "$address" || status=$? ;;
    *) wh_within 10 ping -c 1 -W "$limit" "$address" || status=$? ;;
  esac
  if [ -n "$REPLY" ]; then
    printf '%s\n' "$REPLY"
  fi
  if [ "$status" -eq 0 ]; then
    case $REPLY in
      *time=*)
        REPLY=${REPLY#*time=}
        REPLY=" (${REPLY%%[!0-9.]*} ms)"
        ;;
      *) REPLY= ;;
    esac
    wh_detail "$here reaches $address$REPLY"
    return 0
  fi
  case $REPLY in
    *'not known'* | *'bad address'* | *'unknown host'* | *'cannot resolve'* | *'failure in name'* | *'No address'*) wh_fail "$here does not know the name $address" ;;
    *'not permitted'* | *'ermission denied'*) wh_fail "the account $(id -un) may not use ping on $here; give a port, and the connection is tried with that" ;;
  esac
  wh_fail "$here does not reach $address: it does not answer to ping"
}
