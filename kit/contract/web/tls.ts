import { connect } from 'node:tls'
import { describe, expect, test } from 'vitest'
import type { Mesh } from '../gateway/mesh.ts'
import { HOST, send } from './request.ts'

/** Facts about a server that terminates TLS. */
export function testTls(mesh: () => Mesh): void {
  describe('a TLS connection', () => {
    const negotiated = (protocols: string[]) =>
      new Promise<string | false | null>((resolve, reject) => {
        const { host } = mesh().gateway
        const { https: port, authority: ca } = mesh().web
        const to = { host, port, ca, servername: HOST, ALPNProtocols: protocols }
        const socket = connect(to, () => {
          socket.destroy()
          resolve(socket.alpnProtocol)
        })
        socket.on('error', reject)
      })

    test.each<[string, string[], string]>([
      ['HTTP/2 where the client has both', ['http/1.1', 'h2'], 'h2'],
      ['HTTP/1.1 where the client has only that', ['http/1.1'], 'http/1.1'],
    ])('negotiates %s', async (_, protocols, agreed) => {
      expect(await negotiated(protocols)).toBe(agreed)
    })

    test('without a certificate that its client trusts is refused by the client', async () => {
      const untrusted = { ...mesh(), web: { ...mesh().web, authority: '' } }
      await expect(send(untrusted, { tls: true })).rejects.toThrow(/certificate/)
    })
  })
}
