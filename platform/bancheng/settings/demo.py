"""`make demo`: the embedded servers, keys made on the spot, everything on this machine."""

from bancheng.settings.base import *  # noqa: F403

SECURE_CROSS_ORIGIN_OPENER_POLICY = None  # plain http on *.localhost
WHITENOISE_USE_FINDERS = True  # files are found in the packages at start; nothing is collected first
