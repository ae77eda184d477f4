#!/bin/sh
# Draws static/img/harbour-*.png from harbour.svg. Needs Chromium.
set -eu
cd "$(dirname "$0")"
profile=$(mktemp -d)
trap 'rm -rf "$profile"' EXIT
for width in 800 1600; do
    scale=$(awk "BEGIN { print $width / 1600 }")
    chromium --headless --no-sandbox --disable-gpu --no-first-run --hide-scrollbars \
        --user-data-dir="$profile" --window-size=1600,640 --force-device-scale-factor="$scale" \
        --screenshot="../static/img/harbour-$width.png" "file://$PWD/harbour.svg"
done
