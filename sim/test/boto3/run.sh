#!/bin/sh
# Runs check.py against a world of its own. Makes its Python environment on first use. Exits non-zero when a check fails or the world does not start.
set -eu
cd "$(dirname "$0")/../../.."
export PATH="$PWD/node_modules/.bin:$PATH"
venv=$(tools/test/venv.sh boto3 sim/test/boto3/requirements.txt)
work=$(mktemp -d)
node --disable-warning=ExperimentalWarning sim/src/cli.ts serve --seed 7 --delays demo --endpoints-file "$work/world.json" >"$work/world.log" 2>&1 &
world=$!
trap 'kill "$world" 2>/dev/null || true; wait "$world" 2>/dev/null || true; rm -rf "$work"' EXIT
tries=0
while [ ! -s "$work/world.json" ]; do
  tries=$((tries + 1))
  if [ "$tries" -gt 100 ] || ! kill -0 "$world" 2>/dev/null; then
    echo "boto3: the world did not start" >&2
    cat "$work/world.log" >&2
    exit 1
  fi
  sleep 0.1
done
"$venv/bin/python" sim/test/boto3/check.py "$work/world.json"
