#!/usr/bin/env bash
set -euo pipefail
url=${FLOTILLA_URL:-http://localhost:8080}
key=${FLOTILLA_KEY:-sk-local}
# One question. The answer's headers tell who gave it, why, and what it cost.
curl -sS --fail-with-body -i "$url/v1/chat/completions" \
  -H "authorization: Bearer $key" -H 'content-type: application/json' \
  -d '{"model": "auto", "messages": [{"role": "user", "content": "Translate to German: The ferry leaves at nine."}]}'
