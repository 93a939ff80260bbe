import { describe, expect, test } from 'vitest'
import type { SandboxOptions } from '../../../sandbox/options.ts'
import type { Sandbox } from '../../../sandbox/sandbox.ts'
import type { JsonObject } from '../../../src/kube/json.ts'
import { readSubsets } from '../../../src/routes/istio/read-subsets.ts'
import { rootNamespaceIn } from '../../../src/routes/istio/root-namespace.ts'
import type { Destination } from '../../../src/routes/rule-format.ts'
import {
  apiOf,
  callsOf,
  may,
  NETWORKING,
  NEVER,
  sandboxWith,
  userWith,
} from '../../kube/support/cluster.ts'
import { destinationOf } from '../support/objects.ts'

function to(subset: string | undefined, host = 'tcp-echo'): Destination {
  return destinationOf(host, { port: 9000, subset })
}

type Look = { namespace?: string; gateway?: string | undefined }

/** Looks from a gateway's namespace, by default where the sandbox has its gateway; undefined: not known. */
function subsetsOf(sandbox: Sandbox, destinations: Destination[], look: Look = {}) {
  const { namespace = 'demo', gateway = 'gateways' } = look
  const pods = {
    namespace: gateway,
    labels: { app: 'gateway' },
    targetPort: (port: number) => port,
  }
  const gatewayPods = Promise.resolve(
    'gateway' in look && look.gateway === undefined ? undefined : pods,
  )
  const api = apiOf(sandbox.kubeconfig)
  return readSubsets({ api, apiVersion: 'v1', namespace, gatewayPods }, destinations, NEVER)
}

/** A sandbox with the namespaces that rules may be in. */
async function meshWith(options: SandboxOptions = {}) {
  const sandbox = await sandboxWith(options)
  for (const name of ['gateways', 'istio-config'])
    sandbox.objects.create({ apiVersion: 'v1', kind: 'Namespace', metadata: { name } })
  return sandbox
}

function addRule(
  sandbox: Sandbox,
  place: string,
  host: string,
  subset: string | null,
  spec: JsonObject = {},
) {
  const [namespace = '', name = ''] = place.split('/')
  const subsets =
    subset === null ? [] : [{ name: subset, labels: { release: `${name}-${subset}` } }]
  sandbox.objects.create({
    apiVersion: 'networking.istio.io/v1',
    kind: 'DestinationRule',
    metadata: { name, namespace },
    spec: { host, subsets, ...spec },
  })
}

const FULL = 'tcp-echo.demo.svc.cluster.local'
const listOf = (namespace: string) =>
  `GET /apis/networking.istio.io/v1/namespaces/${namespace}/destinationrules`

describe('The subsets of destinations', () => {
  test('have the labels that their DestinationRule gives them', async () => {
    const sandbox = await meshWith()
    const { labels, findings } = await subsetsOf(sandbox, [to('v1'), to('v2')])
    expect(findings).toEqual([])
    expect([labels(to('v1')), labels(to('v2')), labels(to(undefined))]).toEqual([
      { version: 'v1' },
      { version: 'v2' },
      {},
    ])
    expect(callsOf(sandbox).sort()).toEqual([listOf('demo'), listOf('gateways')])
  })

  test('cost no call where no destination has one', async () => {
    const sandbox = await sandboxWith()
    const { labels, findings } = await subsetsOf(sandbox, [to(undefined)])
    expect([labels(to(undefined)), findings, callsOf(sandbox)]).toEqual([{}, [], []])
  })

  test("are those of the namespace of the host's Service, not of the route object's", async () => {
    const sandbox = await meshWith()
    addRule(sandbox, 'default/own', FULL, 'v3')
    const { labels, findings } = await subsetsOf(sandbox, [to('v2', FULL), to('v3', FULL)], {
      namespace: 'default',
    })
    expect(labels(to('v2', FULL))).toEqual({ version: 'v2' })
    expect(findings.map(({ what }) => what)).toEqual([
      `No DestinationRule defines subset v3 of host ${FULL}. DestinationRule demo/tcp-echo-destination defines v1, v2.`,
    ])
  })

  test('cost one call where the gateway is in the namespace of the Service', async () => {
    const sandbox = await meshWith()
    const { findings } = await subsetsOf(sandbox, [to('v1')], { gateway: 'demo' })
    expect([findings, callsOf(sandbox)]).toEqual([[], [listOf('demo')]])
  })
})

