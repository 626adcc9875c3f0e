# Slots: two instances of one application on one host, behind a real nginx, with requests all the time.
HOSTS=1

scenario "two ports of one service behind nginx: the idle slot gets the release, then the traffic, which a rollback gives back" slots_switch
slots_switch() {
  slotted
  revise 1
  status 0 lander deploy
  equal "$(slot_revision green)" 1 "the revision of slot green"
  on 1 test ! -e /srv/app/slots/blue/current || broken "slot blue got a release too"
  rm -f "$PROJECT/enough" "$PROJECT"/asked.*
  ask_slots & local asker=$!
  revise 2
  status 0 lander deploy
  holds "$OUTPUT" "h1/green  kept as it is"
  equal "$(slot_revision blue) $(slot_revision green)" "2 1" "the revisions of blue and green"
  equal "$(served)" 2 "what nginx serves"

  # A release that fails never comes near the slot that serves.
  local serving; serving=$(on 1 cat /run/app.blue)
  rm "$PROJECT/site/answer"
  revise 3
  status 10 lander deploy
  touch "$PROJECT/site/answer"
  equal "$(served)" 2 "what nginx serves after the failure"
  equal "$(slot_revision green)" 1 "the revision of green after the failure"
  equal "$(on 1 cat /run/app.blue)" "$serving" "the process of the slot that serves"

  # An engine that is killed between the start and the switch.
  revise 4
  begin deploy
  within 60 on 1 grep -q "^green 4$" /var/ledger
  kill_engine
  equal "$(served)" 2 "what nginx serves after the crash"
  status 0 lander resume
  equal "$(served)" 4 "what nginx serves after the resume"
  equal "$(on 1 cat /run/app.blue)" "$serving" "the process of slot blue"

  # The same again is nothing new, and the way back starts nothing.
  status 0 lander deploy
  equal "$(served)" 4 "what nginx serves after the same again"
  local starts; starts=$(on 1 wc -l /var/ledger)
  status 0 lander rollback
  equal "$(served)" 2 "what nginx serves after the rollback"
  equal "$(on 1 cat /run/app.blue) $(on 1 wc -l /var/ledger)" "$serving $starts" "the process of slot blue, and what was started"
  status 0 lander rollback
  equal "$(served)" 1 "what nginx serves after another rollback"
  touch "$PROJECT/enough"
  wait "$asker"
  no_wrong_answers

  # People see both.
  status 0 lander status
  holds "$OUTPUT" "h1/blue"
  holds "$OUTPUT" "h1/green"
  status 0 lander exec shop --only h1/green -- cat /srv/app/slots/green/current/REVISION
  holds "$OUTPUT" 1
  status 2 lander deploy --only h1/green
  holds "$OUTPUT" "a deployment has all slots of a machine"

  # Both go together, and the next deployment is a first one.
  status 0 lander remove --yes
  local slot
  for slot in blue green; do on 1 test ! -e "/srv/app/slots/$slot/current" || broken "slot $slot still has a release"; done
  on 1 sh -c '! kill -0 "$(cat /run/app.blue)" && ! kill -0 "$(cat /run/app.green)"' 2>/dev/null || broken "a slot still runs"
  status 0 lander deploy
  equal "$(served)" 4 "what nginx serves after the removal and a deployment"
}

# A project with two slots behind nginx, all of it on one host.
slotted() {
  mkdir -p "$PROJECT/site/bin"
  cat >"$PROJECT/site/bin/start" <<'START'
#!/bin/sh
echo "$LANDER_SLOT $(cat REVISION)" >>/var/ledger
[ "$(cat REVISION)" != 4 ] || sleep 2
setsid busybox httpd -f -p "127.0.0.1:$1" -h "$PWD" >/dev/null 2>&1 </dev/null &
echo $! >"/run/app.$LANDER_SLOT"
START
  cat >"$PROJECT/site/bin/stop" <<'STOP'
#!/bin/sh
read -r pid <"/run/app.$LANDER_SLOT" && kill "$pid"
while kill -0 "$pid" 2>/dev/null; do sleep 0.02; done
STOP
  chmod +x "$PROJECT"/site/bin/*
  touch "$PROJECT/site/answer"
  cat >"$PROJECT/deploy.lua" <<'LUA'
local nginx = require "nginx"

group "shop" { hosts = { "h1" }, slots = { blue = { port = 8081 }, green = { port = 8082 } } }
group "lb" { hosts = { "h1" } }

recipe "app" {
  base     = nginx {
    balancers = "lb", pools = { "blue", "green" }, split = "/etc/nginx/lab-split.conf",
    test = "nginx -t -c /etc/nginx/lab.conf", reload = "nginx -c /etc/nginx/lab.conf -s reload",
  },
  revision = bundle { from = "site" },
  targets  = group "shop",
  path     = "/srv/app",
  strategy = blue_green {
    watch = "2s",
    check = function(host) return host:try("busybox wget -q -O /dev/null http://127.0.0.1:" .. host.vars.port .. "/body").ok end,
  },
  on       = {
    ApplicationStop  = function(host) host:run "bin/stop" end,
    ApplicationStart = function(host) host:run { "bin/start", tostring(host.vars.port) } end,
    ValidateService  = function(host)
      host:wait_for { port = host.vars.port, timeout = "20s", every = "50ms" }
      if not host:exists "answer" then fail("it does not answer") end
    end,
  },
}
LUA
  on 1 sh -c 'printf "split_clients \"\$request_id\" \$lander_pool {\n  * blue;\n}\n" >/etc/nginx/lab-split.conf
    mkdir -p /var/log/nginx /var/lib/nginx && cat >/etc/nginx/lab.conf && nginx -c /etc/nginx/lab.conf' <<'CONF'
worker_processes 2;
pid /run/nginx.pid;
error_log /var/log/nginx/error.log;
events { }
http {
  access_log off;
  include /etc/nginx/lab-split.conf;
  upstream blue { server 127.0.0.1:8081 max_fails=0; }
  upstream green { server 127.0.0.1:8082 max_fails=0; }
  server {
    listen 80;
    location / { proxy_pass http://$lander_pool; proxy_next_upstream off; }
  }
}
CONF
}
body() { printf 'revision %s %s\n' "$1" "$(printf %s "$1" | sha256sum | cut -c1-64)"; }
revise() { body "$1" >"$PROJECT/site/body"; release "$1"; }
slot_revision() { on 1 cat "/srv/app/slots/$1/current/REVISION"; }
served() { lab engine curl -s -m 10 http://10.77.0.11/body | cut -d' ' -f2; }
ask_slots() {
  while [ ! -e "$PROJECT/enough" ]; do
    lab engine curl -s -m 10 -w '%{http_code}\n' "http://10.77.0.11/body?[1-20]" | paste -d' ' - - >>"$PROJECT/asked.1" ||
      echo "no answer" >>"$PROJECT/asked.1"
  done
}
no_wrong_answers() {
  local wrong count k
  wrong=$(grep -vxF -e "$(body 1) 200" -e "$(body 2) 200" -e "$(body 4) 200" "$PROJECT/asked.1" | sort | uniq -c | head -5) || :
  count=$(wc -l <"$PROJECT/asked.1")
  [ -z "$wrong" ] || broken "of $count responses these are wrong: $wrong"
  for k in 1 2 4; do grep -qxF "$(body "$k") 200" "$PROJECT/asked.1" || broken "no response is of revision $k"; done
  note "$count responses, none failed and none wrong"
}
