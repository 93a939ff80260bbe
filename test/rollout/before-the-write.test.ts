import { once } from 'node:events'
import { type AddressInfo, createServer } from 'node:net'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { changed } from '../../kit/run/edited-answers.ts'
import { ROUTE, routeText, writes } from '../../kit/run/object.ts'
import { runOn } from '../../kit/run/run.ts'
import { respond } from '../../sandbox/faults/api-acts.ts'
import { listAt, textAt } from '../../sandbox/objects/json.ts'
import { type Sandbox, type SandboxOptions, startSandbox } from '../../sandbox/sandbox.ts'

type Case = {
  /** What is wrong. */
  title: string
  options?: SandboxOptions
  prepare?: (sandbox: Sandbox) => unknown
  inputs?: Readonly<Record<string, string | undefined>>
  reason: string
  /** What the message says. */
  says: RegExp
  /** What the remedy says. */
  remedies?: RegExp
}

const LOGIN = { apiVersion: 'client.authentication.k8s.io/v1', command: 'no-such-login' }

function kubeconfigWith(server: string, user: object): string {
  return JSON.stringify({
    'current-context': 'a',
    clusters: [{ name: 'a', cluster: { server } }],
    users: [{ name: 'a', user }],
    contexts: [{ name: 'a', context: { cluster: 'a', user: 'a' } }],
  })
}

const GATEWAY = {
  group: 'networking.istio.io',
  resource: 'gateways',
  namespace: 'demo',
  name: 'tcp-echo-gateway',
}
const INGRESS = {
  group: '',
  resource: 'services',
  namespace: 'istio-system',
  name: 'istio-ingressgateway',
}
const RULE = {
  group: 'networking.istio.io',
  resource: 'destinationrules',
  namespace: 'demo',
  name: 'tcp-echo-destination',
}

