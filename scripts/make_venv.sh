# Make .venv with the first Python of 3.11 or newer that is found (or the one named by PYTHON).
set -eu

supported='import sys; sys.exit(sys.version_info < (3, 11))'
needed_mb=4000

for python in ${PYTHON:-python3.11 python3.12 python3.13 python3}; do
    if "$python" -c "$supported" >/dev/null 2>&1; then
        found=$python
        break
    fi
done
if [ -z "${found:-}" ]; then
    echo "Rondo needs Python 3.11 or newer: install it, or name it with \`make PYTHON=/path/to/python …\`." >&2
    exit 1
fi
if ! "$found" -c 'import ensurepip, venv' >/dev/null 2>&1; then
    echo "$found cannot make virtual environments: install its venv module (on Debian: apt install python3-venv)." >&2
    exit 1
fi
free_mb=$(df -Pm . | awk 'NR == 2 { print $4 }')
if [ "$free_mb" -lt "$needed_mb" ]; then
    echo "The disk of $PWD has $free_mb MB left; setting up Rondo needs $needed_mb MB." >&2
    exit 1
fi
echo "Making .venv with $("$found" --version)"
"$found" -m venv .venv || { rm -rf .venv; exit 1; }
