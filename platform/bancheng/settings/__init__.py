"""Settings: `base` is what all deployments share; `demo`, `test` and `production` say how theirs differs."""
