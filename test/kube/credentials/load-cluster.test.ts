import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { dump } from 'js-yaml'
import { afterAll, beforeEach, describe, expect, test, vi } from 'vitest'
import { clientCertificate } from '../../../kit/run/client-certificate.ts'
import { serverCertificate } from '../../../sandbox/api/certificate.ts'
import type { KubeconfigSource } from '../../../src/kube/credentials/cluster-source.ts'
import { type Cluster, loadCluster } from '../../../src/kube/credentials/load-cluster.ts'
import type { Json, JsonObject } from '../../../src/kube/json.ts'

const folder = mkdtempSync(path.join(tmpdir(), 'kubeconfig-'))
afterAll(() => rmSync(folder, { recursive: true }))

beforeEach(() => {
  for (const name of ['https_proxy', 'HTTPS_PROXY', 'http_proxy', 'HTTP_PROXY', 'no_proxy'])
    vi.stubEnv(name, undefined)
  return () => vi.unstubAllEnvs()
})

const PEM = await serverCertificate()
const CLIENT = await clientCertificate('jane')
const base64 = (text: string) => Buffer.from(text).toString('base64')
const AUTHORITY = base64(PEM.authority)

/** A kubeconfig of one context called `name`. */
function config(name: string, user: Json = { token: `${name}-token` }, cluster: JsonObject = {}) {
  return {
    apiVersion: 'v1',
    kind: 'Config',
    'current-context': name,
    clusters: [{ name, cluster: { server: `https://${name}.example:6443`, ...cluster } }],
    users: [{ name, user }],
    contexts: [{ name, context: { cluster: name, user: name } }],
  }
}

/** What a PEM text encodes, as base64. */
function pemBody(pem: string): string {
  return pem.replace(/-----[^-]+-----|\s/g, '')
}

let files = 0

/** The path of a new file. */
function fileOf(content: object | string): string {
  files += 1
  const file = path.join(folder, `file-${files}`)
  writeFileSync(file, typeof content === 'string' ? content : dump(content))
  return file
}

type Where = { context?: string; environment?: Record<string, string>; root?: string }

function load(kubeconfig: KubeconfigSource, where: Where = {}) {
  const environment = { HOME: path.join(folder, 'home'), ...where.environment }
  return loadCluster({ kubeconfig, context: where.context }, environment, where.root ?? folder)
}

function loaded(kubeconfig: KubeconfigSource, where: Where = {}): Cluster {
  const found = load(kubeconfig, where)
  if (!found.ok) throw new Error(found.what)
  return found.cluster
}

function yaml(content: object | string): KubeconfigSource {
  return { kind: 'yaml', text: typeof content === 'string' ? content : dump(content) }
}

const AUTO: KubeconfigSource = { kind: 'auto' }

/** The credentials of a request to the cluster. */
async function carried(cluster: Cluster) {
  const options: { headers: Record<string, string>; auth?: string; cert?: Buffer; key?: Buffer } = {
    headers: {},
  }
  await cluster.load().applyToHTTPSOptions(options)
  const { headers, auth, cert, key } = options
  return {
    authorization: headers.Authorization?.trim(),
    auth,
    cert: cert?.toString(),
    key: key?.toString(),
  }
}

