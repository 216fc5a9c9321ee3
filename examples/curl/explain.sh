#!/usr/bin/env bash
set -euo pipefail
url=${FLOTILLA_URL:-http://localhost:8080}
key=${FLOTILLA_KEY:-sk-local}
# Why was this model asked, and what happened? The id is in every answer's headers; send your own to find it again.
id=example-$(date +%s)-$$
curl -sS --fail-with-body -o /dev/null "$url/v1/chat/completions" \
  -H "authorization: Bearer $key" -H 'content-type: application/json' -H "x-request-id: $id" \
  -d '{"model": "auto", "messages": [{"role": "user", "content": "Translate to German: the ferry is late because of fog."}]}'
# What was decided is told after the answer, so the whole story may come a moment later.
for _ in $(seq 50); do
  story=$(curl -sS "$url/v1/requests/$id" -H "authorization: Bearer $key")
  case $story in *'"decision_arrived":true'*) echo "$story"; exit ;; esac
  sleep 0.1
done
echo "no story about $id: $story" >&2
exit 1
