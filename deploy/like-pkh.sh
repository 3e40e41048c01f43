#!/bin/sh
# `like-pkh …` as the service runs it: same user, same folder, same .env. Installed as /usr/local/bin/like-pkh.
# Files are named with their whole path, and the user like-pkh must be able to read them.
set -eu
cd /var/lib/like-pkh
export PYTHONPYCACHEPREFIX=/var/cache/like-pkh/python MPLCONFIGDIR=/var/cache/like-pkh/matplotlib
if [ "$(id -un)" = like-pkh ]; then
    exec /opt/like-pkh/.venv/bin/like-pkh "$@"
fi
exec runuser -u like-pkh -- /opt/like-pkh/.venv/bin/like-pkh "$@"