describe('a kubeconfig', () => {
  test('is read from YAML, JSON, or a file', () => {
    const file = fileOf(config('a'))
    for (const source of [
      yaml(config('a')),
      yaml(JSON.stringify(config('a'))),
      { kind: 'path' as const, path: file },
    ]) {
      expect(loaded(source)).toMatchObject({ server: 'https://a.example:6443', context: 'a' })
    }
  })

  test('has other contexts than the current one that can be chosen', async () => {
    const [a, b] = [config('a'), config('b')]
    const both = {
      ...a,
      clusters: [...a.clusters, ...b.clusters],
      users: [...a.users, ...b.users],
      contexts: [...a.contexts, ...b.contexts],
    }
    const cluster = loaded(yaml(both), { context: 'b' })
    expect(cluster).toMatchObject({ server: 'https://b.example:6443', context: 'b' })
    expect((await carried(cluster)).authorization).toBe('Bearer b-token')
    expect(load(yaml(both), { context: 'c' })).toEqual({
      ok: false,
      option: 'context',
      code: 'ITS-CONTEXT-NOT-FOUND',
      what: 'Context "c" is not in the kubeconfig. It has: a, b.',
    })
  })

  test('must have a current context unless one is chosen', () => {
    const { 'current-context': _, ...none } = config('a')
    expect(load(yaml(none))).toMatchObject({
      ok: false,
      option: 'kubeconfig',
      what: 'has no current context. Choose one with context. It has: a.',
    })
    expect(loaded(yaml(none), { context: 'a' }).context).toBe('a')
  })

  test.each([
    [
      'a file that is not there',
      { kind: 'path' as const, path: '/nowhere/config' },
      /\/nowhere\/config does not exist/,
    ],
    [
      'a path as a shell would expand it',
      { kind: 'path' as const, path: '~/.kube/config' },
      /~\/\.kube\/config does not exist; ~ and \$ are not expanded here/,
    ],
    ['what is no YAML', yaml('{a: '), /^cannot be read: /],
    ['a text', yaml('just a text\nof two lines'), /it is not a YAML mapping/],
    ['nothing at all', yaml('# nothing\n'), /^has no current context. It has no context\.$/],
    ['no context', yaml('apiVersion: v1\n'), /^has no current context. It has no context\.$/],
    ['no server', yaml(config('a', {}, { server: '' })), /in cluster a, server is required/],
    [
      'a server that is no URL',
      yaml(config('a', {}, { server: 'a:b:6443' })),
      /in cluster a, server must be an http or https URL, and is an address that is not shown/,
    ],
    ['a server of another protocol', yaml(config('a', {}, { server: 'ftp://a' })), /http or https/],
  ])('with %s is refused with a text', (_, source, says) => {
    const found = load(source)
    expect(found).toMatchObject({ ok: false, option: 'kubeconfig' })
    expect(found.ok ? '' : found.what).toMatch(says)
  })

  test.each<[string, JsonObject, JsonObject, string, string]>([
    [
      'a field of another type',
      { token: 12345 },
      {},
      'ITS-KUBECONFIG-FIELD-INVALID',
      'in user a, token must be a string, and is a number. Quote its value.',
    ],
    [
      'text in place of a boolean',
      {},
      { 'insecure-skip-tls-verify': 'true' },
      'ITS-KUBECONFIG-FIELD-INVALID',
      'in cluster a, insecure-skip-tls-verify must be true or false without quotes, and is a string.',
    ],
    [
      'a plugin of an unknown mode',
      {
        exec: {
          apiVersion: 'client.authentication.k8s.io/v1',
          command: 'x',
          interactiveMode: 'Sometimes',
        },
      },
      {},
      'ITS-KUBECONFIG-FIELD-INVALID',
      'in user a, exec.interactiveMode must be one of Never, IfAvailable, Always, and is "Sometimes".',
    ],
    [
      'two ways to log in',
      { token: 't', username: 'u' },
      {},
      'ITS-KUBECONFIG-FIELDS-CONFLICT',
      'in user a, token and username cannot be combined. Remove one of them.',
    ],
    [
      'a certificate that is no PEM',
      {},
      { 'certificate-authority-data': 'eA==' },
      'ITS-KUBECONFIG-CERTIFICATE-INVALID',
      'in cluster a, certificate-authority-data must hold a certificate (PEM), but holds none that can be read.',
    ],
    [
      'a file that is not there',
      { tokenFile: '/nowhere/token' },
      {},
      'ITS-KUBECONFIG-FILE-UNREADABLE',
      'in user a, tokenFile names a file that cannot be read (/nowhere/token does not exist).',
    ],
    [
      'credentials that kubectl left out',
      { token: 'REDACTED' },
      {},
      'ITS-KUBECONFIG-CREDENTIALS-OMITTED',
      'in user a, token is REDACTED, as kubectl config view shows it. Write the kubeconfig with its credentials: kubectl config view --raw --flatten.',
    ],
    [
      'a provider that was removed',
      { 'auth-provider': { name: 'openstack' } },
      {},
      'ITS-KUBECONFIG-LOGIN-REMOVED',
      'in user a, auth-provider openstack was removed from Kubernetes clients. Use a credential plugin: client-keystone-auth.',
    ],
  ])(
    'with %s is refused with a code of its own, the entry, the field and what it must be',
    (_, ...given) => {
      const [user, cluster, code, what] = given
      expect(load(yaml(config('a', user, cluster)))).toEqual({
        ok: false,
        option: 'kubeconfig',
        code,
        what: `cannot be used: ${what}`,
      })
    },
  )

  test('whose context names a user that it lacks says both names', () => {
    const { users: _, ...rest } = config('a')
    expect(load(yaml(rest))).toMatchObject({
      code: 'ITS-KUBECONFIG-ENTRY-MISSING',
      what: 'cannot be used: it has no user a, which context a names.',
    })
  })

  test('that cannot be parsed is not shown, because it contains secrets', () => {
    const broken = `users:\n- name: a\n  user:\n    token: "very-secret\n  other: [`
    const found = load(yaml(broken))
    expect(found.ok ? '' : found.what).toMatch(/^cannot be read: /)
    expect(JSON.stringify(found)).not.toContain('very-secret')
  })
})

