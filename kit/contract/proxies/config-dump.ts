import { describe, expect, test } from 'vitest'
import { isObject, textAt } from '../../../sandbox/objects/json.ts'
import { type Mesh, rule, write } from '../gateway/mesh.ts'
import { leads, serveRules } from '../http/mesh.ts'
import { dumped, listenerAt, routesNamed } from './dump.ts'

/** When a proxy took over a listener. */
async function sinceOf(mesh: Mesh, port: number): Promise<string> {
  const [proxy] = mesh.proxies
  if (proxy === undefined) throw new Error('there is no proxy')
  return textAt(await listenerAt(proxy, port), 'active_state', 'last_updated') ?? ''
}

export function testConfigDump(mesh: () => Mesh): void {
  const first = () => {
    const [proxy] = mesh().proxies
    if (proxy === undefined) throw new Error('there is no proxy')
    return proxy
  }

  describe('a configuration dump', () => {
    test('of listeners and of routes has only those, with their names', async () => {
      const listeners = await dumped(first(), 'dynamic_listeners')
      expect(listeners.map((one) => textAt(one, 'name'))).toContain(
        `0.0.0.0_${mesh().gateway.port}`,
      )
      const tables = await dumped(first(), 'dynamic_route_configs')
      expect(tables.map((one) => textAt(one, 'route_config', 'name'))).toContain(
        `http.${mesh().web.http}`,
      )
    })

    test('has only resources of which the whole name matches name_regex', async () => {
      const port = mesh().gateway.port
      const named = async (expression: string) => {
        const more = `&name_regex=${encodeURIComponent(expression)}`
        const found = await dumped(first(), 'dynamic_listeners', more)
        return found.map((one) => textAt(one, 'name'))
      }
      expect(await named(`0\\.0\\.0\\.0_${port}`)).toEqual([`0.0.0.0_${port}`])
      expect(await named(`.*_${port}`)).toEqual([`0.0.0.0_${port}`])
      expect(await named(`${port}`)).toEqual([])
      expect(await named('http\\..*')).toEqual([])
    })

    test('of routes takes name_regex too', async () => {
      const name = `http.${mesh().web.http}`
      const found = await dumped(first(), 'dynamic_route_configs', `&name_regex=${name}`)
      expect(found.map((one) => textAt(one, 'route_config', 'name'))).toEqual([name])
    })

    test('of a resource that does not exist is not found', async () => {
      const { status } = await first().admin('/config_dump?resource=dynamic_things')
      expect(status).toBe(404)
    })

    test('says when a listener was taken over, which no change of other objects alters', async () => {
      await write(mesh(), rule({ v1: 60, v2: 40 }, { port: 31400 }))
      await mesh().serves({ v1: 60, v2: 40 })
      const before = await sinceOf(mesh(), mesh().gateway.port)
      await serveRules(mesh(), leads('v1'))
      expect(await sinceOf(mesh(), mesh().gateway.port)).toBe(before)
      await write(mesh(), rule({ v1: 70, v2: 30 }, { port: 31400 }))
      await mesh().serves({ v1: 70, v2: 30 })
      const after = await sinceOf(mesh(), mesh().gateway.port)
      expect(Date.parse(after)).toBeGreaterThan(Date.parse(before))
    })

    test('says of a table of routes when it was taken over', async () => {
      const name = `http.${mesh().web.http}`
      await serveRules(mesh(), leads('v1'))
      const before = textAt(await routesNamed(first(), name), 'last_updated') ?? ''
      await serveRules(mesh(), leads('v2'))
      const after = textAt(await routesNamed(first(), name), 'last_updated') ?? ''
      expect(Date.parse(after)).toBeGreaterThan(Date.parse(before))
    })

    test('has the applied state of a listener apart from others', async () => {
      const listener = await listenerAt(first(), mesh().gateway.port)
      expect(isObject(listener) && Object.keys(listener)).toContain('active_state')
      expect(isObject(listener) && Object.keys(listener)).not.toContain('warming_state')
      expect(isObject(listener) && Object.keys(listener)).not.toContain('error_state')
    })
  })
}
