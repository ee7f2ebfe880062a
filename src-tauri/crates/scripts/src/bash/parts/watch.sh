# Runs a command for at most LIMIT seconds; 124 when that was not enough. Its output is shown line by line as it comes and
# is kept in $wh_output. That is a file and not a pipe: a daemon that keeps its output open must not keep us waiting.
wh_run() {
  local limit=$1 pid status=0 began=$SECONDS over=''
  shift
  wh_output=$WH_STATE/output
  : >"$wh_output"
  # The shell makes background commands ignore interrupts, and a daemon would inherit that.
  (
    trap - INT QUIT EXIT
    exec "$@"
  ) >>"$wh_output" 2>&1 </dev/null 9>&- &
  pid=$!
  exec 8<"$wh_output"
  wh_partial='' wh_percent=''
  while kill -0 "$pid" 2>/dev/null; do
    wh_show
    if [ "$((SECONDS - began))" -ge "$limit" ]; then
      over=1
      kill "$pid" 2>/dev/null || :
      break
    fi
    sleep 0.1 2>/dev/null || sleep 1
  done
  wait "$pid" || status=$?
  wh_show
  exec 8<&-
  if [ -n "$wh_partial" ]; then
    printf '%s\n' "$wh_partial"
  fi
  if [ -n "$over" ]; then
    status=124
  fi
  return "$status"
}
# Shows the lines that have come since the last look. apt's own progress becomes ours: fetching is the first half.
wh_show() {
  local line='' rest
  while IFS= read -r line <&8; do
    line=$wh_partial$line
    wh_partial=
    case $line in
      dlstatus:*:*:* | pmstatus:*:*:*)
        rest=${line#*:*:}
        rest=${rest%%[.:]*}
        case $rest in
          '' | *[!0-9]*) ;;
          *)
            rest=$((rest / 2))
            case $line in
              pmstatus:*) rest=$((rest + 50)) ;;
            esac
            if [ "$rest" != "$wh_percent" ]; then
              wh_percent=$rest
              wh_progress "$rest"
            fi
            ;;
        esac
        ;;
      *) printf '%s\n' "$line" ;;
    esac
  done
  wh_partial=$wh_partial$line
}
# The last line of the command's output that says something, in REPLY, at most 300 characters.
wh_last_words() {
  local line
  REPLY=
  while IFS= read -r line || [ -n "$line" ]; do
    line=${line##*$'\r'}
    case $line in
      pmstatus:* | dlstatus:* | *'Caching service dependencies'* | *'[ !! ]'*) ;;
      *'ERROR: '*' failed to st'*)
        # OpenRC's own summary; what the service said stands before it.
        REPLY=${REPLY:-$line}
        ;;
      *[![:space:]]*) REPLY=${line# \* } ;;
    esac
  done <"$wh_output"
  REPLY=${REPLY:0:300}
  REPLY=${REPLY:-it said nothing}
}
