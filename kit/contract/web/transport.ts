import { describe, expect, test } from 'vitest'
import type { Mesh } from '../gateway/mesh.ts'
import { send, send2 } from './request.ts'

/** Facts about versions of HTTP. */
export function testTransport(mesh: () => Mesh): void {
  describe('a request', () => {
    test('with HTTP/1.1 is answered', async () => {
      const { status, body } = await send(mesh())
      expect(status).toBe(200)
      expect(mesh().web.versionOf(body)).toBe('v1')
    })

    test('with HTTP/2, which the client begins at once, is answered', async () => {
      const { status, body, headers } = await send2(mesh())
      expect(status).toBe(200)
      expect(headers).toMatchObject({ server: 'istio-envoy' })
      expect(mesh().web.versionOf(body)).toBe('v1')
    })
  })
}
