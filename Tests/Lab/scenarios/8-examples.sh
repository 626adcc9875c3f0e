# The bundles of examples/codedeploy, as a CodeDeploy user would deploy them.
HOSTS=2

EC2='id ec2-user >/dev/null 2>&1 || useradd -m -U -s /bin/bash ec2-user'
example() { # A BUNDLE, copied so that it can be changed
  mkdir -p "$PROJECT"
  cp -R "$(dirname "$LAB_TOOL")/../../examples/codedeploy/$1" "$PROJECT/$1"
  local k
  for k in $(hosts); do on "$k" sh -c "$EC2"; done
}

scenario "example a: an nginx goes over from port to port, and no request fails" example_a
example_a() {
  example a
  local k version
  for k in $(hosts); do serve_by_nginx "$k"; done
  status 0 lander deploy --appspec a --hosts h1,h2
  for k in $(hosts); do holds "$(page "$k")" "version 1"; done
  for k in $(hosts); do
    ask_all_the_time "$k" >"$PROJECT/asked.$k" &
    echo $! >>"$PROJECT/askers"
  done
  for version in 2 3 4; do
    sed -i "s/version [0-9]/version $version/" "$PROJECT/a/site/index.html"
    status 0 lander deploy --appspec a --hosts h1,h2
    for k in $(hosts); do holds "$(page "$k")" "version $version"; done
  done
  # A version that does not answer never gets a request.
  sed -i 's/http.server/http.nothing/; s/version 4/version 5/' "$PROJECT/a/start.sh" "$PROJECT/a/site/index.html"
  sed -i 's/for try in .*; do/for try in 1 2; do/' "$PROJECT/a/health.sh"
  status 10 lander deploy --appspec a --hosts h1,h2
  holds "$OUTPUT" "nothing answers on port"
  for k in $(hosts); do holds "$(page "$k")" "version 4"; done
  status 0 lander rollback --appspec a --hosts h1,h2
  for k in $(hosts); do holds "$(page "$k")" "version 3"; done
  # Without a deploy.lua the bundle and the hosts say whose receipts are compared.
  status 0 lander audit --appspec a --hosts h1,h2
  for k in $(hosts); do
    printf '%s\n' "$OUTPUT" | grep -q "h$k (a): .*, agrees with entry" || broken "audit compared no receipt of h$k: $OUTPUT"
  done
  touch "$PROJECT/enough"
  mapfile -t askers <"$PROJECT/askers"
  wait "${askers[@]}"
  for k in $(hosts); do
    note "h$k: $(tail -1 "$PROJECT/asked.$k")"
    equal "$(grep -c '^failed' "$PROJECT/asked.$k")" 0 "failed requests to h$k: $(grep '^failed' "$PROJECT/asked.$k" | head -3)"
    equal "$(on "$k" stat -c '%U:%G' /home/ec2-user/app/step3/zip/site/index.html)" ec2-user:ec2-user "the owner of a file on h$k"
    on "$k" sh -c 'nginx -s stop; pkill -u ec2-user' || :
  done
}
serve_by_nginx() {
  on "$1" sh -c 'mkdir -p /home/ec2-user/app/state && echo "upstream app { server 127.0.0.1:8082; }" >/home/ec2-user/app/state/upstream.conf &&
    chown -R ec2-user:ec2-user /home/ec2-user/app && echo "ec2-user ALL=(root) NOPASSWD: ALL" >/etc/sudoers.d/ec2-user &&
    chmod 440 /etc/sudoers.d/ec2-user && cat >/etc/nginx/nginx.conf && mkdir -p /var/log/nginx /var/lib/nginx && nginx' <<'CONF'
worker_processes 1;
pid /run/nginx.pid;
events {}
http {
  include /home/ec2-user/app/state/upstream.conf;
  access_log off;
  server {
    listen 80;
    location / { proxy_pass http://app; }
  }
}
CONF
}
address() { echo "10.77.0.$(($1 + 10))"; }
page() { "$LAB_TOOL" engine "$LAB" curl -fsS "http://$(address "$1")/"; }
ask_all_the_time() {
  "$LAB_TOOL" engine "$LAB" sh -c 'n=0; while [ ! -e "$1" ]; do
    n=$((n + 1)); answer=$(curl -sS -m 10 -o /dev/null -w "%{http_code}" "http://$2/" 2>&1) && [ "$answer" = 200 ] || echo "failed: $n $answer"
    sleep 0.02
  done; echo "$n requests"' ask "$PROJECT/enough" "$(address "$1")"
}

scenario "example b: one process runs after each deployment, the newest, and the key nobody reads is named" example_b
example_b() {
  example b
  status 0 lander appspec check b
  holds "$OUTPUT" "nothing reads the key permission"
  holds "$OUTPUT" "did you mean permissions?"
  status 0 lander plan --appspec b --hosts h1,h2
  local k before
  status 0 lander deploy --appspec b --hosts h1,h2
  before=$(on 1 cat /home/ec2-user/worker.pid)
  sed -i 's/sleep 5/sleep 4/' "$PROJECT/b/worker.sh"
  status 0 lander deploy --appspec b --hosts h1,h2
  for k in $(hosts); do
    equal "$(on "$k" pgrep -u ec2-user -c -f worker.sh)" 1 "workers of h$k"
    on "$k" grep -q 'sleep 4' /home/ec2-user/worker.sh || broken "h$k has the old worker"
  done
  on 1 sh -c "! kill -0 $before 2>/dev/null" || broken "the old worker still runs"
  equal "$(on 1 stat -c %U /home/ec2-user/worker.sh)" root "the owner of a file: permission, without s, is nobody's key"
  for k in $(hosts); do on "$k" pkill -u ec2-user || :; done
}

scenario "example c: files only, replaced by the next revision's" example_c
example_c() {
  example c
  echo old >"$PROJECT/c/old.html"
  status 0 lander deploy --appspec c --hosts h1,h2
  rm "$PROJECT/c/old.html"
  echo new >"$PROJECT/c/new.html"
  status 0 lander deploy --appspec c --hosts h1,h2
  local k
  for k in $(hosts); do equal "$(on "$k" sh -c 'cd /var/www/renderer && echo *')" "appspec.yml index.html new.html" "files of h$k"; done
  status 0 lander rollback --appspec c --hosts h1,h2
  for k in $(hosts); do equal "$(on "$k" sh -c 'cd /var/www/renderer && echo *')" "appspec.yml index.html old.html" "files of h$k"; done
}
