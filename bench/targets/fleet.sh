#!/bin/bash
# Starts the fleet as a target of a benchmark harness that gives UPSTREAM=host:port, PORT and PIDFILE, and ends it when the harness ends
# its processes. FLEET is the root of the built project.
set -euo pipefail
root=${FLEET:?root of the built project}
state=$(mktemp -d)
export OPENAI_BASE_URL=http://$UPSTREAM/v1 FLOTILLA_CONFIG_DIR=$root/bench/config FLOTILLA_KEYS_FILE=$root/bench/config/keys.yaml
export FLOTILLA_PROVIDERS_ENABLED=bench FLOTILLA_CACHE_ENABLED=false FLOTILLA_NO_TRAINING=true FLOTILLA_TRACING_OTLP_ENDPOINT=
"$root/fleet" up --state "$state" --port-base "$PORT" --json > "$state/up.json"
jq -r '.parts[] | select(.name | test("router|provider|cost|review")) | .pid' "$state/up.json" > "$PIDFILE"
supervisor=$(jq -r .supervisor_pid "$state/up.json")
router=$(jq -r '.parts[] | select(.name | test("router")) | .pid' "$state/up.json")
while kill -0 "$router" 2> /dev/null; do sleep 0.1; done
kill "$supervisor"
while kill -0 "$supervisor" 2> /dev/null; do sleep 0.1; done
rm -rf "$state"
