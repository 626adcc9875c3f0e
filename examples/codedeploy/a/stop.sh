#!/bin/sh
# Ends what a deployment before this one left on the free port. The serving process is not touched.
. "$HOME/app/step3/zip/ports.sh"
[ -s "$STATE/$IDLE.pid" ] || exit 0
pid=$(cat "$STATE/$IDLE.pid")
kill "$pid" 2>/dev/null
for second in 1 2 3 4 5 6 7 8 9 10; do
  kill -0 "$pid" 2>/dev/null || break
  sleep 1
done
kill -KILL "$pid" 2>/dev/null
rm -f "$STATE/$IDLE.pid"
