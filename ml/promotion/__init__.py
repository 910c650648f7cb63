"""Whether a challenger may replace the champion, and whether a promoted one may stay: rules over scored rows."""
