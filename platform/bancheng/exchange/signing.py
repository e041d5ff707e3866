"""Signing what goes to another deployment, and proving what comes from one: RFC 9421, body digest included.

Every message and every answer is signed; the library is told which components it must find signed, and gets
the body to compare, since without that it accepts a signature over next to nothing. Neither side keeps a
nonce: what comes twice meets the inbox, and an answer signs the signature of the request it answers.
"""

import base64
import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, Final

import http_sf
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from http_message_signatures import (
    HTTPMessageSignaturesException,
    HTTPMessageSigner,
    HTTPMessageVerifier,
    HTTPSignatureAlgorithm,
    InvalidSignature,
    MappingKeyResolver,
    algorithms,
)

from bancheng.timekeeping import clock

REQUEST: Final = ("@method", "@authority", "@path", "content-type", "content-digest", "idempotency-key")
"""What a request must sign. Not its scheme: TLS may end at a proxy in front of the application."""
ANSWER: Final = ("@status", "content-type", "content-digest", '"idempotency-key";req', '"signature";req')
"""What an answer must sign: itself, and the very request that it answers."""
REQUEST_TAG: Final = "bancheng-message"
ANSWER_TAG: Final = "bancheng-receipt"
_LABEL: Final = "bancheng"


class Unproven(Exception):
    """The signature is missing, covers too little, or does not fit. One Chinese sentence, without content."""


@dataclass(frozen=True)
class Algorithm:
    """A way to sign. Keys are raw bytes here; `scheme` is what RFC 9421 calls it, in the library's form."""

    scheme: type[HTTPSignatureAlgorithm]
    new: Callable[[], bytes]
    public_of: Callable[[bytes], bytes]
    open_private: Callable[[bytes], Any]
    open_public: Callable[[bytes], Any]


# SM2 with SM3 (GB/T 32918, GB/T 32905) would be one more row: a scheme of our own whose sign() and verify()
# call a library for it, and its four functions on keys. RFC 9421 has no registered name for it yet.
ALGORITHMS: Final[dict[str, Algorithm]] = {
    "ed25519": Algorithm(
        scheme=algorithms.ED25519,
        new=lambda: Ed25519PrivateKey.generate().private_bytes_raw(),
        public_of=lambda raw: Ed25519PrivateKey.from_private_bytes(raw).public_key().public_bytes_raw(),
        open_private=Ed25519PrivateKey.from_private_bytes,
        open_public=Ed25519PublicKey.from_public_bytes,
    )
}
DEFAULT_ALGORITHM: Final = "ed25519"


@dataclass(frozen=True)
class PublicKey:
    """A key as it is handed over: `ed25519:` and base64. Its fingerprint is what two people compare."""

    algorithm: str
    raw: bytes

    @classmethod
    def parse(cls, text: str) -> "PublicKey":
        """Raises ValueError for anything but a whole key of a known algorithm."""
        algorithm, colon, encoded = text.strip().partition(":")
        if not colon or algorithm not in ALGORITHMS:
            raise ValueError("not a key of a known algorithm")
        key = cls(algorithm, base64.b64decode(encoded, validate=True))
        ALGORITHMS[algorithm].open_public(key.raw)
        return key

    def __str__(self) -> str:
        return f"{self.algorithm}:{base64.b64encode(self.raw).decode()}"

    @property
    def fingerprint(self) -> str:
        """64 hex digits in groups of four."""
        digits = hashlib.sha256(f"{self.algorithm}:".encode() + self.raw).hexdigest()
        return " ".join(digits[i : i + 4] for i in range(0, len(digits), 4))

    @property
    def key_id(self) -> str:
        """The first sixteen digits of the fingerprint: enough to name it, not to trust it."""
        return bare(self.fingerprint)[:16]


@dataclass(frozen=True)
class PrivateKey:
    """A key to sign with. It has no text form, so that none can end up in a log."""

    algorithm: str
    raw: bytes = field(repr=False)

    @classmethod
    def new(cls, algorithm: str = DEFAULT_ALGORITHM) -> "PrivateKey":
        return cls(algorithm, ALGORITHMS[algorithm].new())

    @property
    def public(self) -> PublicKey:
        return PublicKey(self.algorithm, ALGORITHMS[self.algorithm].public_of(self.raw))


