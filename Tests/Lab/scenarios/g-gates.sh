# Gates: what a strategy waits for, and what becomes of hosts when the answer is no.
HOSTS=3

canary='canary { watch = "4s", check = { command = "test -e current/good || test -e good", every = "1s" } }'

scenario "a canary whose watch finds it bad goes back, the other hosts are not touched, and the exit code is 17" bad_canary
bad_canary() {
  STRATEGY=$canary project
  touch "$PROJECT/site/good"
  deployed 1
  equal "$(ledger 3 | grep -c 'ApplicationStart begins')" 1 "starts on h3 of the good release"
  rm "$PROJECT/site/good"
  release 2
  status 17 lander deploy
  holds "$OUTPUT" 'the watch "watch" failed: h1: '
  serves_everywhere 1
  equal "$(ledger 1 | grep -c 'ApplicationStart begins')" 3 "starts on h1: the first, the bad one, and the first again"
  equal "$(ledger 2 | grep -c 'ApplicationStart begins')" 1 "starts on h2, which was not reached"
}

scenario "an approval that nobody gives in time takes the canary back, and the exit code is 16" silent_approval
silent_approval() {
  STRATEGY='canary { watch = "1s", approve = { message = "good?", timeout = "3s" } }' project
  status 16 lander deploy
  holds "$OUTPUT" 'nobody answered within 3 s'
  local k
  for k in $(hosts); do on "$k" test ! -e /srv/app/current || broken "h$k serves a release that nobody approved"; done
}

scenario "a watch whose engine is killed and resumed checks as long as planned, and the deployment comes through" watched_crash
watched_crash() {
  STRATEGY='canary { first = 3, watch = "6s", check = { command = "echo look >>/var/ledger", every = "1s" } }' project
  begin deploy
  within 60 has_run 1 look
  kill_engine
  local before
  before=$(ledger 1 | grep -c look)
  sleep 5
  equal "$(ledger 1 | grep -c look)" "$before" "checks while no engine was there"
  status 0 lander resume
  local checks
  checks=$(ledger 1 | grep -c look)
  [ "$checks" -ge 7 ] || broken "$checks checks, and 7 are due"
  serves_everywhere 1
}

scenario "an approval is asked for with the line to type; approve continues, and says who and why" approved
approved() {
  STRATEGY='canary { watch = "1s", approve = "Does h1 look good?" }' project
  begin deploy --wait
  within 60 log_has "lander approve"
  local id ended=0
  id=$(sed -n 's/.*→ lander approve \([0-9a-z-]*\).*/\1/p' "$PROJECT/log" | head -1)
  status 0 lander status
  holds "$OUTPUT" 'Does h1 look good?'
  on 2 test ! -e /srv/app/current || broken "h2 was changed before anybody approved"
  status 3 lander promote "$id" --comment "no approval"
  status 0 lander approve "$id" --comment "looks good"
  wait "$ENGINE" || ended=$?
  tail -20 "$PROJECT/log"
  equal "$ended" 0 "the status of the deployment"
  holds "$(cat "$PROJECT/log")" "(unverified): looks good"
  serves_everywhere 1
}

scenario "an approval that a person rejects takes the canary back, and the exit code is 16" rejected
rejected() {
  STRATEGY='canary { watch = "1s", approve = "good?" }' project
  deployed_alone
  release 2
  begin deploy --wait
  within 60 log_has "lander reject"
  local id ended=0
  id=$(sed -n 's/.*→ lander reject \([0-9a-z-]*\).*/\1/p' "$PROJECT/log" | head -1)
  status 0 lander reject "$id" --comment "errors in the log"
  wait "$ENGINE" || ended=$?
  tail -30 "$PROJECT/log"
  equal "$ended" 16 "the status of the deployment"
  holds "$(cat "$PROJECT/log")" 'rejected "approve": errors in the log'
  serves_everywhere 1
}
log_has() { grep -q -e "$1" "$PROJECT/log"; }
# Revision 1 everywhere, without anybody who approves.
deployed_alone() {
  sed -i 's/approve = "good?"//' "$PROJECT/deploy.lua"
  deployed 1
  sed -i 's/watch = "1s", /watch = "1s", approve = "good?"/' "$PROJECT/deploy.lua"
}
