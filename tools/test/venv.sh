#!/bin/sh
# Prints the folder of a Python environment that holds exactly what a requirements file pins. Makes it on first use, and anew when the file changed.
# Usage: venv.sh <name> <requirements file>
set -eu
name=$1
requirements=$2
venv="$(dirname "$0")/../../.run/venv-$name"
if ! cmp -s "$requirements" "$venv/installed.txt"; then
  echo "$name: making .run/venv-$name (about 20 s, once)" >&2
  rm -rf "$venv"
  python3 -m venv "$venv"
  "$venv/bin/pip" install --quiet --disable-pip-version-check --requirement "$requirements"
  cp "$requirements" "$venv/installed.txt"
fi
(cd "$venv" && pwd)
