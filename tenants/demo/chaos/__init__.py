"""`bancheng chaos`: referrals in all directions while everything underneath them breaks."""
