#!/bin/sh
# Asks an installation what a balancer and a caller would ask, and spends nothing. One line for each thing asked; all are asked, and one
# that is wrong makes this fail. It needs curl, and is told by the environment:
#   READY     part=address of each part's health, separated by blanks
#   ROUTER    the address callers have
#   API_KEY   a caller's key; without it only what needs none is asked
#   PATIENCE  seconds until all must be well: an installation may be starting still
set -eu
umask 077

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
# A file, because words of a command can be read by others.
printf 'authorization: Bearer %s\n' "${API_KEY:-}" >"$folder/key"
end=$(($(date +%s) + PATIENCE))
asked=0
wrong=0

# ask WHAT STATUS PATTERN ADDRESS [CURL'S WORDS]: until it answers with this status and something of this pattern.
ask() {
  what=$1 wanted=$2 pattern=$3 address=$4
  shift 4
  asked=$((asked + 1))
  while :; do
    : >"$folder/said"
    status=$(curl -sS --max-time 10 -o "$folder/said" -w '%{http_code}' "$@" "$address" 2>"$folder/complaint") || status=nothing
    if [ "$status" = "$wanted" ] && grep -q "$pattern" "$folder/said"; then
      echo "ok      $what"
      return
    fi
    [ "$(date +%s)" -lt "$end" ] || break
    sleep 1
  done
  wrong=$((wrong + 1))
  said=$(cat "$folder/complaint" "$folder/said" | tr '\n' ' ' | cut -c 1-500)
  echo "FAILED  $what: $address answered $status instead of $wanted: $said"
}

for part in $READY; do
  ask "${part%%=*} is ready" 200 UP "${part#*=}/health/ready"
done
ask "the router refuses who has no key" 401 error "$ROUTER/v1/models"
if [ -n "${API_KEY:-}" ]; then
  ask "the router names its models" 200 '"id"' "$ROUTER/v1/models" -H "@$folder/key"
  ask "the router would know whom to ask (a dry run)" 200 '"model"' "$ROUTER/v1/route" -H "@$folder/key" \
    -H 'content-type: application/json' -d '{"model":"auto","messages":[{"role":"user","content":"Hello"}]}'
fi

[ "$wrong" -eq 0 ] || {
  echo "$wrong of $asked are not as they should be"
  exit 1
}
echo "all $asked are as they should be"
