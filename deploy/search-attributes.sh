#!/bin/sh
# Adds the search attributes of recoveries. Can run again: existing attributes are kept.
set -eu

: "${TEMPORAL_ADDRESS:?}" "${TEMPORAL_NAMESPACE:?}"
attributes="
  RecoveryState=Keyword
  RecoveryOutcome=Keyword
  DeclineCode=Keyword
  DeclineClass=Keyword
  CustomerId=Keyword
  Currency=Keyword
  NextAttemptAt=Datetime
  AmountDue=Int
  StateSince=Datetime
  ChargeUnknownSince=Datetime
"
deadline=$(($(date +%s) + ${WAIT_SECONDS:-120}))

search_attribute() {
  command=$1
  shift
  temporal operator search-attribute "$command" --address "$TEMPORAL_ADDRESS" --namespace "$TEMPORAL_NAMESPACE" \
    --command-timeout 10s "$@" 2>&1
}

type_of() {
  printf '%s\n' "$listed" | sed -n "s/.*\"$1\": *\"INDEXED_VALUE_TYPE_\([A-Z_]*\)\".*/\1/p"
}

# Creating an attribute right after its namespace can fail silently, so an attribute counts once it is listed. $wrong says
# what is missing.
ensure() {
  listed=$(search_attribute list --output json) || {
    wrong=$listed
    return 1
  }
  wrong=
  for attribute in $attributes; do
    name=${attribute%=*}
    type=${attribute#*=}
    found=$(type_of "$name")
    if [ -z "$found" ]; then
      wrong="$wrong $name is missing;"
      added=$(search_attribute create --name "$name" --type "$type") || wrong="$wrong $added;"
    elif [ "$found" != "$(printf '%s' "$type" | tr '[:lower:]' '[:upper:]')" ]; then
      echo "search attribute $name has type $found, expected $type" >&2
      exit 1
    fi
  done
  [ -z "$wrong" ]
}

until ensure; do
  if [ "$(date +%s)" -ge "$deadline" ]; then
    echo "search attributes of $TEMPORAL_NAMESPACE at $TEMPORAL_ADDRESS: $wrong" >&2
    exit 1
  fi
  sleep 1
done
echo "the search attributes of $TEMPORAL_NAMESPACE are ready"
