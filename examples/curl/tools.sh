#!/usr/bin/env bash
set -euo pipefail
url=${FLOTILLA_URL:-http://localhost:8080}
key=${FLOTILLA_KEY:-sk-local}
# A model that cannot call tools is not asked, so the tool is never dropped silently.
curl -sS --fail-with-body "$url/v1/chat/completions" \
  -H "authorization: Bearer $key" -H 'content-type: application/json' \
  -d '{"model": "auto", "messages": [{"role": "user", "content": "When does the next ferry leave for the island?"}],
       "tool_choice": "required",
       "tools": [{"type": "function", "function": {"name": "next_ferry",
         "parameters": {"type": "object", "properties": {"to": {"type": "string"}}, "required": ["to"]}}}]}'