describe('Of the DestinationRules for a host', () => {
  test("those of the gateway's namespace apply first, and can hide a subset", async () => {
    const sandbox = await meshWith()
    addRule(sandbox, 'gateways/mtls', FULL, null)
    const { labels, findings } = await subsetsOf(sandbox, [to('v2')])
    expect(labels(to('v2'))).toBeUndefined()
    expect(findings).toEqual([
      {
        severity: 'error',
        code: 'ITS-SUBSET-HIDDEN',
        reason: 'preflight',
        what: 'DestinationRule gateways/mtls hides subset v2 of host tcp-echo. Gateways in namespace gateways use it instead of demo/tcp-echo-destination, which defines v2. Connections to the subset would be lost.',
        remedy:
          'Add the subset to DestinationRule gateways/mtls, or remove that rule:\n  subsets:\n  - name: v2\n    labels: {version: v2}',
      },
    ])
  })

  test('the one that applies is to get a hidden subset with the labels of the rule that defines it', async () => {
    const sandbox = await meshWith()
    addRule(sandbox, 'gateways/mtls', FULL, null)
    addRule(sandbox, 'demo/zz-more', 'tcp-echo', 'v3')
    const { findings } = await subsetsOf(sandbox, [to('v3')])
    expect(findings[0]?.remedy).toContain('  - name: v3\n    labels: {release: zz-more-v3}')
  })

  test("one for other Pods in the gateway's namespace is named with its workloadSelector", async () => {
    const sandbox = await meshWith()
    const workloadSelector = { matchLabels: { app: 'other' } }
    addRule(sandbox, 'gateways/some', FULL, 'v2', { workloadSelector })
    const { findings } = await subsetsOf(sandbox, [to('v2')])
    expect(findings).toMatchObject([
      {
        what: expect.stringMatching(
          /^DestinationRule gateways\/some is for other Pods \(workloadSelector \{app: other\}\), and still hides subset v2/,
        ),
        remedy: expect.stringMatching(/^Remove its workloadSelector, .* labels: \{version: v2\}$/s),
      },
    ])
  })

  test('one of a subset that another rule has is named where that rule is not exported as the first is', async () => {
    const sandbox = await meshWith()
    addRule(sandbox, 'demo/zz-private', FULL, 'v3', { exportTo: ['.'] })
    const { findings } = await subsetsOf(sandbox, [to('v3')])
    expect(findings).toMatchObject([
      {
        what: expect.stringContaining(
          "tcp-echo-destination defines v1, v2. demo/zz-private is not exported to the gateway's namespace gateways.",
        ),
        remedy: expect.stringMatching(
          /^Give demo\/zz-private the same exportTo as DestinationRule demo\/tcp/,
        ),
      },
    ])
  })

  test.each<[string, string, JsonObject, string]>([
    ['of another namespace', 'default/other', {}, 'v2'],
    ['for another host', 'gateways/other', { host: 'other.demo.svc.cluster.local' }, 'v2'],
    [
      'for a wildcard that does not cover it',
      'gateways/other',
      { host: '*.prod.svc.cluster.local' },
      'v2',
    ],
    [
      'that the gateway namespace exports elsewhere only',
      'gateways/other',
      { exportTo: ['prod'] },
      'v2',
    ],
    [
      'for other workloads, which hides all the same',
      'gateways/other',
      { workloadSelector: { matchLabels: { app: 'x' } } },
      'none',
    ],
    [
      "for the gateway's own workloads",
      'gateways/own',
      { workloadSelector: { matchLabels: { app: 'gateway' } } },
      'none',
    ],
    ['for a wildcard that covers it', 'gateways/all', { host: '*.svc.cluster.local' }, 'none'],
    ['that is private to the gateway namespace', 'gateways/own', { exportTo: ['.'] }, 'none'],
  ])('one %s counts as it does for istiod', async (_, place, spec, defined) => {
    const sandbox = await meshWith()
    addRule(sandbox, place, FULL, null, spec)
    const { labels } = await subsetsOf(sandbox, [to('v2')])
    expect(labels(to('v2')) === undefined ? 'none' : 'v2').toBe(defined)
  })

  test('the one with the most exact host applies, then the longest wildcard', async () => {
    const sandbox = await meshWith()
    addRule(sandbox, 'gateways/all', '*', 'v8')
    addRule(sandbox, 'gateways/longer', '*.demo.svc.cluster.local', 'v9')
    const { labels } = await subsetsOf(sandbox, [to('v8'), to('v9'), to('v2')])
    expect([labels(to('v8')), labels(to('v9')), labels(to('v2'))]).toEqual([
      undefined,
      { release: 'longer-v9' },
      undefined,
    ])
  })

  test('several for one host apply as one, the older one first', async () => {
    const sandbox = await meshWith()
    addRule(sandbox, 'demo/zz-more', 'tcp-echo', 'v3')
    addRule(sandbox, 'demo/zz-most', FULL, 'v3')
    const { labels, findings } = await subsetsOf(sandbox, [to('v1'), to('v3')])
    expect([labels(to('v1')), labels(to('v3')), findings]).toEqual([
      { version: 'v1' },
      { release: 'zz-more-v3' },
      [],
    ])
  })

  test("those that are not exported to the gateway's namespace do not apply", async () => {
    const sandbox = await meshWith()
    addRule(sandbox, 'demo/private', 'other', 'v1', { exportTo: ['.'] })
    const { findings } = await subsetsOf(sandbox, [to('v1', 'other')])
    expect(findings).toMatchObject([
      {
        what: "No DestinationRule defines subset v1 of host other. demo/private is not exported to the gateway's namespace gateways.",
        remedy: "Export it to the gateway's namespace.",
      },
    ])
    const beside = await subsetsOf(sandbox, [to('v1', 'other')], { gateway: 'demo' })
    expect(beside.findings).toEqual([])
  })

  test("those of Istio's root namespace, as the mesh config names it, apply last", async () => {
    const sandbox = await meshWith()
    addRule(sandbox, 'istio-config/root', '*', 'v3')
    addRule(sandbox, 'istio-system/not-root', '*', 'v4')
    const { labels, findings } = await subsetsOf(sandbox, [to('v3', 'other'), to('v4', 'other')])
    expect(labels(to('v3', 'other'))).toEqual({ release: 'root-v3' })
    expect(findings).toMatchObject([{ what: expect.stringContaining('subset v4 of host other') }])
    expect(callsOf(sandbox)).toContain('GET /api/v1/namespaces/istio-system/configmaps/istio')
  })

  test('private ones of the root namespace hide subsets from a gateway there, public ones do not', async () => {
    const sandbox = await meshWith({ rootNamespace: 'istio-system' })
    addRule(sandbox, 'istio-system/mtls', FULL, null)
    const there = { gateway: 'istio-system' }
    expect((await subsetsOf(sandbox, [to('v2')], there)).findings).toEqual([])
    addRule(sandbox, 'istio-system/private', FULL, null, { exportTo: ['.'] })
    expect((await subsetsOf(sandbox, [to('v2')], there)).findings).toMatchObject([
      { what: expect.stringContaining('DestinationRule istio-system/private hides subset v2') },
    ])
  })

  test('those of an unknown root namespace may hide a subset, which is a warning', async () => {
    const rules = (namespace: string) => may('list', NETWORKING, 'destinationrules', { namespace })
    const sandbox = await meshWith({
      tokens: { t: userWith(rules('demo'), rules('istio-system')) },
    })
    addRule(sandbox, 'istio-system/mtls', FULL, null)
    const { findings } = await subsetsOf(sandbox, [to('v2')], { gateway: 'istio-system' })
    expect(findings).toMatchObject([
      {
        severity: 'warning',
        what: 'Not checked: whether istio-system is the root namespace of the mesh. If it is not, DestinationRules there hide subsets from the gateway.',
        remedy: expect.stringContaining(
          'resources: ["configmaps"], verbs: ["get"], resourceNames: ["istio"]',
        ),
      },
    ])
  })
})

