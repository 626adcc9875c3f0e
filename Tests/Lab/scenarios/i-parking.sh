# Deployments that wait for a person with no engine: hosts keep them, and other checkouts go on.
HOSTS=3

# Lander in a checkout of its own, which knows nothing of what others did.
checkout() { rm -rf "$PROJECT.$1"; cp -r "$PROJECT" "$PROJECT.$1"; rm -rf "$PROJECT.$1/.lander"; }
from() { local name=$1; shift; (cd "$PROJECT.$name" && exec "$LAB_TOOL" engine "$LAB" "$LANDER" "$@"); }

scenario "parked by one checkout, approved from a second, resumed from a third: no engine in between, and nobody else gets the hosts" parked
parked() {
  STRATEGY='canary { watch = "1s", batch = "100%", approve = { name = "go", message = "Does h1 look good?", timeout = "4h" } }' project
  checkout two
  checkout three
  status 13 lander deploy
  holds "$OUTPUT" 'Does h1 look good?'
  holds "$OUTPUT" 'Its hosts keep it'
  local id
  id=$(printf '%s\n' "$OUTPUT" | sed -n 's/.*→ lander approve \([0-9a-z-]*\).*/\1/p' | head -1)
  on 2 test ! -e /srv/app/current || broken "h2 was changed before anybody approved"
  status 4 from two deploy
  holds "$OUTPUT" 'is parked'
  status 0 from two status
  holds "$OUTPUT" 'waits for a person since'
  status 0 from two approve "$id" --leave --comment "looks good"
  status 0 from three resume "$id"
  holds "$OUTPUT" 'looks good'
  serves_everywhere 1
  # The one that began it knows too little by now, and does nothing.
  status 3 lander resume "$id"
  holds "$OUTPUT" 'is not parked on any host now'
  free
}