describe('auto', () => {
  const home = path.join(folder, 'home')
  const pod = path.join(folder, 'pod')
  const account = path.join(pod, 'var/run/secrets/kubernetes.io/serviceaccount')
  mkdirSync(path.join(home, '.kube'), { recursive: true })
  mkdirSync(account, { recursive: true })
  writeFileSync(path.join(home, '.kube', 'config'), dump(config('home')))
  writeFileSync(path.join(account, 'token'), 'pod-token\n')
  writeFileSync(path.join(account, 'ca.crt'), PEM.authority)
  const IN_POD = { KUBERNETES_SERVICE_HOST: '10.96.0.1', KUBERNETES_SERVICE_PORT: '443' }

  test("is KUBECONFIG, then the Pod's service account, then the home folder", () => {
    const KUBECONFIG = fileOf(config('listed'))
    const contextOf = (environment: Record<string, string>, root: string) =>
      loaded(AUTO, { environment: { HOME: home, ...environment }, root }).context
    expect(contextOf({ KUBECONFIG, ...IN_POD }, pod)).toBe('listed')
    expect(contextOf({ ...IN_POD }, pod)).toBeUndefined()
    expect(contextOf({ KUBECONFIG: '' }, pod)).toBe('home')
    expect(contextOf({ ...IN_POD }, folder)).toBe('home')
  })

  test('in a Pod is its API server with the token of the service account', async () => {
    const cluster = loaded(AUTO, { environment: IN_POD, root: pod })
    expect(cluster.server).toBe('https://10.96.0.1:443')
    expect(cluster.context).toBeUndefined()
    const named = loaded(yaml(config('in-cluster')), { environment: IN_POD, root: pod })
    expect(named.context).toBe('in-cluster')
    expect((await carried(cluster)).authorization).toBe('Bearer pod-token')
    const v6 = { KUBERNETES_SERVICE_HOST: 'fd00::1', KUBERNETES_SERVICE_PORT: '6443' }
    expect(loaded(AUTO, { environment: v6, root: pod }).server).toBe('https://[fd00::1]:6443')
  })

  test('reads all files of KUBECONFIG, and the first entry of each name counts', async () => {
    const first = fileOf({ ...config('a'), 'current-context': '' })
    const second = fileOf(config('b'))
    const twin = fileOf(config('a', { token: 'twin-token' }, { server: 'https://twin' }))
    const environment = { KUBECONFIG: [first, second, twin].join(path.delimiter) }
    expect(loaded(AUTO, { environment }).context).toBe('b')
    const a = loaded(AUTO, { environment, context: 'a' })
    expect(a.server).toBe('https://a.example:6443')
    expect((await carried(a)).authorization).toBe('Bearer a-token')
  })

  test('skips missing files of KUBECONFIG, as kubectl does', () => {
    const KUBECONFIG = ['/nowhere/config', fileOf(config('b')), ''].join(path.delimiter)
    expect(loaded(AUTO, { environment: { KUBECONFIG } }).context).toBe('b')
  })

  test('never uses another cluster if the files of KUBECONFIG are missing', () => {
    const environment = { KUBECONFIG: '/nowhere/config', HOME: home, ...IN_POD }
    expect(load(AUTO, { environment, root: pod })).toMatchObject({
      ok: false,
      option: 'kubeconfig',
      what: expect.stringMatching(
        /no file that the environment variable KUBECONFIG names exists: \/nowhere\/config\./,
      ),
    })
  })

  test('with YAML in KUBECONFIG is an error with a remedy, without a part of the YAML', () => {
    const found = load(AUTO, { environment: { KUBECONFIG: dump(config('a')), HOME: home } })
    expect(found).toEqual({
      ok: false,
      option: 'kubeconfig',
      code: 'ITS-KUBECONFIG-UNREADABLE',
      what: 'cannot be read: the environment variable KUBECONFIG must contain paths, but contains YAML. Use the input kubeconfig for the YAML.',
    })
  })

  test('that finds nothing names the places that it searched', () => {
    const found = load(AUTO, { environment: { HOME: '/nowhere' } })
    expect(found.ok ? '' : found.what).toMatch(
      /KUBECONFIG is not set.*not a Pod.*\/nowhere\/\.kube\/config does not exist/,
    )
  })
})

