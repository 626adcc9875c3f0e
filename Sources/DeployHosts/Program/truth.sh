# What a host itself knows: lock, fence, receipts, sources.

# The holder, one line: deployment, token, since, fence, lease left, owner, purpose; nothing where the lock is free.
l_holder() {
  [ -f "$L/lock/holder" ] || return 0
  l_uptime
  { read -r h_token h_dep h_since h_fence h_lease h_until h_boot; read -r h_owner; read -r h_purpose; } <"$L/lock/holder"
  [ "$h_boot" = "$l_bootid" ] || h_until=$h_lease
  h_left=$((h_until - l_up))
  printf 'holder\t%s\t%s\t%s\t%s\t%s\t%s\t%s\n' "$h_dep" "$h_token" "$h_since" "$h_fence" "$h_left" "$h_owner" "$h_purpose"
}
l_hold() {
  l_uptime
  rm -rf "$L/lock.new"
  mkdir "$L/lock.new" &&
    printf '%s %s %s %s %s %s %s\n%s\n%s\n' "$1" "$2" "$3" "$4" "$5" $((l_up + $5)) "$l_bootid" "$6" "$7" >"$L/lock.new/holder" &&
    l_sync "$L/lock.new/holder" || exit 43
}

# PATH TOKEN DEPLOYMENT SINCE FENCE LEASE OWNER PURPOSE INHERITS: takes or renews the lock, raises the fence.
# Answers `taken`, or the holder's line with exit 42.
l_lock() {
  l_home "$1"
  l_guard
  l_plant
  token=$2 dep=$3 since=$4 fence=$5 lease=$6 owner=$7 purpose=$8 inherits=$9
  h_token=
  holder=$(l_holder)
  if [ -n "$holder" ]; then
    l_holder >/dev/null
    if [ "$h_token" != "$token" ] && { [ -z "$inherits" ] || [ "$h_token" != "$inherits" ]; } && [ "$h_left" -gt 0 ]; then
      printf '%s\n' "$holder"
      exit 42
    fi
    [ "$h_token" != "$token" ] || since=$h_since
  fi
  l_fence "$fence" "$token"
  l_hold "$token" "$dep" "$since" "$fence" "$lease" "$owner" "$purpose"
  [ -d "$L/lock" ] || mkdir "$L/lock" || exit 43
  mv "$L/lock.new/holder" "$L/lock/holder" || exit 43
  rm -rf "$L/lock.new"
  l_reserve
  l_sync "$L/lock" "$L"
  echo taken
}

# Keeps a megabyte, which is given free where the disk is full and the host has to go back (some 30 jobs of four blocks and a folder
# each take half of it).
l_reserve() {
  [ ! -f "$L/reserve" ] || return 0
  dd if=/dev/zero of="$L/.reserve" bs=65536 count=16 2>/dev/null && mv "$L/.reserve" "$L/reserve" || rm -f "$L/.reserve"
}

# PATH TOKEN: renews the lease of one's own lock.
l_renew() {
  L=$1/.lander
  [ -d "$L/lock" ] || l_die 42 "there is no lock"
  l_guard
  holder=$(l_holder)
  [ -n "$holder" ] || l_die 42 "the lock is not held any more"
  l_holder >/dev/null
  [ "$h_token" = "$2" ] || l_die 42 "the lock is held by deployment $h_dep of $h_owner now"
  l_hold "$h_token" "$h_dep" "$h_since" "$h_fence" "$h_lease" "$h_owner" "$h_purpose"
  mv "$L/lock.new/holder" "$L/lock/holder" && rm -rf "$L/lock.new"
}

# PATH TOKEN: gives one's own lock back; somebody else's stays.
l_unlock() {
  [ -d "$1/.lander/lock" ] || return 0
  L=$1/.lander
  l_guard
  h_token=
  l_holder >/dev/null
  [ -z "$h_token" ] || [ "$h_token" = "$2" ] || l_die 42 "the lock is held by deployment $h_dep of $h_owner and was left alone"
  mv -T "$L/lock" "$L/lock.gone" && rm -rf "$L/lock.gone"
  l_sync "$L"
}

# PATH FENCE TOKEN RELEASE DEPLOYMENT SOURCES, the receipt's text on stdin. The first line is for this program.
# The receipt it replaces becomes the previous one where it was of another release.
l_record() {
  l_home "$1"
  umask 077
  l_take "$L/.receipt.$$"
  l_enter "$1" "$2" "$3"
  { printf '%s %s %s\n' "$4" "$5" "$6"; cat "$L/.receipt.$$"; } >"$L/.receipt.new" && l_sync "$L/.receipt.new" || exit 43
  rm -f "$L"/.receipt.[0-9]*
  old=
  { read -r old l_l; } 2>/dev/null <"$L/receipt"
  if [ -n "$old" ] && [ "$old" != "$4" ]; then
    cp "$L/receipt" "$L/.receipt.old" && l_sync "$L/.receipt.old" && mv "$L/.receipt.old" "$L/receipt.previous" || exit 43
  fi
  mv "$L/.receipt.new" "$L/receipt" || exit 43
  l_mark "$4"
  l_sync "$L"
}
# PATH NAME: `there` where a whole file of that name exists below .lander
l_has() { [ ! -f "$1/.lander/$2" ] || echo there; }
# PATH FENCE TOKEN FROM TO DIGEST: a file that was put is whole, and gets its name.
l_name() {
  l_enter "$1" "$2" "$3"
  l_whole "$L/$4" "$6"
  mkdir -p "$L/${5%/*}"
  l_sync "$L/$4"
  mv "$L/$4" "$L/$5" || exit 43
  l_sync "$L/${5%/*}"
}
# PATH NAME
l_show() {
  [ -f "$1/.lander/$2" ] || l_die 44 "$1/.lander/$2 is not on the host"
  cat "$1/.lander/$2"
}
