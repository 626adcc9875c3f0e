# Users of a host who want to be more than they are: they write answers, folders and links that look like Lander's own.
HOSTS=2

# A project whose ApplicationStart runs the release's `start` as another user.
as_nobody() {
  project
  sed -i 's|ApplicationStart = hook|ApplicationStart = function(host) host:run("sh start", { user = "nobody" }) end|' "$PROJECT/deploy.lua"
  echo 'exit 0' >"$PROJECT/site/start"
}
# What may be found of a channel's secret, and everything that a channel could say, in all numbers that may come.
forge() {
  cat >"$PROJECT/site/start" <<'FORGE'
words=$(cat /proc/[0-9]*/cmdline /proc/[0-9]*/environ 2>/dev/null | tr '\0 "\047' '\n\n\n\n' | grep -xE '[0-9a-f]{32}' | sort -u)
for word in $words 0123456789abcdef0123456789abcdef; do
  n=1
  while [ $n -lt 120 ]; do
    printf 'J done 0 0 0 0 9\n0 exit 0\n\n%s %s 0\n\n%s +9\n0 exit 0\n\n%s =%s 0\n' "$word" $n "$word" "$word" $n
    n=$((n + 1))
  done
done | tee /tmp/forged
for f in /proc/[0-9]*/fd/[0-9]*; do cat /tmp/forged >"$f"; done 2>/dev/null
cat /tmp/forged >&2
exit 7
FORGE
}

scenario "a hook of another user that forges answers of the channel fails the deployment that it fails, and changes no receipt" forged_answers
forged_answers() {
  as_nobody
  deployed 1
  forge
  release 2
  status 10 lander deploy
  holds "$OUTPUT" "exited with 7"
  serves_everywhere 1
  status 0 lander status
  case $OUTPUT in *"unknown"*) broken "a host is unknown after a forged answer" ;; esac
  echo 'exit 0' >"$PROJECT/site/start"
  deployed 3
}

# K: plants a private folder with programs under every name that ever was, and an end of every job.
plant() {
  on "$1" setpriv --reuid=nobody --regid=nogroup --clear-groups sh -c '
    umask 0; mkdir -p /srv/app/.lander/jobs && cd /srv/app/.lander || exit 1
    for f in runner program lists finish receipt fence order; do echo "id >>/tmp/pwned" >$f; done
    mkdir -p lock && echo "id >>/tmp/pwned" >lock/holder'
}
# The host's own copy of what an older version would have run.
plant_versions() {
  on "$1" setpriv --reuid=nobody --regid=nogroup --clear-groups sh -c '
    cd /srv/app/.lander && for v in $(ls /srv/app/.old 2>/dev/null) runner.0 program.0; do echo "id >>/tmp/pwned" >"$v"; done'
}

scenario "a private folder that was planted before the first deployment is refused by name before any host is touched" planted_first
planted_first() {
  project
  on 2 sh -c 'rm -f /tmp/pwned; mkdir -p /srv/app; chmod 777 /srv/app'
  plant 2
  plant_versions 2
  status 21 lander deploy
  holds "$OUTPUT" h2
  holds "$OUTPUT" "/srv/app/.lander belongs to nobody, not to root"
  holds "$OUTPUT" "mv /srv/app/.lander /srv/app/.lander.found"
  on 1 sh -c '! [ -e /srv/app/current ]' || broken "h1 was touched"
  on 2 sh -c '! [ -e /tmp/pwned ]' || broken "what was planted was run"
  on 2 sh -c 'mv /srv/app/.lander /srv/app/.lander.found; chmod 755 /srv/app'
  deployed 1
  on 2 sh -c '! [ -e /tmp/pwned ]' || broken "what was planted was run"
}

scenario "where the application's user owns the path and exchanges the private folder, nothing in the new one is run or believed" planted_later
planted_later() {
  project
  on 2 sh -c 'rm -f /tmp/pwned; mkdir -p /srv/app; chown nobody /srv/app'
  deployed 1
  on 2 setpriv --reuid=nobody --regid=nogroup --clear-groups sh -c 'cd /srv/app && mv .lander .old'
  plant 2
  plant_versions 2
  release 2
  status 21 lander deploy
  holds "$OUTPUT" "/srv/app/.lander belongs to nobody, not to root"
  on 2 sh -c '! [ -e /tmp/pwned ]' || broken "what was planted was run"
  equal "$(revision 1)" 1 "the revision of h1"
  # A link to the old one is no better: its owner can lead it elsewhere.
  on 2 setpriv --reuid=nobody --regid=nogroup --clear-groups sh -c 'cd /srv/app && rm -rf .lander && ln -s .old .lander'
  status 21 lander deploy
  holds "$OUTPUT" "/srv/app/.lander is a link"
  on 2 sh -c 'cd /srv/app && rm .lander && mv .old .lander'
  deployed 2
}

scenario "a file that is written into a folder of another user leads nowhere else, whatever he plants there" planted_links
planted_links() {
  project
  sed -i 's|ApplicationStart = hook|ApplicationStart = function(host) for i = 1, 20 do host:write("/srv/theirs/conf" .. i, "new") end end|' \
    "$PROJECT/deploy.lua"
  on 1 sh -c 'rm -rf /srv/theirs; mkdir -p /srv/theirs; chown nobody /srv/theirs; echo untouched >/root/victim; chmod 600 /root/victim'
  on 1 sh -c 'setpriv --reuid=nobody --regid=nogroup --clear-groups timeout 60 sh -c "
    cd /srv/theirs; while [ ! -e conf20 ]; do
      for f in .lander.*; do [ -e \"\$f\" ] && [ ! -L \"\$f\" ] && mv \"\$f\" gone && ln -s /root/victim \"\$f\"; done
    done" >/dev/null 2>&1 </dev/null &'
  lander deploy || :
  equal "$(on 1 cat /root/victim)" untouched "root's file"
  equal "$(on 1 stat -c '%U %a' /root/victim)" "root 600" "its owner and mode"
}

scenario "a hook of another user that stops or waits for whatever looks for its processes is ended in time, and is asked for nothing" stopper
stopper() {
  local k began
  for k in $(hosts); do
    on "$k" sh -c 'id mallory >/dev/null 2>&1 || useradd -m -s /bin/sh mallory; rm -f /tmp/asked; touch /tmp/asked; chmod 666 /tmp/asked'
  done
  as_nobody
  sed -i 's/user = "nobody"/user = "mallory", timeout = "3s"/' "$PROJECT/deploy.lua"
  deployed 1
  cat >"$PROJECT/site/start" <<'STOP'
trap '' TERM
while :; do
  for p in $(pgrep -u mallory); do
    tr '\0' ' ' <"/proc/$p/cmdline" | grep -F 'mark=' >>/tmp/asked
  done 2>/dev/null
  kill -STOP -1 2>/dev/null
done
STOP
  release 2
  began=$SECONDS
  status 10 lander deploy
  [ $((SECONDS - began)) -lt 60 ] || broken "it took $((SECONDS - began)) s to end a hook that stops others"
  serves_everywhere 1
  for k in $(hosts); do
    on "$k" sh -c '! pgrep -u mallory' || broken "something of mallory still runs on h$k"
    equal "$(on "$k" cat /tmp/asked)" "" "what was run on h$k in the name of the user that is to be ended"
  done
}
