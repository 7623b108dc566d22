"""The shipped configuration of nginx: TLS ends there, forged headers stop there."""

from __future__ import annotations

import http.client
import shutil
import ssl
import subprocess
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from tests.architecture.tree import ROOT
from tests.config.serving import PATIENCE_SECONDS, Server, free_port
from tests.means import left_out


NAME = "xiuhua.example"
pytestmark = pytest.mark.skipif(
    shutil.which("nginx") is None, reason=left_out("nginx", "no `nginx` on the PATH")
)


def certificate(folder: Path) -> None:
    """Write a certificate signed by itself, and its key."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, NAME)])
    began = datetime(2026, 1, 1, tzinfo=UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(began)
        .not_valid_after(began + timedelta(days=36500))
        .sign(key, hashes.SHA256())
    )
    (folder / "fullchain.pem").write_bytes(
        made.public_bytes(serialization.Encoding.PEM)
    )
    (folder / "privkey.pem").write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
    )


class Front:
    """nginx with the shipped configuration, on ports and paths of the test."""

    def __init__(self, folder: Path, upstream: int):
        self.plain, self.secure = free_port(), free_port()
        certificate(folder)
        text = (ROOT / "deploy" / "nginx.conf").read_text(encoding="utf-8")
        for shipped, here in (
            ("/etc/xiuhua/tls", str(folder)),
            ("/var/log/nginx", str(folder)),
            ("127.0.0.1:8000", f"127.0.0.1:{upstream}"),
            ("listen 80;", f"listen 127.0.0.1:{self.plain};"),
            ("    listen [::]:80;\n", ""),
            ("listen 443 ssl http2;", f"listen 127.0.0.1:{self.secure} ssl http2;"),
            ("    listen [::]:443 ssl http2;\n", ""),
        ):
            assert shipped in text, shipped
            text = text.replace(shipped, here)
        temporary = "".join(
            f"{kind}_temp_path {folder}/{kind};\n"
            for kind in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
        )
        (folder / "nginx.conf").write_text(
            f"pid {folder}/pid;\nerror_log {folder}/error.log;\ndaemon off;\n"
            f"events {{}}\nhttp {{\naccess_log off;\n{temporary}{text}\n}}\n"
        )
        words = ["nginx", "-p", str(folder), "-c", str(folder / "nginx.conf")]
        tried = subprocess.run([*words, "-t"], capture_output=True, text=True)
        assert tried.returncode == 0, tried.stderr
        self.process = subprocess.Popen(words, stderr=subprocess.DEVNULL)
        self.log = folder / "xiuhua.log"

    def ask(self, path: str, *, secure: bool = True, **headers: str):
        context = ssl.create_default_context()
        context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
        link = (
            http.client.HTTPSConnection("127.0.0.1", self.secure, context=context)
            if secure
            else http.client.HTTPConnection("127.0.0.1", self.plain)
        )
        named = {k.replace("_", "-"): v for k, v in headers.items()}
        try:
            link.request("GET", path, headers={"Host": NAME} | named)
            answer = link.getresponse()
            return answer.status, dict(answer.getheaders()), answer.read()
        finally:
            link.close()

    def wait(self) -> None:
        until = time.monotonic() + PATIENCE_SECONDS
        while True:
            try:
                self.ask("/", secure=False)
                return
            except OSError:
                assert time.monotonic() < until
                time.sleep(0.05)


@pytest.fixture(scope="module")
def front(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Front]:
    folder = tmp_path_factory.mktemp("front")
    said = {"XIUHUA_HTTPS": "1", "XIUHUA_BEHIND_PROXY": "1", "XIUHUA_HOSTS": NAME}
    server = Server(folder / "var", **said)
    try:
        server.wait_until_up()
        running = Front(folder, server.port)
        try:
            running.wait()
            yield running
        finally:
            running.process.terminate()
            running.process.wait()
    finally:
        server.end()


def test_http_leads_to_https(front):
    status, headers, _ = front.ask("/sign-in/", secure=False)

    assert status == 301
    assert headers["Location"] == f"https://{NAME}/sign-in/"


def test_pages_come_over_tls_with_all_their_guards(front):
    status, headers, page = front.ask("/sign-in/")
    said = {name.lower(): value for name, value in headers.items()}

    assert status == 200
    assert b"<form" in page
    assert "max-age=31536000" in said["strict-transport-security"]
    assert "script-src 'self'" in said["content-security-policy"]
    assert "__Host-csrf" in said["set-cookie"]
    assert said["server"] == "nginx"


def test_what_a_browser_forges_does_not_arrive(front):
    plain = front.ask("/sign-in/", X_Forwarded_Proto="http", X_Real_IP="1.2.3.4")
    foreign = front.ask("/sign-in/", Host="elsewhere.example")

    assert plain[0] == 200
    assert foreign[0] == 400


def test_queries_and_browsers_are_not_logged(front):
    front.ask("/health/live/?name=secret-query", User_Agent="secret-browser")

    until = time.monotonic() + PATIENCE_SECONDS
    while "/health/live/ 200" not in front.log.read_text():
        assert time.monotonic() < until
        time.sleep(0.05)
    assert "secret" not in front.log.read_text()


def test_guessing_passwords_is_slowed_down(front):
    answers = [front.ask("/sign-in/")[0] for _ in range(40)]

    assert answers[0] == 200
    assert 503 in answers
    assert front.ask("/health/live/")[0] == 200


def test_people_read_what_to_do_while_the_servers_start(tmp_path):
    alone = Front(tmp_path, free_port())
    try:
        alone.wait()
        status, headers, page = alone.ask("/households/1/")
    finally:
        alone.process.terminate()
        alone.process.wait()

    assert status == 503
    assert headers["Retry-After"] == "60"
    assert "一两分钟后再试" in page.decode()
    assert b"nginx" not in page
