# Packs: files that are sent to the host, and what is done with them before anything else.

# PATH FENCE TOKEN FILE OFFSET, bytes on stdin: writes them at that offset, if nothing is missing before it, and prints the new size. FILE
# is below .lander, and files with the same name have the same content. Two writers at the same time do no harm, such as a channel that
# broke off and the next one: each writes the same bytes to the same place.
l_put() {
  l_home "$1"
  l_pass "$2" "$3"
  umask 077
  [ -d "$L/${4%/*}" ] || mkdir -p "$L/${4%/*}" || exit 45
  have=0 n=$l_size
  [ ! -e "$L/$4" ] || have=$(stat -c %s "$L/$4" 2>/dev/null)
  have=${have:-0}
  [ "$have" -ge "$5" ] || { l_say + "$have$LF"; return; }
  # Now a limit on the size of files is an error for dd, and dd says how much it read.
  trap '' XFSZ
  l_l=$(
    LC_ALL=C dd bs=65536 count="$l_size" iflag=fullblock,count_bytes of="$L/$4" seek="$5" oflag=seek_bytes conv=notrunc 2>&1
  ) || {
    # If a record is not full, it is the last one.
    l_r=${l_l%%+*} l_r=${l_r##*"$LF"} l_l=${l_l#*+}
    case $l_r:$l_l in
      :* | *[!0-9]*:*) ;;
      *:0*) l_left=$((n - l_r * 65536)) ;;
      *) l_left=0 ;;
    esac
    # Another job that staged the same release has just removed the folder, so nothing is there.
    [ -d "$L/${4%/*}" ] || { l_say + "0$LF"; return; }
    truncate -s "$5" "$L/$4" 2>/dev/null
    l_full "$L"
  }
  l_left=0
  l_l=$(($5 + n))
  [ "$have" -le "$l_l" ] || l_l=$have
  l_say + "$l_l$LF"
}

# PACK STATUS WHAT: ends a staging that failed, and removes the pack, unless there might be no space to unpack it. Otherwise it is not good,
# because the lists have been checked.
l_unsure() {
  [ "$2" = 46 ] || dd if=/dev/zero of="$S/tree/.room" bs=65536 count=16 2>/dev/null || l_die "$2" "$3"
  rm -f "$S/$1"
  l_die 46 "what arrived in $1 is not what was sent: $3" "deploy again; the transfer starts over"
}

# PATH FENCE TOKEN RELEASE PACK: begins to unpack PACK, which might not have begun to arrive, next to the release's tree. Nothing
# depends on this: if it is not complete when the pack is, `l_stage` unpacks the pack itself.
l_ahead() {
  l_home "$1"
  l_pass "$2" "$3"
  umask 077
  S=$L/staging/$4
  mkdir -p "$S" || exit 45
  l_alive "$S/ahead" && return
  [ -e "$S/$5" ] || true >"$S/$5" || exit 43
  # The process outlives the channel, so it holds none of the channel's descriptors.
  ( l_unroll "$5" ) </dev/null >/dev/null 2>&1 3>&- 4>&- 5>&- &
}
# PACK: does this. The file `ahead` names the process, and the pack in a second line. Whoever removes this file ends the process.
l_unroll() {
  l_self
  l_mine="$l_me $l_start"
  l_wipe "$S/early" "$S/early.all" "$S/early.end" "$S/whole" "$S/ahead" || exit
  printf '%s\n' "$l_me $l_start $l_bootid" "$1" >"$S/ahead"
  umask 022
  l_z=
  case $1 in *.pack) l_z=z ;; esac
  mkdir "$S/early" && l_trickle "$1" | tar "-x${l_z}pomf" - -C "$S/early" && [ -e "$S/early.all" ] && true >"$S/early.end" && exit
  l_wipe "$S/early"
  l_is_mine && rm -f "$S/ahead"
}
l_is_mine() { { read -r l_p l_s l_b; } 2>/dev/null <"$S/ahead" && [ "$l_p $l_s" = "$l_mine" ]; }
# PACK: prints the pack as it arrives, until `l_stage` says that it is whole. If nothing arrives for about three minutes, it gives up.
l_trickle() {
  command exec 7<"$S/$1" || exit
  l_at= l_still=0 l_turn=0
  while l_is_mine; do
    l_all=
    [ ! -e "$S/whole" ] || l_all=1
    cat <&7
    [ -z "$l_all" ] || { true >"$S/early.all"; return; }
    { read -r l_l l_r; } 2>/dev/null </proc/self/fdinfo/7
    if [ "$l_r" = "$l_at" ]; then l_still=$((l_still + 1)); else l_still=0; fi
    [ "$l_still" -lt 900 ] || return
    l_at=$l_r l_turn=$((l_turn + 1))
    if [ "$l_turn" -lt 100 ]; then sleep 0.05; else sleep 0.2; fi
  done
}
# OPTIONS FILE FOLDER: does the work of l_untar. If FILE is what l_ahead unpacks, this takes over the result if it is complete.
l_early() {
  if [ "$3" = "$S/tree" ]; then
    l_r=
    { read -r l_l && read -r l_r; } 2>/dev/null <"$S/ahead"
    # Another process that has just begun removes the file `whole`, so it is made again.
    while [ "$S/$l_r" = "$2" ] && [ ! -e "$S/early.end" ] && l_alive "$S/ahead" && true >"$S/whole"; do sleep 0.02; done
    rm -f "$S/ahead"
    if [ -e "$S/early.end" ] && [ "$S/$l_r" = "$2" ] && rmdir "$3" 2>/dev/null && mv -T "$S/early" "$3"; then return; fi
    l_wipe "$S"/early*
    mkdir -p "$3"
  fi
  case $2 in *.tar) tar "-x$1f" "$2" -C "$3" ;; *) tar "-xz$1f" "$2" -C "$3" ;; esac
}
