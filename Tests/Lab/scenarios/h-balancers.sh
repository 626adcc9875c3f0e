# Balancers: real ones, with requests all the time, each body checked. h1 balances, the others serve.
HOSTS=4

scenario "behind HAProxy a rolling deployment, a failing one that goes back, and rollback --to lose no request, nor a download" haproxy_load
haproxy_load() {
  balanced 'haproxy { balancers = "lb", backend = "web", server = "{host}" }'
  on 1 sh -c 'cat >/etc/haproxy/lab.cfg && mkdir -p /run/haproxy && exec haproxy -D -f /etc/haproxy/lab.cfg' <<'CONF'
global
  stats socket /run/haproxy/admin.sock mode 600 level admin
defaults
  mode http
  retries 0
  timeout connect 2s
  timeout client 30s
  timeout server 30s
frontend all
  bind *:80
  default_backend web
backend web
  server h2 10.77.0.12:8080
  server h3 10.77.0.13:8080
  server h4 10.77.0.14:8080
CONF
  under_load count_of_haproxy
  # A server that a person took out stays out.
  haproxy_says "set server web/h3 state maint"
  revise 5
  status 0 lander deploy
  holds "$OUTPUT" "web/h3 of HAProxy on h1 is in maintenance, and stays there: somebody took it out"
  equal "$(haproxy_says "show servers state web" | awk '$4 == "h3" { print $7 }')" 1 "the state of h3 in HAProxy"
  on 1 pkill -x haproxy
}

scenario "behind nginx a rolling deployment, a failing one that goes back, and rollback --to lose no request, nor a download" nginx_load
nginx_load() {
  balanced 'nginx { balancers = "lb", upstream = "/etc/nginx/lab-web.conf", server = "{at}:{port}", test = "nginx -t -c /etc/nginx/lab.conf",
    reload = "nginx -c /etc/nginx/lab.conf -s reload" }'
  on 1 sh -c 'printf "%s\n" "upstream web {" "  server 10.77.0.12:8080 max_fails=0;" "  server 10.77.0.13:8080 max_fails=0;" \
    "  server 10.77.0.14:8080 max_fails=0; # the last" "}" >/etc/nginx/lab-web.conf
    mkdir -p /var/log/nginx /var/lib/nginx && cat >/etc/nginx/lab.conf && nginx -c /etc/nginx/lab.conf' <<'CONF'
worker_processes 2;
pid /run/nginx.pid;
error_log /var/log/nginx/error.log;
events { }
http {
  access_log off;
  include /etc/nginx/lab-web.conf;
  server {
    listen 80;
    location / { proxy_pass http://web; proxy_next_upstream off; }
  }
}
CONF
  under_load count_of_nginx
  equal "$(on 1 cat /etc/nginx/lab-web.conf)" "upstream web {
  server 10.77.0.12:8080 max_fails=0;
  server 10.77.0.13:8080 max_fails=0;
  server 10.77.0.14:8080 max_fails=0; # the last
}" "the file of the upstream"
  # A change that was interrupted is taken back, unless somebody changed the file since.
  on 1 sh -c 'cd /etc/nginx && cp lab-web.conf lab-web.conf.before && sed "s/13:8080/& down/" lab-web.conf >lab-web.conf.after &&
    sed -i "s/; # the last/ weight=5; # the last/" lab-web.conf'
  revise 5
  status 0 lander deploy
  holds "$OUTPUT" "a change of it was interrupted, and somebody changed it since: it stays as it is"
  holds "$(on 1 cat /etc/nginx/lab-web.conf)" "10.77.0.14:8080 max_fails=0 weight=5; # the last"
  # What nginx refuses is put back, and no host was stopped.
  on 1 sh -c 'echo "broken;" >/etc/nginx/lab-more.conf; sed -i "s/access_log off;/&\n  include lab-more.conf;/" /etc/nginx/lab.conf'
  echo fine >"$PROJECT/site/answer"
  revise 4
  status 10 lander deploy
  holds "$OUTPUT" "nginx refuses the configuration, and /etc/nginx/lab-web.conf is as it was"
  holds "$(on 1 cat /etc/nginx/lab-web.conf)" "10.77.0.12:8080 max_fails=0;"
  on 1 nginx -c /etc/nginx/lab.conf -s quit || on 1 pkill -x nginx
}

