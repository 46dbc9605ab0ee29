#!/bin/sh
# Makes the namespace, with a retention of 60 days: idempotency keys and ended debts hold for so long.
# Can be run again: a shorter retention is lengthened, a longer one is left alone.
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

# Notes in $wrong what does not hold yet.
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

# The server may be starting, and a new namespace is there a second later.
until ensure; do
  if [ "$(date +%s)" -ge "$deadline" ]; then
    echo "namespace $TEMPORAL_NAMESPACE at $TEMPORAL_ADDRESS: $wrong" >&2
    exit 1
  fi
  sleep 1
done
echo "namespace $TEMPORAL_NAMESPACE keeps what has ended for $((seconds / 86400)) days"
