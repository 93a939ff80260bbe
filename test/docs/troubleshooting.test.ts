import { globSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { describe, expect, onTestFinished, test } from 'vitest'
import { pages, ROOT } from '../../kit/docs/markdown.ts'
import { interruptRun } from '../../kit/run/interrupted.ts'
import { ROUTE } from '../../kit/run/object.ts'
import { runOn } from '../../kit/run/run.ts'
import { type Sandbox, type SandboxOptions, startSandbox } from '../../sandbox/sandbox.ts'
import { JOURNAL } from '../../src/journal/journal.ts'

/** How a message is brought about on the embedded mesh. */
type Produced = {
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

/** The spec of the VirtualService, made anew from the one that is there. */
function editSpec(sandbox: Sandbox, edit: (tcp: object[]) => object, manager?: string): void {
  const own = sandbox.objects.get(ROUTE)
  const tcp = Object(own?.spec).tcp
  sandbox.objects.patch(ROUTE, { spec: { ...Object(own?.spec), ...edit(tcp) } }, manager)
}

/** Runs as a user who may do so much and no more. */
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

/** By the heading of docs/troubleshooting.md. */
const PRODUCED: ReadonlyMap<string, Produced> = new Map<string, Produced>([
  [
    'kubeconfig: got ""; wants a path, the YAML itself, or auto; it was given but is empty',
    { inputs: { kubeconfig: '' } },
  ],
  [
    'kubeconfig: wants a path, the YAML itself, or auto; what was given looks like …',
    { inputs: { kubeconfig: Buffer.from('kubeconfig'.repeat(30)).toString('base64') } },
  ],
  [
    'kubeconfig: wants a kubeconfig that kubectl can use (…)',
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
    'context: got "…"; wants a context of the kubeconfig that names a cluster with a server (it has …',
    { inputs: { context: 'prod' } },
  ],
  [
    `probe-command: got "…"; wants sh -c '...' around it: no shell runs it`,
    { inputs: { probe: 'command', 'probe-command': 'nc $PROBE_HOST $PROBE_PORT' } },
  ],
  [
    'the credentials for … could not be had: …',
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
  [
    'expect: wants an expression for … too: every destination of the entry (…)',
    { inputs: { expect: '{v1: "^one"}' } },
  ],
  ['expect seems to have … swapped: …', { inputs: { expect: '{v1: "^two", v2: "^one"}' } }],
  [
    '… has …% and answered none of … connections; …',
    {
      options: WEIGHTED,
      inputs: { weight: '50' },
      prepare: (sandbox) => sandbox.faults.destination('v2', { kind: 'dead' }),
    },
  ],
  [
    '… connections got no known reply before the write: …',
    {
      options: WEIGHTED,
      inputs: { weight: '50' },
      prepare: (sandbox) => sandbox.faults.destination('v1', { kind: 'eof' }, { every: 2 }),
    },
  ],
  [
    'a check cannot end within timeout: …',
    { options: WEIGHTED, inputs: { weight: '50', rate: '20', timeout: '10s' } },
  ],
  [
    '… has …% and answered none of … connections, and no connection was lost: none reaches …',
    {
      options: WEIGHTED,
      inputs: { weight: '50', 'propagation-timeout': '0s', connections: '20' },
      prepare: (sandbox) => sandbox.faults.gateway({ kind: 'shares', shares: { v1: 1 } }),
    },
  ],
  [
    'the … connections that a check takes on average, with the pauses, last … s if each takes … ms with … in flight; timeout leaves … s for them',
    { inputs: { mode: 'plan', tolerance: '0.1' } },
  ],
  [
    'expect.…: got "…"; wants a regular expression that is matched in linear time, so that no reply can stop the run: …',
    { inputs: { expect: '{v1: "^(?!two)", v2: "^two "}' } },
  ],
  [
    'expect: the reply … matches more than one expression',
    { inputs: { expect: '{v1: "one", v2: "hello"}' } },
  ],
  [
    'weights: got "…"; wants percents that sum to 100; these sum to …',
    { inputs: { ...WEIGHTS, weights: '{v1: 50, v2: 40}' } },
  ],
  [
    'weight: got "…"; wants 100, because … is the only destination of the entry',
    { inputs: { subset: 'v1', expect: '{v1: "^one"}' } },
  ],
  [
    'subset: got "…"; wants a destination of the entry (…), or the name of a subset to add',
    { inputs: { subset: 'tcp-echo/V2' } },
  ],
  [
    'Several rules of VirtualService … fit. Nothing was written.',
    {
      prepare: (sandbox) =>
        editSpec(sandbox, (tcp) => ({
          tcp: [...tcp, { ...tcp[0], match: [{ port: 31401 }] }],
        })),
    },
  ],
  [
    'VirtualService … has no tcp rules: it has only http rules. Only tcp rules can be shifted.',
    {
      prepare: (sandbox) =>
        editSpec(sandbox, () => ({
          tcp: null,
          http: [{ route: [{ destination: { host: 'tcp-echo' } }] }],
        })),
    },
  ],
  [
    'step-interval: got "…"; wants pauses that fit into timeout',
    { inputs: { steps: '5, 10', 'step-interval': '5m', timeout: '5m' } },
  ],
  [
    'there is no VirtualService … in namespace … on …',
    { inputs: { 'virtual-service': 'tcp-ecko' } },
  ],
  ['there is no namespace … on …', { inputs: { namespace: 'demon' } }],
  [
    '… serves no VirtualService: it lacks the group networking.istio.io',
    { options: { istioVersions: [] } },
  ],
  [
    'no DestinationRule defines subset … of host …: …',
    { inputs: { subset: 'v7', expect: '{v1: "^one", v7: "^seven"}' } },
  ],
  [
    '… has no ready endpoints: … in namespace …',
    { prepare: (sandbox) => sandbox.faults.destination('v2', { kind: 'not-ready' }) },
  ],
  [
    'VirtualService … is older and takes the same gateway port first: weights of … would have no effect …',
    {
      prepare: (sandbox) =>
        sandbox.objects.create({
          ...Object(sandbox.objects.get(ROUTE)),
          metadata: { name: 'a-first', namespace: 'demo' },
        }),
    },
  ],
  [
    'DestinationRule … hides subset … of host …: …',
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
    '… has exportTo …: its weights would have no effect there',
    { prepare: (sandbox) => editSpec(sandbox, (tcp) => ({ tcp, exportTo: ['.'] })) },
  ],
  [
    'Port … of Gateway … is not served: Port … of Gateway … is for the same Pods and has that port first. …',
    {
      prepare: (sandbox) =>
        sandbox.objects.create({
          ...Object(sandbox.objects.get(GATEWAY)),
          metadata: { name: 'a-first', namespace: 'demo' },
        }),
    },
  ],
  [
    "Gateway … lacks a server that takes the entry's connections…: …",
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
    'Service … has no TCP port that leads to port … of the gateway; it has …',
    {
      prepare: (sandbox) =>
        sandbox.objects.patch(SERVICE, { spec: { ports: [{ name: 'http', port: 80 }] } }),
    },
  ],
  [
    'No address of the gateway (…) accepts connections: …',
    {
      prepare: (sandbox) =>
        sandbox.objects.patch(SERVICE, balancedAt({ hostname: 'a.invalid' }, { ip: '127.0.0.1' })),
    },
  ],
  [
    '… addresses of the gateway (…) … no connection from here and … not used: …',
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
    'Connections go to port … of Gateway … only. …',
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
    'there is no Gateway …, to which the entry is bound',
    { prepare: (sandbox) => sandbox.objects.delete(GATEWAY) },
  ],
  ['no Service selects the workload of Gateway … on …', { options: { separateClusters: true } }],
  [
    'none of … connections to … got a reply that expect knows: …',
    { inputs: { expect: '{v1: "^eins", v2: "^zwei"}' } },
  ],
  [
    'virtualservices.networking.istio.io "…" is forbidden: User "…" cannot get resource "virtualservices"',
    { prepare: asUser() },
  ],
  [
    'the API server does not accept the credentials (401 …)',
    { prepare: (sandbox) => sandbox.tokens.clear() },
  ],
  [
    "reading Gateway … is not allowed, so the gateway's address cannot be found",
    { prepare: asUser(['virtualservices', '*']) },
  ],
  [
    "listing services is not allowed, so the gateway's address cannot be found",
    { prepare: asUser(['virtualservices', '*'], ['gateways', 'get']) },
  ],
  [
    '… carries a journal that cannot be read',
    {
      prepare: (sandbox) =>
        sandbox.objects.patch(ROUTE, { metadata: { annotations: { [JOURNAL]: 'nothing' } } }),
    },
  ],
  [
    'The gateway splits neither by the new weights (…) nor by …',
    {
      inputs: { 'propagation-timeout': '0s' },
      prepare: (sandbox) =>
        sandbox.faults.gateway({ kind: 'shares', shares: { v1: 0.4, v2: 0.6 } }),
    },
  ],
  [
    'The gateway still splits by … s after the write.',
    {
      options: WEIGHTED,
      inputs: { weight: '60', 'propagation-timeout': '0s' },
      prepare: (sandbox) => sandbox.faults.gateway({ kind: 'never' }),
    },
  ],
  [
    'did not decide, and no more were allowed.',
    { inputs: { 'propagation-timeout': '0s', connections: '20' } },
  ],
  [
    'of the connections (…) are still split by …',
    {
      options: { replicas: 2 },
      inputs: { weight: '100', 'propagation-timeout': '0s' },
      prepare: (sandbox) =>
        sandbox.faults.gateway({ kind: 'first-replica', othersAfterMs: 'never' }),
    },
  ],
  [
    'The replies fit … if the expressions of … are swapped in expect.',
    {
      options: { weights: { v1: 90, v2: 10 } },
      inputs: { ...VERIFY, weights: 'current', expect: '{v1: "^two", v2: "^one"}' },
    },
  ],
  [
    'All … from this runner gave the reply of …, although … have weight.',
    {
      options: { weights: { v1: 50, v2: 50 } },
      inputs: { ...VERIFY, weights: 'current' },
      prepare: (sandbox) => sandbox.faults.gateway({ kind: 'pinned', by: 'address' }),
    },
  ],
  [
    'The gateway does not split by …. Observed …',
    {
      options: { weights: { v1: 50, v2: 50 } },
      inputs: { ...VERIFY, weights: 'current' },
      prepare: (sandbox) =>
        sandbox.faults.gateway({ kind: 'shares', shares: { v1: 0.9, v2: 0.1 } }),
    },
  ],
  [
    'The gateway splits by the weights on the object (…), not by …',
    { options: WEIGHTED, inputs: { mode: 'verify', weight: '60', 'propagation-timeout': '0s' } },
  ],
  ['does not answer', { prepare: (sandbox) => sandbox.faults.destination('v2', { kind: 'dead' }) }],
  [
    'Replies came that expect does not recognize.',
    { inputs: { weight: '50', expect: '{v1: "^one", v2: "^zwei"}' } },
  ],
  [
    '… (…) manages … and may restore its own weights',
    {
      options: WEIGHTED,
      inputs: { mode: 'plan' },
      prepare: (sandbox) =>
        editSpec(sandbox, (tcp) => ({ tcp: [{ ...tcp[0], match: [] }] }), 'argocd-controller'),
    },
  ],
  [
    '… itself says …; the run proves what was asked for, which is something else',
    { options: WEIGHTED, inputs: { mode: 'verify', weight: '60', 'propagation-timeout': '0s' } },
  ],
  [
    '… still has the journal of an interrupted run, …',
    {
      inputs: { mode: 'plan' },
      prepare: (sandbox) => interruptRun(sandbox, Date.now() - 3_600_000),
    },
  ],
  ['…: The file cannot be read: …', { inputs: { manifest: path.join(ROOT, 'no-such.yaml') } }],
  [
    'Another run is shifting …: …. Nothing was written.',
    { prepare: (sandbox) => interruptRun(sandbox, Date.now()) },
  ],
  [
    '… carries the journal of another object, from which it was copied',
    { prepare: (sandbox) => interruptRun(sandbox, Date.now(), { uid: 'another' }) },
  ],
  [
    '… carries a journal of version …',
    { prepare: (sandbox) => interruptRun(sandbox, Date.now(), { version: 3 }) },
  ],
  [
    '…: The file has no VirtualService …. It has …',
    { inputs: { manifest: path.join(ROOT, 'sandbox/tutorial/gateway.yaml') } },
  ],
  [
    '"…" is not a destination of the rule (…). To add a destination to a file, write …',
    {
      inputs: {
        manifest: path.join(ROOT, 'sandbox/tutorial/virtual-service.yaml'),
        mode: 'plan',
        subset: 'canary',
      },
    },
  ],
  [
    'tolerance is so wide that it holds the weights from before the write too: …',
    { inputs: { mode: 'plan', tolerance: '20', weight: '25' }, options: WEIGHTED },
  ],
  [
    'connections allows … a try, fewer than a proof takes on average: …',
    { inputs: { mode: 'plan', connections: '20' } },
  ],
  [
    'rate makes the … connections that a proof takes on average, with the pauses, last … s; timeout leaves … s for them',
    { inputs: { mode: 'plan', rate: '10', timeout: '20s' } },
  ],
  [
    'not checked: …',
    { prepare: asUser(['virtualservices', '*'], ['gateways', 'get'], ['services', '*']) },
  ],
])

const [page] = pages('docs/troubleshooting.md')
const HEADINGS = [...(page?.text ?? '').matchAll(/^### `(.+)`$/gm)].map(([, text = '']) => text)
const SOURCES = globSync('src/**/*.ts', { cwd: ROOT }).map((file) =>
  readFileSync(path.join(ROOT, file), 'utf8'),
)

/** The heading as an expression, in which `…` is what a program or a run puts there. */
function patternOf(heading: string, filled: string): RegExp {
  return new RegExp(
    heading
      .split('…')
      .map((part) => part.replaceAll(/[\\^$.*+?()[\]{}|]/g, '\\$&'))
      .join(filled),
  )
}

test('the page has the messages that this test knows, each once', () => {
  expect(HEADINGS.length).toBeGreaterThan(40)
  expect(new Set(HEADINGS).size).toBe(HEADINGS.length)
  for (const heading of PRODUCED.keys()) expect(HEADINGS).toContain(heading)
})

test('the messages that the README begins with are on the page', () => {
  const [readme] = pages('README.md')
  const [, section = ''] = readme?.text.split('\n## When it says no\n') ?? []
  const [table = ''] = section.split('\n## ')
  const shown = [...table.matchAll(/^\| `(.+)` \|/gm)].map(([, text = '']) => text)
  expect(shown.length).toBeGreaterThan(4)
  for (const text of shown) {
    const pattern = patternOf(text, '.+')
    expect(HEADINGS.filter((heading) => pattern.test(heading))).not.toEqual([])
  }
})

describe('a message on the page is said by a run on the embedded mesh', () => {
  test.each([...PRODUCED])('%s', async (heading, { inputs, options, prepare }) => {
    const sandbox = await startSandbox(options)
    onTestFinished(() => sandbox.stop())
    await prepare?.(sandbox)
    const { log } = await runOn(sandbox, { subset: 'v2', weight: '20', ...inputs })
    expect(log).toMatch(patternOf(heading, '.+'))
  })
})

describe('a message on the page that takes longer to bring about is in the source', () => {
  test.each(HEADINGS.filter((heading) => !PRODUCED.has(heading)))('%s', (heading) => {
    const pattern = patternOf(heading, '\\$\\{.+?\\}')
    expect(SOURCES.filter((text) => pattern.test(text))).not.toEqual([])
  })
})
