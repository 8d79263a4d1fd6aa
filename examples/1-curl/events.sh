#!/usr/bin/env bash
# Sends events and reads recommendations with curl:  examples/1-curl/events.sh http://localhost:8000
# A key, if the server asks for one, is read from FRESHET_KEY.
set -euo pipefail

url=${1:-http://localhost:8000}/api/v1
id=$(od -An -N16 -tx1 /dev/urandom | tr -d ' \n')

# --retry waits longer each time and heeds Retry-After; it repeats after 408, 429, 500, 502, 503, 504 and, with
# --retry-connrefused, while the server is starting. With --fail-with-body a refusal is printed and makes the script fail.
ask() {
  local key=()
  if [ -n "${FRESHET_KEY:-}" ]; then key=(-H "Authorization: Bearer $FRESHET_KEY"); fi
  curl --silent --show-error --fail-with-body --retry 5 --retry-connrefused --max-time 30 ${key[@]+"${key[@]}"} "$@"
}

# interaction_id makes it safe to send again: the event counts once.
accepted=$(ask "$url/interactions" -H 'Content-Type: application/json' -d @- <<END
{ "interaction_id": "$id", "customer_id": "bert", "event_type": "purchase", "item_id": "tea", "value": 4.5 }
END
)
echo "$accepted"

# What else writes by POST is done once under an Idempotency-Key.
ask "$url/items" -H 'Content-Type: application/json' -H "Idempotency-Key: $id" \
  -d '{"items": [{"item_id": "tea", "title": "Green tea", "price": 4.5}]}'
echo

# min_position: the list knows the purchase.
position=$(grep -o '"position":"[^"]*"' <<<"$accepted" | cut -d '"' -f 4)
ask --get "$url/recommendations/bert" -d limit=3 --data-urlencode "min_position=$position"
echo
