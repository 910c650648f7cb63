"""Rules of promotion: may a challenger replace the champion, and may a promoted version stay in production."""
