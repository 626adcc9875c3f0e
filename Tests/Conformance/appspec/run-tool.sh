#!/bin/sh
# Usage: run-tool.sh 'COMMAND [ARG...]' [--keep] [CASE...]
# Runs the same cases with a tool of ours in the oracle's place; README.md says what the
# command is given and what it must write.
set -eu
[ $# -ge 1 ] || { echo "usage: $0 'COMMAND [ARG...]' [--keep] [CASE...]" >&2; exit 2; }
tool=$1
shift
exec python3 "$(dirname "$0")/support/harness.py" --tool "$tool" "$@"
