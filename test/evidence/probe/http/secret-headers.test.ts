import { expect, test } from 'vitest'
import { isSecretHeader, secretValues } from '../../../../src/evidence/probe/http/secret-headers.ts'

test.each([
  'authorization',
  'proxy-authorization',
  'cookie',
  'x-auth-token',
  'x-api-key',
  'x-secret',
])('the value of %s is secret', (name) => {
  expect(isSecretHeader(name)).toBe(true)
})

test.each(['x-version', 'x-token-id', 'tokens', 'accept', 'x-cookie-consent'])(
  'the value of %s is not secret',
  (name) => {
    expect(isSecretHeader(name)).toBe(false)
  },
)

test('credentials and cookies are secret without what is around them too, but no short words of them', () => {
  expect(
    secretValues([
      ['authorization', 'Bearer abcdef'],
      ['cookie', 'session=12345678; theme=dark'],
      ['x-auth-token', 'abc'],
      ['x-version', 'v2'],
    ]),
  ).toEqual(['Bearer abcdef', 'abcdef', 'session=12345678; theme=dark', '12345678'])
})