# BASE: a project of an application behind a balancer.
balanced() {
  mkdir -p "$PROJECT/site/bin"
  cat >"$PROJECT/site/bin/start" <<'START'
#!/bin/sh
setsid busybox httpd -f -p 8080 -h "$PWD" >/dev/null 2>&1 </dev/null &
echo $! >/run/app.pid
START
  cat >"$PROJECT/site/bin/stop" <<'STOP'
#!/bin/sh
read -r pid </run/app.pid && kill "$pid"
while kill -0 "$pid" 2>/dev/null; do sleep 0.02; done
STOP
  chmod +x "$PROJECT"/site/bin/*
  cat >"$PROJECT/deploy.lua" <<LUA
local haproxy, nginx = require "haproxy", require "nginx"

group "lab" { hosts = { host "h2" { vars = { at = "10.77.0.12" } }, host "h3" { vars = { at = "10.77.0.13" } },
  host "h4" { vars = { at = "10.77.0.14" } } }, vars = { port = 8080 } }
group "lb" { hosts = { "h1" } }

recipe "app" {
  base     = $1,
  revision = bundle { from = "site" },
  targets  = group "lab",
  path     = "/srv/app",
  strategy = rolling { batch = 1 },
  on       = {
    ApplicationStop  = function(host) host:run "bin/stop" end,
    ApplicationStart = function(host) host:run "bin/start" end,
    ValidateService  = function(host)
      host:wait_for { port = 8080, timeout = "20s", every = "50ms" }
      if not host:exists "answer" then fail("it does not answer") end
    end,
  },
}
LUA
  head -c 3000000 /dev/zero >"$PROJECT/site/large"
}

body() { printf 'revision %s %s\n' "$1" "$(printf %s "$1" | sha256sum | cut -c1-64)"; }
revise() { body "$1" >"$PROJECT/site/body"; release "$1"; }

# Requests through the balancer until the file `enough` is there: each is one line of $PROJECT/asked, its body and its status.
ask() {
  while [ ! -e "$PROJECT/enough" ]; do
    lab engine curl -s -m 10 -w '%{http_code}\n' "http://10.77.0.11/body?[1-20]" | paste -d' ' - - >>"$1" || echo "no answer" >>"$1"
  done
}
# COUNT: a deployment, a failing one and a way back, while requests and a slow download are under way.
under_load() {
  local k first asker=() sampler
  touch "$PROJECT/site/answer"
  for k in 2 3 4; do lander_host_ready "$k"; done
  revise 1
  status 0 lander deploy
  first=$(current 2)
  rm -f "$PROJECT/enough" "$PROJECT"/asked.*
  ask "$PROJECT/asked.1" & asker+=($!)
  ask "$PROJECT/asked.2" & asker+=($!)
  sample "$1" & sampler=$!
  lab engine curl -s -o "$PROJECT/download" -w '%{http_code} %{size_download}' --limit-rate 600k "http://10.77.0.11/large" \
    >"$PROJECT/downloaded" & asker+=($!)
  revise 2
  status 0 lander deploy
  for k in 2 3 4; do equal "$(revision "$k")" 2 "the revision of h$k"; done
  rm "$PROJECT/site/answer"
  revise 3
  status 10 lander deploy
  for k in 2 3 4; do equal "$(revision "$k")" 2 "the revision of h$k after the failure"; done
  touch "$PROJECT/site/answer"
  status 0 lander rollback --to "${first##*/}"
  for k in 2 3 4; do equal "$(revision "$k")" 1 "the revision of h$k after the rollback"; done
  touch "$PROJECT/enough"
  wait "${asker[@]}" "$sampler"
  equal "$(cat "$PROJECT/downloaded")" "200 3000000" "what came of the download"
  verify
  on 1 test ! -e /root/.lander/app/lab/.lander/lock/holder || broken "the balancer is still locked"
}
lander_host_ready() { on "$1" sh -c '[ ! -e /run/app.pid ] || kill "$(cat /run/app.pid)" 2>/dev/null; rm -f /run/app.pid'; }

# No body but those of revisions 1 and 2 came, each whole and with status 200; and the balancer never had fewer than two hosts.
verify() {
  local wrong count
  wrong=$(cat "$PROJECT"/asked.* | grep -vxF -e "$(body 1) 200" -e "$(body 2) 200" | sort | uniq -c | head -5) || :
  count=$(cat "$PROJECT"/asked.* | wc -l)
  [ -z "$wrong" ] || broken "of $count responses these are wrong: $wrong"
  for k in 1 2; do grep -qxF "$(body "$k") 200" "$PROJECT"/asked.* || broken "no response is of revision $k"; done
  [ "$(sort -n "$PROJECT/served" | head -1)" -ge 2 ] || broken "the balancer had $(sort -n "$PROJECT/served" | head -1) hosts at a time"
  [ "$(sort -n "$PROJECT/served" | head -1)" -eq 2 ] || broken "no host ever left the balancer"
  note "$count responses, none failed and none wrong; $(wc -l <"$PROJECT/served") checks, never fewer than 2 of 3 hosts"
}
sample() {
  : >"$PROJECT/served"
  while [ ! -e "$PROJECT/enough" ]; do
    "$1" >>"$PROJECT/served"
    sleep 0.1
  done
}
haproxy_says() {
  on 1 perl -MSocket -e 'my $s; socket($s, PF_UNIX, SOCK_STREAM, 0) && connect($s, sockaddr_un("/run/haproxy/admin.sock")) or die;
    syswrite($s, "$ARGV[0]\n"); print while <$s>' "$1"
}
count_of_haproxy() { haproxy_says "show servers state web" | awk '$4 ~ /^h/ && $7 == 0 { n++ } END { print n + 0 }'; }
count_of_nginx() { on 1 sh -c 'grep "^ *server " /etc/nginx/lab-web.conf | grep -cv " down;"'; }
