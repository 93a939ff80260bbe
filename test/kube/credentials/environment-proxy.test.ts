import { describe, expect, test } from 'vitest'
import { environmentProxy } from '../../../src/kube/credentials/environment-proxy.ts'

const PROXY = 'http://proxy.example:3128/'

function proxyOf(server: string, noProxy: string): string | undefined {
  const environment = { HTTPS_PROXY: PROXY, NO_PROXY: noProxy }
  return environmentProxy(new URL(server), environment)
}

/** Taken from golang.org/x/net/http/httpproxy, with which kubectl finds its proxy. */
describe('NO_PROXY', () => {
  test.each([
    ['10.0.0.0/8', 'https://10.96.0.1:6443'],
    ['192.168.0.0/16, 10.96.0.1', 'https://10.96.0.1'],
    ['fd00::/8', 'https://[fd12::1]:6443'],
    ['[fd12::1]:6443', 'https://[fd12::1]:6443'],
    ['fd12:0::1', 'https://[fd12::1]'],
    ['10.96.0.1:6443', 'https://10.96.0.1:6443'],
    ['*', 'https://mesh.example'],
    ['example', 'https://mesh.example'],
    ['EXAMPLE', 'https://Mesh.Example'],
    ['mesh.example', 'https://mesh.example:6443'],
    ['mesh.example:443', 'https://mesh.example'],
    ['.example', 'https://mesh.example'],
    ['*.example', 'https://mesh.example'],
    ['', 'https://localhost:6443'],
    ['', 'https://127.8.8.8:6443'],
    ['', 'https://[::1]:6443'],
  ])('%s excludes %s from the proxy', (noProxy, server) => {
    expect(proxyOf(server, noProxy)).toBeUndefined()
  })

  test.each([
    ['10.0.0.0/16', 'https://10.96.0.1:6443'],
    ['10.0.0.0/33', 'https://10.96.0.1:6443'],
    ['10.96.0.1:443', 'https://10.96.0.1:6443'],
    ['.96.0.1', 'https://10.96.0.1:6443'],
    ['10.96.0.10', 'https://10.96.0.1'],
    ['10.0.0.0/8', 'https://mesh.example'],
    ['fd00::/8', 'https://10.96.0.1'],
    ['.mesh.example', 'https://mesh.example'],
    ['*.mesh.example', 'https://mesh.example'],
    ['mesh', 'https://mesh.example'],
    ['sh.example', 'https://mesh.example'],
    ['mesh.example:6443', 'https://mesh.example'],
    ['', 'https://localhost.example'],
  ])('%s does not exclude %s from the proxy', (noProxy, server) => {
    expect(proxyOf(server, noProxy)).toBe(PROXY)
  })
})

test('upper case outranks lower case, and the variable depends on the scheme of the server', () => {
  const environment = { HTTPS_PROXY: 'http://a', https_proxy: 'http://b', http_proxy: 'c:1' }
  expect(environmentProxy(new URL('https://x.example'), environment)).toBe('http://a/')
  expect(environmentProxy(new URL('http://x.example'), environment)).toBe('http://c:1/')
  expect(environmentProxy(new URL('https://x.example'), { no_proxy: '*' })).toBeUndefined()
})
