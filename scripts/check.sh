# Every check that is not a test, in the order of their speed; all run, so that one sees all there is.
cd "$(dirname "$0")/.." || exit 1
PATH="$PWD/.venv/bin:$PATH"
PYTHONPATH="$PWD:$PWD/platform:$PWD/client"
DJANGO_SETTINGS_MODULE=config.settings_test
export PATH PYTHONPATH DJANGO_SETTINGS_MODULE

failed=""
check() {
    echo "-- $*"
    "$@" || failed="$failed
  $*"
}

check ruff check .
check ruff format --check .
check lint-imports
check python -W ignore::RuntimeWarning manage.py makemigrations --check --dry-run
check mypy
check python scripts/audit.py

if [ -n "$failed" ]; then
    echo "Checks that failed:$failed"
    exit 1
fi
echo "All checks passed."
