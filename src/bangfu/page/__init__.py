"""The page for those who only read: one file, both languages, no network."""

from bangfu.page.write import page

__all__ = ["page"]
