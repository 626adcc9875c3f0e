# What the host itself knows: lock, fence, receipts, sources.

# Prints the holder in one line: deployment, token, since, fence, lease left, owner, purpose, process, application, group. Prints nothing if
# the lock is free. Locks of older versions lack the last fields, from the process on or from the application on.
l_holder() {
  [ -f "$L/lock/holder" ] || return 0
  l_uptime
  h_process= h_app= h_group=
  {
    read -r h_token h_dep h_since h_fence h_lease h_until h_boot
    read -r h_owner; read -r h_purpose; read -r h_process; IFS= read -r h_app; IFS= read -r h_group
  } <"$L/lock/holder"
  [ "$h_boot" = "$l_bootid" ] || h_until=$h_lease
  h_left=$((h_until - l_up))
  printf 'holder\t%s\t%s\t%s\t%s\t%s\t%s\t%s\t%s\t%s\t%s\n' "$h_dep" "$h_token" "$h_since" "$h_fence" "$h_left" "$h_owner" "$h_purpose" \
    "$h_process" "$h_app" "$h_group"
}
# Writes the future holder to a file that is not in its place yet.
l_hold() {
  l_uptime
  {
    printf '%s %s %s %s %s %s %s\n%s\n%s\n%s\n%s\n%s\n' "$1" "$2" "$3" "$4" "$5" $((l_up + $5)) "$l_bootid" "$6" "$7" "$8" "$9" \
      "${10}" >"$L/.holder"
  } 2>/dev/null || l_full "$L"
}

