import { expect, test } from 'vitest'
import { heldReader } from '../../../src/rollout/proxies/read-held.ts'
import { dumped, type Recorded } from '../../gateways/proxies/support/dumps.ts'
import { NEVER } from '../../kube/support/cluster.ts'

const WEB = 'web.demo.svc.cluster.local'
const RULE = {
  destinations: ['v1', 'v2'].map((subset) => ({ host: WEB, subset, port: 80 })),
  hosts: [WEB],
  request: {
    ...{ protocol: 'http' as const, gateway: 'mesh', port: 80, method: 'GET' },
    ...{ scheme: 'http' as const, authority: WEB, path: '/', headers: [] },
  },
  port: 80,
}

/** Reads an http rule twice. Returns the weights that were seen each time, where the proxy takes over 60/40 in between. */
async function readTwice(name: Recorded, former: string) {
  const asked: string[] = []
  let isNew = false
  const reader = heldReader(
    {
      async dump(resource) {
        asked.push(resource)
        if (resource === 'dynamic_route_configs' && name === 'waypoint') return { configs: [] }
        const text = JSON.stringify(
          dumped(name, resource === 'dynamic_listeners' ? 'listeners' : 'routes'),
        )
        const [v1, v2] = former.split('/')
        const changed = text
          .replaceAll(new RegExp(`(v1.${WEB}"[^{}]*"weight":)${v1}\\b`, 'g'), '$160')
          .replaceAll(new RegExp(`(v2.${WEB}"[^{}]*"weight":)${v2}\\b`, 'g'), '$140')
        return JSON.parse(isNew ? changed : text)
      },
    },
    { rule: RULE, isHttp: true },
  )
  const first = await reader.read(NEVER, false)
  isNew = true
  const second = await reader.read(NEVER, false)
  const sharesIn = (held: typeof first) => (held.kind === 'held' ? held.shares : held.kind)
  return { shares: [sharesIn(first), sharesIn(second)], asked }
}

test('a waypoint, which has the weights of http rules in its listeners, is read whole each time', async () => {
  const { shares } = await readTwice('waypoint', '80/20')
  expect(shares).toEqual([
    [0.8, 0.2],
    [0.6, 0.4],
  ])
})

test('a sidecar, which has them in tables of routes, is asked for its listeners once', async () => {
  const { shares, asked } = await readTwice('sidecar', '70/30')
  expect(shares[0]).toEqual([0.7, 0.3])
  expect(asked.filter((one) => one === 'dynamic_listeners')).toHaveLength(1)
})
