import { globSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { brotliDecompressSync } from 'node:zlib'
import { describe, expect, test } from 'vitest'

const root = path.resolve(import.meta.dirname, '..', '..')
const FILES = globSync('*/*.js', { cwd: path.join(root, 'dist') }).sort()
const CHUNKS = FILES.filter((file) => !file.endsWith('/index.js'))
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
    'setHostnameAsFQDN',
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

const WASM = Buffer.from('asm')

describe('dist/', () => {
  test('has at most 1.7 MB in total', () => {
    const bytes = FILES.map((file) => Buffer.byteLength(textOf('dist', file)))
    expect(bytes.reduce((sum, size) => sum + size, 0)).toBeLessThanOrEqual(1_700_000)
  })

  test.each(KEPT_OUT)('has nothing of %s', (_, file, text) => {
    expect(textOf('node_modules', file)).toContain(text)
    for (const file of FILES) expect(textOf('dist', file)).not.toContain(text)
  })

  test('has at most 350 kB that are loaded before the first request', () => {
    expect(Buffer.byteLength(textOf('dist', 'programs', 'index.js'))).toBeLessThanOrEqual(350_000)
  })

  test('has a script for Pods of less than 100 kB in what is loaded before the first write', () => {
    const script = textOf('lib', 'prober', 'index.js')
    expect(Buffer.byteLength(script)).toBeLessThan(100_000)
    expect(script).toContain('quitquitquit')
    expect(scriptOfProgram()).toBe(script)
  })

  /** As the program makes it: what is left and right of its parser, compressed, and the program's own parser. */
  function scriptOfProgram(): string | undefined {
    const texts = CHUNKS.flatMap((file) => [
      ...textOf('dist', file).matchAll(/(?<=["'`])[A-Za-z0-9+/]{4000,}={0,2}(?=["'`])/g),
    ]).map(([text]) => text)
    const whole = texts.map((text) => brotliDecompressSync(Buffer.from(text, 'base64')))
    const parser = texts[whole.findIndex((bytes) => bytes.subarray(1, 4).equals(WASM))]
    const parts = whole.find((bytes) => bytes[0] === '['.charCodeAt(0))
    return parts && (JSON.parse(parts.toString()) as string[]).join(parser)
  }

  test('leaves probes, statistics and reports to the files that are loaded while the first request is under way', () => {
    const start = textOf('dist', 'programs', 'index.js')
    const later = CHUNKS.map((file) => textOf('dist', file)).join('')
    for (const text of [
      'llhttp_get_error_reason',
      'istio-traffic-shift/journal',
      '<!doctype html>',
    ]) {
      expect(start).not.toContain(text)
      expect(later).toContain(text)
    }
  })

  test('loads what a run needs all at once, and other files only for commands that make no run', () => {
    // HTTP/2 is loaded where it is probed: a module of Node, which is in no file.
    const imports = FILES.map(
      (file) => [...textOf('dist', file).matchAll(/\bimport\((?!`node:)/g)].length,
    )
    expect(imports.reduce((sum, each) => sum + each, 0)).toBe(1)
    const start = textOf('dist', 'programs', 'index.js')
    const [, loaded = ''] =
      /function loadParts\([^)]*\)\{return Promise\.all\(\[((?:\w+\.e\(\d+\),?)+)\]\)/.exec(
        start,
      ) ?? []
    const ids = [...loaded.matchAll(/\.e\((\d+)\)/g)].map(([, id]) => id)
    expect(ids.length).toBeGreaterThan(0)
    const idOf = (file: string) => path.basename(file).split('.')[0] ?? ''
    const ofRuns = CHUNKS.filter((file) => ids.includes(idOf(file)))
    expect(ofRuns).toHaveLength(ids.length)
    for (const file of ofRuns) expect(textOf('dist', file)).not.toMatch(/__nccwpck_require__\.e\(/)
    const ofCommands = CHUNKS.filter((file) => !ofRuns.includes(file))
    expect(ofCommands.some((file) => textOf('dist', file).includes('Common options:'))).toBe(true)
    for (const file of [...ofRuns, 'programs/index.js'])
      expect(textOf('dist', file)).not.toContain('Common options:')
  })

  test('has its modules in parentheses, in which V8 compiles them once', () => {
    const starts = FILES.map((file) => textOf('dist', file)).filter((text) => text.length > 1000)
    expect(starts.every((text) => /\{\d+:\(/.test(text))).toBe(true)
    expect(starts.filter((text) => /[{,]\d+:(?:[\w$]+|\([\w$,]*\))=>\{/.test(text))).toEqual([])
  })
})
