import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { mayBePath, shownAddress, shownCommand, shownPath } from '../../src/problem/may-be-shown.ts'

describe('a path is shown', () => {
  test.each([
    '/home/runner/.kube/config',
    '~/.kube/config',
    '$HOME/.kube/config',
    ['$', '{HOME}/.kube/config'].join(''),
    '%USERPROFILE%\\.kube\\config',
    'C:\\Users\\me\\.kube\\config',
    '\\\\server\\share\\kubeconfig',
    './staging',
    '../staging.yaml',
    'kubeconfig',
    'admin.conf',
    'clusters/prod.yaml',
    '/tmp/3f2a9c1e-8b7d-4c6a-9e5f-0a1b2c3d4e5f/config',
    '/home/runner/work/_temp/kubeconfig_1700000000000',
  ])('where it is one: %s', (path) => {
    expect(shownPath(path)).toBe(path)
  })

  test.each([
    'hunter2',
    'correct horse battery staple',
    'p@ss/word',
    'me:secret@host',
    'YWJjZGVmZ2hpamtsbW5vcA',
    'abc/def',
    '/9j/4AAQSkZJRgABAQEAYABgAAD',
    '/work/LS0tLS1CRUdJTiBDRVJUSUZJQ0FURS0tLS0t',
    'config d41d8cd98f00b204e9800998ecf8427e',
    `/${'a/'.repeat(200)}config`,
    '/tmp/a\nb',
    '',
  ])('not where it may be something else: %j', (path) => {
    expect(shownPath(path)).toBe('a file whose name is not shown (it does not look like a path)')
  })

  test('never where it holds 18 or more random bytes, whatever it is encoded in', () => {
    const encodings = ['base64', 'base64url', 'hex'] as const
    fc.assert(
      fc.property(
        fc.uint8Array({ minLength: 18, maxLength: 64 }),
        fc.constantFrom(...encodings),
        fc.constantFrom('', '/', './', '/etc/kube/', 'config-', 'C:\\'),
        (bytes, encoding, before) => {
          const text = Buffer.from(bytes).toString(encoding)
          // Of equal bytes there are texts that are words: AAAA, 0000.
          fc.pre(
            (new Set(text).size > 12 && !/^[^A-Z]*$|^[^a-z]*$|^[^0-9]*$/.test(text)) ||
              encoding === 'hex',
          )
          fc.pre(!/[/_-]/.test(text))
          expect(mayBePath(`${before}${text}`)).toBe(false)
        },
      ),
    )
  })
})

test.each([
  ['aws', 'aws'],
  ['gke-gcloud-auth-plugin', 'gke-gcloud-auth-plugin'],
  ['/usr/local/bin/kubelogin', '/usr/local/bin/kubelogin'],
  ['aws --token abc', 'a command whose name is not shown'],
  ['c2VjcmV0VG9rZW4xMjM0', 'a command whose name is not shown'],
])('of the command %j %j is shown', (command, shown) => {
  expect(shownCommand(command)).toBe(shown)
})

test.each([
  ['https://mesh.example:6443', 'https://mesh.example:6443'],
  ['mesh.example:6443', 'mesh.example:6443'],
  ['ftp://me:secret@mesh.example', 'ftp://***@mesh.example'],
  ['me:secret@mesh.example:1', '***@mesh.example:1'],
  ['https://mesh.example/?token=abc', 'an address that is not shown'],
  ['eyJhbGciOiJub25lIn0x.abc.def', 'an address that is not shown'],
])('of the address %j %j is shown', (address, shown) => {
  expect(shownAddress(address)).toBe(shown)
})
