"""Precedents in the making: drafted from a matter, checked, reviewed by another person, published."""
