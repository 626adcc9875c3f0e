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
