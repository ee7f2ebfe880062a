wh_tail() {
  local size
  wh_need_readable
  size=$(wc -c <"$path")
  # Said before the lines, because the last of them may be an unfinished one.
  if [ "$size" -eq 0 ]; then
    wh_detail "$path is empty"
  else
    wh_detail "the last $lines lines of $path, which has $((size)) bytes"
  fi
  tail -n "$lines" "$path"
}
