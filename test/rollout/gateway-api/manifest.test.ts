import { mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { gatewayMesh, runRoute } from '../../../kit/run/gateway-api.ts'
import { sandboxWith } from '../../kube/support/cluster.ts'

/** A file with the route of the sandbox as people write it: without what the API server fills in. */
function fileWith(v1: string, v2: string, path = '/'): string {
  const file = join(mkdtempSync(join(tmpdir(), 'route-')), 'route.yaml')
  writeFileSync(
    file,
    `apiVersion: gateway.networking.k8s.io/v1
kind: HTTPRoute
metadata: {name: web-route, namespace: demo}
spec:
  hostnames: [web.example.com]
  parentRefs: [{name: gateway-api, namespace: istio-system, sectionName: http}]
  rules:
  - matches: [{path: {value: ${path}}}]
    backendRefs:
    - {name: web-v1, port: 80${v1}}
    - {name: web-v2, port: 80${v2}}
`,
  )
  return file
}

async function verified(manifest: string) {
  const sandbox = await sandboxWith(gatewayMesh({ v1: 1, v2: 1 }, ['http']))
  const inputs = { mode: 'verify', weights: 'current', manifest, 'propagation-timeout': '1s' }
  const { outcome } = await runRoute(sandbox, 'http', inputs)
  return { verdict: outcome.verdict, message: outcome.message }
}

test('The weights of an HTTPRoute in a file are confirmed, also those that it leaves out', async () => {
  expect(await verified(fileWith('', ''))).toMatchObject({ verdict: 'pass' })
})

test('An HTTPRoute that differs from its file is named with the difference', async () => {
  const { verdict, message } = await verified(fileWith(', weight: 3', ''))
  expect(verdict).not.toBe('pass')
  expect(message).toContain('web-v1 50%, web-v2 50%, but web-v1 75%, web-v2 25% in the file')
  const other = await verified(fileWith('', '', '/api'))
  expect(other.message).toContain('its matches is [{"path":{"type":"PathPrefix","value":"/"}}]')
})
