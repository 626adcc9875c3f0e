# Releases. Each is complete and verified, or does not exist.

# Sets l_list to the releases in the order of their staging, newest first. In some userlands, file times are too coarse for that.
l_order() {
  l_list=
  while read -r l_r; do
    [ -f "$L/manifests/$l_r" ] && [ -d "$P/releases/$l_r" ] || continue
    case " $l_list" in *" $l_r "*) l_l=" $l_list" l_list="${l_l%%" $l_r "*} ${l_l#*" $l_r "}" l_list=${l_list# } ;; esac
    l_list="$l_r $l_list"
  done 2>/dev/null <"$L/order"
}

# PATH FENCE TOKEN RELEASE, then the shared paths: prints what staging needs to know, one fact a line.
l_begin() {
  l_home "$1"
  l_pass "$2" "$3"
  id=$4
  shift 4
  umask 077
  stat -f -c 'free %a %S %d %c' "$L/."
  if [ -d "$P/releases/$id" ]; then echo present; return; fi
  current=
  [ ! -L "$P/current" ] || current=$(readlink "$P/current")
  l_order
  for r in "${current##*/}" $l_list; do
    [ -n "$r" ] && [ "$r" != "$id" ] && [ -d "$P/releases/$r" ] && [ -f "$L/manifests/$r" ] || continue
    read -r digest <"$L/manifests/$r"
    echo "base $r $digest"
    break
  done
  for pack in "$L/staging/$id"/*.pack "$L/staging/$id"/*.tar; do
    [ -f "$pack" ] && echo "pack ${pack##*/} $(stat -c %s "$pack")"
  done
  l_lacks "$@"
}
# Shared paths: prints the position, from 0, of each file among them that does not exist. Folders are made when they are linked.
l_lacks() {
  n=0
  for s; do
    case $s in */) ;; *) [ -e "$P/shared/$s" ] || echo "lacks $n" ;; esac
    n=$((n + 1))
  done
}

# FILE DIGEST
l_whole() {
  sum=$(sha256sum <"$1") && [ "${sum%% *}" = "$2" ] || {
    rm -f "$1"
    l_die 46 "what arrived in ${1##*/} is not what was sent" "deploy again; the transfer starts over"
  }
}

# BASE REUSE: takes over the correct files of the release BASE, but never files that hooks or the application put there.
l_keep() {
  cd "$P/releases/$1" || exit 46
  if [ "$2" = link ]; then
    how='cp -al'
    # A file must not be shared if it belongs to somebody else, or if its mode has changed since it was sent. Then the files are copied.
    xargs -0 stat -c '%a %u' -- <"$S/lists/keep" >"$S/have" 2>/dev/null
    sed "s/\$/ $(id -u)/" "$S/lists/keep.modes" >"$S/want"
    cmp -s "$S/have" "$S/want" || how='cp -a'
  else
    how='cp -a'
    cp --reflink=auto "$L/manifests/$1" "$S/have" 2>/dev/null && how='cp -a --reflink=auto'
  fi
  xargs -0 sh -c 'how=$1 to=$2; shift 2; $how --parents -- "$@" "$to"' sh "$how" "$S/tree" <"$S/lists/keep" ||
    l_die 46 "release $1 is not as it was delivered: some of its files cannot be copied"
  cd "$P" || exit 46
}