# PATH TOKEN DEPLOYMENT SINCE FENCE LEASE OWNER PURPOSE INHERITS PROCESS GOOD APPLICATION GROUP TICKET SEQUENCE SEEN: takes or renews the
# lock, and raises the fence. PROCESS is the engine's process, for others on its machine. GOOD is a deployment that has proved good
# elsewhere. Another application keeps the lock that it holds, even after its lease, unless a receipt says whose folder it is. Deployments
# in the queue come first, unless TICKET is `-`. A SEQUENCE that is lower than that of an earlier deployment is refused, and so is a SEEN
# that is not the host's fence. Prints `taken` or, with exit 42, the line of the holder or of the one who comes first.
l_lock() {
  l_home "$1" "$3"
  l_private
  l_guard
  l_plant
  token=$2 dep=$3 since=$4 fence=$5 lease=$6 owner=$7 purpose=$8 inherits=$9 good=${11}
  h_token=
  l_holder >/dev/null
  if [ -n "$h_token" ]; then
    other=
    [ -z "$h_app" ] || [ "$h_app" = "${12}" ] || [ -f "$L/receipt" ] || other=1
    if [ "$h_token" != "$token" ] && { [ -z "$inherits" ] || [ "$h_token" != "$inherits" ]; } &&
      { [ "$h_left" -gt 0 ] || [ -n "$other" ]; }; then
      l_say + "$(l_holder)$LF"
      exit 42
    fi
    [ "$h_token" != "$token" ] || since=$h_since
  fi
  ticket=${14} sequence=${15}
  if [ "$h_token" != "$token" ]; then
    [ "$ticket" = - ] || [ ! -d "$L/queue" ] || l_l=$(l_first "$ticket") || { l_r=$? && l_say + "$l_l$LF" && exit "$l_r"; }
    [ -z "$sequence" ] || l_latest "$sequence"
    [ -z "${16}" ] || l_saw "${16}"
  fi
  l_hold "$token" "$dep" "$since" "$fence" "$lease" "$owner" "$purpose" "${10}" "${12}" "${13}"
  ! l_same "$fence" "$token" || l_sync "$L/.holder"
  l_fence "$fence" "$token" "$L/.holder"
  set --
  for l_l in "$L/lock" "$L/jobs" "$L/jobs/$dep" "$L/recipes" "$L/staging"; do [ -d "$l_l" ] || set -- "$@" "$l_l"; done
  [ $# = 0 ] || mkdir "$@" || exit 43
  if [ "$h_token" != "$token" ]; then
    set --
    for l_l in "$L/lock/parked" "$L/lock/journal" "$L/lock/taken"; do [ ! -e "$l_l" ] && [ ! -L "$l_l" ] || set -- "$@" "$l_l"; done
    [ $# = 0 ] || rm -f "$@"
  fi
  mv -fT "$L/.holder" "$L/lock/holder" || exit 43
  [ -z "$sequence" ] || l_numbered "$sequence $dep $since" "$owner"
  [ ! -d "$L/queue" ] || l_out "$ticket"
  # Answers that nobody fetched are removed. A rollback keeps the answers of the deployment that it rolls back.
  [ -n "$inherits" ] || [ ! -d "$L/inbox" ] || for l_d in "$L/inbox"/*; do [ "$l_d" = "$L/inbox/$dep" ] || rm -rf "$l_d"; done
  l_reserve
  l_sync "$L/fence" "$L/lock/holder" "$L/lock" "$L"
  # If the receipt cannot be written, other hosts of the group still know this.
  l_good "$good" || :
  l_say + "taken$LF"
}

# FILE: reads a place in the queue, `queue/RANK.NUMBER.TOKEN`. Fails if nobody renewed it within its lease. Its times are the host's uptime.
l_ticket() {
  q_until= q_revision=
  [ -f "$1" ] && {
    read -r q_until q_boot q_lease q_manner q_lane q_sequence q_since
    IFS= read -r q_owner; IFS= read -r q_purpose; IFS= read -r q_revision
  } 2>/dev/null <"$1"
  case $q_until in '' | *[!0-9]*) return 1 ;; esac
  [ "$q_boot" = "$l_bootid" ] || q_until=$q_lease
  [ "$q_until" -gt "$l_up" ]
}
# TICKET: ends with 42 if somebody else comes first or a newer deployment superseded this one.
l_first() {
  l_uptime
  if [ -n "$1" ] && l_ticket "$L/queue/gone.$1"; then
    printf 'superseded\t%s\t%s\t%s\n' "$q_owner" "$q_purpose" "$q_since"
    exit 42
  fi
  for q_file in "$L/queue"/[01].*; do
    [ "${q_file##*.}" != "$1" ] || return 0
    if l_ticket "$q_file"; then
      printf 'ahead\t%s\t%s\t%s\n' "$q_owner" "$q_purpose" "$q_since"
      exit 42
    fi
  done
}
# TICKET: gives up the place.
l_out() {
  case $1 in '' | -) ;; *) rm -f "$L/queue"/*".$1" ;; esac
  rmdir "$L/queue" 2>/dev/null || :
}
# FENCE: ends with 40 if the host has another fence, and not from the owner of $token.
l_saw() {
  l_f= l_t=
  { read -r l_f l_t; } 2>/dev/null <"$L/fence"
  [ "${l_f:-0}" = "$1" ] || [ "$l_t" = "$token" ] || l_die 40 "the fence was $1 when the plan was made, and is $l_f now" "plan again"
}
# SEQUENCE: ends with 42 if an earlier deployment had a higher one.
l_latest() {
  q_sequence=
  { read -r q_sequence q_dep q_since && IFS= read -r q_owner; } 2>/dev/null <"$L/sequence"
  case $q_sequence in '' | *[!0-9]*) return 0 ;; esac
  [ "$1" -ge "$q_sequence" ] || l_die 42 "sequence $1 is older than $q_sequence, which deployment $q_dep of $q_owner had here" \
    "deploy it without --sequence, or with a higher one, if it is wanted all the same"
}
# LINE OWNER: keeps the sequence of the deployment with the lock.
l_numbered() {
  { printf '%s\n%s\n' "$1" "$2" >"$L/.sequence"; } 2>/dev/null && mv -fT "$L/.sequence" "$L/sequence" || l_full "$L"
}

# Keeps a megabyte in reserve. It is removed if the disk is full and the host has to be rolled back. About 30 jobs, each with four blocks
# and a folder, take up half of it.
l_reserve() {
  [ ! -f "$L/reserve" ] || return 0
  { printf '%1048576s' '' >"$L/reserve"; } 2>/dev/null || rm -f "$L/reserve"
}

# TOKEN: ends with 40 if a newer deployment has had the lock since the one with that token took it.
l_newer() {
  l_t=
  { read -r l_f l_t; } 2>/dev/null <"$L/fence"
  [ -z "$l_t" ] || [ "$l_t" = "$1" ] ||
    l_die 40 "a newer deployment took the lock of $P (fence $l_f)" "lander status says what it did"
}

# PATH TOKEN PROCESS [DEPLOYMENT GATE KIND PAUSE]…: renews the lease of TOKEN's own lock, keeps a record of the human answer that its
# deployment waits for, and prints the messages that wait for it.
l_renew() {
  l_memory "$1" || l_die 42 "there is no lock"
  l_newer "$2"
  [ -f "$L/lock/holder" ] || l_die 42 "there is no lock"
  l_guard
  h_token=
  l_holder >/dev/null
  [ -n "$h_token" ] || l_die 42 "the lock is not held any more"
  [ "$h_token" = "$2" ] || l_die 42 "the lock is held by deployment $h_dep of $h_owner now"
  # A parked deployment has no process. An engine that is about to leave must not record itself again.
  l_w=$3
  [ ! -f "$L/lock/parked" ] || l_w=
  l_hold "$h_token" "$h_dep" "$h_since" "$h_fence" "$h_lease" "$h_owner" "$h_purpose" "$l_w" "$h_app" "$h_group"
  l_sync "$L/.holder" && mv -fT "$L/.holder" "$L/lock/holder" || return
  shift 3
  while [ $# -ge 4 ]; do
    if [ "$1" = "$h_dep" ]; then l_awaits "$1 $2 $3 $4"; fi
    shift 4
  done
  l_l=
  [ ! -d "$L/inbox/$h_dep" ] || l_l=$(l_letters "$h_dep")
  [ -z "$l_l" ] || l_say + "$l_l$LF"
}

# PATH TOKEN GOOD LEFT OVER: gives back TOKEN's own lock. Any other lock stays. What deployment GOOD left here is no longer on trial. LEFT
# says that the host could not be restored. It is kept until the next receipt is written or LEFT is `-`. `-ID` removes only what deployment
# ID left. If something removed the lock meanwhile, the rest is done all the same, unless a newer deployment was here. With OVER=over, the
# deployment has ended, so nobody will ask again for the output of commands.
l_unlock() {
  l_memory "$1" || return 0
  l_guard
  h_token=
  l_holder >/dev/null
  [ -z "$h_token" ] || [ "$h_token" = "$2" ] || l_die 42 "the lock is held by deployment $h_dep of $h_owner and was left alone"
  if [ ! -d "$L/lock" ]; then
    l_t=
    { read -r l_f l_t; } 2>/dev/null <"$L/fence"
    [ "$l_t" = "$2" ] || return 0
  fi
  good=0
  l_good "$3" || good=43
  # If this cannot be written, the journal still knows it.
  case $4 in
    '') ;;
    -) [ ! -e "$L/failed" ] || rm -f "$L/failed" ;;
    -*)
      l_l=
      { IFS= read -r l_l; } 2>/dev/null <"$L/failed"
      case $l_l in *"\"deployment\":\"${4#-}\""*) rm -f "$L/failed" ;; esac
      ;;
    *)
      ( umask 077; printf '%s\n' "$4" >"$L/.failed.new" ) 2>/dev/null && mv -fT "$L/.failed.new" "$L/failed" || rm -f "$L/.failed.new"
      ;;
  esac
  [ "$5" != over ] || l_blank
  [ ! -d "$L/lock" ] || rm -rf "$L/lock"
  # Answers stay, because a deployment might end before those who asked look at them.
  [ ! -d "$L/inbox" ] || {
    rm -rf "$L/inbox"/*/*.json "$L/inbox"/*/.new "$L/inbox"/*/.answer
    rmdir "$L/inbox"/* "$L/inbox" 2>/dev/null || :
  }
  l_w=
  { read -r l_w; } 2>/dev/null <"$L/removed"
  [ "$l_w" != "$2" ] || l_forget
  l_sync "$L"
  [ "$good" = 0 ] || l_die 43 "the lock was given back, and the receipt stays on trial: it could not be written"
}

# Empties the output of commands that have ended, because it might contain a secret. The engine has it, without the secret. The deployment
# that had the lock before can no longer resume anything here.
l_blank() {
  for D in "$L"/jobs/*/*; do
    [ -s "$D/status" ] && [ -O "$D" ] || continue
    for f in "$D"/out* "$D"/err*; do
      [ ! -s "$f" ] || [ -L "$f" ] || true >"$f"
    done
  done 2>/dev/null
}

# Removes what is known about an application that was taken off the host. Fence and sequence stay, because an engine that slept, or a late
# pipeline, must not bring it back. The record of which stages ran for which revision stays too. So do the queue and the guard, because
# others might be waiting for them.
l_forget() {
  for l_l in "$L"/* "$L"/.[!.]*; do
    case ${l_l##*/} in fence | sequence | guard | guard.d | queue | inbox | once | removed) ;; *) rm -rf "$l_l" ;; esac
  done
  rm -f "$L/removed"
}

