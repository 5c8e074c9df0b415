// A service built on npm `openid-client`, as its README shows; told by the test which parts of the protocol to use.
import * as client from 'openid-client';
import { main, visit } from './talk.mjs';

await main(async (told) => {
  const metadata = { id_token_signed_response_alg: told.idTokenAlg ?? 'ES256' };
  let proof;
  if (told.jwk) {
    const curve = { name: 'ECDSA', namedCurve: 'P-256' };
    const key = await crypto.subtle.importKey('jwk', told.jwk, curve, false, ['sign']);
    proof = client.PrivateKeyJwt({ key, kid: told.jwk.kid });
  } else {
    proof = client.ClientSecretBasic(told.secret);
  }
  const config = await client.discovery(new URL(told.issuer), told.clientId, metadata, proof, {
    execute: [client.allowInsecureRequests],
  });
  const options = {};
  if (told.dpop) options.DPoP = client.getDPoPHandle(config, await client.randomDPoPKeyPair('ES256'));

  const verifier = client.randomPKCECodeVerifier();
  const state = client.randomState();
  const nonce = client.randomNonce();
  const asked = {
    redirect_uri: told.redirectUri,
    scope: told.scope,
    code_challenge: await client.calculatePKCECodeChallenge(verifier),
    code_challenge_method: 'S256',
    max_age: '3600',
    state,
    nonce,
    ...told.parameters,
  };
  const address = told.par
    ? await client.buildAuthorizationUrlWithPAR(config, asked, options)
    : client.buildAuthorizationUrl(config, asked);
  const arrived = await visit(address);

  const checks = { pkceCodeVerifier: verifier, expectedState: state, expectedNonce: nonce, idTokenExpected: true, maxAge: 3600 };
  const tokens = await client.authorizationCodeGrant(config, new URL(arrived), checks, undefined, options);
  const claims = tokens.claims();
  const seen = {
    address: String(address),
    tokenType: tokens.token_type,
    claims,
    userinfo: await client.fetchUserInfo(config, tokens.access_token, claims.sub, options),
  };
  let last = tokens;
  if (told.refresh) {
    last = await client.refreshTokenGrant(config, tokens.refresh_token, undefined, options);
    seen.refreshed = {
      rotated: last.refresh_token !== undefined && last.refresh_token !== tokens.refresh_token,
      userinfo: await client.fetchUserInfo(config, last.access_token, claims.sub, options),
    };
  }
  if (told.introspect) seen.introspected = await client.tokenIntrospection(config, last.access_token);
  if (told.revoke) {
    await client.tokenRevocation(config, last.access_token);
    seen.revoked = { introspected: await client.tokenIntrospection(config, last.access_token) };
  }
  if (told.signedOutUri) {
    seen.signedOut = await visit(
      client.buildEndSessionUrl(config, {
        id_token_hint: tokens.id_token,
        post_logout_redirect_uri: told.signedOutUri,
        state: 'after the end',
      }),
    );
  }
  if (told.service) {
    const own = await client.clientCredentialsGrant(config, told.service, options);
    seen.service = { tokenType: own.token_type, scope: own.scope };
  }
  return seen;
});
