#!/bin/sh
# One sign-in at the ЕСИА stand-in: protocol v2/v3, client_secret is a bare signature. Needs openssl, curl, python3.
# DIGEST=sha256 for an RSA key (development); DIGEST=md_gost12_256 for a GOST key, with the engine in OPENSSL_CONF.
set -eu
ESIA=${ESIA:-http://localhost:18111} CLIENT=${CLIENT:-MYSYSTEM} BACK=${BACK:-http://127.0.0.1:9/cb}
CERT=${CERT:-cert.pem} KEY=${KEY:-key.pem} DIGEST=${DIGEST:-sha256}
SCOPE="openid fullname snils"

now() { date '+%Y.%m.%d %H:%M:%S %z'; }
new_state() { cat /proc/sys/kernel/random/uuid; }
signed() { printf %s "$1" | openssl dgst "-$DIGEST" -sign "$KEY" -binary | basenc --base64url -w0; }
field() { python3 -c "import json,sys; a = json.load(sys.stdin); print(a.get('$1') or sys.exit(f'refused: {a}'))"; }
HASH=$(openssl x509 -in "$CERT" -outform DER | openssl dgst "-$DIGEST" -r | cut -d' ' -f1)

# 1. the person is sent to ac; --auto-login answers at once with the way back
STATE=$(new_state) TIME=$(now)
WHERE=$(curl -sS -G -o /dev/null -w '%{redirect_url}' "$ESIA/aas/oauth2/v2/ac" \
  --data-urlencode "client_id=$CLIENT" --data-urlencode "scope=$SCOPE" --data-urlencode "response_type=code" \
  --data-urlencode "access_type=online" --data-urlencode "redirect_uri=$BACK" \
  --data-urlencode "state=$STATE" --data-urlencode "timestamp=$TIME" \
  --data-urlencode "client_certificate_hash=$HASH" \
  --data-urlencode "client_secret=$(signed "$CLIENT$SCOPE$TIME$STATE$BACK")")
echo "back at     $WHERE"
CODE=$(printf %s "$WHERE" | sed -n 's/.*[?&]code=\([^&]*\).*/\1/p')
[ -n "$CODE" ] || { echo "no code: see $ESIA/esia/console/" >&2; exit 1; }

# 2. the code is exchanged for markers; its state is a new one, the code is signed too
STATE=$(new_state) TIME=$(now)
ANSWER=$(curl -sS "$ESIA/aas/oauth2/v3/te" \
  --data-urlencode "client_id=$CLIENT" --data-urlencode "grant_type=authorization_code" --data-urlencode "code=$CODE" \
  --data-urlencode "scope=$SCOPE" --data-urlencode "token_type=Bearer" --data-urlencode "redirect_uri=$BACK" \
  --data-urlencode "state=$STATE" --data-urlencode "timestamp=$TIME" \
  --data-urlencode "client_certificate_hash=$HASH" \
  --data-urlencode "client_secret=$(signed "$CLIENT$SCOPE$TIME$STATE$BACK$CODE")")
MARKER=$(echo "$ANSWER" | field access_token)
echo "marker      $(echo "$MARKER" | cut -c1-60)…"

# 3. the marker opens what the scopes allow; the person's oid stands inside it
OID=$(echo "$MARKER" | python3 -c 'import base64,json,sys
body = sys.stdin.read().split(".")[1]
print(json.loads(base64.urlsafe_b64decode(body + "=" * (-len(body) % 4)))["urn:esia:sbj_id"])')
echo "person      $(curl -sS -H "Authorization: Bearer $MARKER" "$ESIA/rs/prns/$OID")"
