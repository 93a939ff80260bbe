import { describe, expect, test } from 'vitest'
import { MESH_RULES } from '../../../kit/run/mesh-rules.ts'
import { askHttp } from '../../../kit/sandbox/talk-http.ts'
import type { SandboxOptions } from '../../../sandbox/options.ts'
import type { Sidecar } from '../../../sandbox/proxies/sidecars.ts'
import { sandboxWith } from '../../kube/support/cluster.ts'

const CLIENT = { name: 'client-0', labels: { app: 'client' } }
const WEB = 'web.demo.svc.cluster.local'

async function withClient(options: SandboxOptions = {}) {
  const sandbox = await sandboxWith({ proxies: true, web: true, gatewayApi: true, ...options })
  return { sandbox, client: sandbox.sidecars.add(CLIENT) }
}

/** The versions that answer requests of a client to a port of Service web. */
async function versionsFor(client: Sidecar, { host = WEB, port = 80, count = 20 } = {}) {
  const at = await client.outbound(host, port)
  if (at === undefined) throw new Error(`${client.pod} has no listener for ${host}:${port}`)
  const seen = new Set<string>()
  for (let sent = 0; sent < count; sent += 1) {
    const { status, headers } = await askHttp(at, { host })
    seen.add(status === 200 ? (headers['x-version'] ?? '') : String(status))
  }
  return [...seen].sort()
}

describe('the sidecar of a client', () => {
  test.each(Object.entries(MESH_RULES))('has the weights of %s', async (_, rule) => {
    const { sandbox, client } = await withClient()
    sandbox.objects.create(rule.object({ v1: 0, v2: 100 }))
    await sandbox.applied()
    const port = rule.port
    expect(await versionsFor(client, { port })).toEqual(['v2'])
    expect(await versionsFor(client, { port, host: 'web' })).toEqual(['v2'])
    expect(Object.keys(client.connections.byDestination)).toEqual([rule.destination('v2')])
  })

  test('sends requests to all versions of a Service without a rule', async () => {
    const { client } = await withClient()
    expect(await versionsFor(client)).toEqual(['v1', 'v2'])
  })
})
