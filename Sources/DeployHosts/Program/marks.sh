# Stages that ran for a revision. Each is a file `once/KEY` with three lines.

# PATH FENCE TOKEN DEPLOYMENT ACT KEY LINE BY NAME. ACT `begin` writes LINE, BY and NAME; if another deployment began the stage, ran it, or
# began to undo it, the answer says so. `again` and `end` write them. `drop` removes what DEPLOYMENT began. LINE: `STATE DEPLOYMENT AT
# REVISION WAY`.
l_note() {
  l_enter "$1" "$2" "$3"
  l_w= l_d= m=$L/once/$6
  { read -r l_w l_d l_t; } 2>/dev/null <"$m"
  case $5 in
    begin)
      case $l_w in begun | done | undoing) [ "$l_w $l_d" = "begun $4" ] || { l_line "$m"; exit 0; } ;; esac
      ;;
    drop)
      case "$l_w $l_d" in "begun $4" | "undoing $4") rm -f "$m" && l_sync "$L/once" || exit 43 ;; esac
      exit 0
      ;;
  esac
  [ -d "$L/once" ] || mkdir "$L/once" || exit 43
  { printf '%s\n%s\n%s\n' "$7" "$8" "$9" >"$L/.once"; } 2>/dev/null || l_full "$L"
  l_sync "$L/.once"
  mv -fT "$L/.once" "$m" || exit 43
  # A hundred are remembered. Names are digests.
  # shellcheck disable=SC2012
  ls -t "$L/once" | tail -n +101 | while read -r l_n; do rm -f "$L/once/$l_n"; done
  l_sync "$L/once" "$L"
}

# PATH FENCE TOKEN: prints the key for the digests of secrets in receipts. It is made here once, and is useless anywhere else.
l_key() {
  l_enter "$1" "$2" "$3"
  umask 077
  if [ "$(stat -c %s "$L/key" 2>/dev/null)" != 65 ]; then
    key=$(head -c 64 /dev/urandom | sha256sum) && printf '%s\n' "${key%% *}" >"$L/.key.new" && l_sync "$L/.key.new" &&
      mv -fT "$L/.key.new" "$L/key" || exit 43
  fi
  cat "$L/key"
}
