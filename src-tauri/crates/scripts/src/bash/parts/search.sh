wh_search() {
  local count status=0
  wh_need_readable
  count=$(grep -aciF -e "$text" -- "$path") || status=$?
  if [ "$status" -gt 1 ]; then
    wh_fail "$path could not be searched (grep ended with exit code $status)"
  fi
  if [ "$count" -eq 0 ]; then
    wh_detail "no line of $path holds \"$text\""
    return 0
  fi
  grep -aiF -e "$text" -- "$path" | tail -n "$lines"
  if [ "$count" -gt "$lines" ]; then
    wh_detail "the last $lines of $count lines of $path that hold \"$text\""
  else
    wh_detail "lines of $path that hold \"$text\": $count"
  fi
}
