"""Peers' manifest storages made to finish on trees in which some references lead nowhere.

As shipped, Django, WhiteNoise and ServeStatic abort at the first reference to a file that is not
there (a vendor's missing `.map` is enough), so that there would be nothing to measure. Here such a
reference keeps its plain name.
"""

from django.contrib.staticfiles.storage import ManifestStaticFilesStorage
from django.core.exceptions import SuspiciousFileOperation


class _Lenient:
    manifest_strict = False

    def hashed_name(self, name, content=None, filename=None):
        try:
            return super().hashed_name(name, content, filename)
        except (ValueError, SuspiciousFileOperation):
            return name


class DjangoManifest(_Lenient, ManifestStaticFilesStorage):
    pass


# The peers are imported only in their own projects, so that none pays for another's modules.
def __getattr__(name):
    if name == "WhiteNoise":
        from whitenoise.storage import CompressedManifestStaticFilesStorage
    elif name == "ServeStatic":
        from servestatic.storage import CompressedManifestStaticFilesStorage
    else:
        raise AttributeError(name)
    storage = type(name, (_Lenient, CompressedManifestStaticFilesStorage), {"__module__": __name__})
    globals()[name] = storage
    return storage
