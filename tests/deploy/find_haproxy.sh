#!/usr/bin/env sh
# Leave a HAProxy behind for the tests of `deploy/haproxy.cfg`: what is there, else Debian's package (as root on Debian).
# Elsewhere those tests are skipped.
set -eu

if command -v haproxy >/dev/null 2>&1; then exit 0; fi
if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null 2>&1; then
    apt-get update -qq
    DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends haproxy >/dev/null
fi
