// A service built on npm `oauth4webapi`, following its own examples step by step.
import * as oauth from 'oauth4webapi';
import { main, visit } from './talk.mjs';

await main(async (told) => {
  const insecure = { [oauth.allowInsecureRequests]: true };
  const issuer = new URL(told.issuer);
  const as = await oauth.processDiscoveryResponse(issuer, await oauth.discoveryRequest(issuer, insecure));
  const client = { client_id: told.clientId, id_token_signed_response_alg: told.idTokenAlg ?? 'ES256' };
  let proof;
  if (told.jwk) {
    const curve = { name: 'ECDSA', namedCurve: 'P-256' };
    const key = await crypto.subtle.importKey('jwk', told.jwk, curve, false, ['sign']);
    proof = oauth.PrivateKeyJwt({ key, kid: told.jwk.kid });
  } else {
    proof = oauth.ClientSecretBasic(told.secret);
  }
  const options = { ...insecure };
  if (told.dpop) options.DPoP = oauth.DPoP(client, await oauth.generateKeyPair('ES256'));

  const verifier = oauth.generateRandomCodeVerifier();
  const state = oauth.generateRandomState();
  const nonce = oauth.generateRandomNonce();
  const asked = new URLSearchParams({
    client_id: told.clientId,
    redirect_uri: told.redirectUri,
    response_type: 'code',
    scope: told.scope,
    code_challenge: await oauth.calculatePKCECodeChallenge(verifier),
    code_challenge_method: 'S256',
    max_age: '3600',
    state,
    nonce,
    ...told.parameters,
  });
  const address = new URL(as.authorization_endpoint);
  if (told.par) {
    const answer = await oauth.pushedAuthorizationRequest(as, client, proof, asked, options);
    const pushed = await oauth.processPushedAuthorizationResponse(as, client, answer);
    address.search = new URLSearchParams({ client_id: told.clientId, request_uri: pushed.request_uri });
  } else {
    address.search = asked;
  }
  const arrived = new URL(await visit(address));
  const back = oauth.validateAuthResponse(as, client, arrived, state);
  const answer = await oauth.authorizationCodeGrantRequest(as, client, proof, back, told.redirectUri, verifier, options);
  const tokens = await oauth.processAuthorizationCodeResponse(as, client, answer, {
    expectedNonce: nonce,
    maxAge: 3600,
    requireIdToken: true,
  });
  await oauth.validateApplicationLevelSignature(as, answer, insecure);
  const claims = oauth.getValidatedIdTokenClaims(tokens);
  const about = async (token) => {
    const response = await oauth.userInfoRequest(as, client, token, options);
    return oauth.processUserInfoResponse(as, client, claims.sub, response);
  };
  const introspect = async (token) => {
    const response = await oauth.introspectionRequest(as, client, proof, token, insecure);
    return oauth.processIntrospectionResponse(as, client, response);
  };
  const seen = {
    address: String(address),
    tokenType: tokens.token_type,
    claims,
    userinfo: await about(tokens.access_token),
  };
  let last = tokens;
  if (told.refresh) {
    const response = await oauth.refreshTokenGrantRequest(as, client, proof, tokens.refresh_token, options);
    last = await oauth.processRefreshTokenResponse(as, client, response);
    seen.refreshed = {
      rotated: last.refresh_token !== undefined && last.refresh_token !== tokens.refresh_token,
      userinfo: await about(last.access_token),
    };
  }
  if (told.introspect) seen.introspected = await introspect(last.access_token);
  if (told.revoke) {
    await oauth.processRevocationResponse(
      await oauth.revocationRequest(as, client, proof, last.access_token, insecure),
    );
    seen.revoked = { introspected: await introspect(last.access_token) };
  }
  if (told.signedOutUri) {
    const leaving = new URL(as.end_session_endpoint);
    leaving.search = new URLSearchParams({
      id_token_hint: tokens.id_token,
      post_logout_redirect_uri: told.signedOutUri,
      state: 'after the end',
    });
    seen.signedOut = await visit(leaving);
  }
  if (told.service) {
    const response = await oauth.clientCredentialsGrantRequest(as, client, proof, new URLSearchParams(told.service), options);
    const own = await oauth.processClientCredentialsResponse(as, client, response);
    seen.service = { tokenType: own.token_type, scope: own.scope };
  }
  return seen;
});
