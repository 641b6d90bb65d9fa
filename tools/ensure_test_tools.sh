#!/usr/bin/env bash
# See that a browser and PostgreSQL's programs are here; install what is missing where that is
# allowed, else print the exact command and stop with status 2.
set -euo pipefail

missing=()
command -v chromium > /dev/null || command -v chromium-browser > /dev/null \
    || command -v google-chrome > /dev/null || missing+=(chromium)
if ! command -v initdb > /dev/null; then
    found=$(ls -d /usr/lib/postgresql/*/bin/initdb 2> /dev/null | sort -V | tail -1 || true)
    version=$(echo "$found" | cut -d/ -f5)
    [ -n "$found" ] && [ "${version%%.*}" -ge 15 ] || missing+=(postgresql)
fi
[ ${#missing[@]} -eq 0 ] && exit 0

if [ "$(id -u)" -eq 0 ]; then
    as_root=()
elif sudo -n true 2> /dev/null; then
    as_root=(sudo -n)
else
    echo "The tests need ${missing[*]}. Install with:" >&2
    echo "    sudo apt-get install -y --no-install-recommends ${missing[*]}" >&2
    exit 2
fi
echo "Installing for the tests: ${missing[*]}"
"${as_root[@]}" apt-get update -qq
DEBIAN_FRONTEND=noninteractive "${as_root[@]}" apt-get install -y -qq --no-install-recommends "${missing[@]}"
