# Which of the targets still run, in REPLY, one id a line.
wh_still_there() {
  local list=" ${targets//$'\n'/ } "
  wh_find_processes
  REPLY=$(printf '%s\n' "$REPLY" | wh_list=$list awk 'NF && index(ENVIRON["wh_list"], " " $1 " ") { print $1 }')
}
# Waits for LIMIT seconds, or a little longer, until none of the targets runs.
wh_await_end() {
  local began=$SECONDS
  while :; do
    wh_still_there
    if [ -z "$REPLY" ]; then
      return 0
    elif [ "$((SECONDS - began))" -gt "$1" ]; then
      return 1
    fi
    sleep 0.2 2>/dev/null || sleep 1
  done
}
wh_process_kill() {
  local id count forced=''
  wh_need_state
  wh_find_processes
  if [ -z "$REPLY" ]; then
    wh_unchanged
    wh_detail "no process $process runs"
    return 0
  fi
  wh_choose_targets
  if [ -z "$targets" ]; then
    wh_fail "nothing was ended: $process is $spared"
  elif [ -n "$spared" ]; then
    wh_warn "left alone: $spared"
  fi
  wh_remember ended "$targets"
  count=$(printf '%s\n' "$targets" | awk 'END { print NR }')
  wh_info "asking to end: ${targets//$'\n'/, }"
  for id in $targets; do
    kill -TERM "$id" 2>/dev/null || :
  done
  if ! wh_await_end 10; then
    forced=$REPLY
    wh_warn "these did not end when they were asked to, and are ended by force: ${forced//$'\n'/, }"
    for id in $forced; do
      kill -KILL "$id" 2>/dev/null || :
    done
    if ! wh_await_end 5; then
      wh_fail "$process could not be ended, not even by force: ${REPLY//$'\n'/, } still runs (it may be waiting for a disk)"
    fi
  fi
  wh_changed
  if [ "$count" -eq 1 ]; then
    wh_detail "process $targets ($process) was ended${forced:+ by force}"
  else
    wh_detail "$count processes of $process were ended${forced:+, some by force}"
  fi
}
wh_process_is_gone() {
  local id new='' noted=''
  if wh_recall ended; then
    noted=" ${REPLY//$'\n'/ } "
  fi
  wh_find_processes
  wh_choose_targets
  if [ -z "$targets" ]; then
    wh_detail "no process $process runs${spared:+, apart from $spared}"
    return 0
  fi
  for id in $targets; do
    case $noted in
      *" $id "*) ;;
      *) new=$id ;;
    esac
  done
  if [ -n "$noted" ] && [ -n "$new" ]; then
    wh_fail "$process runs again as process $new: something starts it anew; stop the service it belongs to instead"
  fi
  wh_fail "$process still runs: ${targets//$'\n'/, }"
}
