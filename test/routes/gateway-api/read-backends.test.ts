import { describe, expect, test } from 'vitest'
import type { User } from '../../../sandbox/api/users.ts'
import type { Sandbox } from '../../../sandbox/sandbox.ts'
import type { JsonObject } from '../../../src/kube/json.ts'
import { kindNamed } from '../../../src/routes/kinds.ts'
import { apiOf, callsOf, may, NEVER, sandboxWith, userWith } from '../../kube/support/cluster.ts'
import { backend, type RouteKindName, ruleWith } from './support/routes.ts'

const GROUP = 'gateway.networking.k8s.io'

async function mesh(user?: User) {
  const tokens = user === undefined ? {} : { tokens: { limited: user } }
  const sandbox = await sandboxWith({ gatewayApi: {}, ...tokens })
  sandbox.objects.create({ apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'other' } })
  addService(sandbox, 'demo', 'v1', 80)
  addService(sandbox, 'other', 'v2', 80)
  return sandbox
}

function addService(sandbox: Sandbox, namespace: string, name: string, ...ports: number[]): void {
  sandbox.objects.create({
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { namespace, name },
    spec: { selector: { app: name }, ports: ports.map((port) => ({ name: `p${port}`, port })) },
  })
}

function addGrant(sandbox: Sandbox, kind: string, to: JsonObject, from = 'demo'): void {
  sandbox.objects.create({
    apiVersion: `${GROUP}/v1beta1`,
    kind: 'ReferenceGrant',
    metadata: { namespace: 'other', name: 'grant' },
    spec: {
      from: [{ group: GROUP, kind, namespace: from }],
      to: [{ group: '', kind: 'Service', ...to }],
    },
  })
}

/** What is wrong with the backends of a rule. */
async function wrong(sandbox: Sandbox, backends: JsonObject[], kind: RouteKindName = 'HTTPRoute') {
  const api = apiOf(sandbox.kubeconfig)
  const { destinations } = ruleWith(backends, { kind })
  const search = { api, workloads: api, apiVersion: 'v1', namespace: 'demo' }
  const { findings, labels } = await kindNamed(kind).readBackends(search, destinations, NEVER)
  for (const destination of destinations) expect(labels(destination)).toEqual({})
  return findings.map(({ severity, code, what }) => `${severity} ${code}: ${what}`)
}

describe('A backend', () => {
  test('that is a Service with the port is fine', async () => {
    const sandbox = await mesh()
    expect(await wrong(sandbox, [backend('v1')])).toEqual([])
    expect(callsOf(sandbox)).toEqual(['GET /api/v1/namespaces/demo/services/v1'])
  })

  test('without a Service, or without its port, is an error', async () => {
    const sandbox = await mesh()
    const found = await wrong(sandbox, [
      backend('v3'),
      backend('v1', 1, { port: 81 }),
      { name: 'v1', weight: 1 },
    ])
    expect(found).toEqual([
      expect.stringMatching(
        /^error ITS-BACKEND-NOT-FOUND: Service demo\/v3 does not exist on http.* Traffic for it would be lost\.$/,
      ),
      'error ITS-BACKEND-PORT-NOT-FOUND: Service demo/v1 has the port 80, but not 81. Traffic for that port would be lost.',
      'error ITS-BACKEND-PORT-NOT-FOUND: The backend v1 names no port, which a Service must have. Service demo/v1 has the port 80.',
    ])
  })
})

describe('A backend of another namespace', () => {
  const other = backend('v2', 1, { namespace: 'other' })
  const NOT_GRANTED =
    'error ITS-REFERENCE-NOT-GRANTED: No ReferenceGrant in namespace other lets an object of kind HTTPRoute in namespace demo use Service v2. Traffic for it would be lost.'

  test('is an error without a ReferenceGrant', async () => {
    expect(await wrong(await mesh(), [other])).toEqual([NOT_GRANTED])
  })

  test.each<[string, string, JsonObject, string?]>([
    ['of another kind of route', 'GRPCRoute', {}],
    ['for another Service', 'HTTPRoute', { name: 'v3' }],
    ['for something else', 'HTTPRoute', { kind: 'Secret' }],
    ['from another namespace', 'HTTPRoute', {}, 'gateways'],
  ])('is an error with a grant %s', async (_, kind, to, from) => {
    const sandbox = await mesh()
    addGrant(sandbox, kind, to, from)
    expect(await wrong(sandbox, [other])).toEqual([NOT_GRANTED])
  })

  test.each<[string, JsonObject]>([
    ['all Services', {}],
    ['the Service', { name: 'v2' }],
  ])('is fine with a grant for %s', async (_, to) => {
    const sandbox = await mesh()
    addGrant(sandbox, 'GRPCRoute', to)
    expect(await wrong(sandbox, [other], 'GRPCRoute')).toEqual([])
  })

  test('is not checked where grants cannot be listed, and the warning says what to grant', async () => {
    const user = userWith(may('get', '', 'services'))
    const sandbox = await mesh(user)
    expect(await wrong(sandbox, [other])).toEqual([
      'warning ITS-REFERENCE-GRANTS-NOT-CHECKED: Not checked: whether a ReferenceGrant lets the route use Services of namespace other. Listing referencegrants there is not allowed.',
    ])
  })
})
