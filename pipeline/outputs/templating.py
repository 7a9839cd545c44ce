"""The templates of a package: everything that goes into them is escaped, and compiling them is done once on a machine."""

from __future__ import annotations

from contextlib import suppress

from jinja2 import Environment, FileSystemBytecodeCache, PackageLoader, StrictUndefined
from jinja2.bccache import Bucket

from pipeline.storage import default_cache


def templates_of(package: str) -> Environment:
    """The templates in the folder `templates` of a package."""
    return Environment(
        loader=PackageLoader(package),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        bytecode_cache=compiled(),
        auto_reload=False,
    )


class Compiled(FileSystemBytecodeCache):
    """Compiled templates in a folder; one that cannot be kept is compiled again."""

    def dump_bytecode(self, bucket: Bucket) -> None:
        """Keep one."""
        with suppress(OSError):
            super().dump_bytecode(bucket)


def compiled() -> Compiled | None:
    """Where compiled templates are kept, None where nothing can be; one that does not belong to its template is passed over."""
    folder = default_cache() / "templates"
    with suppress(OSError):
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        return Compiled(str(folder))
    return None
