import { describe, expect, test } from 'vitest'
import type { Sandbox } from '../../sandbox/sandbox.ts'
import { readSubsets } from '../../src/mesh/destination-rules.ts'
import type { Destination } from '../../src/mesh/entry.ts'
import { apiOf, callsOf, may, NETWORKING, NEVER, sandboxWith, userWith } from './support/cluster.ts'

function to(subset: string | undefined, host = 'tcp-echo'): Destination {
  return { host, port: 9000, subset, weight: undefined }
}

function subsetsOf(sandbox: Sandbox, destinations: Destination[], namespace = 'demo') {
  return readSubsets(apiOf(sandbox.kubeconfig), 'v1', namespace, destinations, NEVER)
}

function addRule(sandbox: Sandbox, name: string, namespace: string, host: string, subset: string) {
  sandbox.objects.create({
    apiVersion: 'networking.istio.io/v1',
    kind: 'DestinationRule',
    metadata: { name, namespace },
    spec: { host, subsets: [{ name: subset, labels: { release: subset } }] },
  })
}

const LIST = 'GET /apis/networking.istio.io/v1/namespaces/demo/destinationrules'

describe('the subsets of destinations', () => {
  test('have the labels that their DestinationRule gives them', async () => {
    const sandbox = await sandboxWith()
    const { labels, findings } = await subsetsOf(sandbox, [to('v1'), to('v2')])
    expect(findings).toEqual([])
    expect([labels(to('v1')), labels(to('v2')), labels(to(undefined))]).toEqual([
      { version: 'v1' },
      { version: 'v2' },
      {},
    ])
    expect(callsOf(sandbox)).toEqual([LIST])
  })

  test('need no look where no destination has one', async () => {
    const sandbox = await sandboxWith()
    const { labels, findings } = await subsetsOf(sandbox, [to(undefined)])
    expect([labels(to(undefined)), findings, callsOf(sandbox)]).toEqual([{}, [], []])
  })

  test("are found in the namespace of the host's Service too", async () => {
    const sandbox = await sandboxWith()
    const host = 'tcp-echo.demo.svc.cluster.local'
    const { labels, findings } = await subsetsOf(sandbox, [to('v2', host)], 'default')
    expect([labels(to('v2', host)), findings]).toEqual([{ version: 'v2' }, []])
  })

  test('are found where a wildcard covers the host', async () => {
    const sandbox = await sandboxWith()
    addRule(sandbox, 'all', 'demo', '*.demo.svc.cluster.local', 'v3')
    const { labels } = await subsetsOf(sandbox, [to('v3')])
    expect(labels(to('v3'))).toEqual({ release: 'v3' })
  })

  test("are found in Istio's root namespace, which is looked at last", async () => {
    const sandbox = await sandboxWith()
    addRule(sandbox, 'root', 'istio-system', 'tcp-echo.demo.svc.cluster.local', 'v3')
    const { labels, findings } = await subsetsOf(sandbox, [to('v1'), to('v3')])
    expect([labels(to('v3')), findings]).toEqual([{ release: 'v3' }, []])
    expect(callsOf(sandbox)).toEqual([LIST, LIST.replace('/demo/', '/istio-system/')])
  })
})

describe('a subset that no DestinationRule defines', () => {
  test('is an error that says what is defined and how to add it', async () => {
    const sandbox = await sandboxWith()
    const { labels, findings } = await subsetsOf(sandbox, [to('v1'), to('v3')])
    expect(labels(to('v3'))).toBeUndefined()
    expect(findings).toEqual([
      {
        kind: 'error',
        reason: 'preflight',
        what: 'no DestinationRule defines subset v3 of host tcp-echo: DestinationRule tcp-echo-destination defines v1, v2',
        mend: 'Name one that is defined, or add it to the DestinationRule before the shift:\n  subsets:\n  - name: v3\n    labels: {version: v3}',
      },
    ])
  })

  test('is said for each destination, also where there is no rule for the host', async () => {
    const sandbox = await sandboxWith()
    const { findings } = await subsetsOf(sandbox, [to('v1', 'other'), to('v4')])
    expect(findings.map(({ what }) => what)).toEqual([
      'no DestinationRule defines subset v1 of host other: no DestinationRule is for host other',
      'no DestinationRule defines subset v4 of host tcp-echo: DestinationRule tcp-echo-destination defines v1, v2',
    ])
  })

  test('is asked after where it is nearly the name of one that is defined', async () => {
    const sandbox = await sandboxWith()
    addRule(sandbox, 'other', 'demo', 'other', 'canary')
    const { findings } = await subsetsOf(sandbox, [to('canray', 'other')])
    expect(findings.map(({ what }) => what)).toEqual([
      'no DestinationRule defines subset canray of host other: DestinationRule other defines canary (did you mean canary?)',
    ])
  })

  test('in sight may be defined out of sight, and the rule that lets it be seen is named', async () => {
    const sandbox = await sandboxWith({
      tokens: { t: userWith(may('list', NETWORKING, 'destinationrules', { namespace: 'demo' })) },
    })
    const { findings } = await subsetsOf(sandbox, [to('v3')])
    expect(findings[0]).toMatchObject({ kind: 'error' })
    expect(findings[0]?.mend).toContain('Grant it in a Role in namespace istio-system:')
  })
})

test('without the right to look the check is skipped, and the rule that grants it is named', async () => {
  const sandbox = await sandboxWith({ tokens: { nobody: userWith() } })
  const { labels, findings } = await subsetsOf(sandbox, [to('v3')])
  expect(labels(to('v3'))).toBeUndefined()
  expect(findings).toEqual([
    {
      kind: 'warning',
      reason: 'preflight',
      what: 'not checked: whether a DestinationRule defines the subsets; listing destinationrules in namespace demo is not allowed',
      mend: 'Grant it in a Role in namespace demo:\n  - {apiGroups: ["networking.istio.io"], resources: ["destinationrules"], verbs: ["list"]}',
    },
  ])
})
