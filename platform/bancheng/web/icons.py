"""The icons that pages may use: Tabler outline names; the assets step makes one sprite of them."""

_NAMES = """
    adjustments alert-circle alert-triangle arrow-back-up arrow-forward-up arrow-left arrow-right
    arrows-exchange bell book-2 building building-bank building-community calendar chart-bar
    chart-line check chevron-down chevron-left chevron-right chevron-up circle-check circle-x
    clipboard-check clipboard-list clipboard-plus clock download edit external-link eye eye-off
    file-text files filter first-aid-kit flag gavel git-merge heart-handshake history home hourglass
    id inbox info-circle key layout-dashboard link list-details lock login logout mail map-2 map-pin
    menu-2 message-2 messages note notebook paperclip phone player-pause plus printer refresh
    rosette route scale search send settings shield-check star table transfer trash upload urgent
    user user-check user-circle users x
"""
ICONS = frozenset(_NAMES.split())
