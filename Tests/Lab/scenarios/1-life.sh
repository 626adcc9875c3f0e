# The life of an application on three hosts.
HOSTS=3

scenario "a first deployment puts the revision on every host and runs every hook once" first
first() {
  project
  status 0 lander deploy
  serves_everywhere 1
  local k
  for k in $(hosts); do
    equal "$(ledger "$k" | grep -c begins)" 4 "hooks begun on h$k (no ApplicationStop: nothing ran before)"
    equal "$(ledger "$k" | grep -c ends)" 4 "hooks ended on h$k"
  done
}

scenario "deploying the same again changes nothing and restarts nothing, and --force runs the hooks again" same
same() {
  project
  deployed 1
  local before
  before=$(ledger 1)
  status 0 lander deploy
  equal "$(ledger 1)" "$before" "the ledger after a deployment of nothing"
  status 0 lander deploy --force
  equal "$(ledger 1 | grep -c 'ApplicationStart begins')" 2 "starts after --force"
}

scenario "of a bundle of which one part in a hundred changed, little travels" little
little() {
  project
  local number before sent
  mkdir "$PROJECT/site/data"
  for number in $(seq 300); do head -c 20000 /dev/urandom >"$PROJECT/site/data/$number"; done
  deployed 1
  for number in 1 2 3; do head -c 20000 /dev/urandom >"$PROJECT/site/data/$number"; done
  before=$(received 1)
  deployed 2
  sent=$(($(received 1) - before))
  note "$sent bytes reached the host for a change of 60000 in a bundle of 6000000"
  [ "$sent" -lt 600000 ] || broken "$sent bytes were sent for a change of 60000"
  equal "$(on 1 sh -c 'cd /srv/app/current/data && cat $(seq 300) | sha256sum')" "$(cd "$PROJECT/site/data" && cat $(seq 300) | sha256sum)"
}

scenario "a host whose hook fails goes back by itself, and the others are not touched" fails
fails() {
  STRATEGY='rolling { batch = 1 }' project
  deployed 1
  hook ValidateService <<<'echo "the cellar is empty" >&2; exit 3'
  release 2
  status 10 lander deploy
  holds "$OUTPUT" "the cellar is empty"
  serves_everywhere 1
  equal "$(ledger 1 | tail -1)" "ValidateService ends" "the last line of h1's ledger, where revision 1 was started again"
  equal "$(ledger 3 | grep -c 'ApplicationStart begins')" 1 "starts on h3, which was not reached"
}

scenario "a failure in the last wave takes every host back" takes_back
takes_back() {
  STRATEGY='rolling { batch = 1 }' project
  deployed 1
  hook ValidateService <<<'[ "$LANDER_HOST" != h3 ]'
  release 2
  status 10 lander deploy
  serves_everywhere 1
  no_hook ValidateService
  deployed 3
}

scenario "rollback goes back to the previous revision, also from a fresh checkout without a journal" fresh
fresh() {
  project
  deployed 1
  deployed 2
  status 0 lander rollback
  serves_everywhere 1
  deployed 3
  rm -rf "$PROJECT/.lander"
  status 0 lander rollback
  serves_everywhere 1
}

scenario "as many releases are kept as the recipe says, never without the current and the previous good one" prunes
prunes() {
  project 'keep = 2,'
  local number
  for number in 1 2 3 4 5; do deployed "$number"; done
  equal "$(on 1 sh -c 'ls /srv/app/releases | wc -l')" 2 "releases on h1"
  status 0 lander rollback
  serves_everywhere 4
}

scenario "a reader that looks all the time always finds a whole release" reader
reader() {
  project
  head -c 3000000 /dev/urandom >"$PROJECT/site/weight"
  deployed 1
  # Without a fork in the loop, so that it looks some ten thousand times a second.
  on 1 sh -c 'trap "exit 0" TERM; n=0; while [ ! -e /srv/enough ]; do
      n=$((n + 1)); read -r r </srv/app/current/REVISION || echo "nothing at $n"; [ -s /srv/app/current/weight ] || echo "no weight at $n"
      case $r in [1-6]) ;; *) echo "odd: $r" ;; esac
    done; echo "looked $n times"' >"$PROJECT/reader" 2>&1 &
  local reader=$! number
  for number in 2 3 4 5 6; do
    head -c 3000000 /dev/urandom >"$PROJECT/site/weight"
    deployed "$number"
  done
  on 1 touch /srv/enough
  wait "$reader"
  on 1 rm /srv/enough
  note "$(cat "$PROJECT/reader")"
  equal "$(grep -vc '^looked' "$PROJECT/reader")" 0 "wrong reads"
}

scenario "in a trace of all the host's system calls, only a rename ever touches current" traced
traced() {
  project
  deployed 1
  local tracer
  on 1 strace -f -qq -s 300 -o /var/trace -p "$(on 1 cat /run/sshd.pid)" \
    -e trace=rename,renameat,renameat2,unlink,unlinkat,symlink,symlinkat,link,linkat,rmdir,mkdir,mkdirat &
  tracer=$!
  sleep 1
  deployed 2
  kill "$tracer" 2>/dev/null || :
  wait "$tracer" 2>/dev/null || :
  on 1 sh -c "grep -E '/current\"|\"current\"' /var/trace" | sed 's/^[0-9]* *//' >"$PROJECT/trace" || :
  cat "$PROJECT/trace"
  equal "$(grep -c ' = 0$' "$PROJECT/trace")" 1 "calls that changed current"
  equal "$(grep ' = 0$' "$PROJECT/trace" | grep -c '^rename')" 1 "renames among them"
}
