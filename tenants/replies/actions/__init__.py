"""What is done after a matter was resolved: telling, calling back, rating, putting right, looking back."""

from tenants.replies.actions.replies import call_back, reply

__all__ = ["call_back", "reply"]
