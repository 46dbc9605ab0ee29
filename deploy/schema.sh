#!/bin/sh
# Creates Temporal's two databases and updates their schema to the version of this tool. Can run again.
# The tool reads server, user and password from SQL_HOST, SQL_PORT, SQL_USER and SQL_PASSWORD.
set -eu

: "${SQL_HOST:?}" "${SQL_USER:?}" "${SQL_PASSWORD:?}"
export SQL_PORT="${SQL_PORT:-5432}" SQL_PLUGIN=postgres12

set_up() {
  temporal-sql-tool --database "$1" create-database --defaultdb postgres
  temporal-sql-tool --database "$1" setup-schema --version 0.0
  temporal-sql-tool --database "$1" update-schema --schema-name "postgresql/v12/$2"
}

set_up temporal temporal
set_up temporal_visibility visibility
echo "the schema is up to date"
