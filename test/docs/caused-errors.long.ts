import path from 'node:path'
import { describe, expect, onTestFinished, test } from 'vitest'
import { ROOT } from '../../kit/docs/markdown.ts'
import { interruptRun } from '../../kit/run/interrupted.ts'
import { ROUTE } from '../../kit/run/object.ts'
import { runOn } from '../../kit/run/run.ts'
import { type Sandbox, type SandboxOptions, startSandbox } from '../../sandbox/sandbox.ts'
import { JOURNAL } from '../../src/journal/journal.ts'
import type { Code } from '../../src/problem/codes.ts'

/** How a problem is caused on the embedded mesh. */
type Caused = {
  inputs?: Readonly<Record<string, string | undefined>>
  options?: SandboxOptions
  prepare?: (sandbox: Sandbox) => unknown
}

const V1 = 'client.authentication.k8s.io/v1'
const WEIGHTED: SandboxOptions = { weights: { v1: 80, v2: 20 } }
const WEIGHTS = { subset: undefined, weight: undefined }
const VERIFY = { ...WEIGHTS, mode: 'verify', 'propagation-timeout': '0s' }
const GATEWAY = {
  group: 'networking.istio.io',
  resource: 'gateways',
  namespace: 'demo',
  name: 'tcp-echo-gateway',
}

const SERVICE = {
  group: '',
  resource: 'services',
  namespace: 'istio-system',
  name: 'istio-ingressgateway',
}

/** Addresses of the load balancer. */
function balancedAt(...ingress: { ip?: string; hostname?: string }[]) {
  return { status: { loadBalancer: { ingress } } }
}

/** Replaces a part of the VirtualService's spec. */
function editSpec(sandbox: Sandbox, edit: (tcp: object[]) => object, manager?: string): void {
  const own = sandbox.objects.get(ROUTE)
  const tcp = Object(own?.spec).tcp
  sandbox.objects.patch(ROUTE, { spec: { ...Object(own?.spec), ...edit(tcp) } }, manager)
}

/** Runs as a user with these rights only. */
function asUser(...rules: readonly [resource: string, verb: string][]) {
  return (sandbox: Sandbox) =>
    sandbox.tokens.set('admin-token', {
      name: 'shifter',
      rules: rules.map(([resource, verb]) => ({
        apiGroups: ['*'],
        resources: [resource],
        verbs: [verb],
      })),
    })
}

