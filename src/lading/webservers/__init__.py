"""Configuration of nginx, Caddy, Apache and static hosts, from settings, policies and the manifest."""
