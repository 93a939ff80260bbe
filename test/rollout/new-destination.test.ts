import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { ROUTE, routeText } from '../../kit/run/object.ts'
import { runOn, SURE } from '../../kit/run/run.ts'
import { listAt, numberAt } from '../../sandbox/objects/json.ts'
import type { KubeObject } from '../../sandbox/objects/kube-object.ts'
import { type Sandbox, startSandbox } from '../../sandbox/sandbox.ts'
import { isObject } from '../../src/kube/json.ts'

let sandbox: Sandbox
beforeEach(async () => {
  sandbox = await startSandbox({ debounceMs: 10 })
})
afterEach(() => sandbox.stop())

const RULES = {
  group: 'networking.istio.io',
  resource: 'destinationrules',
  namespace: 'demo',
  name: 'tcp-echo-destination',
}

function objectOf(group: string, resource: string, name: string): KubeObject {
  const found = sandbox.objects.get({ group, resource, namespace: 'demo', name })
  if (found === undefined) throw new Error(`no ${resource} ${name}`)
  return found
}

/** A Service of its own in front of the Pods of v2, with these ports. */
function addService(name: string, ...numbers: number[]): void {
  const service = objectOf('', 'services', 'tcp-echo')
  const slice = objectOf('discovery.k8s.io', 'endpointslices', 'tcp-echo-1')
  const known = listAt(service, 'spec', 'ports')
  const [first] = known
  const ports = numbers.map(
    (port) =>
      known.find((one) => numberAt(one, 'port') === port) ?? {
        ...(isObject(first) ? first : {}),
        port,
      },
  )
  sandbox.objects.create({
    ...service,
    metadata: { name, namespace: 'demo' },
    spec: { selector: { app: 'tcp-echo', version: 'v2' }, ports },
  })
  const labels = { 'kubernetes.io/service-name': name }
  sandbox.objects.create({
    ...slice,
    metadata: { name: `${name}-1`, namespace: 'demo', labels },
    endpoints: listAt(slice, 'endpoints').filter((one) => JSON.stringify(one).includes('v2')),
  })
}

const routes = () => listAt(sandbox.objects.get(ROUTE), 'spec', 'tcp', 0, 'route')

const V1 = { destination: { host: 'tcp-echo', port: { number: 9000 }, subset: 'v1' } }

const to = (subset: string, more: Record<string, string | undefined> = {}, name = subset) =>
  runOn(sandbox, {
    subset,
    weight: '20',
    tolerance: '15',
    confidence: SURE,
    expect: JSON.stringify({ v1: '^one ', [name]: '^two ' }),
    ...more,
  })

/** A plan, which writes nothing: what it would add, or says. */
async function planned(subset: string, name = subset): Promise<string> {
  const { outcome, record } = await to(subset, { mode: 'plan', expect: undefined }, name)
  return outcome.verdict === 'planned' ? (record.change?.diff ?? '') : outcome.message
}

describe('a name that the rule lacks', () => {
  test('is added as the Service that has it, and confirmed by its replies', async () => {
    addService('next', 9000)
    const { outcome } = await to('next')
    expect(outcome).toMatchObject({ verdict: 'pass', weights: { v1: 80, next: 20 } })
    expect(routes()).toEqual([
      { ...V1, weight: 80 },
      { destination: { host: 'next', port: { number: 9000 } }, weight: 20 },
    ])
    expect((await to('next', { weight: '30' })).outcome.weights).toEqual({ v1: 70, next: 30 })
  })

  test('is removed again by a rollback, with all that was added', async () => {
    addService('next', 9000)
    const before = routeText(sandbox)
    await sandbox.faults.gateway({ kind: 'shares', shares: { v1: 1 } })
    const { outcome } = await to('next', { 'propagation-timeout': '100ms' })
    expect(outcome).toMatchObject({ verdict: 'fail', rolledBack: true })
    expect(outcome.previousWeights).toEqual({ v1: 100 })
    expect(outcome.weights).toEqual({ v1: 100 })
    expect(routeText(sandbox)).toBe(before)
  })

  test('is a subset where a DestinationRule defines it, although a Service has the name too', async () => {
    addService('v2', 9000)
    const { outcome } = await to('v2')
    expect(outcome).toMatchObject({ verdict: 'pass' })
    expect(routes()[1]).toMatchObject({ destination: { host: 'tcp-echo', subset: 'v2' } })
  })

  test('is refused where it is neither a subset nor a Service', async () => {
    const { outcome } = await to('nxt')
    expect(outcome).toMatchObject({ verdict: 'error', reason: 'preflight' })
    expect(outcome.message).toContain('No DestinationRule defines subset nxt of host tcp-echo')
    expect(routes()).toEqual([V1])
  })

  test('is a subset of another host where it is written so', async () => {
    sandbox.objects.create({
      ...objectOf(RULES.group, RULES.resource, RULES.name),
      metadata: { name: 'next', namespace: 'demo' },
      spec: { host: 'next', subsets: [{ name: 'blue', labels: { version: 'v2' } }] },
    })
    addService('next', 9000)
    expect(await planned('next/blue', 'blue')).toContain('+            host: next')
    expect((await to('next/blue', {}, 'blue')).outcome.weights).toEqual({ v1: 80, blue: 20 })
  })
})

