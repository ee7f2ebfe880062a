wh_read() {
  local size plain
  wh_need_readable
  size=$(wc -c <"$path")
  if [ "$size" -eq 0 ]; then
    # The files of /proc say that they are empty, and are not.
    size=
  fi
  # What a file holds that is no text shows early.
  plain=$(head -c 8192 "$path" | tr -d '\000' | wc -c)
  if [ "$plain" -ne "$(head -c 8192 "$path" | wc -c)" ]; then
    wh_fail "$path is not a text file, so its content was not shown"
  elif [ "$plain" -eq 0 ]; then
    wh_detail "$path is empty"
    return 0
  fi
  # Said before the lines, because the last of them may be an unfinished one.
  wh_detail "the first $lines lines of $path${size:+, which has $((size)) bytes}"
  head -n "$lines" "$path"
}