describe('A subset that no DestinationRule defines', () => {
  test('is quoted where YAML would take its name for something else', async () => {
    const { findings } = await subsetsOf(await meshWith(), [to('v1'), to('020')])
    expect(findings[0]?.remedy).toContain('  - name: "020"\n    labels: {version: "020"}')
  })

  test('is an error with the defined subsets and how to add this one', async () => {
    const sandbox = await meshWith()
    const { labels, findings } = await subsetsOf(sandbox, [to('v1'), to('v3')])
    expect(labels(to('v3'))).toBeUndefined()
    expect(findings).toEqual([
      {
        severity: 'error',
        code: 'ITS-SUBSET-NOT-DEFINED',
        reason: 'preflight',
        what: 'No DestinationRule defines subset v3 of host tcp-echo. DestinationRule demo/tcp-echo-destination defines v1, v2.',
        remedy:
          'Name a subset that is defined, or add this one to DestinationRule demo/tcp-echo-destination before the shift:\n  subsets:\n  - name: v3\n    labels: {version: v3}',
      },
    ])
  })

  test('is reported for each destination, also where the host has no DestinationRule', async () => {
    const sandbox = await meshWith()
    const { findings } = await subsetsOf(sandbox, [to('v1', 'other'), to('v4')])
    expect(findings.map(({ what }) => what)).toEqual([
      'No DestinationRule defines subset v1 of host other. There is no DestinationRule for host other.',
      'No DestinationRule defines subset v4 of host tcp-echo. DestinationRule demo/tcp-echo-destination defines v1, v2.',
    ])
  })

  test('is reported with a suggestion where it is nearly the name of a defined subset', async () => {
    const sandbox = await meshWith()
    addRule(sandbox, 'demo/other', 'other', 'canary')
    const { findings } = await subsetsOf(sandbox, [to('canray', 'other')])
    expect(findings.map(({ what }) => what)).toEqual([
      'No DestinationRule defines subset canray of host other. DestinationRule demo/other defines canary. Did you mean canary?',
    ])
  })

  test('is reported with the right that would let the run read the root namespace', async () => {
    const sandbox = await meshWith({
      tokens: { t: userWith(may('list', NETWORKING, 'destinationrules', { namespace: 'demo' })) },
    })
    const { findings } = await subsetsOf(sandbox, [to('v3')], { gateway: undefined })
    expect(findings[0]).toMatchObject({ severity: 'error' })
    expect(findings[0]?.remedy).toContain('Grant it in a Role in namespace istio-system:')
  })
})

