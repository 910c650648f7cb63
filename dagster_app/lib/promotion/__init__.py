"""Which version is in production: challengers, comparison with the champion, watch after a promotion."""
