import { dump } from 'js-yaml'
import { expect, test } from 'vitest'
import { kubeconfigsOf, refuseLeaks, secretsIn } from '../../kit/run/leaks.ts'

const TOKEN = 'p@ss"wörd/+12'
const PEM = `-----BEGIN EC PRIVATE KEY-----\n${'MHcCAQEEIBkgWnPoZkVjzHZQVYdYLZ7tZAtjBZkVjzHZ'}\n-----END EC PRIVATE KEY-----\n`
const KUBECONFIG = dump({
  clusters: [{ name: 'mesh', cluster: { server: 'https://mesh.example:6443' } }],
  users: [
    {
      name: 'deployer',
      user: {
        token: TOKEN,
        'client-key-data': Buffer.from(PEM).toString('base64'),
        exec: { command: 'aws', args: ['eks'], env: [{ name: 'X', value: 'env-value' }] },
      },
    },
  ],
})

test.each([
  ['as it is', TOKEN],
  ['base64', Buffer.from(TOKEN).toString('base64')],
  ['base64, with more behind it', Buffer.from(`${TOKEN}\n`).toString('base64')],
  ['base64url', Buffer.from(TOKEN).toString('base64url')],
  ['URL-encoded', encodeURIComponent(TOKEN)],
  ['in JSON', JSON.stringify(TOKEN)],
  ['hexadecimal', Buffer.from(TOKEN).toString('hex')],
])(
  'a run whose output holds a token %s fails, and names only where the token stands',
  (_, form) => {
    const check = () => refuseLeaks([KUBECONFIG], { log: `it is ${form}, so` })
    expect(check).toThrow(/^log holds users\.0\.user\.token of the kubeconfig/)
    expect(check).not.toThrow(TOKEN)
  },
)

test('a run whose output holds a line of a key, or what a plugin is given, fails', () => {
  const line = PEM.split('\n')[1] ?? ''
  expect(() => refuseLeaks([KUBECONFIG], { log: line })).toThrow('client-key-data, line 1 of it')
  expect(() => refuseLeaks([KUBECONFIG], { log: 'env-value' })).toThrow('exec.env.0.value')
})

test('a run may say what hides nothing, and tell the runner what to mask', () => {
  const log = `mesh deployer https://mesh.example:6443 aws eks\n::add-mask::${TOKEN}\n***`
  expect(() => refuseLeaks([KUBECONFIG], { log })).not.toThrow()
})

test('the kubeconfigs of a run are found in inputs and options', () => {
  const given = kubeconfigsOf({ INPUT_KUBECONFIG: KUBECONFIG }, [
    '--gateway-kubeconfig',
    KUBECONFIG,
  ])
  expect(given).toEqual([KUBECONFIG, KUBECONFIG])
  expect(secretsIn('not: [yaml')).toEqual([])
})
