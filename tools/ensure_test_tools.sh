#!/usr/bin/env bash
# See that a browser and PostgreSQL's programs are here; install what is missing where that is
# allowed, else print the exact command and stop with status 2.
set -euo pipefail

light=chromium-headless-shell # Chromium without its windows: what the tests show costs less in it
install=(apt-get install -y -qq --no-install-recommends)
export DEBIAN_FRONTEND=noninteractive

knows() { apt-cache show "$1" > /dev/null 2>&1; }

browser=""
for name in $light chromium chromium-browser google-chrome; do
    if command -v "$name" > /dev/null; then
        browser=$name
        break
    fi
done
missing=()
[ -n "$browser" ] || missing+=(chromium) # the first of them
if ! command -v initdb > /dev/null; then
    found=$(ls -d /usr/lib/postgresql/*/bin/initdb 2> /dev/null | sort -V | tail -1 || true)
    version=$(echo "$found" | cut -d/ -f5)
    [ -n "$found" ] && [ "${version%%.*}" -ge 15 ] || missing+=(postgresql)
fi
if [ -n "$browser" ] && [ "$browser" != $light ] && [ "$(id -u)" -eq 0 ] && knows $light; then
    echo "Installing for the tests: $light"
    "${install[@]}" $light || echo "It goes without, in $browser."
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
"${as_root[@]}" apt-get update -qq
[ -n "$browser" ] || ! knows $light || missing[0]=$light
echo "Installing for the tests: ${missing[*]}"
"${as_root[@]}" "${install[@]}" "${missing[@]}"
