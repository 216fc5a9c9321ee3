#!/usr/bin/env bash
set -euo pipefail
url=${FLOTILLA_URL:-http://localhost:8080}
key=${FLOTILLA_KEY:-sk-local}
# What your team spent, by model. Without provider keys all of it is simulated, which a report leaves out unless asked.
curl -sS --fail-with-body "$url/v1/costs?group_by=model&include_simulated=true" -H "authorization: Bearer $key"
