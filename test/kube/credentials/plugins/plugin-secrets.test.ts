import { dump } from 'js-yaml'
import { describe, expect, test } from 'vitest'
import { loadCluster } from '../../../../src/kube/credentials/load-cluster.ts'
import type { JsonObject } from '../../../../src/kube/json.ts'

/** The secrets of a kubeconfig of a user and a cluster. */
function secretsOf(user: JsonObject, cluster: JsonObject = {}): readonly string[] {
  const text = dump({
    'current-context': 'staging',
    clusters: [{ name: 'mesh', cluster: { server: 'https://a.example', ...cluster } }],
    users: [
      { name: 'other', user },
      { name: 'deployer', user: { token: 't' } },
    ],
    contexts: [
      { name: 'staging', context: { cluster: 'mesh', user: 'deployer', namespace: 'demo' } },
    ],
  })
  const loaded = loadCluster({ kubeconfig: { kind: 'yaml', text }, context: undefined }, {})
  if (!loaded.ok) throw new Error(loaded.what)
  return loaded.cluster.secrets
}

const withArguments = (...args: string[]) => secretsOf({ exec: { command: 'login', args } })
const withVariable = (name: string, value: string) =>
  secretsOf({ exec: { command: 'login', env: [{ name, value }] } })

describe('what a plugin is started with is a secret because of its place', () => {
  test.each([
    [['--token', 'hunter2'], ['hunter2']],
    [['--anything=hunter2'], ['hunter2']],
    [['-x', 'hunter2'], ['hunter2']],
    [['-p', 'hunter2'], ['hunter2']],
    [['login', 'hunter2'], ['hunter2']],
    [
      ['get-token', '--secret', 'abcd', 'efgh'],
      ['abcd', 'efgh'],
    ],
  ])('as an argument: %j', (args, secrets) => {
    expect(withArguments(...args)).toEqual(secrets)
  })

  test.each([
    [
      [
        'eks',
        'get-token',
        '--cluster-name',
        'payments',
        '--region',
        'eu-west-1',
        '--output',
        'json',
      ],
    ],
    [['get-token', '--login', 'azurecli', '--server-id', '6dae42f8-4368-4678-94ff-3960e28e3630']],
    [['oidc-login', 'get-token', '--oidc-issuer-url=https://issuer.example']],
    [['--verbose', 'true', '--retries', '3', '--cache', '/var/cache/login/tokens']],
    [['--target', 'staging', '--for', 'demo']],
  ])('but not what names a thing in the open: %j', (args) => {
    expect(withArguments(...args)).toEqual([])
  })

  test.each(['PASSPHRASE', 'CREDENTIALS', 'PWD', 'APIKEY', 'X'])('as a variable: %s', (name) => {
    expect(withVariable(name, 'hunter2')).toEqual(['hunter2'])
  })

  test.each(['AWS_PROFILE', 'AWS_REGION', 'AZURE_TENANT_ID', 'HOME'])('but not %s', (name) => {
    expect(withVariable(name, 'hunter2')).toEqual([])
  })

  test('line by line if it has several lines', () => {
    const key = `{"private_key": "-----BEGIN\\nMIIEvQIBADANBgkqhkiG9w0\\n-----END"}`
    expect(withVariable('GOOGLE_CREDENTIALS', key)).toContain('MIIEvQIBADANBgkqhkiG9w0')
  })
})

test('every field of a user is a secret unless it is known to be open', () => {
  const user = { 'some-new-field': { deep: ['hunter2'] }, username: 'me', as: 'jane' }
  expect(secretsOf(user)).toEqual(['hunter2'])
  const config = { 'access-token': 'token-1', anything: 'hunter2', 'client-id': 'an-id' }
  expect(secretsOf({ 'auth-provider': { name: 'x', config } })).toEqual(['token-1', 'hunter2'])
})

test('a password in an address is a secret, encoded and decoded', () => {
  const secrets = secretsOf({}, { server: 'https://me:p%40ss!x@a.example' })
  expect(secrets).toEqual(['p%40ss!x', 'p@ss!x'])
  expect(secretsOf({}, { 'proxy-url': 'http://a-token@proxy.example:3128' })).toEqual(['a-token'])
})
