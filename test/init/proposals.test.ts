import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { initWith, type Proposed, proposedFor } from '../../kit/run/init.ts'
import { writes } from '../../kit/run/object.ts'
import { type RunResult, runOn, SURE } from '../../kit/run/run.ts'
import type { Rule } from '../../sandbox/api/users.ts'
import { type Sandbox, startSandbox } from '../../sandbox/sandbox.ts'

const WEIGHTS = { v1: 80, v2: 20 }
let sandbox: Sandbox

beforeAll(async () => {
  sandbox = await startSandbox({
    debounceMs: 1,
    weights: WEIGHTS,
    web: { http: WEIGHTS, tls: WEIGHTS, grpc: WEIGHTS },
    gatewayApi: { http: WEIGHTS, grpc: WEIGHTS, tls: WEIGHTS, tcp: WEIGHTS },
  })
})
afterAll(() => sandbox.stop())

/** A wide check, so that few samples decide it. */
const FEW = { weight: '60', tolerance: '35', confidence: SURE }

/** A run with the inputs of a proposal, and nothing else. */
function run(
  { inputs }: Proposed,
  more: Readonly<Record<string, string>>,
  kubeconfig = sandbox.kubeconfig,
): Promise<RunResult> {
  const none = { 'virtual-service': undefined, expect: undefined }
  return runOn(sandbox, { ...none, ...inputs, kubeconfig, ...more })
}

const CASES: readonly [what: string, object: Readonly<Record<string, string>>, stamps?: boolean][] =
  [
    ['an http rule of a VirtualService', { 'virtual-service': 'web' }],
    ['an http rule by its replies', { 'virtual-service': 'web' }, false],
    ['gRPC calls of a VirtualService', { 'virtual-service': 'web-grpc' }],
    ['a tls rule of a VirtualService', { 'virtual-service': 'web-tls' }],
    ['a tcp rule of a VirtualService', { 'virtual-service': 'tcp-echo' }],
    ['an HTTPRoute', { object: 'HTTPRoute/web-route' }],
    ['an HTTPRoute by its replies', { object: 'HTTPRoute/web-route' }, false],
    ['a GRPCRoute', { object: 'GRPCRoute/grpc-route' }],
    ['a GRPCRoute by its replies', { object: 'GRPCRoute/grpc-route' }, false],
    ['a TLSRoute', { object: 'TLSRoute/tls-route' }],
    ['a TCPRoute', { object: 'TCPRoute/tcp-route' }],
  ]

describe.each(CASES)('init for %s', (_, object, stamps = true) => {
  let proposed: Proposed
  beforeAll(async () => {
    const before = writes(sandbox).length
    proposed = await proposedFor(sandbox, { namespace: 'demo', ...object }, { stamps })
    expect(writes(sandbox)).toHaveLength(before)
  })

  test('proposes inputs with which a plan, and a verify where it has no stamps, pass', async () => {
    expect(await run(proposed, { mode: 'plan' })).toMatchObject({ outcome: { verdict: 'planned' } })
    if (proposed.inputs.expect === 'stamp') return
    const wide = { mode: 'verify', weights: 'current', tolerance: '35', confidence: SURE }
    const { weight: _, subset: __, ...inputs } = proposed.inputs
    const { outcome } = await run({ ...proposed, inputs }, wide)
    expect(outcome).toMatchObject({ verdict: 'pass' })
  })

  test('proposes Roles that are enough for a shift with these inputs', async () => {
    const rules = proposed.rights.map(
      ({ namespace, group, resource, names, verbs }): Rule => ({
        apiGroups: [group],
        resources: [resource],
        verbs,
        namespace,
        ...(names && { resourceNames: names }),
      }),
    )
    sandbox.tokens.set('least', { name: 'least', rules })
    const { outcome, log } = await run(proposed, FEW, sandbox.kubeconfigFor('least'))
    expect(outcome).toMatchObject({ verdict: 'pass' })
    const denied = log.split('\n').filter((line) => /not allowed|may not/.test(line))
    // Only a ClusterRole lets a run see the objects of all namespaces.
    expect(denied.filter((line) => !/all namespaces/.test(line))).toEqual([])
  })
})

test('init for a rule with one destination proposes the subset that a DestinationRule defines, or the Service of the other version', async () => {
  const other = await startSandbox({ debounceMs: 1, web: true, gatewayApi: true })
  try {
    const subset = await proposedFor(other, { namespace: 'demo', 'virtual-service': 'web' })
    expect(subset.inputs).toMatchObject({ subset: 'v2', weight: '20', expect: 'stamp' })
    const tcp = await proposedFor(other, { namespace: 'demo', 'virtual-service': 'tcp-echo' })
    expect(tcp.inputs).toMatchObject({ subset: 'v2', expect: '{v1: "^one\\\\b", v2: "^two\\\\b"}' })
    const service = await proposedFor(other, { namespace: 'demo', object: 'GRPCRoute/grpc-route' })
    expect(service.inputs).toMatchObject({ subset: 'web-v2' })
    const { outcome } = await runOn(other, { ...tcp.inputs, tolerance: '15' })
    expect(outcome).toMatchObject({ verdict: 'pass' })
  } finally {
    await other.stop()
  }
})

test('init without samples opens no connection to the gateway', async () => {
  const before = sandbox.connections.accepted
  const { inputs } = await proposedFor(
    sandbox,
    { namespace: 'demo', 'virtual-service': 'web' },
    { samples: false },
  )
  expect(inputs.expect).toBe('stamp')
  expect(sandbox.connections.accepted).toBe(before)
})

test('init for a user who may only read proposes the step, and names the rights that are missing', async () => {
  const read = { apiGroups: ['*'], resources: ['*'], verbs: ['get', 'list'] }
  sandbox.tokens.set('reader', { name: 'reader', rules: [read] })
  const kubeconfig = sandbox.kubeconfigFor('reader')
  const options = { namespace: 'demo', 'virtual-service': 'web' }
  const { status, printed, said } = await initWith(sandbox, options, { kubeconfig })
  expect(status).toBe(0)
  expect(printed).toContain('# NOT CHECKED by a dry run: your user may not patch the object.')
  expect(said).toMatch(
    /lacks these rights:\n.*virtualservices\], resourceNames: \[web\], verbs: \[patch\]/,
  )
})