describe('the port of a Service that is added', () => {
  test.each<[string, number[], string, string]>([
    ['is the copied one where the Service has it', [1, 9000], 'next', 'number: 9000'],
    ['is the only one of the Service where that is another', [7], 'next', 'number: 7'],
    ['is the one that is given', [1, 9000], 'next:1', 'number: 1\n'],
    [
      'is the only one too where the host is written in full',
      [7],
      'next.demo.svc.cluster.local',
      'number: 7',
    ],
    [
      'is asked for where it is unclear',
      [1, 2],
      'next',
      'Service demo/next has the ports 1, 2, but not 9000, the port of the copied destination. Name the port: next:1.',
    ],
    [
      'is refused where the Service lacks it',
      [9000],
      'next:1',
      'Service demo/next has the port 9000, but not 1.',
    ],
  ])('%s', async (_, ports, subset, shows) => {
    addService('next', ...ports)
    expect(await planned(subset)).toContain(shows)
  })
})

test('the names of expect and subset may be any spelling of a destination', async () => {
  expect((await to('v2')).outcome).toMatchObject({ verdict: 'pass' })
  const { outcome } = await to('tcp-echo.demo.svc.cluster.local/v2', {
    weight: '40',
    expect: JSON.stringify({ 'tcp-echo/v1': '^one ', 'tcp-echo.demo.svc/v2': '^two ' }),
  })
  expect(outcome).toMatchObject({ verdict: 'pass', weights: { v1: 60, v2: 40 } })
  expect(routes()).toHaveLength(2)
})

test('expect with two names of one destination is refused', async () => {
  const { outcome } = await to('v2', {
    expect: JSON.stringify({ v1: '^one ', 'tcp-echo/v1': '^one', v2: '^two ' }),
  })
  expect(outcome).toMatchObject({ verdict: 'error', reason: 'input' })
  expect(outcome.message).toContain(
    'expect names v1 and tcp-echo/v1, which are the same destination.',
  )
})

test.each(['next', 'next:9000'])(
  'a Service with UDP ports alone is refused as %s',
  async (subset) => {
    sandbox.objects.create({
      apiVersion: 'v1',
      kind: 'Service',
      metadata: { name: 'next', namespace: 'demo' },
      spec: { ports: [{ name: 'dns', port: 9000, protocol: 'UDP' }] },
    })
    expect(await planned(subset)).toContain('Service demo/next has no TCP port.')
    expect(routes()).toEqual([V1])
  },
)

describe('a destination that is written with its host', () => {
  test.each([
    ['nxt:9000', 'Service demo/nxt not found.'],
    ['nxt.demo.svc.cluster.local', 'Service demo/nxt not found.'],
    ['tcp-echo.demo.svc.cluster.local/v1', 'because v1 is the only destination of the rule'],
  ])('is refused as %s', async (subset, says) => {
    expect(await planned(subset)).toContain(says)
    expect(routes()).toEqual([V1])
  })

  test('has a code of its own where its Service is missing, which is no destination of the rule', async () => {
    const { outcome } = await to('nxt:9000', { mode: 'plan', expect: undefined })
    expect(outcome.code).toBe('ITS-SERVICE-NOT-FOUND')
  })

  test('is warned of where its host is no Service', async () => {
    const { record } = await to('db.example.com', { mode: 'plan', expect: undefined })
    expect(record.findings.map(({ what }) => what)).toContain(
      'Whether host db.example.com exists was not checked, because it is not the name of a Service.',
    )
  })
})
