"""The table of uploads: whatever is below a folder when it is asked for, and nothing that is not."""

from __future__ import annotations

import os

from lading.media.policy import MediaPolicy, response_headers
from lading.rules import name_problem
from lading.serve.current import entry_of
from lading.serve.entry import Entry, Redirect
from lading.serve.table import url_prefix


class MediaTable:
    """A table (see ``lading.serve.table``) of the files below ``root`` (``MEDIA_ROOT``). Links are followed
    only inside of it. Unknown paths go to the application.
    """

    def __init__(
        self, root: str | os.PathLike[str], *, prefix: str, policy: MediaPolicy | None = None
    ) -> None:
        self.prefix = url_prefix(prefix)
        self.root = os.path.realpath(root)
        self.policy = policy or MediaPolicy()
        self._inside = self.root.rstrip(os.sep) + os.sep

    def lookup(self, path: str) -> Entry | Redirect | None:
        """The entry of a request's decoded path, if it is that of a regular file below the folder."""
        if not path.startswith(self.prefix):
            return None
        name = path[len(self.prefix) :]
        local = self.locate(name)
        return None if local is None else entry_of(local, response_headers(self.policy, name))

    def covers(self, path: str) -> bool:
        """No path: the application may make files that are not there yet."""
        return False

    def locate(self, name: str) -> str | None:
        """Where the upload of a name would lie, all links followed; ``None`` if that is not below the folder,
        or in what Lading keeps there for itself.
        """
        if name_problem(name) or "/.lading" in f"/{name}":
            return None
        local = self.root
        for part in name.split("/"):
            local = os.path.join(local, part)
            if os.path.islink(local):  # the root has none, and nearly no upload
                local = os.path.realpath(os.path.join(self.root, name))
                return local if local.startswith(self._inside) else None
        return local
