import { describe, expect, test } from 'vitest'
import { withoutCredentials } from '../../../../src/kube/credentials/plugins/plugin-text.ts'

describe('what follows the name of a credential is masked, regardless of how it looks', () => {
  test.each([
    ['{"kind":"ExecCredential","status":{"token":"hushhush"}}'],
    ['  "token" : "hushhush",'],
    ['{\\"token\\":\\"hushhush\\"}'],
    ['> authorization: Bearer hushhush'],
    ['> Authorization: Basic hushhush'],
    ['sent Bearer hushhush to it'],
    ['> X-Vault-Token: hushhush'],
    ['> Cookie: sid=hushhush; b=hushhush'],
    ['aws_secret_access_key = hushhush'],
    ['AWS_SESSION_TOKEN=hushhush/abc+='],
    ['{"AccessToken":"hushhush","RefreshToken" : "hushhush"}'],
    ['GET https://me:hushhush@idp/x?access_token=hushhush&id_token=hushhush&code=hushhush'],
    ['https://hushhush@idp/x'],
    ['refresh_token "hushhush" was revoked'],
    ['client_secret=hushhush; retry'],
    ['password: hushhush and hushhush'],
    ["passwd='hushhush'"],
    ['login --client-secret hushhush1 --tenant t'],
    ['x-api-key: hushhush'],
    ['accountKey=hushhush'],
    ['k8s-aws-v1.aHushhush'],
  ])('in %s', (text) => {
    const shown = withoutCredentials(text)
    expect(shown).toContain('***')
    expect(shown).not.toMatch(/hushhush/i)
  })

  test('over the lines of a private key', () => {
    const text = '-----BEGIN PRIVATE KEY-----\nhushhush\nhushhush\n-----END PRIVATE KEY-----\nafter'
    expect(withoutCredentials(text)).toBe('***\nafter')
  })
})

test.each([
  'The security token has expired. Run aws sso login',
  'To sign in, open https://login.example/device and enter the code ABCD1234',
  'error: no credentials found in /home/a/.aws',
  'context deadline exceeded',
])('what tells a person what to do is shown: %s', (text) => {
  expect(withoutCredentials(text)).toBe(text)
})

test('a long text without an end is searched in one pass', () => {
  for (const text of [
    'a-token'.repeat(9000),
    '"'.repeat(64_000),
    'token '.repeat(10_000),
    '-'.repeat(64_000),
  ])
    expect(withoutCredentials(text).length).toBeGreaterThan(0)
})
