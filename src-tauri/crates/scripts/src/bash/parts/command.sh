# The command line as it was typed, in the hands of the account's own shell, as "ssh host command" would have it:
# without our strict mode, with the account's own locale, in a process of its own.
wh_command() {
  local shell=/bin/sh status=0
  case ${SHELL:-} in
    */sh | */bash | */dash | */ash | */ksh | */mksh | */zsh | */fish | */csh | */tcsh)
      if [ -x "$SHELL" ]; then
        shell=$SHELL
      fi
      ;;
  esac
  case $command in
    # The shell would take it for more options.
    [-+]*) command=" $command" ;;
  esac
  (
    if [ -n "$wh_locale" ]; then
      LC_ALL=$wh_locale
    else
      unset LC_ALL
    fi
    exec "$shell" -c "$command" 9>&-
  ) || status=$?
  if [ "$status" -ne 0 ]; then
    wh_detail "the command ended with exit code $status"
    exit "$status"
  fi
}
