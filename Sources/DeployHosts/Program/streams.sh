# shellcheck disable=SC2154
# What a command writes: two streams. A program keeps each of them, and l_poll reports what is new. Everything except l_poll runs in the
# runner of a job.

# Opens two pipes without a process for either: 3 and 5 to read from, 6 and 7 to write to. Fails if here-documents are not pipes, as in bash
# before 5.1, or if /proc cannot open them.
l_pipes() {
  command exec 3<<. 5<<. && [ -p /proc/self/fd/3 ] && [ -p /proc/self/fd/5 ] && read -r l_l <&3 && read -r l_l <&5 && l_ends
-
.
-
.
} 2>/dev/null
l_ends() { command exec 6>/proc/self/fd/3 7>/proc/self/fd/5; }
# The same with named pipes, whose names are removed before the command begins.
l_fifos() {
  l_l=$D/pipe.out l_r=$D/pipe.err
  mkfifo "$l_l" "$l_r" || { l_room; rm -f "$l_l" "$l_r"; mkfifo "$l_l" "$l_r"; } || return
  # A process that opens only one end waits for the other end.
  command exec 9<>"$l_l" 3<"$l_l" 6>"$l_l" && command exec 9<>"$l_r" 5<"$l_r" 7>"$l_r" && exec 9>&- && rm -f "$l_l" "$l_r"
} 2>/dev/null
# Runs the command between the pipes. While this shell waits, it holds none of their ends, so that each of the two streams is closed once
# the command's processes have closed it.
l_follow() {
  l_collect out 3 &
  l_o=$! l_c=
  if [ "$l_merge" = 1 ]; then
    true >"$D/err.end"
    exec 7>&6
  else
    l_collect err 5 &
    l_c=$!
  fi
  ( l_perform ) >&6 2>&7 3<&- 4>&- 5<&- 6>&- 7>&- &
  exec 3<&- 5<&- 6>&- 7>&-
  wait $!
  l_over $?
  wait "$l_o"
  l_ceased out $?
  [ -z "$l_c" ] || { wait "$l_c"; l_ceased err $?; }
}
# NAME DESCRIPTOR: keeps a stream up to the cap, and drops the rest. `tee` immediately writes what it reads, the limit on its file size cuts
# at exactly that byte, and it continues to read when it cannot write any more. Its status says whether everything was written.
l_collect() {
  trap '' XFSZ
  ulimit -c 0
  ulimit -f $((l_cap / 512))
  exec tee -a "$D/$1" <&"$2" >/dev/null 2>&1 3<&- 4>&- 5<&- 6>&- 7>&-
}
# NAME STATUS: notes that a stream is closed.
l_ceased() {
  [ "$2" = 0 ] || printf '\n[lander: output ends here; what came after %s bytes was not kept]\n' "$l_cap" 2>/dev/null >>"$D/$1"
  { true >"$D/$1.end"; } 2>/dev/null || { l_room; true >"$D/$1.end"; }
}

# MAX, then for each job: FOLDER, and how much of out and err is known. Prints a line for each job, and what is new in both. It is called
# often, while the job runs: if nothing was written and the status is one line, it starts no process.
l_poll() {
  max=$1
  shift
  while [ $# -gt 2 ]; do
    folder=$1
    shift
    l_memory "${folder%/.lander/jobs/*}"
    set -- "$L/jobs/${folder##*/.lander/jobs/}" "$@"
    l_state "$1"
    [ "$st" != unborn ] || l_bar "$1" || st=starting
    on=0 en=0 sn=0
    if [ -s "$1/out" ] || [ -s "$1/err" ]; then
      sizes=$(stat -c %s "$1/out" "$1/err" 2>/dev/null) && { on=${sizes%%"$LF"*} en=${sizes#*"$LF"}; }
    fi
    if [ "$st" = done ]; then
      if { read -r end && ! read -r l_l; } <"$1/status"; then l_count "$end$LF" && sn=$l_bytes; else end= sn=$(stat -c %s "$1/status"); fi
    fi
    op=$((on - $2)) ep=$((en - $3))
    [ "$op" -le "$max" ] || op=$max
    [ "$ep" -le "$max" ] || ep=$max
    [ "$op" -ge 0 ] || op=0
    [ "$ep" -ge 0 ] || ep=0
    l_say + "J $st $on $en $op $ep $sn$LF"
    [ "$op" = 0 ] || { [ "$on" = "$op" ] && l_short "$1/out" "$op"; } || l_slice "$1/out" "$2" "$op"
    [ "$ep" = 0 ] || { [ "$en" = "$ep" ] && l_short "$1/err" "$ep"; } || l_slice "$1/err" "$3" "$ep"
    if [ -n "$end" ]; then l_say + "$end$LF"; elif [ "$sn" != 0 ]; then l_slice "$1/status" 0 "$sn"; fi
    shift 3
  done
}
# FILE COUNT: sends all of a closed stream as one piece, without a process. Fails if the stream is not that long, or if it is not short and
# plain text, which a variable can hold unchanged.
l_short() {
  [ "$2" -le 800 ] && [ -e "$1.end" ] || return
  local LC_ALL=C
  l_w= l_l=
  { while IFS= read -r l_l; do l_w=$l_w$l_l$LF; done; } 2>/dev/null <"$1"
  l_w=$l_w$l_l
  case $l_w in *[!' '-'~'"$LF"]*) return 1 ;; esac
  [ "${#l_w}" = "$2" ] || return
  l_say + "$l_w"
}