describe('credentials', () => {
  test('can be a token', async () => {
    expect(await carried(loaded(yaml(config('a'))))).toMatchObject({
      authorization: 'Bearer a-token',
    })
  })

  test('can be a user and a password', async () => {
    const user = { username: 'me', password: 'pass-word' }
    expect((await carried(loaded(yaml(config('a', user))))).auth).toBe('me:pass-word')
  })

  test('can be a client certificate, in the kubeconfig or in files next to it', async () => {
    const data = {
      'client-certificate-data': base64(CLIENT.certificate),
      'client-key-data': base64(CLIENT.key),
    }
    const expected = { cert: CLIENT.certificate, key: CLIENT.key }
    expect(await carried(loaded(yaml(config('a', data))))).toMatchObject(expected)
    const user = {
      'client-certificate': path.basename(fileOf(CLIENT.certificate)),
      'client-key': path.basename(fileOf(CLIENT.key)),
    }
    const file = fileOf(config('a', user))
    expect(await carried(loaded({ kind: 'path', path: file }))).toMatchObject(expected)
  })

  test('can be a token in a file, with a relative or an absolute path', async () => {
    const tokenFile = fileOf('file-token\n')
    const relative = fileOf(config('a', { tokenFile: path.basename(tokenFile) }))
    for (const source of [
      { kind: 'path' as const, path: relative },
      yaml(config('a', { tokenFile })),
      yaml(config('a', { tokenFile, token: 'older' })),
    ]) {
      expect((await carried(loaded(source))).authorization).toBe('Bearer file-token')
    }
    expect(load(yaml(config('a', { tokenFile: '/nowhere/token' })))).toMatchObject({
      ok: false,
      what: expect.stringMatching(
        /tokenFile names a file that cannot be read \(\/nowhere\/token does not exist\)/,
      ),
    })
  })

  test('can come from a plugin', async () => {
    const credential = {
      apiVersion: 'client.authentication.k8s.io/v1',
      kind: 'ExecCredential',
      status: { token: 'plugin-token' },
    }
    const exec = {
      apiVersion: credential.apiVersion,
      command: 'cat',
      args: [fileOf(JSON.stringify(credential))],
    }
    expect((await carried(loaded(yaml(config('a', { exec }))))).authorization).toBe(
      'Bearer plugin-token',
    )
  })

  test('are requested from a plugin with the same variable as by kubectl: no person to ask, and the cluster if provideClusterInfo is set', async () => {
    const script =
      'printf \'{"kind":"ExecCredential","status":{"token":"%s"}}\' $(printf %s "$KUBERNETES_EXEC_INFO" | base64 | tr -d "\\n")'
    const apiVersion = 'client.authentication.k8s.io/v1'
    const told = async (more: JsonObject) => {
      const exec = { apiVersion, command: 'sh', args: ['-c', script], ...more }
      const cluster = { 'certificate-authority-data': AUTHORITY, 'tls-server-name': 'mesh' }
      const { authorization } = await carried(loaded(yaml(config('a', { exec }, cluster))))
      return Buffer.from(String(authorization).replace('Bearer ', ''), 'base64').toString()
    }
    expect(JSON.parse(await told({}))).toEqual({
      kind: 'ExecCredential',
      apiVersion,
      spec: { interactive: false },
    })
    expect(JSON.parse(await told({ provideClusterInfo: true }))).toMatchObject({
      spec: {
        cluster: {
          server: expect.stringMatching(/^https?:/),
          'certificate-authority-data': AUTHORITY,
          'tls-server-name': 'mesh',
        },
      },
    })
  })

  test('are read again each time the kubeconfig is read', async () => {
    const file = fileOf(config('a', { token: 'first' }))
    const cluster = loaded({ kind: 'path', path: file })
    expect((await carried(cluster)).authorization).toBe('Bearer first')
    writeFileSync(file, dump(config('a', { token: 'second' })))
    expect((await carried(cluster)).authorization).toBe('Bearer second')
  })
})

