#!/usr/bin/env bash
set -euo pipefail
url=${FLOTILLA_URL:-http://localhost:8080}
key=${FLOTILLA_KEY:-sk-local}
# The same as a stream. The chunk before [DONE] has usage, cost and route.
curl -sS --fail-with-body -N "$url/v1/chat/completions" \
  -H "authorization: Bearer $key" -H 'content-type: application/json' \
  -d '{"model": "auto", "stream": true, "stream_options": {"include_usage": true},
       "messages": [{"role": "user", "content": "Tell me about the harbour."}]}'
