"""`python -m tenants.demo.chaos PART …`: the processes of a chaos run that work inside one deployment."""

import json
import sys

import django


def main() -> None:
    """`prepare` and `drive`, each with what it needs as JSON; `figures` prints what it finds as JSON."""
    django.setup()
    from tenants.demo.chaos import driver, figures, prepare  # models may be imported from here on

    match sys.argv[1:]:
        case ["prepare", part]:
            prepare.run(**json.loads(part))
        case ["drive", part]:
            driver.run(driver.Part(**json.loads(part)))
        case ["figures"]:
            sys.stdout.write(json.dumps(figures.differences()))


main()