describe('a connection that cannot work is an error', () => {
  test('if the certificate authority for a plugin cannot be read', () => {
    const exec = { apiVersion: 'client.authentication.k8s.io/v1', command: 'plugin' }
    const user = { exec: { ...exec, provideClusterInfo: true } }
    const cluster = { 'certificate-authority': '/nowhere/ca.crt' }
    expect(load(yaml(config('a', user, cluster)))).toMatchObject({
      ok: false,
      option: 'kubeconfig',
      what: expect.stringContaining('/nowhere/ca.crt'),
    })
  })

  test('if the proxy of the environment is not a URL', () => {
    vi.stubEnv('HTTPS_PROXY', 'not a proxy:3128')
    const found = load(yaml(config('a')))
    expect(found).toMatchObject({ ok: false, option: 'kubeconfig' })
    expect(found.ok ? '' : found.what).toContain(
      'the environment variable HTTPS_PROXY must be the URL of a proxy',
    )
  })
})

describe('the secrets of a kubeconfig', () => {
  test('include the tokens, passwords and keys of all its users, as written and decoded', () => {
    const line = 'MHcCAQEEIBkgWnPoZkVjzHZQVYdYLZ7tZAtjBZkVjzHZ'
    const pem = `-----BEGIN EC PRIVATE KEY-----\n${line}\n-----END EC PRIVATE KEY-----\n`
    const key = Buffer.from(pem).toString('base64')
    const users = [
      { name: 'a', user: { token: 'token-a' } },
      { name: 'b', user: { username: 'me', password: 'pass-word' } },
      { name: 'c', user: { 'client-key-data': key, 'client-certificate-data': 'cert' } },
      {
        name: 'd',
        user: {
          'auth-provider': {
            name: 'oidc',
            config: {
              'refresh-token': 'refresh-me',
              'client-secret': 'shh-secret',
              'client-id': 'id',
            },
          },
        },
      },
      {
        name: 'e',
        user: {
          exec: {
            command: 'aws',
            env: [
              { name: 'AWS_SECRET_ACCESS_KEY', value: 'aws-secret' },
              { name: 'AWS_PROFILE', value: 'profile' },
            ],
          },
        },
      },
    ]
    const { secrets } = loaded(yaml({ ...config('a'), users }))
    expect([...secrets].sort()).toEqual(
      ['token-a', 'pass-word', key, line, 'refresh-me', 'shh-secret', 'aws-secret'].sort(),
    )
  })

  test('include the password of a proxy', () => {
    const cluster = { 'proxy-url': 'http://me:proxy-pass@proxy.example:3128' }
    expect(loaded(yaml(config('a', {}, cluster))).secrets).toEqual(['proxy-pass'])
    vi.stubEnv('HTTPS_PROXY', 'http://me:other-pass@proxy.example:3128')
    expect(loaded(yaml(config('a', {}))).secrets).toEqual(['other-pass'])
  })

  test('include what an address has before its host: the password, or a user without a password', () => {
    const at = (server: string) => loaded(yaml(config('a', {}, { server }))).secrets
    expect(at('https://me:pass%21word@mesh.example')).toEqual(['pass%21word', 'pass!word'])
    expect(at('https://a-token@mesh.example')).toEqual(['a-token'])
    const bad = loadCluster(
      {
        kubeconfig: yaml(config('a', {}, { server: 'ftp://me:secret@mesh.example' })),
        context: undefined,
      },
      {},
    )
    expect(JSON.stringify(bad)).toContain('ftp://***@mesh.example')
  })

  test('do not include the places of tokens, nor what is too short to be recognized in other text', () => {
    const file = fileOf('t')
    expect(loaded(yaml(config('a', { tokenFile: file }))).secrets).toEqual([])
    expect(loaded(yaml(config('a', { token: 'abc' }))).secrets).toEqual([])
  })
})

