# A parked deployment waits for a person, without an engine. Its lock stays until then. `lock/parked` says what it waits for, `lock/journal`
# is its journal, and `lock/taken` says which engine resumes it, if several try.

# PATH FENCE TOKEN LEASE ROUND RECORD: keeps the lock of TOKEN for LEASE seconds without an engine, until `l_entrust`. RECORD is a line.
# ROUND counts how often engines left.
l_park() {
  l_enter "$1" "$2" "$3"
  l_own_lock "$3"
  l_recorded "$5 $6"
  # Nobody waits for a process on any machine, so the holder has none.
  l_hold "$h_token" "$h_dep" "$h_since" "$h_fence" "$4" "$h_owner" "$h_purpose" '' "$h_app" "$h_group"
  l_sync "$L/lock/.parked" "$L/.holder"
  rm -f "$L/lock/taken" "$L/lock/journal"
  mv -fT "$L/lock/.parked" "$L/lock/parked" && mv -fT "$L/.holder" "$L/lock/holder" || exit 43
  l_sync "$L/lock"
}
# LINE: writes what the deployment waits for, to a file that is not in its place yet.
l_recorded() { { printf '%s\n' "$1" >"$L/lock/.parked"; } 2>/dev/null || l_full "$L"; }

# PATH FENCE TOKEN LEASE ROUND RECORD FILE DIGEST: keeps the lock for LEASE seconds. RECORD now has the digest of the journal. FILE, below
# .lander, has the part of the journal that was sent, and DIGEST is the digest of its bytes. If FILE is empty, other hosts keep the journal.
l_entrust() {
  l_enter "$1" "$2" "$3"
  l_own_lock "$3"
  l_w=
  { read -r l_w l_t; } 2>/dev/null <"$L/lock/parked"
  [ "$l_w" = "$5" ] || l_die 47 "deployment $h_dep is not parked any more"
  [ -z "$7" ] || { l_whole "$L/$7" "$8" && mv -fT "$L/$7" "$L/lock/journal" && l_sync "$L/lock/journal"; } || exit 43
  l_recorded "$5 $6"
  l_hold "$h_token" "$h_dep" "$h_since" "$h_fence" "$4" "$h_owner" "$h_purpose" '' "$h_app" "$h_group"
  l_sync "$L/lock/.parked" "$L/.holder"
  mv -fT "$L/lock/.parked" "$L/lock/parked" && mv -fT "$L/.holder" "$L/lock/holder" || exit 43
  l_sync "$L/lock"
}

# PATH FENCE TOKEN LEASE ROUND CLAIM BY PROCESS: an engine resumes the deployment, again under a lease. Of several engines with different
# CLAIMs, the first one gets it. An engine whose journal is from an earlier ROUND never gets it.
l_unpark() {
  l_enter "$1" "$2" "$3"
  l_own_lock "$3"
  l_t= l_r= l_w=0
  { IFS= read -r l_t; IFS= read -r l_r; IFS= read -r l_w; } 2>/dev/null <"$L/lock/taken"
  # A host that was not told about this round knows an earlier one.
  [ -z "$l_r" ] || [ "$l_t" = "$6" ] || [ "$l_w" -lt "$5" ] ||
    l_die 40 "$l_r resumed deployment $h_dep" "lander status says how far it is; lander history where it runs"
  l_w=0
  { read -r l_w l_t; } 2>/dev/null <"$L/lock/parked"
  [ "$l_w" -le "$5" ] ||
    l_die 40 "deployment $h_dep was parked again since: what is known of it here is older" "lander status names who has it now"
  { printf '%s\n%s\n%s\n' "$6" "$7" "$5" >"$L/lock/.taken"; } 2>/dev/null || l_full "$L"
  l_hold "$h_token" "$h_dep" "$h_since" "$h_fence" "$4" "$h_owner" "$h_purpose" "$8" "$h_app" "$h_group"
  l_sync "$L/lock/.taken" "$L/.holder"
  mv -fT "$L/lock/.taken" "$L/lock/taken" && mv -fT "$L/.holder" "$L/lock/holder" || exit 43
  rm -f "$L/lock/parked" "$L/lock/journal"
  l_sync "$L/lock"
}

# TOKEN: reads the holder. Ends with 40 if the lock is not TOKEN's.
l_own_lock() {
  h_token= h_dep=
  l_holder >/dev/null
  [ "$h_token" = "$1" ] || l_die 40 "the lock of $P is no longer this deployment's${h_dep:+: deployment $h_dep of $h_owner has it}" \
    "lander status says who has the hosts and what they run"
}

# PATH: sends the journal as it was sent here. A journal that somebody other than this user or root wrote is refused.
l_journal() {
  l_memory "$1" && [ -f "$L/lock/journal" ] || l_die 44 "no journal of a parked deployment is on the host"
  l_private
  l_t=$(stat -L -c '%u %s' "$L/lock/journal")
  [ ! -L "$L/lock/journal" ] && case ${l_t% *} in 0 | "$(id -u)") ;; *) false ;; esac ||
    l_die 45 "$P/.lander/lock/journal is not what an engine left: another user could have put it there"
  [ "${l_t#* }" -le 8388608 ] || l_die 46 "$P/.lander/lock/journal is larger than any that a deployment left"
  l_slice "$L/lock/journal" 0 "${l_t#* }"
}
