# Fails with the reason unless $path is a file that this account may read.
wh_need_readable() {
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
    wh_fail "$path is not a file that could be shown"
  elif [ ! -r "$path" ]; then
    wh_fail "the account $(id -un) may not read $path"
  fi
}
