import { afterEach, describe, expect, test } from 'vitest'
import { runOn } from '../../../kit/run/run.ts'
import type { GatewayFault } from '../../../sandbox/faults/gateway-fault.ts'
import { type Sandbox, type SandboxOptions, startSandbox } from '../../../sandbox/sandbox.ts'

let running: Sandbox | undefined

afterEach(async () => {
  await running?.stop()
  running = undefined
})

const RULE = {
  group: 'networking.istio.io',
  resource: 'destinationrules',
  namespace: 'demo',
  name: 'tcp-echo-destination',
}

const MOST_TO_V1: SandboxOptions = { weights: { v1: 80, v2: 20 } }

/** So sure that what these tests look for practically never comes by chance, and wide enough to be quick. */
const QUICK = { confidence: '99.9', tolerance: '15', 'propagation-timeout': '300ms' }

type Scenario = {
  mesh: SandboxOptions
  faults?: GatewayFault[]
  inputs: Readonly<Record<string, string | undefined>>
  onLine?: (sandbox: Sandbox) => (text: string) => unknown
}

/** How a run on the sandbox ends, with the figures that chance decides replaced by their kind. */
async function ends({ mesh, faults = [], inputs, onLine }: Scenario) {
  const sandbox = await startSandbox(mesh)
  running = sandbox
  for (const fault of faults) await sandbox.faults.gateway(fault)
  const extras = onLine === undefined ? {} : { onLine: onLine(sandbox) }
  const { outcome, log } = await runOn(sandbox, { ...QUICK, ...inputs }, extras)
  return { outcome, log, message: withoutChance(outcome.message) }
}

function withoutChance(message: string): string {
  return message
    .replaceAll(/v1 [\d.]+%, v2 [\d.]+% of [\d,]+ connections/g, 'SHARES of N connections')
    .replace(
      / Of these, [\d,]+ connections? (was|were) opened after the decision, only to find its cause\./g,
      '',
    )
    .replaceAll(/\b(All|after) [\d,]+ connections/g, '$1 N connections')
    .replaceAll(/\([\d.]+% to [\d.]+%\)/g, '(LOW to HIGH)')
}