# LISTS: checks this file, in the folder S, against its digest, and unpacks the lists in it. A pack is not read twice: each of its files is
# checked against the lists afterwards.
l_unwrap() {
  l_whole "$S/$1" "${1%.*}"
  # shellcheck disable=SC2174
  mkdir -p -m 755 "$S/tree" "$S/lists" "$P/releases" || exit 45
  l_untar o "$S/$1" "$S/lists" || exit 43
}
# PACK STATUS WHAT: ends a staging that failed. If the pack differs from what was sent, it is removed, and the transfer starts over. The
# engine replaces this with `l_unsure` if the pack's name is not the digest of its bytes.
l_unfit() {
  [ "$1" = - ] || l_whole "$S/$1" "${1%.*}"
  l_die "$2" "$3"
}
# OPTIONS FILE FOLDER: unpacks a file that was sent. Its name says whether it is compressed.
l_untar() { case $2 in *.tar) tar "-x$1f" "$2" -C "$3" ;; *) tar "-xz$1f" "$2" -C "$3" ;; esac; }
# Compares the files that were sent with the list of digests. Sets l_bad to the ones that differ.
l_verify() { [ ! -s "$S/lists/sums" ] || l_swift || l_exact; }
# The same for a lot of data, with openssl if available: it takes a fifth of the time. If it finds a difference, `sha256sum` says which.
l_swift() {
  [ -s "$S/lists/much" ] && command -v openssl >/dev/null 2>&1 &&
    xargs -0 openssl dgst -sha256 -r <"$S/lists/much" 2>/dev/null | sed 's/ \*/  /' | cmp -s - "$S/lists/sums"
}
l_exact() {
  sha256sum -c "$S/lists/sums" >"$S/sums.log" 2>&1 || l_bad=$(grep -v ': OK$' "$S/sums.log" | head -n 3)
}
# NUMBER: whether the current folder holds NUMBER entries, as `find` prints them; sets `have` to their number. Counting them as words of the
# shell needs no program, but then two adjacent line ends in a name count as one.
l_holds() {
  local IFS="$LF"
  have=$1
  set -f
  # shellcheck disable=SC2046
  set -- $(find . ! -name .)
  set +f
  [ $# != "$have" ] || return 0
  want=$have
  have=$(($(find . ! -name . | wc -l)))
  [ "$have" = "$want" ]
}
# Holds the folder S for this job alone, because a channel that broke off might have left another job that still works there. A job that
# died does not hold the folder. Also returns when the folder is gone, because then the other job has finished with it.
l_sole() {
  l_self
  l_mine="$l_me $l_start $l_bootid" l_turn=0 l_none=0
  until ( set -C; printf '%s\n' "$l_mine" >"$S/by" ) 2>/dev/null; do
    [ -d "$S" ] || return 0
    # The other job might have released it since. Only if the file can never be made, the disk might be full.
    [ -e "$S/by" ] || l_none=$((l_none + 1))
    [ "$l_none" -lt 20 ] || l_full "$S"
    sleep 0.1
    l_turn=$((l_turn + 1))
    l_alive "$S/by" || (
      l_guard
      # A file that has just been made is empty for a moment.
      l_alive "$S/by" || { [ ! -s "$S/by" ] && [ "$l_turn" -lt 20 ]; } || rm -f "$S/by"
    )
  done
}
# PATH FENCE TOKEN RELEASE BASE REUSE LISTS PACK: unpacks the release, verifies it, and makes it appear. LISTS and PACK are the names of
# files that were sent. They end in `.pack` if the file is compressed, or in `.tar` if it is not.
l_stage() {
  l_home "$1"
  fence=$2 token=$3 id=$4 S=$L/staging/$4
  umask 077
  [ -d "$P/releases/$id" ] || l_sole
  if [ -d "$P/releases/$id" ]; then l_clear; return; fi
  [ ! -e "$S/tree" ] && [ ! -e "$S/lists" ] || l_wipe "$S/tree" "$S/lists"
  # An attempt that failed takes no space from the next one. What has arrived stays, and is not sent again.
  trap '[ $? = 0 ] || { l_wipe "$S/tree" "$S/lists"; rm -f "$S/by"; }' EXIT
  l_unwrap "$7"
  umask 022
  [ ! -s "$S/lists/keep" ] || { l_keep "$5" "$6" && l_writable; }
  [ "$8" = - ] || l_untar pom "$S/$8" "$S/tree" || l_unfit "$8" 43 "the bundle could not be unpacked"
  l_writable
  # If a hook gave files of the previous release to somebody else, the copies do not keep that owner.
  [ "$6" = link ] || [ ! -s "$S/lists/keep" ] || [ "$(id -u)" != 0 ] || chown -hR "$(id -u):$(id -g)" "$S/tree"
  cd "$S/tree" || exit 46
  # Files that nobody is allowed to read are read once, to be compared. They get their own mode after that.
  [ ! -s "$S/lists/unread" ] || xargs -0 chmod -- u+r <"$S/lists/unread" || exit 46
  . "$S/lists/times"
  l_bad=
  . "$S/lists/finish"
  l_verify
  [ -z "$l_bad" ] || l_unfit "$8" 46 "the release is not what was sent: $l_bad"
  read -r want <"$S/lists/count"
  l_holds "$want" || l_unfit "$8" 46 "the release holds $have files and folders, $want were expected"
  . "$S/lists/shared"
  . "$S/lists/modes"
  cd "$P" || exit 46
  # The release's lists exist before the release, and count only with it.
  l_pass "$fence" "$token"
  umask 077
  cp -R "$S/lists/own/." "$L/" || exit 43
  [ ! -e "$L/entries/$id.count" ] || rm -f "$L/entries/$id.count" "$L/entries/$id.rights"
  l_sync -f "$S/tree"
  (
    l_guard
    l_fence "$fence" "$token"
    echo "$id" >>"$L/order"
    mv -T "$S/tree" "$P/releases/$id" && l_sync "$P/releases" || exit 43
  ) || exit $?
  l_clear
}
# Removes the folder S. Meanwhile, another job for the same release might be putting files there.
l_clear() {
  for l_l in 1 2 3 4 5; do ! l_wipe "$S" 2>/dev/null || return 0; done
  l_wipe "$S"
}
# Makes all folders of the tree writable, if some of the older release or of this one are not. The lists set their modes at the end.
l_writable() { [ ! -s "$S/lists/locked" ] || find "$S/tree" -type d ! -perm -300 -exec chmod u+rwx {} +; }
# The lists use these functions, in the tree. The files that were sent get the bundle's time, the same on every host, because web servers
# and caches distinguish contents by size and time.
l_aged() { touch -m -r "$S/lists/time" -- "$@" || exit 46; }
l_moded() { chmod -- "$@" || exit 46; }
l_one() { sum=$(sha256sum <"./$1") && [ "${sum%% *}" = "$2" ] || l_bad="$l_bad$1: FAILED$LF"; }
l_dir() { [ -d "./$1" ] && [ ! -L "./$1" ] || mkdir -p "./$1" || l_bad="$l_bad$1: no folder$LF"; }
l_sym() { ln -s -- "$2" "./$1" || l_bad="$l_bad$1: no link$LF"; }
# NAME: refuses a path that leads out of the tree, by its parts or by a link above it.
l_inside() {
  case /$1/ in */../* | */./* | *//*) l_die 46 "the shared path $1 leads out of the release" ;; esac
  l_up=$1
  while :; do
    case $l_up in */*) l_up=${l_up%/*} ;; *) return 0 ;; esac
    [ ! -L "./$l_up" ] || l_die 46 "the shared path $1 lies below $l_up, which is a link"
  done
}
l_gone() { l_inside "$1"; [ ! -e "./$1" ] && [ ! -L "./$1" ] || rm -rf "./$1"; }
# NAME LINK FOLDER: makes the shared path NAME a link with the text LINK. FOLDER is 1 if NAME is a folder.
l_shared() {
  l_inside "$1"
  case $1 in */*) mkdir -p "./${1%/*}" ;; esac
  l_way "$P/shared/$1" "$P"
  if [ "$3" = 1 ]; then l_up=$P/shared/$1; else case $1 in */*) l_up=$P/shared/${1%/*} ;; *) l_up=$P ;; esac fi
  [ -d "$l_up" ] || mkdir -p "$l_up"
  ln -s -- "$2" "./$1" || l_die 46 "the shared path $1 could not be linked"
}

# PATH FENCE TOKEN RELEASE TEXT: makes RELEASE current with one rename. If RELEASE is empty, `current` becomes what it was before the first
# release (a link to TEXT, or nothing), and a receipt of the release that was current is removed.
l_activate() {
  l_enter "$1" "$2" "$3"
  cd "$P" || exit 45
  if [ -e current ] && [ ! -L current ]; then
    l_die 47 "$P/current is not a link, and is not touched" "move it away: mv $P/current $P/current.old"
  fi
  l_current
  to=$5
  if [ -z "$4" ]; then
    [ "$l_odd" != link ] || [ "$l_to" = "$to" ] ||
      l_die 47 "$P/current leads to $l_to: somebody else changed it meanwhile, and it is left alone" "see who did, and what runs"
    good=
    { read -r good l_w; } 2>/dev/null <"$L/receipt"
    [ -z "$l_cur" ] || [ "$good" != "$l_cur" ] || rm -f "$L/receipt"
  else
    [ -d "releases/$4" ] && [ -f "$L/manifests/$4" ] || l_die 44 "release $4 is not on the host" "deploy it: it is sent again"
    to=releases/$4
  fi
  if [ -z "$to" ]; then
    rm -f current
  elif [ -z "$l_to$l_odd" ]; then
    ln -sT -- "$to" current || exit 45
  elif [ "$l_to" != "$to" ]; then
    for old in .current.*; do [ ! -L "$old" ] || rm -f "$old"; done
    ln -s -- "$to" ".current.${4:-found}" && mv -T ".current.${4:-found}" current || exit 45
  fi
  l_sync "$P"
}

# Moves a release out of sight with one rename. It is removed later, outside the critical section.
l_hide() {
  mkdir -p "$L/trash"
  rm -f "$L/manifests/$1" "$L/entries/$1" "$L/entries/$1.count" "$L/entries/$1.rights" "$L/receipts/$1"
  [ ! -d "$L/aside/$1" ] || mv -T "$L/aside/$1" "$L/trash/$1.aside.$l_turns"
  [ ! -d "$P/releases/$1" ] || mv -T "$P/releases/$1" "$L/trash/$1.$(date +%s).$l_turns"
}

# PATH FENCE TOKEN KEEP DEPLOYMENT INTENT, then pinned releases: removes old releases and says which. If asked again, it says the same.
l_prune() {
  l_home "$1"
  keep=$4 here=$5 told=$L/jobs/$5/.pruned.$6
  (
    l_guard
    l_fence "$2" "$3"
    shift 6
    umask 077
    stay=" $* " recipes=' ' gone=' '
    while read -r r; do gone="$gone$r "; done 2>/dev/null <"$told"
    for f in receipt receipt.previous receipt.before; do
      good= sources=
      { read -r good l_l sources l_l; } 2>/dev/null <"$L/$f"
      stay="$stay$good " recipes="$recipes$sources "
    done
    # The last receipt is of the release before the previous good one. That release is useful only while the running one is on trial.
    before=$good surplus= n=0 l_turns=0
    l_order
    for r in $l_list; do
      n=$((n + 1))
      [ "$n" -gt "$keep" ] || continue
      case $stay in *" $r "*) [ "$r" != "$before" ] || surplus=$r; continue ;; esac
      [ ! "$P/current" -ef "$P/releases/$r" ] || continue
      l_turns=$((l_turns + 1))
      case $gone in *" $r "*) ;; *) gone="$gone$r " && printf '%s\n' "$r" >>"$told" ;; esac 2>/dev/null
      l_hide "$r"
    done
    for r in $gone; do echo "$r"; done
    if [ -n "$surplus" ]; then printf '%s\n' "$surplus" >"$L/surplus"; elif [ -e "$L/surplus" ]; then rm -f "$L/surplus"; fi
    if [ "$l_turns" -gt 0 ]; then
      order=
      l_order
      for r in $l_list; do order="$r$LF$order"; done
      printf '%s' "$order" >"$L/.order" && mv -fT "$L/.order" "$L/order"
    fi
    for f in "$L"/receipts/*; do
      [ -f "$f" ] || continue
      sources=
      { read -r l_l l_l sources l_l; } 2>/dev/null <"$f"
      if [ -d "$P/releases/${f##*/}" ]; then recipes="$recipes$sources "; else rm -f "$f"; fi
    done
    for f in "$L"/recipes/*; do
      case $recipes in *" ${f##*/} "*) ;; *) rm -f "$f" ;; esac
    done
    n=0
    set -- "$L"/jobs/*
    [ $# -le 10 ] || for d in $(ls -t "$L/jobs"); do
      n=$((n + 1))
      [ "$n" -gt 10 ] && [ "$d" != "$here" ] || continue
      busy=
      for D in "$L/jobs/$d"/*; do
        l_state "$D"
        case $st in run | starting) busy=1 ;; esac
      done
      [ -n "$busy" ] || rm -rf "$L/jobs/$d"
    done
    # The deployment with the lock has finished staging, so whatever is left there is from earlier deployments that broke off. Texts of an
    # older version are no longer used.
    set --
    for f in "$L"/staging/* "$L"/uploads/* "$L"/uploads/.[!.]* "$L"/.receipt.[0-9]* "$L"/.recipe.[0-9]* "$L"/runner.* "$L"/program.*; do
      [ ! -e "$f" ] || set -- "$@" "$f"
    done
    [ $# = 0 ] || { l_uptime; l_l=$L/trash/$$.$l_now; mkdir -p "$l_l" && mv -f -- "$@" "$l_l"; }
  ) || exit $?
  # Whatever is out of sight is removed while nobody waits.
  [ ! -e "$L/trash" ] || l_hand sweep "$P"
}
