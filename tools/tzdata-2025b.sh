#!/usr/bin/env bash
# Installs an older release of the tz database beside ours, for the tests that let time zones
# change under the schedule. It lives in var/tzdata-2025b/, outside git and outside our environment.
# Run it as often as you like; what is there already stays.
set -euo pipefail
cd "$(dirname "$0")/.."

readonly home=var/tzdata-2025b
[ -e "$home/tzdata" ] && exit 0
.venv/bin/python -m pip install --quiet --disable-pip-version-check --no-deps \
  --target "$home.new" tzdata==2025.2
mv "$home.new" "$home"
echo "tzdata 2025b is in $home."
