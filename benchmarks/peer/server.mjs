// node oidc-provider as the peer: in memory, ES256, PKCE S256, the same requests as the portal answers.
// No password is checked here at all. Its own warnings about development use are true and meant so.
import { createServer } from 'node:http';
import { generateKeyPairSync } from 'node:crypto';
import { Provider } from 'oidc-provider';

const port = Number(process.env.PEER_PORT);
const issuer = `http://127.0.0.1:${port}`;
const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
const scopes = 'openid profile birthdate snils inn email phone identity_document';
const grants = new Map(); // account → id of the grant she gave once, as a person's consent stands for long

const person = (sub) => ({
  sub,
  assurance_level: 'confirmed',
  family_name: 'Орлова',
  given_name: 'Анна',
  middle_name: 'Сергеевна',
  name: 'Орлова Анна Сергеевна',
  gender: 'female',
  birthdate: '1996-04-12',
  snils: '00000060003',
  inn: '000000060305',
  email: `${sub}@example.org`,
  email_verified: true,
  phone_number: '+79000000003',
  phone_number_verified: true,
  identity_document: {
    type: 'RF_PASSPORT', series: '9900', number: '000603', issue_date: '2016-05-17',
    issuer: 'УМВД России по Тверской области', issuer_code: '690-001',
  },
});

const provider = new Provider(issuer, {
  clients: [{
    client_id: 'dopusk-cabinet',
    client_secret: process.env.PEER_SECRET,
    redirect_uris: [process.env.PEER_REDIRECT],
    id_token_signed_response_alg: 'ES256',
    token_endpoint_auth_method: 'client_secret_basic',
    grant_types: ['authorization_code', 'client_credentials'],
    response_types: ['code'],
  }],
  jwks: { keys: [{ ...privateKey.export({ format: 'jwk' }), alg: 'ES256', use: 'sig' }] },
  cookies: { keys: ['not a secret: this is a benchmark'] },
  scopes: scopes.split(' '),
  claims: {
    openid: ['sub', 'assurance_level'],
    profile: ['family_name', 'given_name', 'middle_name', 'name', 'gender'],
    birthdate: ['birthdate'],
    snils: ['snils'],
    inn: ['inn'],
    email: ['email', 'email_verified'],
    phone: ['phone_number', 'phone_number_verified'],
    identity_document: ['identity_document'],
  },
  pkce: { required: () => true },
  features: {
    devInteractions: { enabled: false },
    clientCredentials: { enabled: true },
    introspection: { enabled: true },
  },
  interactions: { url: (ctx, interaction) => `/interaction/${interaction.uid}` },
  ttl: { AccessToken: 600, ClientCredentials: 600, AuthorizationCode: 60, IdToken: 600, Interaction: 3600, Session: 43200, Grant: 1209600 },
  findAccount: (ctx, sub) => ({ accountId: sub, claims: async () => person(sub) }),
  async loadExistingGrant(ctx) {
    const account = ctx.oidc.session.accountId;
    const found = grants.has(account) && await ctx.oidc.provider.Grant.find(grants.get(account));
    if (found) return found;
    const grant = new ctx.oidc.provider.Grant({ clientId: ctx.oidc.client.clientId, accountId: account });
    grant.addOIDCScope(scopes);
    grants.set(account, await grant.save());
    return grant;
  },
});

const page = (uid) => `<!DOCTYPE html><html lang="ru"><meta charset="utf-8"><title>Вход</title>
<form method="post" action="/interaction/${uid}"><label>Логин <input name="identifier" autocomplete="username"></label>
<label>Пароль <input name="password" type="password" autocomplete="current-password"></label><button>Войти</button></form></html>`;

const form = (request) => new Promise((resolve) => {
  const parts = [];
  request.on('data', (part) => parts.push(part));
  request.on('end', () => resolve(new URLSearchParams(Buffer.concat(parts).toString())));
});

const handle = provider.callback();
createServer(async (request, response) => {
  if (!request.url.startsWith('/interaction/')) { handle(request, response); return; }
  const { uid } = await provider.interactionDetails(request, response);
  if (request.method === 'GET') {
    response.writeHead(200, { 'content-type': 'text/html; charset=utf-8', 'cache-control': 'no-store' });
    response.end(page(uid));
    return;
  }
  const accountId = (await form(request)).get('identifier');
  await provider.interactionFinished(request, response, { login: { accountId, amr: ['pwd'] } });
}).listen(port, '127.0.0.1', () => console.log('ready'));
