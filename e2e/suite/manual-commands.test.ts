import { execFile } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import { createServer as createHttp2Server } from 'node:http2'
import { createServer as createHttpsServer } from 'node:https'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { createServer as createTlsServer, type TLSSocket } from 'node:tls'
import { promisify } from 'node:util'
import { describe, expect, onTestFinished, test } from 'vitest'
import { listening } from '../../kit/build/listening.ts'
import { certificateFor } from '../../sandbox/api/certificate.ts'
import { type ProbeSettings, probeOf } from '../../src/evidence/probe/probes.ts'

const HOST = 'shop.example'
const made = await certificateFor('shop', [HOST])
const TLS = { serverName: HOST, ca: made.authority, client: undefined, insecure: false }
const SERVER = { cert: made.certificate, key: made.key }

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

/** What a command prints, in a folder with the authority as ca.pem. */
async function printed(command: string, env: Record<string, string> = {}): Promise<string> {
  const cwd = mkdtempSync(path.join(tmpdir(), 'commands-'))
  onTestFinished(() => rmSync(cwd, { recursive: true }))
  writeFileSync(path.join(cwd, 'ca.pem'), made.authority)
  const options = { cwd, env: { PATH: process.env.PATH, ...env } }
  const { stdout } = await promisify(execFile)('sh', ['-c', command], options)
  return stdout
}

describe('the command for requests', () => {
  test('sends what the probe sends, to the address of the endpoint', async () => {
    const server = createServer(({ method, url, headers }, response) => {
      const { host, 'user-agent': agent, 'x-version': version, authorization } = headers
      response.end(JSON.stringify({ method, url, host, agent, version, authorization }))
    })
    const port = await listening(server)
    const command = commandOf(
      {
        ...REQUEST,
        headers: [
          ['x-version', `it's v2`],
          ['authorization', 'Bearer hunter2'],
        ],
      },
      port,
    )
    expect(command).not.toContain('hunter2')
    const text = await printed(command, { AUTHORIZATION: 'Bearer mine' })
    expect(text).toMatch(/^HTTP\/1\.1 200 OK/)
    expect(JSON.parse(text.split('\r\n\r\n')[1] ?? '')).toEqual({
      method: 'GET',
      url: '/a?b=c&d',
      host: HOST,
      agent: 'istio-traffic-shift',
      version: `it's v2`,
      authorization: 'Bearer mine',
    })
  })

  test('has the method, and says that a body is empty', async () => {
    const server = createServer(({ method, headers }, response) =>
      response.end(`${method} ${headers['content-length']}`),
    )
    const port = await listening(server)
    expect(await printed(commandOf({ ...REQUEST, method: 'POST' }, port))).toContain('POST 0')
    expect(await printed(commandOf({ ...REQUEST, method: 'HEAD' }, port))).toContain('200 OK')
  })

  test('trusts the authority, and asks for the host over TLS', async () => {
    const server = createHttpsServer(SERVER, ({ socket }, response) =>
      response.end(String('servername' in socket && socket.servername)),
    )
    const port = await listening(server)
    expect(await printed(commandOf({ ...REQUEST, tls: TLS }, port))).toContain(HOST)
    const insecure = { ...TLS, ca: undefined, insecure: true }
    expect(await printed(commandOf({ ...REQUEST, tls: insecure }, port))).toContain(HOST)
    await expect(
      printed(commandOf({ ...REQUEST, tls: { ...TLS, ca: undefined } }, port)),
    ).rejects.toThrow(/certificate/)
  })

  test('speaks HTTP/2, and calls a method of gRPC with an empty message', async () => {
    const server = createHttp2Server()
    server.on('stream', (stream, headers) => {
      const chunks: Buffer[] = []
      stream.on('data', (chunk: Buffer) => chunks.push(chunk))
      stream.on('end', () => {
        stream.respond({ ':status': 200 })
        stream.end(`${headers[':path']} ${headers.te} ${Buffer.concat(chunks).toString('hex')}`)
      })
    })
    const port = await listening(server)
    const overHttp2 = commandOf({ ...REQUEST, version: '2' }, port)
    expect(await printed(overHttp2)).toMatch(/^HTTP\/2 200/)
    const call: ProbeSettings = {
      kind: 'grpc',
      path: '/grpc.health.v1.Health/Check',
      authority: HOST,
      headers: [],
      tls: undefined,
    }
    expect(await printed(commandOf(call, port))).toContain(
      '/grpc.health.v1.Health/Check trailers 0000000000',
    )
  })
})

describe('the command for TLS connections', () => {
  const tcp: ProbeSettings = {
    kind: 'tcp',
    payload: Buffer.from('hello\n'),
    replyUntil: 'newline',
    tls: TLS,
  }

  async function echo(): Promise<number> {
    const server = createTlsServer(SERVER, (socket: TLSSocket) => {
      socket.on('error', () => undefined)
      socket.once('data', (data) => socket.end(`one ${data} ${socket.servername}`))
    })
    return listening(server)
  }

  test('sends the payload and the name, and prints the reply', async () => {
    expect(await printed(commandOf(tcp, await echo()))).toBe(`one hello\n ${HOST}`)
  })

  test('fails where the certificate is for another name', async () => {
    const command = commandOf({ ...tcp, tls: { ...TLS, serverName: 'cart.example' } }, await echo())
    await expect(printed(command)).rejects.toThrow(/ostname mismatch|verify error/)
  })
})