describe('the proxy', () => {
  const proxyOf = (cluster: JsonObject = {}) =>
    loaded(yaml(config('a', {}, cluster)))
      .load()
      .getCurrentCluster()?.proxyUrl

  test('is the one of the environment for the scheme of the server', () => {
    vi.stubEnv('HTTPS_PROXY', 'http://secure.example:3128')
    vi.stubEnv('HTTP_PROXY', 'http://plain.example:3128')
    expect(proxyOf()).toBe('http://secure.example:3128/')
    expect(proxyOf({ server: 'http://a.example' })).toBe('http://plain.example:3128/')
  })

  test.each(['secure.example:3128', 'me:secret@secure.example:3128', '10.0.0.1:3128'])(
    'uses HTTP if the environment names no scheme: %s',
    (named) => {
      vi.stubEnv('HTTPS_PROXY', named)
      expect(proxyOf()).toBe(`http://${named}/`)
    },
  )

  test('is the one of the kubeconfig, which outranks the environment', () => {
    vi.stubEnv('HTTPS_PROXY', 'http://secure.example:3128')
    expect(proxyOf({ 'proxy-url': 'socks5://own.example:1080' })).toBe('socks5://own.example:1080')
  })

  test('is not used for hosts in NO_PROXY, and for this machine', () => {
    vi.stubEnv('HTTPS_PROXY', 'http://secure.example:3128')
    expect(proxyOf({ server: 'https://127.0.0.1:6443' })).toBeUndefined()
    vi.stubEnv('no_proxy', '.example')
    expect(proxyOf()).toBeUndefined()
  })
})

describe('an invalid value of a kubeconfig is refused before any call, with the name of its field', () => {
  const ENCRYPTED =
    '-----BEGIN ENCRYPTED PRIVATE KEY-----\nAAAA\n-----END ENCRYPTED PRIVATE KEY-----\n'

  test.each<[string, JsonObject, JsonObject, RegExp]>([
    ['as with a line break', { token: 't', as: 'a\nb' }, {}, /as must not contain a line break/],
    [
      'as-groups with a line break',
      { token: 't', as: 'a', 'as-groups': ['b\r'] },
      {},
      /as-groups must not contain/,
    ],
    ['a token that is not ASCII', { token: 'tök' }, {}, /token must be one line of ASCII/],
    ['a token of two lines', { token: 'a\nb' }, {}, /token must be one line of ASCII/],
    ['a server with a blank', {}, { server: 'https://a .example' }, /must not contain spaces/],
    [
      'an encrypted key',
      { 'client-certificate-data': base64('c'), 'client-key-data': base64(ENCRYPTED) },
      {},
      /client-key is encrypted with a passphrase.*openssl pkey/,
    ],
    [
      'a token that kubectl left out',
      { token: 'REDACTED' },
      {},
      /token is REDACTED.*--raw --flatten/,
    ],
    [
      'a certificate that kubectl left out',
      {},
      { 'certificate-authority-data': 'DATA+OMITTED' },
      /certificate-authority-data is DATA\+OMITTED.*--raw --flatten/,
    ],
    [
      'a certificate authority that is no certificate',
      { token: 't' },
      { 'certificate-authority-data': base64('garbage') },
      /certificate-authority-data must hold a certificate \(PEM\), but holds none that can be read/,
    ],
    [
      'a certificate authority whose PEM holds something else',
      { token: 't' },
      { 'certificate-authority-data': base64(PEM.key) },
      /certificate-authority-data must hold a certificate/,
    ],
    [
      'a file of a certificate authority that is no certificate',
      { token: 't' },
      { 'certificate-authority': fileOf('garbage') },
      /certificate-authority must hold a certificate/,
    ],
    [
      'a certificate authority in DER',
      { token: 't' },
      { 'certificate-authority-data': pemBody(PEM.authority) },
      /certificate-authority-data must hold .* It is in DER\. Convert it: openssl x509/,
    ],
    [
      'a client certificate that is no certificate',
      {
        'client-certificate-data': base64('garbage'),
        'client-key-data': base64(CLIENT.key),
      },
      {},
      /client-certificate-data must hold a certificate/,
    ],
    [
      'a client key that is no key, in a file',
      {
        'client-certificate-data': base64(CLIENT.certificate),
        'client-key': fileOf('garbage'),
      },
      {},
      /client-key must hold a private key \(PEM\)/,
    ],
    [
      'a client certificate with the key of another',
      {
        'client-certificate-data': base64(CLIENT.certificate),
        'client-key-data': base64(PEM.key),
      },
      {},
      /client-certificate-data and client-key-data are not a pair/,
    ],
  ])('%s', (_, user, cluster, says) => {
    const found = load(yaml(config('a', user, cluster)))
    expect(found).toMatchObject({ ok: false, what: expect.stringMatching(says) })
  })
})

