import { type Fixture, one, TOKEN } from './fixture.ts'

/** Credentials of users. */
export const USERS: Fixture[] = [
  one('with a token sends it', () => TOKEN),
  one('with a name and a password sends both', () => ({ username: 'me', password: 'pass:word' })),
  one('with a token and a password is refused', () => ({
    ...TOKEN,
    username: 'me',
    password: 'p',
  })),
  one('with a client certificate and its key shows the certificate', ({ client }) => ({
    'client-certificate-data': Buffer.from(client.certificate).toString('base64'),
    'client-key-data': Buffer.from(client.key).toString('base64'),
  })),
  one('with a client certificate that is no certificate is refused', ({ client }) => ({
    'client-certificate-data': Buffer.from('garbage').toString('base64'),
    'client-key-data': Buffer.from(client.key).toString('base64'),
  })),
  one('with a client key that is no key is refused, even beside a token', ({ client }) => ({
    ...TOKEN,
    'client-certificate-data': Buffer.from(client.certificate).toString('base64'),
    'client-key-data': Buffer.from('garbage').toString('base64'),
  })),
  one('with a client certificate without a key is refused', ({ client }) => ({
    'client-certificate-data': Buffer.from(client.certificate).toString('base64'),
  })),
  one(
    'with a client certificate as data and as a file is refused',
    ({ client }) => ({
      'client-certificate-data': Buffer.from(client.certificate).toString('base64'),
      'client-certificate': 'client.crt',
      'client-key-data': Buffer.from(client.key).toString('base64'),
    }),
    undefined,
    { beside: ({ client }) => ({ 'client.crt': client.certificate }) },
  ),
  one('with data that is not base64 is refused', () => ({
    ...TOKEN,
    'client-key-data': 'no base64!',
  })),
  one('with a token that is a number is refused', () => ({ token: 12345 })),
  one('with a user who has nothing is asked for a password', () => ({}), undefined, {
    differs: { why: 'the API server says whether it takes anonymous requests', refused: false },
  }),
  one('impersonates a user with groups, a uid and further fields', () => ({
    ...TOKEN,
    as: 'jane',
    'as-uid': 'uid-7',
    'as-groups': ['dev', 'ops'],
    'as-user-extra': { 'acme.com/scope': ['one', 'two'], reason: ['why not'] },
  })),
  one('with groups to impersonate and no user is refused', () => ({
    ...TOKEN,
    'as-groups': ['dev'],
  })),
  one('with the auth provider gcp is refused', () => ({
    'auth-provider': { name: 'gcp', config: { 'access-token': 'old' } },
  })),
  one('with the auth provider azure is refused', () => ({
    'auth-provider': { name: 'azure', config: { 'access-token': 'old' } },
  })),
  one('with an auth provider that there is not is refused', () => ({
    'auth-provider': { name: 'unknown', config: {} },
  })),
  one('with a token and an auth provider sends the token', () => ({
    ...TOKEN,
    'auth-provider': { name: 'oidc', config: { 'idp-issuer-url': 'https://x', 'client-id': 'x' } },
  })),
]
