// A service built on npm `esia`, as its README shows.
import { readFileSync } from 'node:fs';
import esia from 'esia';
import { main, visit } from './talk.mjs';

await main(async (told) => {
  const connection = esia({
    esiaUrl: told.url,
    clientId: told.clientId,
    redirectUri: told.redirectUri,
    scope: told.scope,
    certificate: readFileSync(told.certificateFile, 'utf8'),
    key: readFileSync(told.keyFile, 'utf8'),
  });
  const { url } = connection.getAuth();
  const back = new URL(await visit(url)).searchParams;
  if (!back.get('code')) throw new Error(`no code: ${back}`);
  const { marker, data } = await connection.getAccess(back.get('code'), ['/', '/ctts', '/docs']);
  return { oid: marker.decodedAccessToken['urn:esia:sbj_id'], answer: marker.response, main: data[0], contacts: data[1], documents: data[2] };
});
