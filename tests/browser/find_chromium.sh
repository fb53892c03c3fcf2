#!/usr/bin/env sh
# Leave a Chromium behind for the browser tests: what is there, else Debian's package (as root on Debian), else
# Playwright's own. Debian's fonts for Chinese come along, so that a picture shows what a visitor would see.
set -eu

for name in chromium chromium-browser google-chrome; do
    if command -v "$name" >/dev/null 2>&1; then exit 0; fi
done

if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null 2>&1; then
    apt-get update -qq
    DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends chromium fonts-noto-cjk >/dev/null
else
    .venv/bin/python -m playwright install chromium
fi
