wh_tail() {
  local size
  if [ -d "$path" ]; then
    wh_fail "$path is a directory, not a file"
  elif [ ! -e "$path" ]; then
    if [ -L "$path" ]; then
      wh_fail "$path is a symbolic link that leads nowhere"
    elif [ ! -x "${path%/*}/" ] && [ -d "${path%/*}/" ]; then
      wh_fail "the account $(id -un) may not look into ${path%/*}/"
    fi
    wh_fail "$path does not exist"
  elif [ ! -f "$path" ]; then
    wh_fail "$path is not a file whose end could be shown"
  elif [ ! -r "$path" ]; then
    wh_fail "the account $(id -un) may not read $path"
  fi
  size=$(wc -c <"$path")
  # Said before the lines, because the last of them may be an unfinished one.
  if [ "$size" -eq 0 ]; then
    wh_detail "$path is empty"
  else
    wh_detail "the last $lines lines of $path, which has $((size)) bytes"
  fi
  tail -n "$lines" "$path"
}