test('Without the right to list DestinationRules the check is skipped, and the warning names the right', async () => {
  const sandbox = await sandboxWith({ tokens: { unprivileged: userWith() } })
  const { labels, findings } = await subsetsOf(sandbox, [to('v3')], { gateway: undefined })
  expect(labels(to('v3'))).toBeUndefined()
  expect(findings).toEqual([
    {
      severity: 'warning',
      code: 'ITS-SUBSETS-NOT-CHECKED',
      reason: 'preflight',
      what: 'Not checked: whether a DestinationRule defines the subsets. Listing destinationrules in namespace demo is not allowed.',
      remedy:
        'Grant it in a Role in namespace demo:\n  - {apiGroups: ["networking.istio.io"], resources: ["destinationrules"], verbs: ["list"]}',
    },
  ])
})

test("Without rights in the gateway's namespace the other namespaces are still checked", async () => {
  const sandbox = await meshWith({
    tokens: { t: userWith(may('list', NETWORKING, 'destinationrules', { namespace: 'demo' })) },
  })
  const { labels, findings } = await subsetsOf(sandbox, [to('v2'), to('v3')])
  expect(labels(to('v2'))).toEqual({ version: 'v2' })
  expect(findings.map(({ severity, what }) => `${severity}: ${what}`)).toEqual([
    "warning: Not checked: whether a DestinationRule of the gateway's namespace hides subsets of the destinations. Listing destinationrules in namespace gateways is not allowed.",
    'error: No DestinationRule defines subset v3 of host tcp-echo. DestinationRule demo/tcp-echo-destination defines v1, v2.',
  ])
})

test.each([
  ['rootNamespace: mesh-config', 'mesh-config'],
  ['defaultConfig: {}\nrootNamespace: "x"\n', 'x'],
  ['defaultConfig: {}', undefined],
  ['rootNamespace: 7', undefined],
  ['rootNamespace: ""', undefined],
  ['', undefined],
  ['{', undefined],
])('the mesh config %j has the root namespace %s', (text, root) => {
  expect(rootNamespaceIn(text)).toBe(root)
})