@dataclass
class Request:
    """A request as far as its signature goes; `url` is absolute."""

    method: str
    url: str
    headers: Any  # a mapping of names and values; that of urllib3 and that of Django repeat names differently


@dataclass
class Answer:
    """An answer and the request it answers. The names are those that the library looks for."""

    status_code: int
    headers: Any
    request: Request


def bare(fingerprint: str) -> str:
    """A fingerprint as people type it, without what stands between its digits."""
    return "".join(fingerprint.split()).replace(":", "").replace("-", "").lower()


def sign(message: Request | Answer, body: bytes, key: PrivateKey) -> None:
    """Add the digest of the body and the signature to the headers of the message."""
    answer = isinstance(message, Answer)
    key_id = key.public.key_id
    algorithm = ALGORITHMS[key.algorithm]
    keys = MappingKeyResolver(public_keys={}, private_keys={key_id: algorithm.open_private(key.raw)})
    signer = HTTPMessageSigner(signature_algorithm=algorithm.scheme, key_resolver=keys)
    signer.sign(
        message,
        key_id=key_id,
        created=clock.now(),
        label=_LABEL,
        tag=ANSWER_TAG if answer else REQUEST_TAG,
        covered_component_ids=_signable(message) if isinstance(message, Answer) else REQUEST,
        body=body,
    )


def claimed_key_id(headers: Mapping[str, str]) -> str:
    """Which key the message says it was signed with; nothing is proven by that. Raises Unproven."""
    text = next((value for name, value in headers.items() if name.lower() == "signature-input"), "")
    if not text:
        raise Unproven("没有签名")
    try:
        parsed: Any = http_sf.parse(text.encode(), tltype="dictionary")
        ((_, parameters),) = parsed.values()  # exactly one signature
        return str(parameters["keyid"])
    except Exception:  # whatever the parser makes of what a stranger sent
        raise Unproven("签名没有写明密钥") from None


def prove(message: Request | Answer, body: bytes, key: PublicKey) -> datetime:
    """When it was signed, once it is sure that this key signed all that must be signed, and this body.

    How old it may be is for the caller to judge, who can say by how much the clocks differ.
    Raises Unproven.
    """
    answer = isinstance(message, Answer)
    algorithm = ALGORITHMS[key.algorithm]
    keys = MappingKeyResolver(public_keys={key.key_id: algorithm.open_public(key.raw)}, private_keys={})
    verifier = _TimelessVerifier(signature_algorithm=algorithm.scheme, key_resolver=keys)
    try:
        (proven,) = verifier.verify(
            message,
            max_age=None,
            expect_tag=ANSWER_TAG if answer else REQUEST_TAG,
            require_components=ANSWER if answer else REQUEST,
            body=body,
        )
        return datetime.fromtimestamp(int(proven.parameters["created"]), UTC)
    except InvalidSignature as error:
        raise Unproven(_reason(error)) from None
    except (HTTPMessageSignaturesException, ValueError, TypeError, KeyError, OverflowError, OSError):
        raise Unproven("签名无法识别") from None


class _TimelessVerifier(HTTPMessageVerifier):
    """Leaves the age of a signature to `prove`'s caller, and a moment of signing has to be there."""

    def validate_created_and_expires(self, sig_input: Any, max_age: Any = None) -> None:
        if type(sig_input.params.get("created")) is not int:
            raise InvalidSignature("no moment of signing")


def _signable(answer: Answer) -> tuple[str, ...]:
    """A refusal of what was hardly a request signs what there was; nobody takes that for a receipt."""
    sent = {name.lower() for name, _ in answer.request.headers.items()}
    return tuple(
        component for component in ANSWER if not component.endswith(";req") or component.split('"')[1] in sent
    )


def _reason(error: InvalidSignature) -> str:
    """The library's own sentences only: another exception wrapped in its class may quote what was sent."""
    cause = error.args[0] if error.args else ""
    if isinstance(cause, str) and "not covered" in cause:
        return "签名没有覆盖必须签名的内容"
    if isinstance(cause, str) and ("digest" in cause or "Digest" in cause):
        return "内容与签名时的不一致"
    return "签名不符"