test('a certificate authority may have text beside its certificates, and others that cannot be read', () => {
  const broken = '-----BEGIN CERTIFICATE-----\nZ2FyYmFnZQ==\n-----END CERTIFICATE-----\n'
  const authority = base64(`# Issuer: sandbox-ca\n${broken}${PEM.authority}`)
  const cluster = { 'certificate-authority-data': authority }
  expect(load(yaml(config('a', { token: 't' }, cluster)))).toMatchObject({ ok: true })
})

test('impersonation is sent in UTF-8, as kubectl sends it', async () => {
  const user = { token: 't', as: 'j\u00e4ne', 'as-groups': ['\u65e5'] }
  const options: { headers: Record<string, string> } = { headers: {} }
  await loaded(yaml(config('a', user)))
    .load()
    .applyToHTTPSOptions(options)
  const sent = (name: string) => Buffer.from(String(options.headers[name]), 'latin1').toString()
  expect(sent('Impersonate-User')).toBe('j\u00e4ne')
  expect(sent('Impersonate-Group')).toBe('\u65e5')
})

describe('a server without a scheme gets the same one as in kubectl:', () => {
  test.each<[string, JsonObject, string]>([
    [
      'over https with a certificate authority',
      { 'certificate-authority-data': AUTHORITY },
      'https',
    ],
    [
      'over https where its certificate is not verified',
      { 'insecure-skip-tls-verify': true },
      'https',
    ],
    ['over http where nothing is said of TLS', {}, 'http'],
  ])('%s', (_, cluster, scheme) => {
    const server = '127.0.0.1:6443'
    expect(loaded(yaml(config('a', {}, { server, ...cluster }))).server).toBe(
      `${scheme}://${server}`,
    )
  })
})

describe('the path of a missing file is explained', () => {
  test.each([
    ['"/none/config"', '/none/config does not exist; remove the quotes around it'],
    ['file:///none/config', '/none/config does not exist; use a path, not a file:// URL'],
    ['C:\\kube\\config', 'it is a Windows path'],
    ['~/.kube/none', 'write the full path'],
    ['/none/a;/none/b', 'separate files with :, not ;'],
  ])('if it is %s', (given, says) => {
    const direct = load({ kind: 'path', path: given })
    expect(direct).toMatchObject({ ok: false, what: expect.stringContaining(says) })
  })

  test.each([
    ['"/none/config"', '/none/config (remove the quotes around it)'],
    ['/none/config\n', 'names exists: /none/config'],
    ['/none/a;/none/b', 'separate files with :, not ;'],
  ])('if KUBECONFIG is %j', (KUBECONFIG, says) => {
    const listed = load(AUTO, { environment: { KUBECONFIG } })
    expect(listed).toMatchObject({ ok: false, what: expect.stringContaining(says) })
  })
})
