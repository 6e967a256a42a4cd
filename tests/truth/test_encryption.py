"""The primitives under the chapter's encryption and signatures, against the vectors of their standards."""

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from cryptography.hazmat.primitives.kdf.scrypt import Scrypt


def test_aes_256_gcm_gives_the_ciphertext_of_its_specification():
    # McGrew and Viega, The Galois/Counter Mode of Operation, 2005, appendix B, test case 14
    sealed = AESGCM(bytes(32)).encrypt(bytes(12), bytes(16), None)
    assert sealed.hex() == "cea7403d4d606b6e074ec5d3baf39d18" + "d0d1c8a799996bf0265b98b5d48ab919"


def test_hkdf_gives_the_key_of_rfc_5869():
    # appendix A.1, test case 1
    salt, info = bytes(range(13)), bytes(range(0xF0, 0xFA))
    derived = HKDF(SHA256(), 42, salt, info).derive(b"\x0b" * 22)
    assert derived.hex() == (
        "3cb25f25faacd57a90434f64d0362f2a2d2d0a90cf1a5a4c5db02d56ecc4c5bf34007208d5b887185865"
    )


def test_ed25519_gives_the_signature_of_rfc_8032():
    # section 7.1, test 1: the empty message
    secret = bytes.fromhex("9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60")
    private = Ed25519PrivateKey.from_private_bytes(secret)
    assert private.public_key().public_bytes_raw().hex() == (
        "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a"
    )
    assert private.sign(b"").hex() == (
        "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701cf9b46b"
        "d25bf5f0595bbe24655141438e7a100b"
    )


def test_scrypt_gives_the_key_of_rfc_7914():
    # section 12, third vector
    derived = Scrypt(salt=b"SodiumChloride", length=64, n=2**14, r=8, p=1).derive(b"pleaseletmein")
    assert derived.hex() == (
        "7023bdcb3afd7348461c06cd81fd38ebfda8fbba904f8e3ea9b543f6545da1f2"
        "d5432955613f0fcf62d49705242a9af9e61e85dc0d651e40dfcf017b45575887"
    )
