"""What people do in casework: one function per act."""
