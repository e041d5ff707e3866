"""How the pages of a matter answer: as all pages with dialogs do."""

from bancheng.web.answers import dialog_or_page, go, tell_once

__all__ = ["dialog_or_page", "go", "tell_once"]
