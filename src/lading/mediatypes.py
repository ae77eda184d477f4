"""Media types by file name: one table, whatever the operating system's registry says."""

from __future__ import annotations

import posixpath

# Registered types (IANA) and, for text, the charset that browsers need to be told.
_TYPES: dict[str, str] = {
    "3g2": "video/3gpp2",
    "3gp": "video/3gpp",
    "7z": "application/x-7z-compressed",
    "aac": "audio/aac",
    "apk": "application/vnd.android.package-archive",
    "apng": "image/apng",
    "atom": "application/atom+xml",
    "avi": "video/x-msvideo",
    "avif": "image/avif",
    "bin": "application/octet-stream",
    "bmp": "image/bmp",
    "br": "application/octet-stream",
    "bz2": "application/x-bzip2",
    "cjs": "text/javascript; charset=utf-8",
    "css": "text/css; charset=utf-8",
    "csv": "text/csv; charset=utf-8",
    "cur": "image/vnd.microsoft.icon",
    "doc": "application/msword",
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "dtd": "application/xml-dtd",
    "eot": "application/vnd.ms-fontobject",
    "eps": "application/postscript",
    "epub": "application/epub+zip",
    "flac": "audio/flac",
    "flv": "video/x-flv",
    "geojson": "application/geo+json",
    "gif": "image/gif",
    "glb": "model/gltf-binary",
    "gltf": "model/gltf+json",
    "gz": "application/gzip",
    "heic": "image/heic",
    "heif": "image/heif",
    "htm": "text/html; charset=utf-8",
    "html": "text/html; charset=utf-8",
    "ico": "image/vnd.microsoft.icon",
    "ics": "text/calendar; charset=utf-8",
    "importmap": "application/importmap+json",
    "jar": "application/java-archive",
    "jfif": "image/jpeg",
    "jp2": "image/jp2",
    "jpeg": "image/jpeg",
    "jpg": "image/jpeg",
    "js": "text/javascript; charset=utf-8",
    "json": "application/json",
    "jsonld": "application/ld+json",
    "jxl": "image/jxl",
    "kml": "application/vnd.google-earth.kml+xml",
    "kmz": "application/vnd.google-earth.kmz",
    "ktx2": "image/ktx2",
    "less": "text/plain; charset=utf-8",
    "log": "text/plain; charset=utf-8",
    "m3u8": "application/vnd.apple.mpegurl",
    "m4a": "audio/mp4",
    "m4v": "video/mp4",
    "map": "application/json",
    "md": "text/markdown; charset=utf-8",
    "mid": "audio/midi",
    "midi": "audio/midi",
    "mjs": "text/javascript; charset=utf-8",
    "mka": "audio/matroska",
    "mkv": "video/matroska",
    "mov": "video/quicktime",
    "mp3": "audio/mpeg",
    "mp4": "video/mp4",
    "mpd": "application/dash+xml",
    "mpeg": "video/mpeg",
    "mpg": "video/mpeg",
    "obj": "model/obj",
    "odg": "application/vnd.oasis.opendocument.graphics",
    "odp": "application/vnd.oasis.opendocument.presentation",
    "ods": "application/vnd.oasis.opendocument.spreadsheet",
    "odt": "application/vnd.oasis.opendocument.text",
    "oga": "audio/ogg",
    "ogg": "audio/ogg",
    "ogv": "video/ogg",
    "opus": "audio/ogg",
    "otf": "font/otf",
    "pdf": "application/pdf",
    "png": "image/png",
    "ppt": "application/vnd.ms-powerpoint",
    "pptx": "application/vnd.openxmlformats-officedocument.presentationml.presentation",
    "ps": "application/postscript",
    "rar": "application/vnd.rar",
    "rss": "application/rss+xml",
    "rtf": "application/rtf",
    "sass": "text/plain; charset=utf-8",
    "scss": "text/plain; charset=utf-8",
    "stl": "model/stl",
    "svg": "image/svg+xml",
    "svgz": "image/svg+xml",
    "swf": "application/vnd.adobe.flash.movie",
    "tar": "application/x-tar",
    "tgz": "application/gzip",
    "tif": "image/tiff",
    "tiff": "image/tiff",
    "toml": "application/toml",
    "ts": "text/plain; charset=utf-8",
    "tsv": "text/tab-separated-values; charset=utf-8",
    "tsx": "text/plain; charset=utf-8",
    "ttc": "font/collection",
    "ttf": "font/ttf",
    "txt": "text/plain; charset=utf-8",
    "usdz": "model/vnd.usdz+zip",
    "vcf": "text/vcard; charset=utf-8",
    "vtt": "text/vtt; charset=utf-8",
    "wasm": "application/wasm",
    "wav": "audio/wav",
    "weba": "audio/webm",
    "webm": "video/webm",
    "webmanifest": "application/manifest+json",
    "webp": "image/webp",
    "wmv": "video/x-ms-wmv",
    "woff": "font/woff",
    "woff2": "font/woff2",
    "xhtml": "application/xhtml+xml",
    "xls": "application/vnd.ms-excel",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "xml": "application/xml",
    "xsd": "application/xml",
    "xsl": "application/xslt+xml",
    "xslt": "application/xslt+xml",
    "xz": "application/x-xz",
    "yaml": "application/yaml",
    "yml": "application/yaml",
    "zip": "application/zip",
    "zst": "application/zstd",
}

# Files that are known by their whole name.
_NAMES: dict[str, str] = {
    "apple-app-site-association": "application/json",
    "crossdomain.xml": "text/x-cross-domain-policy",
}

DEFAULT = "application/octet-stream"
"""The type of all other names."""


def media_type(path: str) -> str:
    """The ``Content-Type`` of a file by its name (``app.css`` -> ``text/css; charset=utf-8``)."""
    name = posixpath.basename(path).lower()
    return _NAMES.get(name) or _TYPES.get(posixpath.splitext(name)[1][1:], DEFAULT)


def extensions() -> dict[str, tuple[str, ...]]:
    """The table for servers that are configured: the extensions of each media type, in lower case."""
    table: dict[str, tuple[str, ...]] = {}
    for extension, kind in sorted(_TYPES.items(), key=lambda item: (item[1], item[0])):
        table[kind] = (*table.get(kind, ()), extension)
    return table


def names() -> dict[str, str]:
    """The media types of files that are known by their whole names, whatever their extensions say."""
    return dict(_NAMES)
