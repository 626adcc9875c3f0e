-- Changes a file of nginx's configuration on a balancer, completely or not at all: tests the change, reloads nginx, and undoes the change
-- if nginx refuses it.

-- WHAT FILE WORD TEST RELOAD PID. WHAT is `down` or `up`, for the server WORD, or `write`, for the text on stdin. Prints the workers that
-- still serve with an older configuration.
local change = [==[
set -u
PATH=$PATH:/usr/sbin:/sbin:/usr/local/sbin
what=$1 file=$2 word=$3 test=$4 reload=$5 pid=$6
die() { printf '%s\n' "$2" >&2; exit "$1"; }
[ "$what" != write ] || [ -e "$file" ] || : >"$file" || die 45 "$(id -un) may not write $file"
[ -f "$file" ] || die 44 "there is no $file"
[ -w "$file" ] && [ -w "${file%/*}" ] || die 45 "$(id -un) may not write $file and beside it: give its user to the plugin"
read -r master <"$pid" 2>/dev/null && [ -d "/proc/$master" ] || die 44 "nginx does not run: there is no process of $pid"
workers() { cat "/proc/$master/task/$master/children" 2>/dev/null || pgrep -P "$master" || :; }
leaving() { tr '\0' ' ' <"/proc/$1/cmdline" 2>/dev/null | grep -q 'shutting down'; }

# One at a time: hosts of one wave change one file.
if command -v flock >/dev/null 2>&1; then
  exec 9>"$file.lock" && flock -w 60 9 || die 45 "somebody else changes $file for more than a minute"
else
  n=0
  until mkdir "$file.lock.d" 2>/dev/null; do n=$((n + 1)); [ "$n" -lt 300 ] || die 45 "$file.lock.d is there for a minute"; sleep 0.2; done
  trap 'rmdir "$file.lock.d"' EXIT
fi
# What was begun and not ended, because the machine stopped meanwhile, is taken back, unless somebody changed the file since.
if [ -e "$file.before" ]; then
  if cmp -s "$file" "$file.after"; then
    mv -f "$file.before" "$file"
  elif ! cmp -s "$file" "$file.before"; then
    echo "a change of it was interrupted, and somebody changed it since: it stays as it is" >&2
  fi
  rm -f "$file.before" "$file.after"
fi
cp -p "$file" "$file.new" || die 43 "$file.new cannot be written"
if [ "$what" = write ]; then
  cat >"$file.new" || die 43 "$file.new cannot be written"
else
  awk -v server="$word" -v down="$([ "$what" = down ] && echo 1)" '
    { code = $0; sub(/#.*/, "", code) }
    code ~ /^[ \t]*server[ \t]+[^ \t;{]+[^;{]*;[ \t]*$/ {
      indent = $0; sub(/[^ \t].*/, "", indent)
      comment = index($0, "#") ? " " substr($0, index($0, "#")) : ""
      count = split(code, words, /[ \t;]+/)
      first = words[1] == "" ? 2 : 1
      if (words[first + 1] == server) {
        found = 1
        line = indent "server " server
        for (i = first + 2; i <= count; i++) if (words[i] != "" && words[i] != "down") line = line " " words[i]
        $0 = line (down ? " down" : "") ";" comment
      } else others = others " " words[first + 1]
    }
    { print }
    END { if (!found) { print "there is no line \"server " server ";\" in it; there are" others > "/dev/stderr"; exit 46 } }' \
    "$file" >"$file.new" || { s=$?; rm -f "$file.new"; exit "$s"; }
fi
if cmp -s "$file" "$file.new"; then
  rm -f "$file.new"
else
  old=$(workers)
  cp -p "$file.new" "$file.after" && cp -p "$file" "$file.before" && mv -f "$file.new" "$file" || die 43 "$file cannot be replaced"
  back() { mv -f "$file.before" "$file"; rm -f "$file.after"; }
  said=$(sh -c "$test" 2>&1) || { back; die 46 "nginx refuses the configuration, and $file is as it was: $said"; }
  said=$(sh -c "$reload" 2>&1) || { back; die 46 "$reload failed, and $file is as it was: $said"; }
  # nginx says in its log only whether it took it: then it has new workers, and the old ones leave.
  n=0
  while :; do
    stays= new=
    for w in $(workers); do
      case " $(echo $old) " in
        *" $w "*) leaving "$w" || [ ! -d "/proc/$w" ] || stays=1 ;;
        *) new=1 ;;
      esac
    done
    [ -n "$stays" ] || [ -z "$new" ] || break
    n=$((n + 1))
    if [ "$n" -ge 100 ]; then
      back
      sh -c "$reload" >/dev/null 2>&1
      die 46 "nginx did not take the configuration within 10 s, and $file is as it was: see its error log"
    fi
    sleep 0.1
  done
  rm -f "$file.before" "$file.after"
fi
for w in $(workers); do ! leaving "$w" || echo "$w"; done
]==]

-- SECONDS WORKER…: waits until these workers have ended; exits with 75 if they have not ended in time.
local wait = [==[
n=$(($1 * 5)); shift
while :; do
  left=
  for w; do ! tr '\0' ' ' <"/proc/$w/cmdline" 2>/dev/null | grep -q 'nginx.*shutting down' || left="$left $w"; done
  [ -n "$left" ] || exit 0
  n=$((n - 1)); [ "$n" -gt 0 ] || { echo "workers$left" >&2; exit 75; }
  sleep 0.2
done]==]

local configure = {}

local function run(host, own, script, arguments, options)
  options.user, options.on_lost = own.user, "repeat"
  local command = { "sh", "-c", script, "nginx" }
  for _, argument in ipairs(arguments) do command[#command + 1] = argument end
  return host:try(command, options)
end

--- Makes a change on a balancer. Returns the workers that still serve with an older configuration.
function configure.change(host, own, what, file, word, input)
  local done = run(host, own, change, { what, file, word or "", own.test, own.reload, own.pid },
    { input = input, timeout = "2m", rehearse = "" })
  if not done.ok then fail("%s: %s", file, done.stderr:match "^%s*(.-)%s*$") end
  local note = done.stderr:match "^%s*(.-)%s*$"
  if note ~= "" then log.warn("%s on %s: %s", file, host, note) end
  local workers = {}
  for number in done.stdout:gmatch "%d+" do workers[#workers + 1] = number end
  return workers
end

--- Waits until workers have ended, with all connections that they had. Returns whether they did.
function configure.wait(host, own, workers, seconds)
  if #workers == 0 then return true end
  local done = run(host, own, wait, { tostring(seconds), table.unpack(workers) }, { timeout = seconds + 30, rehearse = "" })
  if done.status ~= 0 and done.status ~= 75 then fail("waiting for nginx on %s: %s", host, done.stderr) end
  return done.ok
end

--- Returns the text of a file, or an empty text if the file does not exist.
function configure.text(host, own, file, rehearsed)
  return run(host, own, '[ ! -e "$1" ] || cat "$1"', { file }, { timeout = "20s", rehearse = rehearsed }).stdout
end

return configure
