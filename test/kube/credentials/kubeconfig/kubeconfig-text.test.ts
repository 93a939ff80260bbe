import { gzipSync } from 'node:zlib'
import { describe, expect, test } from 'vitest'
import {
  hasLostLineBreaks,
  hasWrittenLineBreaks,
  kubeconfigText,
  shownValue,
} from '../../../../src/kube/credentials/kubeconfig/kubeconfig-text.ts'

const YAML = `apiVersion: v1
kind: Config
users:
  - name: deployer
    user: {token: a-token}
`
const base64 = (text: string | Buffer) => Buffer.from(text).toString('base64')
const part = (json: string) => Buffer.from(json).toString('base64url')
const JWT = `${part('{"alg":"RS256","kid":"x"}')}.${part('{"sub":"deployer"}')}.c2lnbmF0dXJl`
const PEM = '-----BEGIN RSA PRIVATE KEY-----\nMIIEpAIBAAKCAQEA\n-----END RSA PRIVATE KEY-----\n'

describe('the text of the input kubeconfig', () => {
  test.each([
    ['base64', base64(YAML), 'base64'],
    ['base64 in lines', base64(YAML).replace(/(.{20})/g, '$1\n'), 'base64'],
    ['base64 in lines of CR LF', base64(YAML).replace(/(.{20})/g, '$1\r\n'), 'base64'],
    ['base64 with blanks for line ends', base64(YAML).replace(/(.{20})/g, '$1 '), 'base64'],
    ['base64 in quotes', `"${base64(YAML)}"`, 'base64'],
    ['base64 in single quotes', `'${base64(YAML)}'`, 'base64'],
    ['short base64', base64('token: abc'), 'base64'],
    ['base64 that is cut off', base64(YAML).slice(0, 61), 'base64'],
    ['base64 without its padding', base64(YAML).replace(/=+$/, ''), 'base64'],
    ['base64 for URLs', Buffer.from(`${YAML}???>>>`).toString('base64url'), 'base64'],
    ['base64 of base64', base64(base64(YAML)), 'base64'],
    ['base64 of UTF-16', base64(Buffer.from(YAML, 'utf16le')), 'base64'],
    ['base64 of a key', base64(PEM), 'base64'],
    [
      'base64 of bytes',
      base64(Buffer.from(Array.from({ length: 200 }, (_, i) => (i * 37) % 256))),
      'base64',
    ],
    ['compressed and base64', base64(gzipSync(YAML)), 'base64 of compressed data (gzip)'],
    ['a token', JWT, 'a token'],
    ['a token in quotes', `"${JWT}"`, 'a token'],
    ['a token that is cut off', JWT.slice(0, -12), 'a token'],
    ['a header with a token', 'Bearer abcdef', 'a token'],
    ['a key', PEM, 'a certificate or a key (PEM)'],
    ['a key on one line', PEM.replaceAll('\n', ' '), 'a certificate or a key (PEM)'],
    ['a kubeconfig in quotes', `'${YAML}'`, 'a kubeconfig in quotes'],
    [
      'an expression',
      ['$', '{{ secrets.KUBECONFIG }}'].join(''),
      'an expression that was not evaluated',
    ],
    ['compressed', gzipSync(YAML).toString('latin1'), 'binary data, not UTF-8'],
  ])('%s is recognized', (_, text, what) => {
    expect(kubeconfigText(text)).toMatchObject({ kind: 'data', what })
  })

  test.each([
    YAML,
    `\uFEFF${YAML}`,
    `---\n${YAML}`,
    YAML.replace(/\s+/g, ' '),
    '{"apiVersion":"v1"}',
    'apiVersion: v1',
    'clusters: []',
    `${YAML}# ${PEM.replaceAll('\n', '\n# ')}`,
  ])('is YAML: %j', (text) => {
    expect(kubeconfigText(text)).toEqual({ kind: 'yaml' })
  })

  test.each([
    '/home/runner/.kube/config',
    '~/.kube/config',
    ['$', '{HOME}/.kube/config'].join(''),
    './kubeconfig',
    'kubeconfig',
    'config/staging',
    'a',
    'C:\\Users\\me\\.kube\\config',
    '/home/runner/work/_temp/kubeconfig_1700000000000',
    '/home/runner/work/a-repository/a-repository/gha-creds-0123456789abcdef.json',
    `/${'deep/'.repeat(40)}config`,
    '/tmp/tmp.AbC123xYz0',
  ])('is a path: %s', (text) => {
    expect(kubeconfigText(text)).toEqual({ kind: 'path' })
  })

  test('can have lost or escaped line breaks', () => {
    expect(hasLostLineBreaks(YAML.replace(/\s+/g, ' '))).toBe(true)
    expect(hasLostLineBreaks(YAML)).toBe(false)
    expect(hasLostLineBreaks('{"apiVersion": "v1", "kind": "Config"}')).toBe(false)
    expect(hasWrittenLineBreaks(YAML.replaceAll('\n', '\\n'))).toBe(true)
    expect(hasWrittenLineBreaks(YAML)).toBe(false)
  })
})

describe('a value for another input is shown', () => {
  test('where it is an expression that was not evaluated, since that is what to correct', () => {
    const expression = ['$', '{{ inputs.subset }}'].join('')
    expect(shownValue(expression)).toBe(expression)
  })

  test.each([
    ['a token', JWT],
    ['base64', base64(YAML)],
    ['an expression that was not evaluated', ['x $', '{{ a }} s3cret'].join('')],
    ['an expression that was not evaluated', ['$', `{{ ${JWT} }}`].join('')],
    ['an expression that was not evaluated', ['$', "{{ secrets.X || 'hunter2' }}"].join('')],
    ['a token', 'ghp_0123456789abcdefghij'],
    ['a token', 'AKIAIOSFODNN7EXAMPLE'],
    ['a token', 'q2Vx8Lk/0aZt9mPw+4RbYc7NdEf1GhJi2KlMnOp3QrStUvWx5Yz6AbCd/eFgHiJk'],
  ])('in words where it looks like %s', (what, text) => {
    expect(shownValue(text)).toBe(`a value that is not shown, since it looks like ${what}`)
  })

  test.each([
    'http:canary',
    'web-v2-5d9c7b8f6b',
    'HttpRoute1OfTheCanary',
    '/home/runner/work/MyRepository/MyRepository/reports/junit1',
  ])('as it is where it is a name or a path: %s', (text) => {
    expect(shownValue(text)).toBe(text)
  })
})
