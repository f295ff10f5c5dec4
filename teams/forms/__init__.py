"""The forms of this app's pages: plain forms, whose fields are all that a page can change."""
