# The engine dies at any instant of a canary that moves traffic, compares hosts and asks a person. h1 balances, h2 is the canary and h3 its
# twin.
HOSTS=3

scenario "killed at any instant of a canary with a shift, an analysis and an approval, resumed: each is asked and done once" canary_instants

canary_instants() {
  local count=${LAB_FULL:+40} round=2 at entries duration wanted wanted_journal instants
  count=${count:-8}
  canary
  balance
  duration=$(milliseconds)
  go 2 never
  duration=$(($(milliseconds) - duration))
  entries=$(($(wc -l <"$PROJECT/log") - 1))
  wanted=$(outside)
  wanted_journal=$(decided)
  undisturbed_is_whole
  instants=$(instants "$count")
  UNHEARD=() KILLED=0
  for at in $instants; do
    round=$((round + 1))
    go "$round" "$at"
    outcome "round $round, killed at entry $at of $entries ($(type_of "$at")), seed $LAB_SEED"
  done
  on 1 pkill -x haproxy
  note "seed $LAB_SEED: $KILLED of $count engines killed in time, at entries ${instants//$'\n'/ } of $entries" \
    "(undisturbed: $duration ms), all resumed"
  [ ${#UNHEARD[@]} = 0 ] || broken "an approval was said to be unheard, and was heard: ${UNHEARD[*]}"
}

type_of() { sed -n "$1s/.*\"type\":\"\([a-z_]*\)\".*/\1/p" "$PROJECT/log"; }

# Half of the instants are what decides, in turn with the seed: questions, answers and shifts. The others are spread over the whole run.
instants() {
  local telling spread=$(($1 / 2)) k
  mapfile -t telling < <(grep -nE '"type":"(gate_opened|gate_closed|message|answer|shifted)"' "$PROJECT/log" | cut -d: -f1)
  [ $((${#telling[@]} + spread)) -ge "$1" ] || spread=$(($1 - ${#telling[@]}))
  for k in $(seq $(($1 - spread))); do echo "${telling[(LAB_SEED + k) % ${#telling[@]}]}"; done
  for k in $(seq "$spread"); do echo $(((k * entries - LAB_SEED % entries) / spread)); done | awk '{ print ($1 < 1 ? 1 : $1) }'
}

# NUMBER AT: a deployment of that revision whose engine dies when its entry AT is there, and which is resumed; `never` kills none.
go() {
  local ended=0 approver
  begin_again
  release "$1"
  (cd "$PROJECT" && exec "$LAB_TOOL" engine "$LAB" "$LANDER" deploy --wait --output ndjson) >"$PROJECT/pipe" 2>"$PROJECT/words" &
  ENGINE=$!
  approve_once & approver=$!
  copy_until "$2" <"$PROJECT/pipe"
  wait "$ENGINE" 2>/dev/null || ended=$?
  [ "$ended" != 137 ] || KILLED=$((KILLED + 1))
  cat "$PROJECT/words"
  ID=$(sed -n '1s/.*"deployment":"\([^"]*\)".*/\1/p' "$PROJECT/log")
  if [ "$2" = never ]; then
    equal "$ended" 0 "the status of the deployment that nobody disturbed"
  else
    lander resume "$ID" --wait --output ndjson >"$PROJECT/log.resumed" 2>"$PROJECT/words" || ended=r$?
    cat "$PROJECT/words"
    case $ended in r*) broken "resume after a kill at entry $2 ended with ${ended#r}" ;; esac
  fi
  wait "$approver" || broken "the approval was not heard: $(cat "$PROJECT/approved")"
  [ ! -e "$PROJECT/unheard" ] || UNHEARD+=("killed at entry $2: $(cat "$PROJECT/unheard")")
  lander follow "$ID" --output ndjson >"$PROJECT/whole" || broken "the deployment ended with status $?"
  grep -o '"seq":[0-9]*' "$PROJECT/whole" | cut -d: -f2 | awk '$1 != NR - 1 { exit 1 }' ||
    broken "entries are missing or twice: $(cat "$PROJECT/whole")"
}
# Nothing of the round before is left, and both hosts share the traffic.
begin_again() {
  local k
  for k in $(hosts); do on "$k" sh -c ': >/var/ledger'; done
  haproxy_says "set server web/h2 weight 128; set server web/h3 weight 128" >/dev/null
  rm -f "$PROJECT"/log* "$PROJECT/approved" "$PROJECT/unheard" "$PROJECT/followed"
  : >"$PROJECT/log"
  [ -p "$PROJECT/pipe" ] || mkfifo "$PROJECT/pipe"
}
# AT: copies entries to the log as they come, and kills the engine as soon as that one is there.
copy_until() {
  local line number=0
  while IFS= read -r line; do
    number=$((number + 1))
    [ "$number" != "$1" ] || kill -9 "$ENGINE" 2>/dev/null || :
    printf '%s\n' "$line" >>"$PROJECT/log"
  done
}
# A person who looks on from another shell, answers as soon as the question is there, and says it again if told that nobody heard it. What
# was said to be unheard, and is in the journal all the same, is noted.
approve_once() {
  local id tries=0 onlooker left=1200
  until [ -s "$PROJECT/log" ]; do sleep 0.05; done
  id=$(sed -n '1s/.*"deployment":"\([^"]*\)".*/\1/p' "$PROJECT/log")
  until lander follow "$id" --output ndjson >>"$PROJECT/followed" 2>/dev/null; do sleep 0.2; done & onlooker=$!
  until grep -qs '"type":"gate_opened".*"name":"go"' "$PROJECT/followed"; do
    left=$((left - 1))
    [ "$left" -gt 0 ] || break
    sleep 0.05
  done
  until lander approve "$id" --comment "looks good" >>"$PROJECT/approved" 2>&1; do
    tries=$((tries + 1))
    [ "$tries" -lt 20 ] || { kill "$onlooker"; return 1; }
    sleep 1
    if grep -q '"type":"message"' "$PROJECT/followed"; then
      ! grep -q 'nobody receives' "$PROJECT/approved" || mv "$PROJECT/approved" "$PROJECT/unheard"
      break
    fi
  done
  wait "$onlooker"
}

# What the world has seen: hooks and commands in the order in which they came, and what is left.
outside() {
  local k
  for k in $(hosts); do
    echo "h$k"
    ledger "$k" | grep -v '^look$' | sed -E "s/ in $(cat "$PROJECT/site/REVISION")\$/ in new/; s/ in [0-9]+\$/ in old/"
  done
  haproxy_says "show servers state web" | awk '$4 ~ /^h/ { print $4, "state", $6, $7, "weight", $8 }'
}
# What the journal says of decisions, without times, numbers and ids. How often there is time for a measurement of one host while the other
# one is unreachable is no decision.
decided() {
  grep -E '"type":"(stage_|wave_|event_|host"|service_|gate_|shifted|message"|answer"|concluded|intended)' "$PROJECT/whole" |
    grep -v '"text":"run echo look' | sed -E '
    s/"(seq|time_ms|ms|intent)":[0-9]+,?//g; s/"(ts|sent|deployment)":"[^"]*",?//g; s/"message":"[0-9]{8}-[^"]*",?//
    s/release [0-9a-f]{12}/release/' |
    LC_ALL=C sort
}
undisturbed_is_whole() {
  measurements_are_asked_once
  holds "$wanted" "h2 state 2 0 weight 240"
  equal "$(printf '%s\n' "$wanted_journal" | grep -c '"type":"gate_closed".*"verdict":"pass"')" 2 "gates that were passed undisturbed"
  equal "$(printf '%s\n' "$wanted" | grep -c 'weight')" 6 "weights that were set, and those that are left"
}
measurements_are_asked_once() {
  local k asked
  for k in 2 3; do
    asked=$(grep -c "\"type\":\"intended\".*\"host\":\"h$k\".*run echo look" "$PROJECT/whole")
    equal "$(ledger "$k" | grep -c '^look$')" "$asked" "measurements of h$k"
  done
}
outcome() {
  local k
  echo "$1"
  cut -c1-250 "$PROJECT/whole"
  outside >"$PROJECT/outside"
  printf '%s\n' "$wanted" | diff - "$PROJECT/outside" || broken "the hosts and the balancer saw something else: $1"
  decided >"$PROJECT/decided"
  printf '%s\n' "$wanted_journal" | diff - "$PROJECT/decided" || broken "the journal says something else: $1"
  measurements_are_asked_once
  for k in 2 3; do equal "$(revision "$k")" "$(cat "$PROJECT/site/REVISION")" "the revision of h$k"; done
  status 0 lander explain "$ID"
  equal "$(printf '%s\n' "$OUTPUT" | grep -c 'approved by')" 2 "lines of explain about the approval: the gate and the answer"
  for k in $(hosts); do
    on "$k" sh -c '! ls /srv/app/.lander/lock/holder /root/.lander/app/lab/.lander/lock/holder 2>/dev/null' ||
      broken "h$k is still locked: $1"
  done
}
milliseconds() { echo $(($(date +%s%N) / 1000000)); }

canary() {
  project
  cat >"$PROJECT/site/bin/hook" <<'HOOK'
#!/bin/sh
echo "$LANDER_EVENT begins in $(cat REVISION)" >>/var/ledger
sleep 0.1
echo "$LANDER_EVENT ends" >>/var/ledger
HOOK
  cat >"$PROJECT/deploy.lua" <<'LUA'
local haproxy = require "haproxy"

local function hook(host) host:run "bin/hook" end

local function errors(host)
  local failed, of = host:run('echo look >>/var/ledger; echo "0 40"').stdout:match "(%d+) (%d+)"
  return { failed = tonumber(failed), of = tonumber(of) }
end

local steps = strategy "steps" (function(rollout)
  local canary, rest = rollout.targets:split(1)
  rollout:wave(canary)
  rollout:shift { weights = { canary = 10, stable = 90 } }
  rollout:analyse { name = "errors", canary = canary, rate = errors, margin = "+5pp", every = "200ms", during = "60s" }
  rollout:approve { name = "go", message = "Does h2 look good?", timeout = "2m" }
  rollout:wave(rest)
  rollout:shift { weights = { canary = 60, stable = 40 } }
end)

group "lab" { hosts = { "h2", "h3" } }
group "lb" { hosts = { "h1" } }

recipe "app" {
  base     = haproxy { balancers = "lb", backend = "web", pools = { canary = { "h2" }, stable = { "h3" } } },
  revision = bundle { from = "site" },
  targets  = group "lab",
  path     = "/srv/app",
  keep     = 3,
  strategy = steps,
  on       = {
    ApplicationStop = hook, BeforeInstall = hook, AfterInstall = hook, ApplicationStart = hook, ValidateService = hook,
  },
}
LUA
}

# HAProxy on h1, and a program that notes what is changed there before it passes it on.
balance() {
  on 1 sh -c 'cat >/etc/haproxy/lab.cfg && mkdir -p /run/haproxy && exec haproxy -D -f /etc/haproxy/lab.cfg' <<'CONF'
global
  stats socket /run/haproxy/admin.sock mode 600 level admin
defaults
  mode http
  timeout connect 2s
  timeout client 30s
  timeout server 30s
frontend all
  bind *:80
  default_backend web
backend web
  server h2 10.77.0.12:8080 weight 128
  server h3 10.77.0.13:8080 weight 128
CONF
  on 1 sh -c 'cat >/usr/bin/socat && chmod 755 /usr/bin/socat' <<'SOCAT'
#!/bin/sh
commands=$(cat)
printf '%s\n' "$commands" | tr ';' '\n' | grep '^set ' >>/var/ledger
exec perl -MSocket -e 'my $s; socket($s, PF_UNIX, SOCK_STREAM, 0) && connect($s, sockaddr_un("/run/haproxy/admin.sock")) or die;
  syswrite($s, "$ARGV[0]\n"); print while <$s>' "$commands"
SOCAT
  # A first deployment has nothing to stop; all that come after it are alike.
  sed -i 's/strategy = steps/strategy = all_at_once/' "$PROJECT/deploy.lua"
  status 0 lander deploy
  sed -i 's/strategy = all_at_once/strategy = steps/' "$PROJECT/deploy.lua"
}
haproxy_says() {
  on 1 perl -MSocket -e 'my $s; socket($s, PF_UNIX, SOCK_STREAM, 0) && connect($s, sockaddr_un("/run/haproxy/admin.sock")) or die;
    syswrite($s, "$ARGV[0]\n"); print while <$s>' "$1"
}
