import { execFileSync } from 'node:child_process'
import { describe, expect, test } from 'vitest'
import { type ProbeSettings, probeOf } from '../../../src/evidence/probe/probes.ts'

// e2e/suite/manual-commands.test.ts runs the commands with curl and openssl. Here a shell only reads their words.
const HOST = 'shop.example'
const TLS = { serverName: HOST, ca: 'PEM', client: undefined, insecure: false }

type Http = Extract<ProbeSettings, { kind: 'http' }>
const REQUEST: Http = {
  kind: 'http',
  method: 'GET',
  path: '/a?b=c&d',
  authority: HOST,
  headers: [],
  version: '1.1',
  tls: undefined,
}

function commandOf(settings: ProbeSettings, port = 8080, host = '127.0.0.1'): string {
  return probeOf(settings).manualCommand({ host, port })
}

/** The words of a command without pipes, as a shell hands them to the program. */
function wordsOf(settings: ProbeSettings, env: Record<string, string> = {}): string[] {
  const text = execFileSync('sh', ['-c', `printf '%s\\0' ${commandOf(settings)}`], {
    encoding: 'utf8',
    env: { PATH: process.env.PATH, ...env },
  })
  return text.split('\0').slice(0, -1)
}

describe('the command for requests', () => {
  test('connects to the endpoint, and asks for the host with the headers of the probe', () => {
    const headers = [
      ['x-version', `it's v2`],
      ['authorization', 'Bearer hunter2'],
    ] as const
    expect(commandOf({ ...REQUEST, headers })).not.toContain('hunter2')
    const words = wordsOf({ ...REQUEST, headers }, { AUTHORIZATION: 'Bearer mine' })
    expect(words[0]).toBe('curl')
    expect(words).toContain('::127.0.0.1:8080')
    expect(words).toContain(`host: ${HOST}`)
    expect(words).toContain(`x-version: it's v2`)
    expect(words).toContain('authorization: Bearer mine')
    expect(words.at(-1)).toBe(`http://${HOST}:8080/a?b=c&d`)
  })

  test('has the method, and says that a body is empty', () => {
    expect(wordsOf({ ...REQUEST, method: 'POST' })).toEqual(
      expect.arrayContaining(['POST', 'content-length: 0']),
    )
    expect(wordsOf({ ...REQUEST, method: 'HEAD' })).toContain('--head')
  })

  test('verifies the certificate as the probe does', () => {
    const words = wordsOf({ ...REQUEST, tls: TLS })
    expect(words.slice(words.indexOf('--cacert')).slice(0, 2)).toEqual(['--cacert', 'ca.pem'])
    expect(words).not.toContain('--insecure')
    const insecure = { ...TLS, ca: undefined, insecure: true }
    expect(wordsOf({ ...REQUEST, tls: insecure })).toContain('--insecure')
  })

  test('names the files that certificates were read from', () => {
    const files = { ca: 'my ca.pem', cert: 'c.pem', key: 'k.pem' }
    const tls = { ...TLS, client: { cert: 'x', key: 'y' }, files }
    expect(commandOf({ ...REQUEST, tls })).toContain(
      "--cacert 'my ca.pem' --cert 'c.pem' --key 'k.pem'",
    )
  })

  test('can connect to an address of IPv6', () => {
    expect(commandOf(REQUEST, 80, '2001:db8::1')).toContain("--connect-to '::[2001:db8::1]:80'")
  })
})

test('the command for TLS connections has the name and the authority', () => {
  const command = commandOf({
    kind: 'tcp',
    payload: Buffer.from('hello\n'),
    replyUntil: 'newline',
    tls: TLS,
  })
  expect(command).toContain('openssl s_client')
  expect(command).toContain(HOST)
  expect(command).toContain('ca.pem')
})
