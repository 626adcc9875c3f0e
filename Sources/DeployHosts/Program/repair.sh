# Releases that are there: compared with their manifest, and made whole again. What is delivered appears by renames.

# PATH FENCE TOKEN RELEASE LISTS: answers `NAMES MODES REST LISTED`, the sizes of what follows: the names of all entries, the mode of
# each, a line for each that has another content. Changes nothing of the release.
l_compare() {
  l_home "$1"
  ( l_guard; l_fence "$2" "$3" ) || exit $?
  umask 077
  V=$L/uploads/$5.look pack=$L/uploads/$5.pack
  rm -rf "$V"
  mkdir -p "$V" || exit 43
  trap 'rm -rf "$V" "$pack"' EXIT
  l_whole "$pack" "$5"
  tar -xzof "$pack" -C "$V" || exit 43
  cd "$P/releases/$4" || l_die 44 "release $4 is not on the host"
  find . ! -name . -print0 >"$V/found" || l_die 45 "release $4 cannot be read by $(id -un)"
  xargs -0 stat -c %f -- <"$V/found" >"$V/modes" 2>/dev/null
  [ ! -s "$V/sums" ] || LC_ALL=C sha256sum -c "$V/sums" 2>/dev/null | grep -v ': OK$' >"$V/rest"
  . "$V/odd" >>"$V/rest"
  listed=0
  [ ! -f "$L/manifests/$4" ] || [ ! -f "$L/entries/$4" ] || listed=1
  echo "$(stat -c %s "$V/found") $(stat -c %s "$V/modes") $(stat -c %s "$V/rest") $listed"
  cat "$V/found" "$V/modes" "$V/rest"
}
# Used by lists/odd: NUMBER PATH and what it should be.
l_is_file() { sum=$(sha256sum <"./$2") && [ "${sum%% *}" = "$3" ] || echo "odd $1"; } 2>/dev/null
l_is_link() { [ "$(readlink "./$2")" = "$3" ] || echo "odd $1"; }

# PATH FENCE TOKEN RELEASE LISTS PACK: what differs is made beside the release and verified there; then each entry gets its place by a
# rename, so that whoever reads the release meanwhile finds the old entry or the new one.
l_repair() {
  l_home "$1"
  ( l_guard; l_fence "$2" "$3" ) || exit $?
  id=$4 S=$L/staging/$4 R=$P/releases/$4
  umask 077
  rm -rf "$S/tree" "$S/lists"
  mkdir -p "$S/tree" "$S/lists" "$L/entries" "$L/manifests" || exit 43
  l_whole "$S/$5.pack" "$5"
  tar -xzof "$S/$5.pack" -C "$S/lists" || exit 43
  umask 022
  if [ "$6" != - ]; then
    l_whole "$S/$6.pack" "$6"
    tar -xzpomf "$S/$6.pack" -C "$S/tree" || l_die 43 "the files could not be unpacked"
  fi
  cd "$S/tree" || exit 46
  l_ready
  cd "$R" || exit 46
  l_turns=0
  . "$S/lists/repair"
  l_modes fix
  l_modes dir
  l_sync -f "$R"
  cd "$P" || exit 46
  (
    l_guard
    l_fence "$2" "$3"
    umask 077
    l_ours "$id" && grep -qxF "$id" "$L/order" 2>/dev/null || echo "$id" >>"$L/order"
    mv "$S/lists/paths" "$L/entries/$id" && rm -f "$L/entries/$id.count" && mv "$S/lists/manifest" "$L/manifests/$id" || exit 43
    l_sync "$L/manifests"
  ) || exit $?
  rm -rf "$S"
  echo repaired
}
# Times, contents and modes of what came: what nobody may read is read once, before its own mode.
l_ready() {
  [ ! -s "$S/lists/new" ] || xargs -0 chmod -- u+r <"$S/lists/new" || exit 46
  [ ! -s "$S/lists/new" ] || xargs -0 touch -m -r "$S/lists/time" -- <"$S/lists/new" || exit 46
  l_bad=
  . "$S/lists/finish"
  if [ -s "$S/lists/sums" ] && ! sha256sum -c "$S/lists/sums" >"$S/sums.log" 2>&1; then
    l_bad=$(grep -v ': OK$' "$S/sums.log" | head -n 3)
  fi
  [ -z "$l_bad" ] || l_die 46 "what arrived is not what was sent: $l_bad"
  l_modes mode
  l_sync -f "$S/tree"
}
# KIND: gives the entries of each list KIND.MODE that mode.
l_modes() {
  for modes in "$S/lists/$1".*; do
    [ -s "$modes" ] || continue
    xargs -0 chmod -- "${modes##*.}" <"$modes" ||
      l_die 45 "entries of release $id belong to somebody else" "chown them to $(id -un), or deploy as root"
  done
}
# Used by lists/repair, in the release. What stands in the way may be somebody's data: it is kept in .lander/aside, and goes with the
# release.
l_aside() {
  [ -e "./$1" ] || [ -L "./$1" ] || return 0
  mkdir -p "$L/aside/$id" || exit 43
  l_turns=$((l_turns + 1))
  mv -fT "./$1" "$L/aside/$id/$$.$l_turns.${1##*/}" || exit 45
}
l_open() {
  case $1 in */*) l_up=./${1%/*} ;; *) l_up=. ;; esac
  [ -w "$l_up" ] || chmod u+w "$l_up" || exit 45
}
l_put_dir() {
  [ ! -d "./$1" ] || [ -L "./$1" ] || return 0
  l_open "$1"
  l_aside "$1"
  mkdir "./$1" || exit 45
}
l_put_file() {
  l_open "$1"
  [ ! -d "./$1" ] || [ -L "./$1" ] || l_aside "$1"
  mv -fT "$S/tree/$1" "./$1" || exit 45
}
l_put_link() {
  l_open "$1"
  [ -L "./$1" ] || [ ! -d "./$1" ] || l_aside "$1"
  rm -f "$S/link"
  ln -s -- "$2" "$S/link" && mv -fT "$S/link" "./$1" || exit 45
}
