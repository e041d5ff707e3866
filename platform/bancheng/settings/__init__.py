"""Settings: `base` is what every deployment shares; `demo`, `test` and `production` say how theirs differs."""
