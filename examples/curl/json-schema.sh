#!/usr/bin/env bash
set -euo pipefail
url=${FLOTILLA_URL:-http://localhost:8080}
key=${FLOTILLA_KEY:-sk-local}
# An answer in a shape of yours.
curl -sS --fail-with-body "$url/v1/chat/completions" \
  -H "authorization: Bearer $key" -H 'content-type: application/json' \
  -d '{"model": "auto/structured", "messages": [{"role": "user", "content": "Describe the ferry Sindbad."}],
       "response_format": {"type": "json_schema", "json_schema": {"name": "ferry", "strict": true,
         "schema": {"type": "object", "additionalProperties": false, "required": ["name", "seats"],
           "properties": {"name": {"type": "string"}, "seats": {"type": "integer"}}}}}}'
