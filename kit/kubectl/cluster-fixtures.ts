import { type Fixture, one, TOKEN } from './fixture.ts'

const BEHIND = { server: 'https://cluster.example:6443', 'tls-server-name': 'localhost' }
const INSECURE = { 'insecure-skip-tls-verify': true }

/** Addresses and certificates of clusters. */
export const CLUSTERS: Fixture[] = [
  one(
    'with a server name for TLS asks for that name',
    () => TOKEN,
    () => ({ 'tls-server-name': 'localhost' }),
  ),
  one(
    'with a server name that the certificate lacks is refused',
    () => TOKEN,
    () => ({
      'tls-server-name': 'wrong.example',
    }),
  ),
  one(
    'without an authority refuses a server that the system does not know',
    () => TOKEN,
    () => ({
      'certificate-authority-data': null,
    }),
  ),
  one(
    'that skips verification trusts any server',
    () => TOKEN,
    () => ({
      'certificate-authority-data': null,
      ...INSECURE,
    }),
  ),
  one(
    'that skips verification beside an authority is refused',
    () => TOKEN,
    () => INSECURE,
  ),
  one(
    'that skips verification by a text is refused',
    () => TOKEN,
    () => ({
      'certificate-authority-data': null,
      'insecure-skip-tls-verify': 'true',
    }),
  ),
  one(
    'with an authority that is no certificate is refused',
    () => TOKEN,
    () => ({ 'certificate-authority-data': Buffer.from('garbage').toString('base64') }),
  ),
  one(
    'with an authority as data and as a file is refused',
    () => TOKEN,
    () => ({ 'certificate-authority': 'ca.crt' }),
    {
      beside: ({ authorityPem }) => ({ 'ca.crt': authorityPem }),
    },
  ),
  one(
    'with a proxy of HTTP goes through it',
    () => TOKEN,
    ({ httpProxy }) => ({
      ...BEHIND,
      'proxy-url': httpProxy,
    }),
  ),
  one(
    'with a proxy of SOCKS lets it resolve the name',
    () => TOKEN,
    ({ socksProxy }) => ({
      ...BEHIND,
      'proxy-url': socksProxy,
    }),
  ),
  one(
    'with a proxy of another scheme is refused',
    () => TOKEN,
    () => ({ 'proxy-url': 'ftp://127.0.0.1:1' }),
  ),
  one(
    'with a proxy without a scheme is refused',
    () => TOKEN,
    () => ({ 'proxy-url': '127.0.0.1:3128' }),
  ),
  one(
    'without a server is refused',
    () => TOKEN,
    () => ({ server: null }),
  ),
  one(
    'with a name and a password in the address of the server sends both',
    () => ({}),
    ({ server }) => ({
      server: server.replace('//', '//me:pass%21word@'),
    }),
    { differs: { why: 'kubectl asks for a password first', refused: false } },
  ),
  one(
    'goes through the proxy of the environment',
    () => TOKEN,
    () => BEHIND,
    {
      environment: ({ httpProxy }) => ({ HTTPS_PROXY: httpProxy }),
    },
  ),
  one(
    'goes through the proxy of the environment where NO_PROXY names others',
    () => TOKEN,
    () => ({ ...BEHIND, server: 'https://10.96.0.1:6443' }),
    {
      environment: ({ httpProxy }) => ({
        https_proxy: httpProxy.replace('http://', ''),
        NO_PROXY: '10.1.0.0/16,example,.96.0.1,10.96.0.1:443,10.96.0.0/33,*.0.1',
      }),
    },
  ),
]
