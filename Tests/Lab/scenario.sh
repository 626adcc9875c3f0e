# What scenarios are written with; read by `run`.

# --- saying what must hold

scenario() { SENTENCES+=("$1"); FUNCTIONS+=("$2"); }
broken() { printf 'BROKEN: %s\n' "$*"; exit 1; }
note() { printf '## %s\n' "$*"; }
equal() { [ "$1" = "$2" ] || broken "${3:-it} is \"$1\", not \"$2\""; }
holds() { case $1 in *"$2"*) ;; *) broken "${3:-the output} does not say \"$2\": $1" ;; esac; }
# COMMAND ends with exactly this status; what it printed is in $OUTPUT.
status() {
  local wanted=$1 got=0
  shift
  OUTPUT=$("$@" 2>&1) || got=$?
  printf '$ %s\n%s\n(status %s)\n' "$*" "$OUTPUT" "$got"
  [ "$got" = "$wanted" ] || broken "\`$*\` ended with status $got, not $wanted"
}
# Waits up to SECONDS for COMMAND to succeed; machines that are busy get their time.
within() {
  local left=$(($1 * 20))
  shift
  until "$@" >/dev/null 2>&1; do
    left=$((left - 1))
    [ "$left" -gt 0 ] || broken "\`$*\` did not come true in time"
    sleep 0.05
  done
}

# --- hosts and engine

lab() { "$LAB_TOOL" "$1" "$LAB" "${@:2}"; }
on() { "$LAB_TOOL" host "$LAB" "$@"; }
hosts() { seq "$HOSTS"; }
# Lander as somebody types it in the project's folder, on a machine of the lab's network.
lander() { (cd "$PROJECT" && exec "$LAB_TOOL" engine "$LAB" "$LANDER" "$@"); }
# The same in the background: its process is $ENGINE, its output $PROJECT/log.
begin() {
  # A shell lets what it starts in the background ignore the keyboard; this one shall not.
  (cd "$PROJECT" && exec env --default-signal=INT,QUIT "$LAB_TOOL" engine "$LAB" "$LANDER" "$@") >"$PROJECT/log" 2>&1 &
  ENGINE=$!
}
# Kills the engine as a crash would; the shell's word about it is of no use.
kill_engine() {
  kill -9 "$ENGINE" 2>/dev/null || :
  wait "$ENGINE" 2>/dev/null || :
}
has_run() { on "$1" grep -q "$2" /var/ledger; } # K, a line of the ledger
prepare_hosts() {
  local k
  for k in $(hosts); do
    lab pid "$k" >/dev/null 2>&1 || lab power-on "$k"
    on "$k" sh -c 'umount /srv/app 2>/dev/null; rm -rf /srv/app /var/ledger' || :
  done
}
current() { on "$1" readlink /srv/app/current; }
revision() { on "$1" cat /srv/app/current/REVISION; }
ledger() { on "$1" cat /var/ledger 2>/dev/null || :; }
serves_everywhere() { local k; for k in $(hosts); do equal "$(revision "$k")" "$1" "the revision of h$k"; done; }
# Bytes that reached host K over the network since it started.
received() { on "$1" sed -n 's/ *eth0: *\([0-9]*\) .*/\1/p' /proc/net/dev; }

# --- the project

# A project whose hooks write to a ledger on the host; `hook EVENT` says what more they do. Arguments go into the recipe.
project() {
  mkdir -p "$PROJECT/site/bin" "$PROJECT/site/hooks"
  cat >"$PROJECT/site/bin/hook" <<'HOOK'
#!/bin/sh
echo "$LANDER_EVENT begins in $(cat REVISION)" >>/var/ledger
[ ! -e "hooks/$LANDER_EVENT" ] || sh -eu "hooks/$LANDER_EVENT" || { echo "$LANDER_EVENT fails" >>/var/ledger; exit 1; }
echo "$LANDER_EVENT ends" >>/var/ledger
HOOK
  chmod +x "$PROJECT/site/bin/hook"
  cat >"$PROJECT/deploy.lua" <<LUA
local function hook(host) host:run "bin/hook" end

group "lab" { hosts = { "h[1-$HOSTS]" } }

recipe "app" {
  api      = 1,
  revision = bundle { from = "site" },
  targets  = group "lab",
  path     = "/srv/app",
  stages   = { stage.upload, stage.rollout { strategy = ${STRATEGY:-all_at_once} } },
  on       = {
    ApplicationStop = hook, BeforeInstall = hook, AfterInstall = hook, ApplicationStart = hook, ValidateService = hook,
  },
  $*
}
LUA
  release 1
}
release() { echo "$1" >"$PROJECT/site/REVISION"; }
hook() { cat >"$PROJECT/site/hooks/$1"; } # EVENT, the commands on standard input
no_hook() { rm -f "$PROJECT/site/hooks/$1"; }
deployed() { release "$1"; status 0 lander deploy; serves_everywhere "$1"; }
