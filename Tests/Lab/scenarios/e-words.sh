# What people read when a disk is full or read-only, a host is dead, or a check says no.
HOSTS=2

scenario "a host whose disk is full after the switch goes back with its reserve: the new release stops, the old one starts" full_goes_back
full_goes_back() {
  project
  lab disk 1 /srv/app 64m
  deployed 1
  hook ValidateService <<'HOOK'
[ "$(cat REVISION)" = 2 ] && mountpoint -q /srv/app || exit 0
dd if=/dev/zero of=/srv/app/ballast bs=4096 2>/dev/null || dd if=/dev/zero of=/srv/app/rest bs=1 2>/dev/null || exit 1
HOOK
  release 2
  status 10 lander deploy
  equal "$(revision 1)" 1 "the revision of h1"
  holds "$(ledger 1 | tail -12 | tr '\n' '|')" "ApplicationStop begins in 2|"
  holds "$(ledger 1 | tail -4 | tr '\n' '|')" "ApplicationStart begins in 1|ApplicationStart ends|"
  on 1 rm -f /srv/app/ballast /srv/app/rest
  no_hook ValidateService
  release 3
  status 0 lander deploy
  serves_everywhere 3
  on 1 test -f /srv/app/.lander/reserve || broken "there is no new reserve"
}

scenario "a disk that turned read-only is called that, and nobody is told to change its owner" read_only
read_only() {
  project
  lab disk 1 /srv/app 64m
  deployed 1
  on 1 mount -o remount,ro /srv/app
  release 2
  status 21 lander deploy
  holds "$OUTPUT" h1
  holds "$OUTPUT" "read-only"
  case $OUTPUT in *chown* | *"sh: "*) broken "it tells of the shell, or of an owner: $OUTPUT" ;; esac
  equal "$(revision 2)" 1 "the revision of h2"
  status 0 lander verify
  holds "$OUTPUT" "h1: release"
  status 12 lander exec lab -- true
  holds "$OUTPUT" "its output is kept in /srv/app/.lander, and that fails: the disk of /srv/app/.lander is mounted read-only"
  holds "$OUTPUT" "log in to h1 to look by hand"
  on 1 mount -o remount,rw /srv/app
  status 0 lander deploy
}

scenario "status names the host it waits for while a dead one does not answer" dead_host
dead_host() {
  project
  deployed 1
  lab power-off 2
  status 20 lander status
  holds "$OUTPUT" "Waiting for 1 of 2 hosts to answer: h2 ("
}

scenario "a failed health check says what came back" evidence
evidence() {
  project
  deployed 1
  hook ApplicationStart <<'HOOK'
[ "$(cat REVISION)" = 2 ] || exit 0
setsid perl -MIO::Socket::INET -e '
  $s = IO::Socket::INET->new(LocalAddr => "127.0.0.1", LocalPort => 8099, Listen => 5, ReuseAddr => 1) or die;
  for (1 .. 40) {
    $c = $s->accept;
    sysread $c, $b, 4096;
    print $c "HTTP/1.0 503 No\r\n\r\ncannot reach payments: certificate expired\n";
    close $c;
  }' >/dev/null 2>&1 </dev/null &
HOOK
  sed -i 's|ValidateService = hook|ValidateService = function(host) if host:run("cat REVISION").stdout == "2\\n" then host:wait_for { http = "http://127.0.0.1:8099/", timeout = "3s" } end end|' "$PROJECT/deploy.lua"
  release 2
  status 10 lander deploy
  holds "$OUTPUT" "status 503: cannot reach payments: certificate expired"
  status 0 lander logs
  grep -Eq '^[0-9]{2}:[0-9]{2}:[0-9]{2}  h1 ' <<<"$OUTPUT" || broken "the log has no times: $OUTPUT"
}
