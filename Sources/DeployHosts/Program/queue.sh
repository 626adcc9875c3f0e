# The queue of deployments that wait for the lock. Each has a place `queue/RANK.NUMBER.TOKEN`, in the order of these names. A place that
# nobody renews ends with its lease. `queue/gone.TOKEN` says who superseded the deployment with that token, for as long as that deployment
# might ask.

# PATH TOKEN RANK MANNER LANE SEQUENCE SINCE LEASE OWNER PURPOSE RENEWS REVISION: takes a place behind all others of its rank, or renews it.
# Rank 0 comes before 1. With RENEWS, a lost place is not taken again. Answers `holder …`, `awaits …`, a line `ahead OWNER PURPOSE SINCE`
# for each deployment that comes first, `superseded OWNER PURPOSE SINCE`, or `lost`.
l_queue() {
  l_home "$1"
  l_private
  l_guard
  l_uptime
  q=$L/queue q_mine= q_last=100000000 q_count=0
  [ -d "$q" ] || mkdir "$q" 2>/dev/null || l_full "$L"
  for q_file in "$q"/*.*; do
    q_token=${q_file##*.}
    case ${q_file##*/} in
      gone."$2") l_ticket "$q_file" && l_passed ;;
      gone.*) l_ticket "$q_file" || rm -f "$q_file" ;;
      [01].*)
        q_number=${q_file##*/?.} q_number=${q_number%%.*}
        [ "$q_token" != "$2" ] || { q_mine=${q_file##*/}; continue; }
        l_ticket "$q_file" || { rm -f "$q_file"; continue; }
        q_count=$((q_count + 1))
        [ "$q_number" -le "$q_last" ] || q_last=$q_number
        ;;
    esac
  done
  if [ -z "$q_mine" ]; then
    [ -z "${11}" ] || { echo lost; rmdir "$q" 2>/dev/null; return 0; }
    [ "$q_count" -lt 200 ] || l_die 43 "$q_count deployments wait for the lock of $P already" "lander status shows who has it"
    q_number=$((q_last + 1))
    [ "$4" != supersede ] || l_supersede "$5" "$6" "$7" "$9" "${10}"
    q_mine=$3.$q_number.$2
  fi
  l_placed "$8 $4 $5 ${6:--} $7" "$9" "${10}" "$q_mine" "${12}" || l_full "$L"
  l_holder
  l_t=
  { IFS= read -r l_t; } 2>/dev/null <"$L/lock/awaits"
  [ -z "$l_t" ] || printf 'awaits\t%s\n' "$l_t"
  for q_file in "$q"/[01].*; do
    [ "${q_file##*/}" != "$q_mine" ] || break
    ! l_ticket "$q_file" || printf 'ahead\t%s\t%s\t%s\n' "$q_owner" "$q_purpose" "$q_since"
  done
}
# LEASE… OWNER PURPOSE NAME REVISION: writes a place, or a record of who took it.
l_placed() {
  { printf '%s %s %s\n%s\n%s\n%s\n' $((l_up + ${1%% *})) "$l_bootid" "$1" "$2" "$3" "${5-}" >"$q/.new"; } 2>/dev/null && mv -fT "$q/.new" "$q/$4"
}
# Says that the deployment that was read last is newer, so this one is no longer needed.
l_passed() {
  printf 'superseded\t%s\t%s\t%s\n' "$q_owner" "$q_purpose" "$q_since"
  exit 0
}
# LANE SEQUENCE SINCE OWNER PURPOSE: removes the waiting deployments of the lane that use `supersede`, and sets q_number to the place of the
# first of them. A deployment with a higher sequence is newer.
l_supersede() {
  q_place=
  for q_file in "$q"/[01].*; do
    l_ticket "$q_file" && [ "$q_manner" = supersede ] && [ "$q_lane" = "$1" ] || continue
    case $2:$q_sequence in
      :* | *:- | *:) ;;
      *) [ "$2" -ge "$q_sequence" ] || l_passed ;;
    esac
  done
  for q_file in "$q"/[01].*; do
    l_ticket "$q_file" && [ "$q_manner" = supersede ] && [ "$q_lane" = "$1" ] || continue
    l_placed "600 gone $1 - $3" "$4" "$5" "gone.${q_file##*.}" || l_full "$L"
    q_token=${q_file##*/?.}
    q_place=${q_place:-${q_token%%.*}}
    rm -f "$q_file"
  done
  q_number=${q_place:-$q_number}
}

# PATH TOKEN: gives up the place.
l_dequeue() {
  l_memory "$1" && [ -d "$L/queue" ] || return 0
  l_guard
  l_out "$2"
}