const CASES: readonly Case[] = [
  {
    title: 'a destination that weights does not name',
    inputs: { weights: '{v1: 100}', expect: '{v1: "^one"}', subset: undefined, weight: undefined },
    options: { weights: { v1: 80, v2: 20 } },
    reason: 'input',
    says: /weights has no percent for v2\./,
  },
  {
    title: 'a destination in weights that the entry lacks',
    inputs: {
      weights: '{v1: 50, v2: 25, v9: 25}',
      expect: '{v1: "^one", v2: "^two", v9: "^nine"}',
      subset: undefined,
      weight: undefined,
    },
    options: { weights: { v1: 80, v2: 20 } },
    reason: 'input',
    says: /weights names "v9", which is not a destination of the rule \(v1, v2\)\./,
  },
  {
    title: 'a destination without an expectation',
    inputs: { expect: '{v1: "^one"}' },
    reason: 'input',
    says: /expect must have an expression for v2\. The destinations of the rule are v1 and v2\./,
  },
  {
    title: 'an expectation for no destination',
    inputs: { expect: '{v1: "^one", v2: "^two", v3: "^three"}' },
    reason: 'input',
    says: /expect\.v3: v3 is not a destination of the rule, which has v1 and v2\./,
  },
  {
    title: 'an expectation for a destination whose name is misspelt',
    inputs: { expect: '{v1: "^one", v2: "^two", V2: "^three"}' },
    reason: 'input',
    says: /expect\.V2: V2 is not a destination of the rule, which has v1 and v2\. Did you mean v2\?/,
  },
  {
    title: 'weights that do not sum to 100, before any call',
    inputs: { weights: '{v1: 50, v2: 40}', subset: undefined, weight: undefined },
    reason: 'input',
    says: /weights must add up to 100\. .* adds up to 90\./,
  },
  {
    title: 'an expression that does not compile, before any call',
    inputs: { expect: '{v1: "^one", v2: "(two"}' },
    reason: 'input',
    says: /expect\.v2: "\(two" is not a regular expression/,
  },
  {
    title: 'two expressions that match the same reply',
    inputs: { expect: '{v1: "one", v2: "hello"}' },
    reason: 'input',
    says: /The reply "one hello" matches more than one expression of expect\./,
  },
  {
    title: 'an empty kubeconfig, before any call',
    inputs: { kubeconfig: '' },
    reason: 'input',
    says: /kubeconfig is empty\. A secret that does not exist/,
  },
  {
    title: 'a context that the kubeconfig lacks',
    inputs: { context: 'prod' },
    reason: 'input',
    says: /Context "prod" is not in the kubeconfig\. It has: sandbox\./,
  },
  {
    title: 'a route that no entry has, with the candidates',
    inputs: { route: 'tcp:9999' },
    reason: 'input',
    says: /VirtualService tcp-echo has no rule tcp:9999\.$/,
  },
  {
    title: 'a subset that no DestinationRule defines',
    inputs: { subset: 'v7', expect: '{v1: "^one", v7: "^seven"}' },
    reason: 'preflight',
    says: /No DestinationRule defines subset v7 of host tcp-echo\. DestinationRule demo\/tcp-echo-destination defines v1, v2/,
    remedies: /- name: v7/,
  },
  {
    title: 'no DestinationRule at all',
    prepare: (sandbox) => sandbox.objects.delete(RULE),
    reason: 'preflight',
    says: /There is no DestinationRule for host tcp-echo\./,
  },
  {
    title: 'a destination without ready endpoints',
    prepare: (sandbox) => sandbox.faults.destination('v2', { kind: 'not-ready' }),
    reason: 'preflight',
    says: /v2 has no ready endpoints: the only Pod with app=tcp-echo,version=v2 in namespace demo is not ready\./,
    remedies:
      /kubectl --context 'sandbox' --namespace 'demo' get pods --selector 'app=tcp-echo,version=v2'/,
  },
  {
    title: 'a Gateway that is not there',
    prepare: (sandbox) => sandbox.objects.delete(GATEWAY),
    reason: 'preflight',
    says: /Gateway demo\/tcp-echo-gateway, which the rule names, does not exist\./,
  },
  {
    title: 'a gateway without an address',
    prepare: (sandbox) => {
      const service = sandbox.objects.get(INGRESS)
      sandbox.objects.patch(INGRESS, {
        status: { loadBalancer: null },
        spec: {
          ...Object(service?.spec),
          type: 'ClusterIP',
          ports: [{ name: 'tcp', port: 31400, targetPort: 31400, nodePort: null }],
        },
      })
    },
    reason: 'preflight',
    says: /Service istio-system\/istio-ingressgateway has no address outside of the cluster/,
    remedies: /endpoint/,
  },
  {
    title: 'a gateway that refuses connections',
    prepare: (sandbox) => sandbox.faults.gateway({ kind: 'refuses' }),
    reason: 'preflight',
    says: /^All 10 connections to 127\.[\d.]+:31400 were refused\.$/,
    remedies:
      /^Nothing listens there\. [^\n]*To see what comes back:\n {2}printf %b 'hello\\n' \| nc -w 2 '127/,
  },
  {
    title: 'replies that no expression matches',
    inputs: { expect: '{v1: "^eins", v2: "^zwei"}' },
    reason: 'preflight',
    says: /^All 10 connections to \S+ got a reply that no expression matches \(for example "one hello"\)\.$/,
  },
  {
    title: 'no VirtualService of that name',
    inputs: { 'virtual-service': 'tcp-ecko' },
    reason: 'preflight',
    says: /VirtualService tcp-ecko not found in namespace demo/,
    remedies: /get virtualservices/,
  },
  {
    title: 'no such namespace',
    inputs: { namespace: 'demon' },
    reason: 'preflight',
    says: /Namespace demon not found/,
  },
  {
    title: 'a cluster without Istio',
    options: { istioVersions: [] },
    reason: 'preflight',
    says: /serves no VirtualService/,
  },
  {
    title: 'an older VirtualService that takes the port first',
    prepare: (sandbox) => {
      const own = sandbox.objects.get(ROUTE)
      if (!own) throw new Error('no VirtualService')
      sandbox.objects.create({ ...own, metadata: { name: 'a-first', namespace: 'demo' } })
      // Created again, it is not the older one, even if a second has just begun.
      sandbox.objects.delete(ROUTE)
      sandbox.objects.create(own)
    },
    reason: 'preflight',
    says: /VirtualService demo\/a-first is older and gets the connections of that port/,
  },
  {
    title: 'an API server that is not there',
    prepare: (sandbox) => sandbox.stop(),
    inputs: { timeout: '2s' },
    reason: 'cluster',
    says: /Reading the VirtualService failed\. (https:\/\/127\.0\.0\.1:\d+ could not be reached \(ECONNREFUSED|The API server did not answer before)/,
  },
  {
    title: 'looks that the API server refuses, beside what the others find',
    prepare: async (sandbox) => {
      const refuse = (path: RegExp, message: string) =>
        sandbox.faults.api({
          match: { method: 'GET', path },
          act: respond(400, { body: { message } }),
        })
      await refuse(/\/v1\/virtualservices$/, 'no list today')
      await refuse(/\/destinationrules$/, 'no rules today')
      await refuse(/\/gateways\/tcp-echo-gateway$/, 'no Gateway today')
      await sandbox.faults.api({
        match: { method: 'PATCH', dryRun: true },
        act: respond(422, { body: { message: 'no patch today' } }),
      })
    },
    reason: 'cluster',
    says: /^Reading from the cluster failed\. The API server answered 400: no rules today\.\n.*no list today\.\n.*no Gateway today\.\n.*no patch today\.$/,
  },
  {
    title: 'credentials that run out between two calls, once',
    prepare: (sandbox) =>
      sandbox.faults.api({
        match: ({ method, path }) => method === 'GET' && !path.endsWith('/tcp-echo'),
        act: respond(401, { body: { message: 'Unauthorized' } }),
      }),
    inputs: { endpoint: '127.0.0.1:1' },
    reason: 'access',
    says: /^Reading from the cluster failed\. The API server does not accept the credentials \(401 Unauthorized\)\.\nAll 10 connections.*$/,
    remedies:
      /^Renew the credentials in kubeconfig\. A token may have expired\.\nNothing listens there/,
  },
  {
    title: 'a login that fails',
    inputs: { kubeconfig: kubeconfigWith('https://127.0.0.1:1', { exec: LOGIN }) },
    reason: 'cluster',
    says: /^Reading the VirtualService failed\. There are no credentials for https:\/\/127\.0\.0\.1:1: /,
    remedies:
      /^If the kubeconfig's user runs a command, install it .*:\n {2}kubectl config view --raw --flatten$/,
  },
  {
    title: 'everything at once',
    inputs: { expect: '{v1: "^eins", v2: "^zwei", v3: "x"}', subset: 'v2' },
    prepare: async (sandbox) => {
      await sandbox.faults.destination('v2', { kind: 'not-ready' })
      sandbox.objects.delete(GATEWAY)
    },
    reason: 'input',
    says: /expect\.v3[\s\S]*v2 has no ready endpoints[\s\S]*Gateway .* does not exist/,
  },
]

describe('nothing is written if preflight finds', () => {
  let sandbox: Sandbox
  afterEach(() => sandbox.stop())

  test.each(CASES)('$title', async ({ options, prepare, inputs, reason, says, remedies }) => {
    sandbox = await startSandbox(options)
    await prepare?.(sandbox)
    const before = options?.istioVersions ? '' : routeText(sandbox)
    const { outcome, intents } = await runOn(sandbox, { subset: 'v2', weight: '20', ...inputs })
    expect(outcome).toMatchObject({ verdict: 'error', reason, rolledBack: false })
    expect(outcome.message).toMatch(says)
    if (remedies) expect(outcome.remedy).toMatch(remedies)
    expect(writes(sandbox)).toEqual([])
    expect(intents).toEqual([])
    if (before !== '') expect(routeText(sandbox)).toBe(before)
  })
})

describe('a destination of which this cluster has no Pods', () => {
  /** Lets the API server show no Pod of this version. */
  async function without(version: string, options: SandboxOptions = {}): Promise<Sandbox> {
    const sandbox = await startSandbox(options)
    const act = changed((list) => {
      const pods = listAt(list, 'items')
      list.items = pods.filter((pod) => textAt(pod, 'metadata', 'labels', 'version') !== version)
    })
    await sandbox.faults.api({ match: { path: /\/pods\?/ }, act })
    return sandbox
  }
  const SHIFT = { subset: 'v2', weight: '20', tolerance: '15' }

  test('and no share yet is only warned of, since it may run elsewhere', async () => {
    const sandbox = await without('v2')
    const { outcome, log } = await runOn(sandbox, SHIFT)
    await sandbox.stop()
    expect(log).toContain(
      'Not checked: ready endpoints of v2. No Pod in this cluster has app=tcp-echo,version=v2',
    )
    expect(outcome.verdict).toBe('pass')
  })

  test('that answers is not even asked about', async () => {
    const sandbox = await without('v1')
    const { outcome, record } = await runOn(sandbox, SHIFT)
    await sandbox.stop()
    expect(outcome.verdict).toBe('pass')
    expect(record.findings).toEqual([])
  })

  test('and a share stops the run where it would have answered by now', async () => {
    const sandbox = await without('v2', { weights: { v1: 50, v2: 50 } })
    await sandbox.faults.gateway({ kind: 'shares', shares: { v1: 1 } })
    const { outcome } = await runOn(sandbox, SHIFT)
    await sandbox.stop()
    expect(outcome).toMatchObject({ verdict: 'error', reason: 'preflight' })
    expect(outcome.message).toContain('v2 has no ready endpoints: no Pod has')
  })
})

test('an object that is being deleted is only warned of where nothing is to be written', async () => {
  const sandbox = await startSandbox({ weights: { v1: 80, v2: 20 } })
  const deletionTimestamp = '2026-01-01T00:00:00Z'
  const act = changed(({ metadata }) => Object.assign(Object(metadata), { deletionTimestamp }))
  await sandbox.faults.api({ match: { path: /virtualservices\/tcp-echo/ }, act })
  const { outcome, log } = await runOn(sandbox, {
    mode: 'verify',
    weights: 'current',
    tolerance: '20',
  })
  await sandbox.stop()
  expect(log).toContain('demo/tcp-echo is being deleted (since 2026-01-01T00:00:00Z)')
  expect(outcome.verdict).toBe('pass')
})

describe('preflight', () => {
  let sandbox: Sandbox
  beforeEach(async () => {
    sandbox = await startSandbox({ weights: { v1: 80, v2: 20 } })
  })
  afterEach(() => sandbox.stop())

  test('makes no call for inputs that are wrong by themselves', async () => {
    const { outcome } = await runOn(sandbox, { weight: '101', 'probe-timeout': '5', expect: '[]' })
    expect(outcome.message.split('\n')).toHaveLength(4)
    expect(sandbox.calls).toEqual([])
    expect(sandbox.connections.accepted).toBe(0)
  })

  test('that fails for one read is cut off for the others, which say nothing after the last words', async () => {
    const unanswered = createServer((socket) => void socket.resume()).listen(0, '127.0.0.1')
    await once(unanswered, 'listening')
    const { port } = unanswered.address() as AddressInfo
    await sandbox.faults.api({ match: { path: /destinationrules/ }, act: respond(400) })
    const said: string[] = []
    const { outcome } = await runOn(
      sandbox,
      { subset: 'v2', weight: '50', endpoint: `127.0.0.1:${port}`, 'probe-timeout': '100ms' },
      { onLine: (text) => said.push(text) },
    )
    unanswered.close()
    await once(unanswered, 'close')
    expect(outcome).toMatchObject({ verdict: 'error', reason: 'cluster' })
    expect(said.at(-1)).toMatch(
      /Nothing was written\.\nProduction now: v1 80%, v2 20%, unchanged\./,
    )
  })

  test('says of a certificate that is not trusted where to look', async () => {
    const kubeconfig = kubeconfigWith(sandbox.server, { token: 'a' })
    const { outcome } = await runOn(sandbox, { subset: 'v2', weight: '20', kubeconfig })
    expect(outcome).toMatchObject({ verdict: 'error', reason: 'cluster' })
    expect(outcome.remedy).toMatch(/^Check certificate-authority-data and server/)
  })

  test('spends at most ten connections', async () => {
    await runOn(sandbox, { subset: 'v2', weight: '20', expect: '{v1: "^eins", v2: "^zwei"}' })
    expect(sandbox.connections.accepted).toBe(10)
  })

  test('warns of a controller that manages the weights, with what makes it leave them alone', async () => {
    const own = sandbox.objects.get(ROUTE)
    const spec = structuredClone(own?.spec) as { tcp: { route: { weight: number }[] }[] }
    const [first] = spec.tcp[0]?.route ?? []
    if (first) first.weight = 79
    sandbox.objects.patch(ROUTE, { spec }, 'argocd-controller')
    const { outcome, record } = await runOn(sandbox, { mode: 'plan', subset: 'v2', weight: '30' })
    expect(outcome.verdict).toBe('planned')
    expect(record.findings).toEqual([
      expect.objectContaining({
        what: expect.stringContaining('Argo CD'),
        remedy: expect.stringContaining('RespectIgnoreDifferences=true'),
      }),
    ])
  })
})
