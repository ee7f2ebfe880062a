# The lines of standard input that hold $text, or all of them, the last $lines.
wh_last_matching() {
  if [ -n "$text" ]; then
    { grep -aiF -e "$text" || :; } | tail -n "$lines"
  else
    tail -n "$lines"
  fi
}
# What ARGUMENTS have journalctl show, in REPLY.
wh_journal() {
  if [ -n "$text" ]; then
    # From the newest on, so that it can end as soon as there are enough lines.
    REPLY=$(journalctl --no-pager -q -o short-iso -r "$@" 2>/dev/null | { grep -aiF -m "$lines" -e "$text" || :; } |
      awk '{ line[NR] = $0 } END { for (i = NR; i > 0; i--) print line[i] }') || :
  else
    REPLY=$(journalctl --no-pager -q -o short-iso -n "$lines" "$@" 2>/dev/null) || :
  fi
}
# The file that looks most like the log of NAME, in REPLY: the one that was written to last.
wh_log_of() {
  local file
  REPLY='' others=''
  for file in "/var/log/$1" "/var/log/$1".log "/var/log/$1"/*.log "/var/log/$1"/*_log "/var/log/$1"[-_.]*.log; do
    if [ -f "$file" ] && [ "$file" != "$REPLY" ]; then
      if [ -z "$REPLY" ]; then
        REPLY=$file
      elif [ "$file" -nt "$REPLY" ]; then
        others="$others${others:+, }$REPLY"
        REPLY=$file
      else
        others="$others${others:+, }$file"
      fi
    fi
  done
  [ -n "$REPLY" ]
}
# The lines of FILE that are wanted. With NAME, only those that name it.
wh_show_log() {
  path=$1
  wh_need_readable
  if [ -n "${2:-}" ]; then
    shown=$(grep -aiF -e "$2" -- "$path" | wh_last_matching) || :
  else
    shown=$(wh_last_matching <"$path") || :
  fi
}
wh_log() {
  local candidate file='' whose='' shown='' where=''
  if command -v journalctl >/dev/null 2>&1 && wh_systemd_runs; then
    where='the journal'
    if [ -n "$asked" ]; then
      wh_find_service
      whose=$service
      wh_journal -u "$service"
    else
      wh_journal
    fi
    shown=$REPLY
  else
    if [ -n "$asked" ]; then
      whose=$asked
      for candidate in "${candidates[@]}"; do
        if wh_log_of "$candidate"; then
          file=$REPLY
          break
        fi
      done
    fi
    if [ -n "$file" ]; then
      if [ -n "$others" ]; then
        wh_info "there are also $others"
      fi
      wh_show_log "$file"
    else
      for file in /var/log/syslog /var/log/messages /var/log/system.log ''; do
        if [ -f "$file" ]; then
          break
        fi
      done
      if [ -z "$file" ]; then
        wh_fail "no log ${whose:+of $whose }was found (looked for the journal, ${whose:+/var/log/$whose*, }/var/log/syslog and /var/log/messages)"
      fi
      wh_show_log "$file" "$whose"
    fi
    where=$file
  fi
  if [ -z "$shown" ]; then
    wh_detail "$where has no line${whose:+ about $whose}${text:+ that holds \"$text\"}"
    # journald shows an account the messages of its own only.
    if [ "$where" = 'the journal' ] && [ "$(id -u)" -ne 0 ]; then
      wh_warn "the account $(id -un) may not be allowed to see all of it: that takes root or the group systemd-journal"
    fi
    return 0
  fi
  printf '%s\n' "$shown"
  wh_detail "the last lines of $where${whose:+ about $whose}${text:+ that hold \"$text\"}"
}
