#!/usr/bin/env bash
# Installs the calendar programs of other people that read our feeds in the tests:
# ical.js, libical, recurring-ical-events and khal. They live in var/readers/, outside
# git and outside our own environment, because some of them need older libraries than we do.
# Run it as often as you like; what is there already stays. Remove var/readers/ to start afresh.
set -euo pipefail
cd "$(dirname "$0")/.."

readonly home=var/readers
readonly ical_js=2.2.1
readonly recurring_ical_events=3.8.2
readonly khal=0.14.1

as_root() { if [ "$(id -u)" = 0 ]; then "$@"; else sudo "$@"; fi; }

missing_packages() {
  command -v npm >/dev/null || echo nodejs npm
  /usr/bin/python3 -c 'import venv, ensurepip' 2>/dev/null || echo python3-venv
  /usr/bin/python3 -c 'import gi; gi.require_version("ICalGLib", "3.0")' 2>/dev/null ||
    echo python3-gi gir1.2-ical-3.0
}

install_packages() {
  local missing
  missing=$(missing_packages)
  [ -n "$missing" ] || return 0
  as_root apt-get update -qq
  # shellcheck disable=SC2086 # several words are several packages
  as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends $missing
}

install_ical_js() {
  [ -d "$home/node_modules/ical.js" ] ||
    npm install --prefix "$home" --no-save --no-audit --no-fund --silent "ical.js@$ical_js"
}

# An environment of its own for one reader: name, then what pip should install.
install_python_reader() {
  local name=$1
  shift
  [ -e "$home/$name/.complete" ] && return 0
  /usr/bin/python3 -m venv --clear "$home/$name"
  "$home/$name/bin/pip" install --quiet --disable-pip-version-check "$@"
  touch "$home/$name/.complete"
}

mkdir -p "$home"
install_packages
install_ical_js
# Only with an older dateutil does pip choose this release; otherwise it silently takes 2.2.1.
install_python_reader recurring-ical-events \
  "recurring-ical-events==$recurring_ical_events" python-dateutil==2.9.0.post0 tzdata
install_python_reader khal "khal==$khal" tzdata
echo "The readers are in $home."
