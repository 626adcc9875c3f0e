# Compares existing releases with their manifests, and repairs them. Repaired files appear by renames.

# PATH RELEASE: prints every entry of a release, in batches: lines `MODE SIZE USER GROUP` (the mode is hexadecimal, the size is in bytes),
# then as many names, which begin with `./`. A line end in a name is printed as `//`, which no name has. `listed` says that the manifest and
# the list of entries exist. `unread` says that not all entries can be read. Writes nothing and reads no file of the release.
l_look() {
  l_memory "$1" && cd "$P/releases/$2" 2>/dev/null || l_die 44 "release $2 is not on the host"
  [ ! -f "$L/manifests/$2" ] || [ ! -f "$L/entries/$2" ] || echo listed
  { find . ! -name . -print0 2>/dev/null || printf '\0'; } | xargs -0 sh -c '
    [ "$#" != 0 ] || exit 0
    stat -c "%f %s %u %g" -- "$@" 2>/dev/null
    l="
"
    for f; do
      while case $f in *"$l"*) ;; *) false ;; esac; do f=${f%%"$l"*}//${f#*"$l"}; done
      printf "%s\n" "${f:-unread}"
    done' sh
}
# PATH RELEASE KIND, a list on stdin. With KIND `sums`, the list has sha256sum's form. With `odd`, it has lines of l_is_file and l_is_link.
# Prints a line for each entry whose content differs. Writes nothing.
l_differs() {
  l_memory "$1" && cd "$P/releases/$2" 2>/dev/null || l_die 44 "release $2 is not on the host"
  l_left=0
  l_list=$(dd bs="$l_size" count=1 iflag=fullblock 2>/dev/null)
  if [ "$3" = odd ]; then eval "$l_list"; else printf '%s\n' "$l_list" | LC_ALL=C sha256sum -c 2>/dev/null | grep -v ': OK$'; fi
  return 0
}

# PATH FENCE TOKEN RELEASE ROOM LISTS: does the work of l_differs as a job, for any number of files. ROOM is the job's own folder of
# uploads.
l_compare() {
  l_home "$1"
  l_pass "$2" "$3"
  umask 077
  U=$L/uploads/$5 V=$L/uploads/$5/lists pack=$L/uploads/$5/$6
  mkdir -p "$V" || exit 43
  trap 'rm -rf "$U"' EXIT
  l_whole "$pack" "${6%.*}"
  l_untar o "$pack" "$V" || exit 43
  cd "$P/releases/$4" || l_die 44 "release $4 is not on the host"
  [ ! -s "$V/sums" ] || LC_ALL=C sha256sum -c "$V/sums" 2>/dev/null | grep -v ': OK$'
  . "$V/odd"
}
# Used by lists/odd: NUMBER, PATH, and what PATH should be.
l_is_file() { sum=$(sha256sum <"./$2") && [ "${sum%% *}" = "$3" ] || echo "odd $1"; } 2>/dev/null
l_is_link() { [ "$(readlink "./$2")" = "$3" ] || echo "odd $1"; }

# PATH FENCE TOKEN RELEASE LISTS PACK: makes the entries that differ next to the release, and verifies them there. Then each entry is put in
# its place by a rename, so that a program that reads the release meanwhile finds the old entry or the new one.
l_repair() {
  l_home "$1"
  l_pass "$2" "$3"
  id=$4 S=$L/staging/$4 R=$P/releases/$4
  umask 077
  mkdir -p "$S" || exit 43
  l_sole
  trap 'rm -f "$S/by"' EXIT
  l_wipe "$S/tree" "$S/lists"
  mkdir -p "$L/entries" "$L/manifests" || exit 43
  l_unwrap "$5"
  umask 022
  [ "$6" = - ] || l_untar pom "$S/$6" "$S/tree" || l_unfit "$6" 43 "the files could not be unpacked"
  cd "$S/tree" || exit 46
  l_ready "$6"
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
    mv "$S/lists/own/entries/$id" "$L/entries/$id" && rm -f "$L/entries/$id.count" "$L/entries/$id.rights" &&
      mv "$S/lists/own/manifests/$id" "$L/manifests/$id" || exit 43
    l_sync "$L/manifests"
  ) || exit $?
  l_wipe "$S"
}
# PACK: sets times and modes of the sent files, and verifies their contents. An unreadable file is read before it gets its own mode.
l_ready() {
  [ ! -s "$S/lists/new" ] || xargs -0 chmod -- u+r <"$S/lists/new" || exit 46
  [ ! -s "$S/lists/new" ] || xargs -0 touch -m -r "$S/lists/time" -- <"$S/lists/new" || exit 46
  l_bad=
  . "$S/lists/finish"
  l_verify
  [ -z "$l_bad" ] || l_unfit "$1" 46 "what arrived is not what was sent: $l_bad"
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
# lists/repair uses these functions, in the release. Anything in the way might be somebody's data, so it is kept in .lander/aside. It is
# removed with the release.
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
l_own() {
  chown "$(id -u):$(id -g)" "./$1" || l_die 45 "entries of release $id belong to somebody else" "chown them to $(id -un), or deploy as root"
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
