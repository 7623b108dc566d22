#!/bin/sh
# Install xiuhua from this folder on a Linux machine without internet.
#   sh install.sh [FOLDER]      the default is /opt/xiuhua
# Needed: Python 3.11 or newer with venv. Run it again to install a newer bundle over
# an older one; data folders are not touched.
set -eu
here=$(CDPATH='' cd -- "$(dirname -- "$0")" && pwd)
target=${1:-/opt/xiuhua}
python=${PYTHON:-python3}

"$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))' || {
    echo "需要 Python 3.11 或更新 · Python 3.11 or newer is needed" >&2
    exit 1
}
# What was changed or damaged on the way is not installed.
(cd "$here" && sha256sum --quiet -c SHA256SUMS)

mkdir -p "$target"
[ -x "$target/venv/bin/python" ] || "$python" -m venv "$target/venv"
pip="$target/venv/bin/python -m pip --disable-pip-version-check -q"
$pip install --no-index --find-links "$here/wheels" --no-deps --require-hashes \
    -r "$here/requirements.txt"
$pip install --no-index --no-deps --force-reinstall "$here"/wheels/xiuhua-*.whl
"$target/venv/bin/xiuhua" --version
echo "已安装 · installed: $target/venv/bin/xiuhua"
echo "下一步 · next: deploy.md"
