import { execFileSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { dump } from 'js-yaml'
import { afterAll, describe, expect, test } from 'vitest'
import { inputTexts } from '../../../../kit/options/texts.ts'
import { refuseLeaks, secretsIn } from '../../../../kit/run/leaks.ts'
import { loadCluster } from '../../../../src/kube/credentials/load-cluster.ts'
import { readOptions } from '../../../../src/options/read-options.ts'

const folder = mkdtempSync(path.join(tmpdir(), 'echo-'))
afterAll(() => rmSync(folder, { recursive: true }))

const base64 = (text: string) => Buffer.from(text).toString('base64')
const PEM = `-----BEGIN EC PRIVATE KEY-----\n${'MHcCAQEEIBkgWnPoZkVjzHZQVYdYLZ7tZAtjBZkVjzHZ'}\n-----END EC PRIVATE KEY-----\n`
const TOKEN = 'k8s-aws-v1.aHR0cHM6Ly9zdHMuYW1hem9u'
const KUBECONFIG = dump({
  apiVersion: 'v1',
  kind: 'Config',
  'current-context': 'a',
  clusters: [{ name: 'a', cluster: { server: 'https://a.example' } }],
  users: [
    { name: 'a', user: { token: TOKEN, 'client-key-data': base64(PEM), password: 'Hunter2-pass' } },
  ],
  contexts: [{ name: 'a', context: { cluster: 'a', user: 'a' } }],
})

/** All messages about a text in place of a kubeconfig, from every possible source. */
function saidOf(text: string): Record<string, string> {
  const options = (input: string) => {
    const given: Record<string, string> = { mode: 'plan', namespace: 'demo', [input]: text }
    const { options: read, problems } = readOptions((name) => given[name])
    const loaded = [read.cluster, read.gatewayCluster].map((source) =>
      loadCluster(source, {}, folder),
    )
    return inputTexts(problems).join('\n') + JSON.stringify(loaded.filter(({ ok }) => !ok))
  }
  const listed = (KUBECONFIG: string) => {
    const auto = { kubeconfig: { kind: 'auto' as const }, context: undefined }
    return JSON.stringify(loadCluster(auto, { KUBECONFIG, HOME: folder }, folder))
  }
  const file = path.join(folder, 'kubeconfig')
  writeFileSync(file, text)
  return {
    'what is said of the input kubeconfig': options('kubeconfig'),
    'what is said of the input gateway-kubeconfig': options('gateway-kubeconfig'),
    'what is said of KUBECONFIG': listed(text),
    'what is said of a list in KUBECONFIG': listed(`/none:${text.replaceAll(':', '')}:/nor-this`),
    'what is said of a file': listed(file),
    'what is said of a list of files': listed(`/none:${file}`),
  }
}

const damaged = (from: string, to: string) => KUBECONFIG.replace(from, to)

describe('no message repeats', () => {
  test.each([
    ['base64', base64(KUBECONFIG)],
    ['base64 in lines', base64(KUBECONFIG).replace(/(.{76})/g, '$1\n')],
    ['base64 in quotes', `"${base64(KUBECONFIG)}"`],
    ['a part of base64', base64(KUBECONFIG).slice(120, 160)],
    ['a token', TOKEN],
    ['a password', 'Hunter2-pass'],
    ['a key', PEM],
    ['the base64 of a key', base64(PEM)],
    ['a key on one line', PEM.replaceAll('\n', '')],
    ['a kubeconfig on one line', KUBECONFIG.replace(/\s+/g, ' ')],
    ['a kubeconfig with its line breaks written out', KUBECONFIG.replaceAll('\n', '\\n')],
    [
      'a kubeconfig in JSON that is cut',
      JSON.stringify({ users: [{ user: { token: TOKEN } }] }).slice(0, -2),
    ],
    ['a password that begins with an asterisk', damaged('Hunter2-pass', '*Hunter2-pass')],
    ['a password that begins with an exclamation mark', damaged('Hunter2-pass', '!Hunter2-pass x')],
    ['a password that begins with an ampersand', damaged('Hunter2-pass', '&Hunter2-pass &b')],
    ['a password that begins with a percent sign', damaged('Hunter2-pass', '%Hunter2-pass')],
    ['a token with a colon behind it', damaged(TOKEN, `${TOKEN}: x`)],
    ['a token in an open quote', damaged(TOKEN, `"${TOKEN}`)],
    ['a token in an open bracket', damaged(TOKEN, `[${TOKEN}`)],
    ['a token with a wrong escape', damaged(TOKEN, `"${TOKEN}\\q"`)],
    ['a token as a key', damaged('token:', 'token')],
    ['a token as the name of its file', damaged('token:', 'tokenFile:')],
    ['a key as the name of its file', damaged('client-key-data:', 'client-key:')],
    [
      'a token as a command',
      damaged(
        `token: ${TOKEN}`,
        `exec: {apiVersion: client.authentication.k8s.io/v2, command: ${TOKEN}}`,
      ),
    ],
    ['a token as a server', damaged('https://a.example', TOKEN)],
    [
      'a password in a server that is no URL',
      damaged('https://a.example', 'me:Hunter2-pass@a.example'),
    ],
    [
      'a password in a server of another scheme',
      damaged('https://a.example', 'ftp://me:Hunter2-pass@a'),
    ],
    [
      'a password in a proxy that is no URL',
      damaged('https://a.example', 'https://a.example\n      proxy-url: me:Hunter2-pass@p'),
    ],
    ['a key that is not base64', damaged(base64(PEM), JSON.stringify(PEM))],
  ])('%s', (_, text) => {
    refuseLeaks([KUBECONFIG], saidOf(text))
  })
})

test.each([
  base64(KUBECONFIG),
  KUBECONFIG,
  JSON.stringify({ users: [{ user: { token: TOKEN } }] }),
  PEM,
  `Bearer ${TOKEN}`,
])('no message repeats credentials that were given for another input', (text) => {
  for (const input of ['namespace', 'mode', 'weight', 'route', 'endpoint']) {
    const { problems } = readOptions((name) => (name === input ? text : undefined))
    const said = inputTexts(problems).join('\n')
    expect(said).toMatch(new RegExp(`^${input}\\b`, 'm'))
    refuseLeaks([KUBECONFIG], { [input]: said })
  }
  const yaml = { kind: 'yaml' as const, text: KUBECONFIG }
  const loaded = loadCluster({ kubeconfig: yaml, context: text }, {}, folder)
  expect(loaded).toMatchObject({ ok: false, option: 'context' })
  refuseLeaks([KUBECONFIG], { context: JSON.stringify(loaded) })
})

test('the search finds every credential of that kubeconfig', () => {
  expect(secretsIn(KUBECONFIG).map(({ place }) => place)).toEqual([
    'users.0.user.token',
    'users.0.user.client-key-data',
    'users.0.user.client-key-data, line 1 of it',
    'users.0.user.password',
  ])
})

describe('a kubeconfig that is', () => {
  const problemWith = (file: string) => {
    const source = { kubeconfig: { kind: 'path' as const, path: file }, context: undefined }
    const loaded = loadCluster(source, {}, folder)
    return loaded.ok ? '' : loaded.what
  }
  const place = (name: string) => path.join(folder, name)

  test.each([
    [
      'a FIFO',
      () => execFileSync('mkfifo', [place('a-config')]),
      'a-config',
      /is not a regular file/,
    ],
    ['a device', () => undefined, '/dev/zero', /is not a regular file/],
    ['a folder', () => mkdirSync(place('b-config')), 'b-config', /is a folder/],
    [
      'endless',
      () => writeFileSync(place('c-config'), Buffer.alloc(9 * 1024 * 1024, 'a: b\n')),
      'c-config',
      /is larger than 8 MiB/,
    ],
    [
      'below a file',
      () => writeFileSync(place('d-config'), ''),
      'd-config/config',
      /cannot be opened \(ENOTDIR\)/,
    ],
    ['not there', () => undefined, 'e-config', /does not exist/],
  ])('%s is refused at once', (_, make, name, says) => {
    make()
    expect(problemWith(path.resolve(folder, name))).toMatch(says)
  })

  test('with aliases of aliases is refused', () => {
    const levels = [...'bcdefghij'].map((name, index) => {
      const inner = Array(10).fill(`*${'abcdefghi'[index]}`)
      return `${name}: &${name} [${inner.join(',')}]`
    })
    writeFileSync(place('bomb-config'), ['a: &a [x,x,x,x,x,x,x,x,x,x]', ...levels].join('\n'))
    expect(problemWith(place('bomb-config'))).toMatch(
      /more than 100000 values, or aliases of aliases/,
    )
  })
})
