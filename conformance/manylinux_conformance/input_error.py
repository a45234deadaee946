"""The one error a reader of files raises; see ``manylinux_spec.input_files``."""

from manylinux_spec.input_files import (
    LARGEST_INPUT,
    LARGEST_TOML,
    InputError,
    decode_toml,
    read_bytes,
    read_toml,
)

__all__ = [
    "LARGEST_INPUT",
    "LARGEST_TOML",
    "InputError",
    "decode_toml",
    "read_bytes",
    "read_toml",
]
