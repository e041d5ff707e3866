"""The clock's own work: what turned yellow or red, and due dates after the calendar changed."""