describe('the message of a run says what its connections show:', () => {
  test('a gateway that ignores the write still splits by the previous weights', async () => {
    const { outcome, message } = await ends({
      mesh: MOST_TO_V1,
      faults: [{ kind: 'never' }],
      inputs: { subset: 'v2', weight: '60' },
    })
    expect(outcome).toMatchObject({ verdict: 'fail', reason: 'not-propagated', rolledBack: true })
    expect(message).toBe(
      "The previous weights are restored (v1 80%, v2 20%), and the gateway still uses them: observed SHARES of N connections. It never used this run's weights, so a late configuration push may still apply them for a moment. Verify the split again when the gateway is in sync.\nThe gateway still splits by the previous weights (v1 80%, v2 20%) 0.3 s after the write. Observed SHARES of N connections.",
    )
    expect(outcome.checks[0]?.propagationMs).toBeUndefined()
  })

  test('one stale replica of two makes about half of the connections follow the previous weights', async () => {
    const { outcome, message, log } = await ends({
      mesh: { weights: { v1: 100, v2: 0 }, replicas: 2 },
      faults: [{ kind: 'first-replica', othersAfterMs: 'never' }],
      inputs: { subset: 'v2', weight: '100' },
    })
    expect(outcome).toMatchObject({ verdict: 'fail', reason: 'off-target', rolledBack: true })
    expect(message).toBe(
      'The previous weights are restored (v1 100%, v2 0%), and the gateway uses them: observed SHARES of N connections.\nAbout half of the connections (LOW to HIGH) are still split by the previous weights (v1 100%, v2 0%): one of two gateway replicas? Observed SHARES of N connections, where v1 0%, v2 100% was written.',
    )
    expect(outcome.remedy).toContain("istioctl --context 'sandbox' proxy-status")
    expect(outcome.checks[0]?.propagationMs).toBeUndefined()
    expect(log).not.toMatch(/took effect .*\nRestore/)
  })

  test('a sticky gateway sends all connections to one destination, and the split is not judged', async () => {
    const { outcome, message } = await ends({
      mesh: { weights: { v1: 50, v2: 50 } },
      faults: [{ kind: 'pinned', by: 'everybody' }],
      inputs: { subset: 'v2', weight: '80' },
    })
    expect(outcome).toMatchObject({
      verdict: 'inconclusive',
      reason: 'dependent',
      rolledBack: true,
    })
    expect(message.replace(/reply of v[12],/, 'reply of vN,')).toBe(
      'The previous weights are restored (v1 50%, v2 50%). Whether the gateway uses them cannot be judged from its replies: SHARES of N connections.\nAll N connections from this runner got the reply of vN, although v1 and v2 both have weight. The split cannot be judged from here.',
    )
    expect(outcome.remedy).toMatch(/sessionAffinity .* load balancer.* consistentHash/)
  })

  test('a sticky gateway is dependent in verify', async () => {
    const { outcome, message, log } = await ends({
      mesh: { weights: { v1: 50, v2: 50 } },
      faults: [{ kind: 'pinned', by: 'address' }],
      inputs: { mode: 'verify', weights: 'current' },
    })
    expect(outcome).toMatchObject({ verdict: 'inconclusive', reason: 'dependent' })
    expect(message.replace(/reply of v[12],/, 'reply of vN,')).toBe(
      'All N connections from this runner got the reply of vN, although v1 and v2 both have weight. The split cannot be judged from here.',
    )
    // Nothing was written, so nothing is said of a gateway that may not have followed.
    expect(log).not.toMatch(/took effect|still splits/)
  })

  test('swapped expectations fit the weights the other way round', async () => {
    const { outcome, message } = await ends({
      mesh: MOST_TO_V1,
      // A shift is stopped by such replies before it writes.
      inputs: { mode: 'verify', weights: 'current', expect: '{v1: "^two", v2: "^one"}' },
    })
    expect(outcome).toMatchObject({ verdict: 'fail', reason: 'off-target' })
    expect(message).toMatch(
      /^The replies fit v1 80%, v2 20% if the expressions of v1 and v2 are swapped in expect\./,
    )
    expect(outcome.remedy).toMatch(
      /^Check the expressions of v1 and v2 in expect: v1: \/\^two\/, v2: \/\^one\/\./,
    )
  })

  test('a gateway that splits by other weights follows neither the new ones nor the previous ones', async () => {
    const { outcome, message } = await ends({
      mesh: { weights: { v1: 60, v2: 40 } },
      faults: [{ kind: 'shares', shares: { v1: 0.05, v2: 0.95 } }],
      inputs: { subset: 'v2', weight: '50' },
    })
    expect(outcome).toMatchObject({ verdict: 'fail', reason: 'off-target', rolledBack: true })
    expect(message).toBe(
      'The previous weights are restored on the object (v1 60%, v2 40%), but the gateway does not use them: observed SHARES of N connections.\nThe gateway splits neither by the new weights (v1 50%, v2 50%) nor by the previous weights (v1 60%, v2 40%). Observed SHARES of N connections.',
    )
  })

  test('time that is too short leaves a fit that is not confirmed, before and after the restore', async () => {
    const { outcome, message } = await ends({
      // No machine takes the million connections that confirm either of these splits.
      mesh: MOST_TO_V1,
      inputs: {
        subset: 'v2',
        weight: '50',
        tolerance: '0.1',
        timeout: '3s',
        rate: '500',
        connections: '9000000',
      },
    })
    expect(outcome).toMatchObject({ verdict: 'inconclusive', reason: 'limit-reached' })
    expect(message).toBe(
      'The previous weights are restored (v1 80%, v2 20%). The split fits them (SHARES of N connections), but time ran out before they were confirmed.\nTime ran out after N connections. The replies no longer fit the previous weights. They fit the new weights (v1 50%, v2 50%), but do not confirm them within ± 0.1 points. Observed SHARES of N connections.',
    )
  })

  test('a step of a ramp that fails is compared with the step that was confirmed before', async () => {
    const { outcome, message } = await ends({
      mesh: { weights: { v1: 90, v2: 10 } },
      inputs: { subset: 'v2', weight: '90', steps: '50', 'on-failure': 'keep' },
      onLine: (sandbox) => (text) =>
        /^✔ Confirmed/.test(text) ? sandbox.faults.gateway({ kind: 'never' }) : undefined,
    })
    expect(outcome).toMatchObject({ verdict: 'fail', reason: 'not-propagated' })
    expect(message.split('\n')[1]).toBe(
      'The gateway still splits by the weights of step 1 (v1 50%, v2 50%) 0.3 s after the write. Observed SHARES of N connections.',
    )
  })

  test('a gateway that refuses after the write no longer accepts connections, and no destination is blamed', async () => {
    const { outcome, message } = await ends({
      mesh: MOST_TO_V1,
      inputs: { subset: 'v2', weight: '60' },
      onLine: (sandbox) => (text) =>
        /^Written/.test(text) ? sandbox.faults.gateway({ kind: 'refuses' }) : undefined,
    })
    expect(outcome).toMatchObject({ verdict: 'fail', reason: 'no-reply', rolledBack: true })
    expect(message).toMatch(
      /^The previous weights are restored \(v1 80%, v2 20%\)\. .* because the gateway refuses connections: .*refused\)\.\nThe gateway (no longer accepts|refuses) connections\. .* got no recognized reply: .*refused\.$/,
    )
    expect(outcome.remedy).toContain('get gateways.networking.istio.io')
  })

  test('a subset that disappears during the run is named before the Pods', async () => {
    const { outcome, message } = await ends({
      mesh: MOST_TO_V1,
      inputs: { subset: 'v2', weight: '60' },
      onLine: (sandbox) => (text) =>
        /^Written/.test(text)
          ? sandbox.objects.patch(RULE, {
              spec: { host: 'tcp-echo', subsets: [{ name: 'v1', labels: { version: 'v1' } }] },
            })
          : undefined,
    })
    expect(outcome).toMatchObject({ verdict: 'fail', reason: 'no-reply' })
    expect(message).toContain(
      'No DestinationRule defines subset v2 of host tcp-echo. DestinationRule demo/tcp-echo-destination defines v1.',
    )
    expect(outcome.remedy).toMatch(
      /^Name a subset that is defined, or add this one to DestinationRule /,
    )
  })

  test('a run that writes nothing names no destination that the object lacks', async () => {
    const { outcome, log } = await ends({
      mesh: {},
      inputs: { subset: 'v3', weight: '20', expect: '{v1: "^one", v3: "^three"}' },
    })
    expect(outcome).toMatchObject({ verdict: 'error', reason: 'preflight' })
    expect(log).toMatch(/Nothing was written\.\nProduction now: v1 100%, unchanged\.\n/)
    expect(log).not.toContain('v3 0%')
  })
})
