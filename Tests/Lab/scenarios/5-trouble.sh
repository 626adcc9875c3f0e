# What goes wrong around a deployment.
HOSTS=2

scenario "a host without room is refused by name before any host is touched" no_room
no_room() {
  project
  head -c 30000000 /dev/urandom >"$PROJECT/site/weight"
  lab disk 2 /srv/app 16m
  status 21 lander deploy
  holds "$OUTPUT" h2
  on 1 sh -c '! [ -e /srv/app/current ]' || broken "h1 was touched"
}

scenario "an unknown host key is refused with the command that mends it, and accepted by nobody" unknown_key
unknown_key() {
  project
  cp "$LAB/ssh/known_hosts" "$PROJECT/known"
  sed -i '/^h2 /d' "$LAB/ssh/known_hosts"
  status 20 lander deploy
  cp "$LAB/ssh/known_hosts" "$PROJECT/after"
  cp "$PROJECT/known" "$LAB/ssh/known_hosts"
  holds "$OUTPUT" h2
  holds "$OUTPUT" "host key is not known"
  holds "$OUTPUT" "ssh h2"
  equal "$(grep -c '^h2 ' "$PROJECT/after" || :)" 0 "keys of h2 after the refusal"
  status 0 lander deploy
}

scenario "a changed host key is refused as such" changed_key
changed_key() {
  project
  cp "$LAB/ssh/known_hosts" "$PROJECT/known"
  sed -i "s|^h2 .*|h2 $(cut -d' ' -f2,3 "$PROJECT/known" | head -1)|" "$LAB/ssh/known_hosts"
  status 20 lander deploy
  cp "$PROJECT/known" "$LAB/ssh/known_hosts"
  holds "$OUTPUT" h2
  holds "$OUTPUT" "not the one that is known"
}

scenario "a host that is switched off is named before any other is touched" switched_off
switched_off() {
  project
  lab power-off 2
  status 20 lander deploy
  holds "$OUTPUT" h2
  on 1 sh -c '! [ -e /srv/app/current ]' || broken "h1 was touched"
}

scenario "a network that is away for eight seconds during a hook costs nothing but time" away
away() {
  project
  deployed 1
  hook AfterInstall <<<'sleep 12; echo done'
  release 2
  local ended=0
  begin deploy
  within 60 has_run 1 "AfterInstall begins in 2"
  within 60 has_run 2 "AfterInstall begins in 2"
  lab partition 1
  sleep 8
  lab heal 1
  wait "$ENGINE" || ended=$?
  tail -20 "$PROJECT/log"
  equal "$ended" 0 "the status of the deployment"
  serves_everywhere 2
  equal "$(ledger 1 | grep -c 'AfterInstall begins in 2')" 1 "times the hook ran on h1"
}

scenario "interrupted from the keyboard it restores the hosts, gives the lock back and ends with 15" interrupted_by_hand
interrupted_by_hand() {
  project
  deployed 1
  hook ApplicationStart <<<'[ "$(cat REVISION)" = 1 ] || sleep 60'
  release 2
  local ended=0
  begin deploy
  within 60 has_run 1 "ApplicationStart begins in 2"
  kill -INT "$ENGINE"
  wait "$ENGINE" || ended=$?
  tail -20 "$PROJECT/log"
  equal "$ended" 15 "the status of the deployment"
  serves_everywhere 1
  no_hook ApplicationStart
  deployed 3
}

scenario "a hook script with carriage returns is named as the cause" carriage_returns
carriage_returns() {
  project
  printf '#!/bin/sh\r\necho hello\r\n' >"$PROJECT/site/bin/hook"
  local ended=0
  OUTPUT=$(lander deploy 2>&1) || ended=$?
  printf '%s\n' "$OUTPUT"
  [ "$ended" != 0 ] || broken "it was deployed"
  holds "$OUTPUT" "carriage return"
}
