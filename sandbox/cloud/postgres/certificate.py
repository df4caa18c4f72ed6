"""Self-signed certificates for servers on this machine."""

import ipaddress
import ssl
import tempfile
from datetime import UTC, datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_pem_private_key,
)

# The domain of the endpoints' names.
DOMAIN = ".localhost"


def new_certificate(host: str = "localhost") -> bytes:
    """A private key and its self-signed certificate for a host and 127.0.0.1, valid for ten years, as PEM."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, host)])
    hosts = [x509.DNSName(host), x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]
    now = datetime.now(UTC)
    builder = x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
    builder = builder.not_valid_before(now - timedelta(days=1)).not_valid_after(now + timedelta(days=3650))
    builder = builder.add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
    builder = builder.add_extension(x509.SubjectAlternativeName(hosts), critical=False)
    private = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    return private + builder.sign(key, hashes.SHA256()).public_bytes(Encoding.PEM)


class HostCertificates:
    """Certificates for single host names, signed by the cloud's own.

    Args:
        authority: a PEM file with a private key and its self-signed certificate; it is read when a name is asked for.
    """

    def __init__(self, authority: Path) -> None:
        self._authority = authority
        self._key = ec.generate_private_key(ec.SECP256R1())
        self._contexts: dict[str, ssl.SSLContext] = {}

    def choose(self, connection: ssl.SSLObject, host: str | None, _context: ssl.SSLContext) -> None:
        """Answers a client by the certificate for the host that it names: an `sni_callback`."""
        name = (host or "").lower()
        if not name.endswith(DOMAIN):
            return
        if name not in self._contexts:
            self._contexts[name] = self._new_context(name)
        connection.context = self._contexts[name]

    def _new_context(self, host: str) -> ssl.SSLContext:
        pem = self._authority.read_bytes()
        issuer, authority = x509.load_pem_x509_certificate(pem), load_pem_private_key(pem, None)
        if not isinstance(authority, ec.EllipticCurvePrivateKey):
            raise TypeError(f"{self._authority}: its key is not an elliptic curve's")
        now = datetime.now(UTC)
        name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, host[:64])])
        certificate = (
            x509.CertificateBuilder()
            .subject_name(name)
            .issuer_name(issuer.subject)
            .public_key(self._key.public_key())
            .serial_number(x509.random_serial_number())
            .not_valid_before(now - timedelta(days=1))
            .not_valid_after(now + timedelta(days=365))
            .add_extension(x509.SubjectAlternativeName([x509.DNSName(host)]), critical=False)
            .sign(authority, hashes.SHA256())
        )
        private = self._key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        with tempfile.NamedTemporaryFile(suffix=".pem") as file:  # ssl reads files only; it is its owner's alone
            file.write(private + certificate.public_bytes(Encoding.PEM))
            file.flush()
            context.load_cert_chain(file.name)
        return context
