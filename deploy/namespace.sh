#!/bin/sh
# Creates the namespace with a retention of 60 days, for which idempotency keys and ended debts are remembered.
# Can run again: a shorter retention is extended, a longer one is kept.
set -eu

: "${TEMPORAL_ADDRESS:?}" "${TEMPORAL_NAMESPACE:?}"
retention_days=60
deadline=$(($(date +%s) + ${WAIT_SECONDS:-120}))

namespace() {
  command=$1
  shift
  temporal operator namespace "$command" --address "$TEMPORAL_ADDRESS" --namespace "$TEMPORAL_NAMESPACE" \
    --command-timeout 10s "$@" 2>&1
}

# $wrong says what is missing.
ensure() {
  if ! described=$(namespace describe --output json); then
    wrong=$described
    created=$(namespace create --retention "${retention_days}d") || wrong=$created
    return 1
  fi
  seconds=$(printf '%s\n' "$described" |
    sed -n 's/.*"workflowExecutionRetentionTtl": *"\([0-9]*\)s".*/\1/p')
  [ "${seconds:-0}" -lt $((retention_days * 86400)) ] || return 0
  wrong=$(namespace update --retention "${retention_days}d") || true
  return 1
}

# The server may still be starting, and a new namespace becomes visible after a second.
until ensure; do
  if [ "$(date +%s)" -ge "$deadline" ]; then
    echo "namespace $TEMPORAL_NAMESPACE at $TEMPORAL_ADDRESS: $wrong" >&2
    exit 1
  fi
  sleep 1
done
echo "namespace $TEMPORAL_NAMESPACE is ready, with a retention of $((seconds / 86400)) days"