/** By the code, the cause. */
const CAUSES: readonly [code: Code, cause: string, caused: Caused][] = [
  ['ITS-KUBECONFIG-EMPTY', 'the kubeconfig is empty', { inputs: { kubeconfig: '' } }],
  [
    'ITS-KUBECONFIG-INVALID',
    'the kubeconfig is base64',
    { inputs: { kubeconfig: Buffer.from('kubeconfig'.repeat(30)).toString('base64') } },
  ],
  [
    'ITS-KUBECONFIG-LOGIN-REMOVED',
    'the kubeconfig has a user that kubectl refuses',
    {
      inputs: {
        kubeconfig: JSON.stringify({
          'current-context': 'a',
          clusters: [{ name: 'a', cluster: { server: 'https://127.0.0.1:1' } }],
          users: [{ name: 'a', user: { 'auth-provider': { name: 'gcp' } } }],
          contexts: [{ name: 'a', context: { cluster: 'a', user: 'a' } }],
        }),
      },
    },
  ],
  [
    'ITS-CONTEXT-NOT-FOUND',
    'the context is not in the kubeconfig',
    { inputs: { context: 'prod' } },
  ],
  [
    'ITS-PROBE-COMMAND-NEEDS-SHELL',
    'probe-command has shell syntax',
    { inputs: { probe: 'command', 'probe-command': 'nc $PROBE_HOST $PROBE_PORT' } },
  ],
  [
    'ITS-CREDENTIALS',
    'a credential plugin is missing',
    {
      inputs: {
        kubeconfig: JSON.stringify({
          'current-context': 'a',
          clusters: [{ name: 'a', cluster: { server: 'https://127.0.0.1:1' } }],
          users: [{ name: 'a', user: { exec: { apiVersion: V1, command: 'no-such-login' } } }],
          contexts: [{ name: 'a', context: { cluster: 'a', user: 'a' } }],
        }),
      },
    },
  ],
  ['ITS-EXPECT-INCOMPLETE', 'expect lacks a destination', { inputs: { expect: '{v1: "^one"}' } }],
  [
    'ITS-EXPECT-SWAPPED',
    'the expressions of expect are swapped',
    { inputs: { expect: '{v1: "^two", v2: "^one"}' } },
  ],
  [
    'ITS-DESTINATION-UNANSWERED',
    'a destination with weight answers nothing',
    {
      options: WEIGHTED,
      inputs: { weight: '50' },
      prepare: (sandbox) => sandbox.faults.destination('v2', { kind: 'dead' }),
    },
  ],
  [
    'ITS-CONNECTIONS-UNANSWERED',
    'too many connections are unanswered',
    {
      options: WEIGHTED,
      inputs: { weight: '50' },
      prepare: (sandbox) => sandbox.faults.destination('v1', { kind: 'eof' }, { every: 2 }),
    },
  ],
  [
    'ITS-CHECK-CANNOT-END',
    'rate is too low for timeout',
    { options: WEIGHTED, inputs: { weight: '50', rate: '20', timeout: '10s' } },
  ],
  [
    'ITS-DESTINATION-NOT-REACHED',
    'no connection reaches a destination with weight',
    {
      options: WEIGHTED,
      inputs: { weight: '50', 'propagation-timeout': '0s', connections: '20' },
      prepare: (sandbox) => sandbox.faults.gateway({ kind: 'shares', shares: { v1: 1 } }),
    },
  ],
  [
    'ITS-TIMEOUT-TOO-SHORT',
    'timeout is too short for a plan',
    { inputs: { mode: 'plan', tolerance: '0.1' } },
  ],
  [
    'ITS-EXPECT-REGEX',
    'an expression has a lookahead',
    { inputs: { expect: '{v1: "^(?!two)", v2: "^two "}' } },
  ],
  [
    'ITS-EXPECT-AMBIGUOUS',
    'a reply matches two expressions',
    { inputs: { expect: '{v1: "one", v2: "hello"}' } },
  ],
  [
    'ITS-WEIGHTS-SUM',
    'weights add up to 90',
    { inputs: { ...WEIGHTS, weights: '{v1: 50, v2: 40}' } },
  ],
  [
    'ITS-ONLY-DESTINATION',
    'the only destination of the rule gets less than 100',
    { inputs: { subset: 'v1', expect: '{v1: "^one"}' } },
  ],
  [
    'ITS-DESTINATION-NOT-FOUND',
    'the name of a new destination is not a subset',
    { inputs: { subset: 'tcp-echo/V2' } },
  ],
  [
    'ITS-RULE-AMBIGUOUS',
    'several rules fit',
    {
      prepare: (sandbox) =>
        editSpec(sandbox, (tcp) => ({
          tcp: [...tcp, { ...tcp[0], match: [{ port: 31401 }] }],
        })),
    },
  ],
  [
    'ITS-RULE-NO-DESTINATIONS',
    'the only rule of the object redirects',
    {
      prepare: (sandbox) =>
        editSpec(sandbox, () => ({ tcp: null, http: [{ redirect: { uri: '/' } }] })),
    },
  ],
  [
    'ITS-RULE-DELEGATED',
    'the rules are in another object',
    {
      prepare: (sandbox) =>
        editSpec(sandbox, () => ({ tcp: null, http: [{ delegate: { name: 'echo' } }] })),
    },
  ],
  [
    'ITS-PAUSES-EXCEED-TIMEOUT',
    'the pauses exceed timeout',
    { inputs: { steps: '5, 10', 'step-interval': '5m', timeout: '5m' } },
  ],
  [
    'ITS-OBJECT-NOT-FOUND',
    'the object does not exist',
    { inputs: { 'virtual-service': 'tcp-ecko' } },
  ],
  ['ITS-NAMESPACE-NOT-FOUND', 'the namespace does not exist', { inputs: { namespace: 'demon' } }],
  [
    'ITS-KIND-NOT-SERVED',
    'the API server has no VirtualServices',
    { options: { istioVersions: [] } },
  ],
  [
    'ITS-SUBSET-NOT-DEFINED',
    'no DestinationRule defines the subset',
    { inputs: { subset: 'v7', expect: '{v1: "^one", v7: "^seven"}' } },
  ],
  [
    'ITS-NO-READY-ENDPOINTS',
    'the destination has no ready endpoints',
    { prepare: (sandbox) => sandbox.faults.destination('v2', { kind: 'not-ready' }) },
  ],
  [
    'ITS-PORT-TAKEN',
    'an older VirtualService takes the port',
    {
      prepare: (sandbox) => {
        const own = Object(sandbox.objects.get(ROUTE))
        sandbox.objects.create({ ...own, metadata: { name: 'a-first', namespace: 'demo' } })
        // Created again, it is not the older one, even if a second has just begun.
        sandbox.objects.delete(ROUTE)
        sandbox.objects.create(own)
      },
    },
  ],
  [
    'ITS-SUBSET-HIDDEN',
    'another DestinationRule hides the subset',
    {
      prepare: (sandbox) =>
        sandbox.objects.create({
          apiVersion: 'networking.istio.io/v1',
          kind: 'DestinationRule',
          metadata: { name: 'mtls', namespace: 'istio-system' },
          spec: { host: 'tcp-echo.demo.svc.cluster.local' },
        }),
    },
  ],
  [
    'ITS-NOT-EXPORTED',
    'the VirtualService is not exported to the gateway',
    { prepare: (sandbox) => editSpec(sandbox, (tcp) => ({ tcp, exportTo: ['.'] })) },
  ],
  [
    'ITS-SERVER-NOT-SERVED',
    'an older Gateway takes the port',
    {
      prepare: (sandbox) =>
        sandbox.objects.create({
          ...Object(sandbox.objects.get(GATEWAY)),
          metadata: { name: 'a-first', namespace: 'demo' },
        }),
    },
  ],
  [
    'ITS-NO-MATCHING-SERVER',
    'no server of the Gateway takes the connections',
    {
      prepare: (sandbox) =>
        sandbox.objects.patch(GATEWAY, {
          spec: {
            servers: [{ port: { number: 31400, name: 'tcp', protocol: 'HTTP' }, hosts: ['*'] }],
          },
        }),
    },
  ],
  [
    'ITS-NO-SERVICE-PORT',
    'the Service lacks the port',
    {
      prepare: (sandbox) =>
        sandbox.objects.patch(SERVICE, { spec: { ports: [{ name: 'http', port: 80 }] } }),
    },
  ],
  [
    'ITS-GATEWAY-UNREACHABLE',
    'no address of the gateway accepts connections',
    {
      prepare: (sandbox) =>
        sandbox.objects.patch(SERVICE, balancedAt({ hostname: 'a.invalid' }, { ip: '127.0.0.1' })),
    },
  ],
  [
    'ITS-ADDRESS-NOT-USED',
    'one address of the gateway is not used',
    {
      inputs: { mode: 'verify', weight: '0', subset: 'v2', 'propagation-timeout': '0s' },
      prepare: (sandbox) =>
        sandbox.objects.patch(
          SERVICE,
          balancedAt({ hostname: 'a.invalid' }, { ip: sandbox.gateway.host }),
        ),
    },
  ],
  [
    'ITS-OTHER-PORT-NOT-CHECKED',
    'the rule gets connections of two ports',
    {
      inputs: { mode: 'plan' },
      prepare: (sandbox) => {
        editSpec(sandbox, (tcp) => ({ tcp: [{ ...tcp[0], match: [] }] }))
        const servers = [sandbox.gateway.port, 31401].map((number) => ({
          port: { number, name: `tcp-${number}`, protocol: 'TCP' },
          hosts: ['*'],
        }))
        sandbox.objects.patch(GATEWAY, { spec: { servers } })
      },
    },
  ],
  [
    'ITS-GATEWAY-NOT-FOUND',
    'the Gateway does not exist',
    { prepare: (sandbox) => sandbox.objects.delete(GATEWAY) },
  ],
  [
    'ITS-GATEWAY-SERVICE-NOT-FOUND',
    'no Service selects the gateway',
    { options: { separateClusters: true } },
  ],
  [
    'ITS-NO-RECOGNIZED-REPLY',
    'no reply is recognized',
    { inputs: { expect: '{v1: "^eins", v2: "^zwei"}' } },
  ],
  ['ITS-FORBIDDEN', 'the user may not read the object', { prepare: asUser() }],
  [
    'ITS-UNAUTHORIZED',
    'the token is not accepted',
    { prepare: (sandbox) => sandbox.tokens.clear() },
  ],
  [
    'ITS-FORBIDDEN',
    'the user may not read the Gateway',
    { prepare: asUser(['virtualservices', '*']) },
  ],
  [
    'ITS-FORBIDDEN',
    'the user may not list Services',
    { prepare: asUser(['virtualservices', '*'], ['gateways', 'get']) },
  ],
  [
    'ITS-OFF-TARGET',
    'the gateway splits by other weights',
    {
      inputs: { 'propagation-timeout': '0s' },
      prepare: (sandbox) =>
        sandbox.faults.gateway({ kind: 'shares', shares: { v1: 0.4, v2: 0.6 } }),
    },
  ],
  [
    'ITS-NOT-PROPAGATED',
    'the gateway still uses the previous weights',
    {
      options: WEIGHTED,
      inputs: { weight: '60', tolerance: '15', 'propagation-timeout': '0s' },
      prepare: (sandbox) => sandbox.faults.gateway({ kind: 'never' }),
    },
  ],
  [
    'ITS-CONNECTIONS-USED-UP',
    'connections are used up',
    { inputs: { 'propagation-timeout': '0s', connections: '20' } },
  ],
  [
    'ITS-PARTLY-PROPAGATED',
    'one replica of the gateway is stale',
    {
      options: { replicas: 2 },
      inputs: { weight: '100', 'propagation-timeout': '0s' },
      prepare: (sandbox) =>
        sandbox.faults.gateway({ kind: 'first-replica', othersAfterMs: 'never' }),
    },
  ],
  [
    'ITS-REPLIES-SWAPPED',
    'the expressions are swapped in verify',
    {
      options: { weights: { v1: 90, v2: 10 } },
      inputs: { ...VERIFY, weights: 'current', expect: '{v1: "^two", v2: "^one"}' },
    },
  ],
  [
    'ITS-ONE-DESTINATION',
    'all connections go to one destination',
    {
      options: { weights: { v1: 50, v2: 50 } },
      inputs: { ...VERIFY, weights: 'current' },
      prepare: (sandbox) => sandbox.faults.gateway({ kind: 'pinned', by: 'address' }),
    },
  ],
  [
    'ITS-OFF-TARGET',
    'the gateway does not split by the weights',
    {
      options: { weights: { v1: 50, v2: 50 } },
      inputs: { ...VERIFY, weights: 'current' },
      prepare: (sandbox) =>
        sandbox.faults.gateway({ kind: 'shares', shares: { v1: 0.9, v2: 0.1 } }),
    },
  ],
  [
    'ITS-WEIGHTS-OF-OBJECT',
    'verify asks for other weights than the object has',
    { options: WEIGHTED, inputs: { mode: 'verify', weight: '60', 'propagation-timeout': '0s' } },
  ],
  [
    'ITS-NO-REPLY',
    'a destination does not answer',
    { prepare: (sandbox) => sandbox.faults.destination('v2', { kind: 'dead' }) },
  ],
  [
    'ITS-UNRECOGNIZED-REPLIES',
    'replies are not recognized',
    { inputs: { weight: '50', expect: '{v1: "^one", v2: "^zwei"}' } },
  ],
  [
    'ITS-CONTROLLER',
    'a controller manages the object',
    {
      options: WEIGHTED,
      inputs: { mode: 'plan' },
      prepare: (sandbox) =>
        editSpec(sandbox, (tcp) => ({ tcp: [{ ...tcp[0], match: [] }] }), 'argocd-controller'),
    },
  ],
  [
    'ITS-OTHER-WEIGHTS-ON-OBJECT',
    'the object has other weights than those to verify',
    { options: WEIGHTED, inputs: { mode: 'verify', weight: '60', 'propagation-timeout': '0s' } },
  ],
  [
    'ITS-MANIFEST-UNREADABLE',
    'the manifest does not exist',
    { inputs: { manifest: path.join(ROOT, 'no-such.yaml') } },
  ],
  [
    'ITS-LOCKED',
    'another run is in progress',
    { prepare: (sandbox) => interruptRun(sandbox, Date.now()) },
  ],
  [
    'ITS-MANIFEST-OBJECT-NOT-FOUND',
    'the manifest has another object',
    { inputs: { manifest: path.join(ROOT, 'sandbox/tutorial/gateway.yaml') } },
  ],
  [
    'ITS-MANIFEST-DESTINATION-UNCLEAR',
    'a new destination in a manifest is unclear',
    {
      inputs: {
        manifest: path.join(ROOT, 'sandbox/tutorial/virtual-service.yaml'),
        mode: 'plan',
        subset: 'canary',
      },
    },
  ],
  [
    'ITS-TOLERANCE-TOO-WIDE',
    'tolerance is too wide',
    { inputs: { mode: 'plan', tolerance: '20', weight: '25' }, options: WEIGHTED },
  ],
  [
    'ITS-TOO-FEW-CONNECTIONS',
    'connections is too low',
    { inputs: { mode: 'plan', connections: '20' } },
  ],
  [
    'ITS-TIMEOUT-TOO-SHORT',
    'rate is too low for a plan',
    { inputs: { mode: 'plan', rate: '10', timeout: '20s' } },
  ],
  [
    'ITS-SUBSETS-NOT-CHECKED',
    'subsets cannot be checked',
    {
      inputs: { tolerance: '15' },
      prepare: asUser(['virtualservices', '*'], ['gateways', 'get'], ['services', '*']),
    },
  ],
  [
    'ITS-JOURNAL-UNREADABLE',
    'the journal cannot be read',
    {
      prepare: (sandbox) =>
        sandbox.objects.patch(ROUTE, { metadata: { annotations: { [JOURNAL]: 'nothing' } } }),
    },
  ],
  [
    'ITS-INTERRUPTED-RUN',
    'plan finds an interrupted run',
    {
      inputs: { mode: 'plan' },
      prepare: (sandbox) => interruptRun(sandbox, Date.now() - 3_600_000),
    },
  ],
  [
    'ITS-JOURNAL-OF-ANOTHER-OBJECT',
    'the journal is of another object',
    { prepare: (sandbox) => interruptRun(sandbox, Date.now(), { uid: 'another' }) },
  ],
  [
    'ITS-JOURNAL-OF-ANOTHER-KIND',
    'the journal is for a kind of route object that this version does not shift',
    { prepare: (sandbox) => interruptRun(sandbox, Date.now(), { kind: 'UDPRoute' }) },
  ],
  [
    'ITS-JOURNAL-NEWER',
    'the journal is of a newer version',
    { prepare: (sandbox) => interruptRun(sandbox, Date.now(), { version: 3 }) },
  ],
]

describe('a run reports', () => {
  test.each(CAUSES)('%s if %s', async (code, _, { inputs, options, prepare }) => {
    const sandbox = await startSandbox(options)
    onTestFinished(() => sandbox.stop())
    await prepare?.(sandbox)
    const run = await runOn(sandbox, { subset: 'v2', weight: '20', ...inputs })
    const { findings } = run.record
    const codes = [run.outcome, ...(run.outcome.problems ?? []), ...findings].map((one) => one.code)
    expect(codes).toContain(code)
  })
})
