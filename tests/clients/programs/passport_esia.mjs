// A service built on npm `passport-esia`; what passport itself does with a strategy stands in `asked`.
import { readFileSync } from 'node:fs';
import Strategy from 'passport-esia';
import { main, visit } from './talk.mjs';

await main(async (told) => {
  const strategy = new Strategy(
    {
      clientID: told.clientId,
      clientSecret: told.secret,
      callbackURL: told.redirectUri,
      scope: told.scope,
      certificate: readFileSync(told.certificateFile, 'utf8'),
      key: readFileSync(told.keyFile, 'utf8'),
      authorizationURL: `${told.url}/aas/oauth2/ac`,
      tokenURL: `${told.url}/aas/oauth2/te`,
    },
    (accessToken, refreshToken, profile, done) => done(null, { accessToken }),
  );
  const asked = (query) =>
    new Promise((resolve, reject) => {
      const one = Object.create(strategy);
      Object.assign(one, {
        redirect: (address) => resolve({ address }),
        success: (user) => resolve({ user }),
        fail: (challenge) => reject(Object.assign(new Error('fail'), { challenge })),
        error: reject,
      });
      one.authenticate({ query, headers: {} });
    });
  const { address } = await asked({});
  const back = new URL(await visit(address)).searchParams;
  if (!back.get('code')) throw new Error(`no code: ${back}`);
  const { user } = await asked(Object.fromEntries(back));
  return { user };
});
