import { readFileSync } from 'node:fs'
import path from 'node:path'
import { describe, expect, test } from 'vitest'

const ENTRIES = ['action', 'cli', 'programs', 'post'] as const
const root = path.resolve(import.meta.dirname, '..', '..')
const textOf = (...file: string[]) => readFileSync(path.join(root, ...file), 'utf8')

/** What build/build.ts keeps out: where it is installed, and a text of it that minifying leaves as it is. */
const KEPT_OUT: readonly [what: string, file: string, text: string][] = [
  [
    'the generated clients',
    '@kubernetes/client-node/dist/gen/apis/CoreV1Api.js',
    '/api/v1/namespaces/{namespace}/pods',
  ],
  [
    "the generated clients' models",
    '@kubernetes/client-node/dist/gen/models/V1PodSpec.js',
    'automountServiceAccountToken',
  ],
  [
    "the library's undici",
    '@kubernetes/client-node/node_modules/undici/lib/core/errors.js',
    'UND_ERR_CONNECT_TIMEOUT',
  ],
  ["@actions/core's undici", 'undici/lib/core/errors.js', 'UND_ERR_CONNECT_TIMEOUT'],
  [
    "@actions/core's OIDC client",
    '@actions/core/lib/oidc-utils.js',
    'ACTIONS_ID_TOKEN_REQUEST_URL',
  ],
  ['openid-client', 'oauth4webapi/build/index.js', 'OAUTH_INVALID_RESPONSE'],
  ["the library's authenticators", '@kubernetes/client-node/dist/gcp_auth.js', 'expiry-key'],
]

describe('dist/', () => {
  test('has at most 1.5 MB in total', () => {
    const bytes = ENTRIES.map((rule) => Buffer.byteLength(textOf('dist', rule, 'index.js')))
    expect(bytes.reduce((sum, size) => sum + size, 0)).toBeLessThanOrEqual(1_500_000)
  })

  test.each(KEPT_OUT)('has nothing of %s', (_, file, text) => {
    expect(textOf('node_modules', file)).toContain(text)
    for (const rule of ENTRIES) expect(textOf('dist', rule, 'index.js')).not.toContain(text)
  })
})
