import { createServer } from 'node:http'
import { createServer as createSecureServer } from 'node:https'
import { describe, expect, test } from 'vitest'
import { listening } from '../../../../kit/build/listening.ts'
import { clientCertificate } from '../../../../kit/run/client-certificate.ts'
import { certificateFor } from '../../../../sandbox/api/certificate.ts'
import { tlsTransport } from '../../../../src/evidence/probe/tls/tls-transport.ts'
import { dialTo, HOST, replyTo, textsOf } from '../support/kept-http-dial.ts'
import { metInTurn, requestServer, sampled } from '../support/kept-requests.ts'
import { tcpServer } from '../support/servers.ts'

describe('kept connections', () => {
  test('carry one request after another, which do not ask for the end of the connection', async () => {
    const server = await requestServer((socket, number) => socket.write(replyTo(number)))
    const kept = dialTo(server.port)
    expect(textsOf(await metInTurn(kept.dial, 5))).toEqual(['0', '1', '2', '3', '4'])
    expect(server.accepted()).toBe(1)
    expect(server.heard[1]?.text).toBe(
      'GET / HTTP/1.1\r\nhost: shop.example\r\nuser-agent: istio-traffic-shift\r\naccept: */*\r\n\r\n',
    )
    kept.close()
    await server.allClosed()
  })

  test('are no more than there are requests in flight, and are all closed at the end', async () => {
    const server = await requestServer((socket, number) => socket.write(replyTo(number)))
    await sampled(dialTo(server.port), { samples: 2000, concurrency: 8 })
    expect(server.accepted()).toBe(8)
    expect(server.mostOpen()).toBe(8)
    await server.allClosed()
    await expect.poll(server.openNow).toBe(0)
  })

  test('go to the addresses in turn', async () => {
    const server = await requestServer((socket) => socket.end(replyTo(0)))
    const kept = dialTo(server.port, { addresses: ['127.0.0.1', '127.0.0.2'] })
    expect(textsOf(await metInTurn(kept.dial, 3, server.allClosed))).toEqual(['0', 'refused', '0'])
  })

  test('are not used after they have been idle for long, or have brought what nothing asked for', async () => {
    const server = await requestServer((socket, number) => socket.write(replyTo(number)))
    const kept = dialTo(server.port, {}, 0)
    const aWhile = () => new Promise((resolve) => setTimeout(resolve, 2))
    expect(textsOf(await metInTurn(kept.dial, 3, aWhile))).toEqual(['0', '1', '2'])
    expect(server.accepted()).toBe(3)
    kept.close()

    const talking = await requestServer((socket, number) =>
      socket.write(replyTo(number), () =>
        setImmediate(() => socket.write('HTTP/1.1 408 Request Timeout\r\n\r\n')),
      ),
    )
    expect(textsOf(await metInTurn(dialTo(talking.port).dial, 3, talking.allClosed))).toEqual([
      '0',
      '1',
      '2',
    ])
  })

  test('are closed where a request times out, which is not sent again', async () => {
    const server = await requestServer((socket, number) => {
      if (number !== 1) socket.write(replyTo(number))
    })
    const kept = dialTo(server.port, { timeoutMs: 400 })
    expect(textsOf(await metInTurn(kept.dial, 3))).toEqual(['0', 'timeout', '2'])
    expect(server.heard.map(({ connection }) => connection)).toEqual([0, 0, 1])
    kept.close()
  })

  test('are closed where their request is dropped', async () => {
    const server = await requestServer((socket, number) => {
      if (number !== 1) socket.write(replyTo(number))
    })
    const kept = dialTo(server.port)
    await metInTurn(kept.dial, 1)
    const drop = kept.dial(() => expect.fail('a dropped request has an outcome'))
    await expect.poll(() => server.heard.length).toBe(2)
    drop()
    await server.allClosed()
    expect(textsOf(await metInTurn(kept.dial, 1))).toEqual(['2'])
    kept.close()
  })

  test('are given up after few repeats, so that a version is seen that closes in place of a reply', async () => {
    const server = await requestServer((socket, number) => {
      if (number % 5 === 4) socket.end()
      else socket.write(replyTo(number))
    })
    const met = await sampled(dialTo(server.port), { samples: 500, concurrency: 4 })
    const lost = textsOf(met).filter((text) => text === 'closed').length
    expect(lost).toBeGreaterThanOrEqual(90)
    expect(server.heard.length - 500).toBeLessThanOrEqual(8)
  })
})

describe('kept connections to servers of Node', () => {
  test('survive that the server closes each after some requests, or after a short time', async () => {
    let requests = 0
    const server = createServer((_, response) => response.end(`${requests++}`))
    server.maxRequestsPerSocket = 7
    const port = await listening(server)
    const met = await sampled(dialTo(port), { samples: 500, concurrency: 8 })
    expect(
      textsOf(met)
        .map(Number)
        .toSorted((a, b) => a - b),
    ).toEqual([...Array(500).keys()])

    const hasty = createServer((_, response) => response.end('hi'))
    hasty.keepAliveTimeout = 1
    hasty.keepAliveTimeoutBuffer = 0
    const kept = dialTo(await listening(hasty))
    const aWhile = () => new Promise((resolve) => setTimeout(resolve, 1))
    const texts = textsOf(await metInTurn(kept.dial, 100, aWhile))
    expect(new Set(texts)).toEqual(new Set(['hi']))
    kept.close()
  })

  test('carry requests without a body in the reply: HEAD, 204 and 304', async () => {
    let connections = 0
    const server = createServer(({ url }, response) => {
      response.writeHead(Number(url?.slice(1)), { 'content-length': '9' }).end()
    })
    server.on('connection', () => {
      connections += 1
    })
    const port = await listening(server)
    for (const [method, status] of [
      ['HEAD', 200],
      ['GET', 304],
    ] as const) {
      const request = { method, path: `/${status}`, authority: HOST, headers: [] }
      const kept = dialTo(port, { request })
      expect(await metInTurn(kept.dial, 3)).toMatchObject(
        Array(3).fill({ kind: 'reply', text: '', head: { status } }),
      )
      kept.close()
    }
    expect(connections).toBe(2)
  })

  test('are TLS connections with a certificate of the client, with one handshake each', async () => {
    const { authority, certificate, key } = await certificateFor('shop', [HOST])
    const client = await clientCertificate('probe')
    const options = { cert: certificate, key, requestCert: true, ca: client.authority }
    let handshakes = 0
    const server = createSecureServer(options, (_, response) => response.end('hi'))
    server.on('secureConnection', () => {
      handshakes += 1
    })
    const port = await listening(server)
    const tls = { serverName: HOST, ca: authority, insecure: false }
    const known = { ...tls, client: { cert: client.certificate, key: client.key } }
    const transport = tlsTransport(known, ['http/1.1'])
    const met = await sampled(dialTo(port, { transport }), { samples: 100, concurrency: 4 })
    expect(new Set(textsOf(met))).toEqual(new Set(['hi']))
    expect(handshakes).toBe(4)

    const unknown = tlsTransport({ ...tls, client: undefined }, ['http/1.1'])
    const refused = await metInTurn(dialTo(port, { transport: unknown }).dial, 2)
    expect(refused).toMatchObject(Array(2).fill({ kind: 'tls', cause: 'client certificate' }))
  })

  test('end as others do where the server refuses, or says nothing', async () => {
    const silent = await tcpServer(() => undefined)
    const kept = dialTo(silent.port, { timeoutMs: 60 })
    expect(textsOf(await metInTurn(kept.dial, 2))).toEqual(['timeout', 'timeout'])
  })
})
