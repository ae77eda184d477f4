"""The table of requests: what every server of published files has to answer, section by section.

It says nothing of Lading: whatever serves a target made by ``site.publish`` can be put under it (give the
names under which rows may list it as differing). Rows below ``/site/`` and ``/cdn/`` need the tables of
``site.Site.tables``.
"""

from .bad_input import BAD_INPUT
from .caching import CACHING
from .conditions import CONDITIONS
from .content import CONTENT
from .methods import METHODS
from .negotiation import NEGOTIATION
from .origins import ORIGINS
from .paths import PATHS
from .peers import PEERS
from .ranges import RANGES
from .site_root import SITE_ROOT
from .webservers import with_exceptions

ROWS = with_exceptions(
    [
        *METHODS,
        *CONTENT,
        *NEGOTIATION,
        *CONDITIONS,
        *RANGES,
        *CACHING,
        *ORIGINS,
        *PATHS,
        *BAD_INPUT,
        *PEERS,
        *SITE_ROOT,
    ]
)
