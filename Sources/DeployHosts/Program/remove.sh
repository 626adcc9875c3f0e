# Removes an application from a host.

# FOLDER: refuses a folder if something is mounted below it, because a mount does not belong to the application alone.
l_unmounted() {
  [ -d "$1" ] && [ ! -L "$1" ] || return 0
  l_a=$(cd -P "$1" && pwd) || exit 45
  while read -r l_l l_w l_x; do
    case $l_w in *\\*) l_w=$(printf '%b' "$l_w") ;; esac
    case $l_w/ in "$l_a"/*) l_die 47 "something is mounted at $l_w, and is not removed with $1" "umount $l_w, then remove again" ;; esac
  done </proc/self/mounts
}
# NAME: moves it out of sight with a rename. It is removed later.
l_bin() {
  [ -e "$1" ] || [ -L "$1" ] || return 0
  l_turns=$((l_turns + 1))
  mv -T "$1" "$L/trash/${1##*/}.$l_now.$l_turns" && return
  l_named "$1"
  l_die 45 "$l_at cannot be moved away" "see whose it is: ls -ld $l_at $P"
}

# PATH FENCE TOKEN DATA: removes `current`, the releases that were delivered, the records about them, and what appspec files need. If DATA
# is `data`, also removes `shared`. A release without a manifest was made by somebody else, and stays. Links are not followed. If a request
# breaks off, the next one removes what it left. Says what stays in PATH, one name a line. l_unlock does the rest. `current` is removed
# first, after every check that can refuse: as long as it exists, nothing has been removed.
l_remove() {
  l_home "$1"
  (
    l_guard
    l_fence "$2" "$3"
    l_current
    case $l_odd in
      '') ;;
      link)
        l_die 47 "$P/current leads to $l_to, which Lander did not make, and is left alone" \
          "see who made it; if nobody needs it: rm $P/current"
        ;;
      *) l_die 47 "$P/current is not a link, and is not touched" "move it away: mv $P/current $P/current.old" ;;
    esac
    l_unmounted "$P/releases"
    [ ! -d "$P/releases" ] || [ -w "$P/releases/." ] || l_sealed "$P/releases"
    [ "$4" != data ] || l_unmounted "$P/shared"
    umask 077
    mkdir -p "$L/trash" || l_full "$L"
    l_uptime
    l_turns=0
    [ -z "$l_cur" ] || rm -f "$P/current" || l_die 45 "$P/current cannot be removed" "see whose it is: ls -ld $P"
    for l_r in "$P"/.current.*; do [ ! -L "$l_r" ] || rm -f "$l_r"; done
    for l_r in "$P"/releases/*; do
      [ -d "$l_r" ] && [ ! -L "$l_r" ] && [ -f "$L/manifests/${l_r##*/}" ] || continue
      l_bin "$l_r"
    done
    [ -L "$P/releases" ] || rmdir "$P/releases" 2>/dev/null || :
    [ ! -d "$P/appspec/deployment-instructions" ] || [ -L "$P/appspec" ] || l_bin "$P/appspec"
    [ "$4" != data ] || [ -L "$P/shared" ] || l_bin "$P/shared"
    for l_r in receipt receipt.previous receipt.before receipts failed order surplus manifests entries aside recipes staging uploads; do
      l_bin "$L/$l_r"
    done
    l_sync "$P"
  ) || exit $?
  l_sweep ||
    l_die 45 "not all of $P/.lander/trash can be removed by $(id -un): some of it belongs to others" "as root: rm -r $P/.lander/trash"
  { printf '%s\n' "$3" >"$L/removed"; } 2>/dev/null || l_full "$L"
  for l_r in "$P"/* "$P"/.[!.]* "$P"/releases/*; do
    [ -e "$l_r" ] || [ -L "$l_r" ] || continue
    l_r=${l_r#"$P"/}
    case $l_r in .lander | releases) ;; *) printf '%s\n' "${l_r%%"$LF"*}" ;; esac
  done
}

# PATH FENCE TOKEN RELEASE
l_discard() {
  l_home "$1"
  (
    l_guard
    l_fence "$2" "$3"
    l_current
    [ "$l_cur" != "$4" ] || l_die 47 "release $4 is current and cannot be discarded"
    l_turns=0
    l_hide "$4"
  ) || exit $?
  l_wipe "$L/staging/$4"
  l_sweep
}
