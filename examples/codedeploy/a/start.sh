#!/bin/sh
# Starts the new version on the free port. Its output goes to a file: a child that kept the hook's output would fail the hook.
. "$HOME/app/step3/zip/ports.sh"
rm -rf "$STATE/$IDLE" && cp -R "$HOME/app/step3/zip/site" "$STATE/$IDLE" || exit 1
cd "$STATE/$IDLE" || exit 1
nohup python3 -m http.server --bind 127.0.0.1 "$IDLE" >"$STATE/$IDLE.log" 2>&1 </dev/null &
echo $! >"$STATE/$IDLE.pid"