# DEPLOYMENT: if its receipt here is on trial, makes it good. From now on, nobody needs a way back to the receipt that was good before it.
l_good() {
  [ -n "$1" ] || return 0
  r_dep= r_mark=
  { read -r r_release r_dep r_sources r_mark; } 2>/dev/null <"$L/receipt"
  [ "$r_dep" = "$1" ] && [ "$r_mark" = trial ] || return 0
  umask 077
  g=$L/.receipt.good l_l=
  { read -r l_l; } 2>/dev/null <"$g"
  [ "$l_l" = "$r_release $r_dep $r_sources" ] || {
    { read -r l_l && printf '%s %s %s\n' "$r_release" "$r_dep" "$r_sources" && l_copied; } <"$L/receipt" >"$g" && l_sync "$g" || return 1
  }
  mv -fT "$g" "$L/receipt" || return 1
  [ ! -e "$L/receipt.before" ] || rm -f "$L/receipt.before"
  l_trim
}
# Copies lines, including a last line without a line end.
l_copied() {
  while IFS= read -r l_l; do printf '%s\n' "$l_l" || return 1; done
  printf '%s' "$l_l"
}
# Removes a release beyond the number to keep. It stayed only because the new one was on trial. One rename moves it out of sight, and it is
# removed while nobody waits.
l_trim() {
  t_release= t_previous=
  { read -r t_release; } 2>/dev/null <"$L/surplus" || return 0
  rm -f "$L/surplus"
  { read -r t_previous l_l; } 2>/dev/null <"$L/receipt.previous"
  case $t_release in "$r_release" | "$t_previous" | '' | */* | .*) return 0 ;; esac
  [ "$(readlink "$P/current")" != "releases/$t_release" ] || return 0
  l_turns=good
  l_hide "$t_release"
  l_hand sweep "$P"
}

# PATH FENCE TOKEN RELEASE DEPLOYMENT SOURCES MARK LOOK TEXT, or the receipt's text on stdin if TEXT is empty. Writes the receipt. Its first
# line is for this program. MARK is `trial` if the deployment has not succeeded yet. With LOOK=look, the receipt is of the deployment that
# writes it, so its release must exist and be current. If a good receipt of another release is replaced, it becomes the previous one. The
# former previous one is kept until the new one is good, so that everything is as before if the new one is rolled back. Every receipt that
# is replaced stays in receipts/ as long as its release is kept. One on trial stays only if its successor is of another release. A full disk
# must not prevent a rollback of the host, so the host does without a receipt that cannot be linked.
l_record() {
  l_home "$1"
  umask 077
  l_pass "$2" "$3"
  trap 'l_drain; [ ! -e "$L/.receipt.$$" ] || rm -f "$L/.receipt.$$"' EXIT
  { printf '%s %s %s%s\n%s' "$4" "$5" "$6" "${7:+ $7}" "$9" >"$L/.receipt.$$"; } 2>/dev/null || l_full "$L"
  l_take "$L/.receipt.$$" behind
  l_enter "$1" "$2" "$3"
  [ "$8" != look ] || l_stands "$4"
  # The receipt as it will be once it is good. It is synced together with the receipt, so that it needs no sync of its own later.
  g=
  if [ "$7" = trial ] && [ -n "$9" ]; then
    g=$L/.receipt.good
    { printf '%s %s %s\n%s' "$4" "$5" "$6" "$9" >"$g"; } 2>/dev/null || l_full "$L"
  elif [ -e "$L/.receipt.good" ]; then
    rm -f "$L/.receipt.good"
  fi
  l_sync "$L/.receipt.$$" ${g:+"$g"} || exit 43
  old= mark= before=
  { read -r old l_l l_l mark; } 2>/dev/null <"$L/receipt"
  { read -r before l_l; } 2>/dev/null <"$L/receipt.previous"
  if [ -n "$old" ] && { [ "$old" != "$4" ] || [ "$mark" != trial ]; }; then
    [ -d "$L/receipts" ] || mkdir "$L/receipts" 2>/dev/null || :
    ln -f "$L/receipt" "$L/receipts/$old" 2>/dev/null || :
  fi
  if [ -n "$old" ] && [ "$old" != "$4" ] && [ "$mark" != trial ]; then
    [ -z "$before" ] || [ "$before" = "$old" ] || l_copy receipt.previous receipt.before
    l_copy receipt receipt.previous
  elif [ "$mark" = trial ] && [ "$before" = "$4" ]; then
    if [ -f "$L/receipt.before" ]; then mv -fT "$L/receipt.before" "$L/receipt.previous"; else rm -f "$L/receipt.previous"; fi
  fi
  mv -fT "$L/.receipt.$$" "$L/receipt" || exit 43
  [ ! -e "$L/failed" ] || rm -f "$L/failed"
  l_mark "$4"
  [ "$7" = trial ] || [ ! -e "$L/receipt.before" ] || rm -f "$L/receipt.before"
  if [ -d "$L/recipes" ]; then l_sync "$L/recipes" "$L"; else l_sync "$L"; fi
}
# RELEASE: refuses a receipt if its release was removed during the deployment, or if `current` was pointed somewhere else meanwhile.
l_stands() {
  [ -d "$P/releases/$1" ] && [ -f "$L/manifests/$1" ] ||
    l_die 46 "release $1 was removed while it was deployed" "look for the hook that removes it"
  [ ! -L "$P/current" ] || [ ! "$P/current" -ef "$P/releases/$1" ] || return 0
  l_current
  [ "$l_cur" = "$1" ] ||
    l_die 46 "$P/current leads to ${l_to:-no release} now, not to release $1: something else changed it meanwhile" \
      "look for the hook that changes current: Lander does that"
}
l_copy() { cp "$L/$1" "$L/.receipt.old" && l_sync "$L/.receipt.old" && mv -fT "$L/.receipt.old" "$L/$2" || exit 43; }

# PATH NAME: prints `there` if a complete file with that name exists below .lander.
l_has() { ! l_memory "$1" || [ ! -f "$L/$2" ] || l_say + "there$LF"; }
# PATH FENCE TOKEN NAME PACKED, a file's content on stdin: keeps it in `recipes` as NAME, which is its digest. Nothing else has that name. If
# PACKED is not empty, the content was compressed.
l_recipe() {
  l_home "$1"
  l_pass "$2" "$3"
  umask 077
  [ -d "$L/recipes" ] || mkdir "$L/recipes" || exit 45
  l_w=$L/.recipe.$$
  trap 'l_drain; for l_l in "$l_w" "$l_w.packed"; do [ ! -e "$l_l" ] || rm -f "$l_l"; done' EXIT
  if [ -n "$5" ]; then
    l_take "$l_w.packed"
    GZIP= gzip -dc <"$l_w.packed" 2>/dev/null >"$l_w" && l_sync "$l_w" || l_full "$L"
  else
    l_take "$l_w" '' conv=fsync
  fi
  mv -fT "$l_w" "$L/recipes/$4" || exit 43
}
# PATH FENCE TOKEN FROM TO DIGEST: verifies FROM, a file sent with l_put, and names it TO, as l_recipe would. Syncs come with the receipt.
l_name() {
  l_home "$1"
  l_pass "$2" "$3"
  umask 077
  l_whole "$L/$4" "$6"
  [ -d "$L/${5%/*}" ] || mkdir -p "$L/${5%/*}"
  l_sync "$L/$4"
  mv -fT "$L/$4" "$L/$5" || exit 43
}
# PATH NAME
l_show() {
  l_memory "$1" && [ -f "$L/$2" ] || l_die 44 "$1/.lander/$2 is not on the host"
  l_say + "$(cat "$L/$2")"
}
