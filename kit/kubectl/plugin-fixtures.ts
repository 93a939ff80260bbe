import type { JsonObject } from '../../src/kube/json.ts'
import { type Fixture, one, TOKEN } from './fixture.ts'

const GROUP = 'client.authentication.k8s.io'

export function plugin(more: JsonObject = {}): JsonObject {
  return {
    exec: { apiVersion: `${GROUP}/v1`, command: './plugin.sh', interactiveMode: 'Never', ...more },
  }
}

const credential = (status: string, version = 'v1') =>
  `printf '{"apiVersion":"${GROUP}/${version}","kind":"ExecCredential","status":${status}}'`

const script = (body: string) => () => ({ 'plugin.sh': `#!/bin/sh\n${body}\n` })

export const PLUGIN = { beside: script(credential('{"token":"plugin-token"}')) }

/** The plugin answers with the base64 of its input. */
const TELLS = {
  beside: script(
    `token=$(printf %s "$KUBERNETES_EXEC_INFO" | sed 's/127.0.0.1:[0-9]*/SERVER/; s/"certificate-authority-data":"[^"]*"/"certificate-authority-data":"CA"/' | sed 's/.*"interactive":\\([a-z]*\\).*/\\1/')\n${credential('{"token":"interactive-%s"}')} "$token"`,
  ),
}

/** Which plugins are started, with what, and what of their output is used. */
export const PLUGINS: Fixture[] = [
  one('starts a plugin beside itself and sends its token', () => plugin(), undefined, PLUGIN),
  one(
    'starts a plugin for v1beta1 without an interactiveMode',
    () => ({
      exec: { apiVersion: `${GROUP}/v1beta1`, command: './plugin.sh' },
    }),
    undefined,
    { beside: script(credential('{"token":"beta-token"}', 'v1beta1')) },
  ),
  one(
    'starts no plugin for v1 without an interactiveMode',
    () => ({
      exec: { apiVersion: `${GROUP}/v1`, command: './plugin.sh' },
    }),
    undefined,
    { ...PLUGIN, differs: { why: 'it is read as IfAvailable', refused: false } },
  ),
  one(
    'starts no plugin for v1alpha1',
    () => plugin({ apiVersion: `${GROUP}/v1alpha1` }),
    undefined,
    PLUGIN,
  ),
  one(
    'starts no plugin without an apiVersion',
    () => plugin({ apiVersion: null }),
    undefined,
    PLUGIN,
  ),
  one('starts no plugin without a command', () => plugin({ command: null }), undefined, PLUGIN),
  one(
    'starts no plugin that always needs a terminal where there is none',
    () => plugin({ interactiveMode: 'Always' }),
    undefined,
    PLUGIN,
  ),
  one(
    'starts no plugin in a mode that there is not',
    () => plugin({ interactiveMode: 'Sometimes' }),
    undefined,
    PLUGIN,
  ),
  one(
    'tells a plugin that no person can be asked',
    () => plugin({ interactiveMode: 'IfAvailable' }),
    undefined,
    TELLS,
  ),
  one(
    'does not let a variable take the place of what a plugin is given',
    () => plugin({ env: [{ name: 'KUBERNETES_EXEC_INFO', value: 'as given' }] }),
    undefined,
    TELLS,
  ),
  one(
    'gives a plugin its variables and arguments',
    () => plugin({ args: ['an'], env: [{ name: 'MINE', value: 'own' }] }),
    undefined,
    {
      beside: script(`${credential('{"token":"%s-%s"}')} "$1" "$MINE"`),
    },
  ),
  one(
    'tells a plugin of the cluster where it is to',
    () => plugin({ provideClusterInfo: true }),
    ({ server }) => ({
      'tls-server-name': 'localhost',
      server,
      extensions: [{ name: `${GROUP}/exec`, extension: { audience: 'mesh' } }],
    }),
    {
      beside: script(
        `token=$(printf %s "$KUBERNETES_EXEC_INFO" | grep -o '"tls-server-name":"[^"]*"\\|"audience":"[^"]*"' | sort | tr -d '"\\n')\n${credential('{"token":"%s"}')} "$token"`,
      ),
    },
  ),
  one(
    'has no use for a plugin beside a token',
    () => ({ ...TOKEN, ...plugin() }),
    undefined,
    PLUGIN,
  ),
  one(
    'has no use for a plugin beside a client certificate',
    ({ client }) => ({
      'client-certificate-data': Buffer.from(client.certificate).toString('base64'),
      'client-key-data': Buffer.from(client.key).toString('base64'),
      ...plugin(),
    }),
    undefined,
    PLUGIN,
  ),
  one(
    'with a plugin and an auth provider is refused',
    () => ({
      ...plugin(),
      'auth-provider': { name: 'oidc', config: {} },
    }),
    undefined,
    PLUGIN,
  ),
  one('shows the certificate that a plugin gives', () => plugin(), undefined, {
    beside: ({ client }) => ({
      'plugin.sh': '#!/bin/sh\ncat "$(dirname "$0")/given"\n',
      given: JSON.stringify({
        apiVersion: `${GROUP}/v1`,
        kind: 'ExecCredential',
        status: { clientCertificateData: client.certificate, clientKeyData: client.key },
      }),
    }),
  }),
  one('refuses a plugin that answers in another version', () => plugin(), undefined, {
    beside: script(credential('{"token":"t"}', 'v1beta1')),
  }),
  one('refuses a plugin that gives a certificate without a key', () => plugin(), undefined, {
    beside: script(credential('{"clientCertificateData":"x"}')),
  }),
  one('refuses a plugin that gives nothing', () => plugin(), undefined, {
    beside: script(credential('{}')),
  }),
  one('refuses a plugin that prints no JSON', () => plugin(), undefined, {
    beside: script('echo hello'),
  }),
  one('refuses a plugin that fails', () => plugin(), undefined, {
    beside: script('echo no >&2; exit 3'),
  }),
  one('refuses a plugin that is not there', () => plugin({ command: './none.sh' })),
]
