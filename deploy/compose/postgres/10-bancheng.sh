#!/bin/sh
# Runs once, when the database is made: the application gets an account of its own that is no superuser.
set -eu
psql --set ON_ERROR_STOP=1 --set password="$BANCHENG_PASSWORD" --username "$POSTGRES_USER" <<'SQL'
CREATE ROLE bancheng LOGIN PASSWORD :'password';
CREATE DATABASE bancheng OWNER bancheng ENCODING 'UTF8' TEMPLATE template0;
SQL
