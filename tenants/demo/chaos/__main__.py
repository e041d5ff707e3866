"""`python -m tenants.demo.chaos PART …`: the processes of a chaos run that work inside one deployment."""

import json
import sys

import django


def main() -> None:
    """`prepare` and `drive`, each with what it needs as JSON."""
    django.setup()
    from tenants.demo.chaos import driver, prepare  # models may be imported from here on

    part = json.loads(sys.argv[2])
    if sys.argv[1] == "prepare":
        prepare.run(**part)
    else:
        driver.run(driver.Part(**part))


main()
