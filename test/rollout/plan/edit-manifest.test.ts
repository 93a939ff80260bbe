import { createHash } from 'node:crypto'
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { load } from 'js-yaml'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { manifest } from '../../../kit/manifest/edit.ts'
import { runOn, SURE } from '../../../kit/run/run.ts'
import { type Sandbox, startSandbox } from '../../../sandbox/sandbox.ts'
import { ownOwner } from '../../../src/manifest/file/lock-owner.ts'
import { type ManifestFile, manifestFile } from '../../../src/manifest/file/manifest-file.ts'
import { readOptions } from '../../../src/options/read-options.ts'
import { reportOf } from '../../../src/report/json/report-json.ts'
import { outputsOf } from '../../../src/report/outputs.ts'
import { summaryOf } from '../../../src/report/summary/summary.ts'
import { editManifest } from '../../../src/rollout/plan/edit-manifest.ts'

/** A cluster that cannot be reached: a run that called it would end with another verdict. */
const NO_CLUSTER = { kubeconfig: 'apiVersion: v1\nkind: Config\n' }

const ONE = manifest(`        - destination:
            host: tcp-echo
            port: { number: 9000 }
            subset: v1
`)

let folder: string
let path: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'manifest-'))
  path = join(folder, 'route.yaml')
  writeFileSync(path, ONE)
})
afterEach(() => rmSync(folder, { recursive: true }))

const text = () => readFileSync(path, 'utf8')

const SHIFT = { mode: 'shift', expect: undefined, subset: 'tcp-echo/v2', weight: '20' }

function run(inputs: Readonly<Record<string, string | undefined>>) {
  const common = { expect: undefined, subset: 'tcp-echo/v2', weight: '20', manifest: path }
  return runOn(NO_CLUSTER, { ...common, ...inputs })
}

describe('plan of a manifest', () => {
  test('shows the diff and what confirming it takes, writes nothing and calls no cluster', async () => {
    const { outcome, record, log } = await run({ mode: 'plan', rate: '100' })
    expect(outcome).toMatchObject({
      verdict: 'planned',
      reason: 'planned',
      previousWeights: { v1: 100 },
      weights: { v1: 100 },
      rolledBack: false,
    })
    expect(text()).toBe(ONE)
    expect(record.apiCalls).toEqual([])
    const diff = [
      ' ',
      '+          weight: 80',
      '+        - destination:',
      '+            host: tcp-echo',
      '+            port: { number: 9000 }',
      '+            subset: v2',
      '+          weight: 20',
    ].join('\n')
    expect(log).toContain(diff.slice(2))
    expect(log).toMatch(/Confirming it takes about \d?,?\d{3} connections \(\d,\d{3} at most/)
    expect(log).toContain('At 99% confidence, a split that is off by the tolerance or more passes')
    const mean = record.change?.cost.connectionsMean ?? 0
    expect(record.change?.cost.connectingMs).toBeCloseTo(mean * 10, -2)
  })

  test('puts the diff, the costs and the guarantee into the summary and the report', async () => {
    const { outcome, record } = await run({ mode: 'plan', steps: '5, 10', 'step-interval': '1m' })
    const summary = summaryOf(record, outcome)
    expect(summary).toMatch(
      /^## 📝 demo\/tcp-echo: v2 would go from 0% to 5%, step 1 of 3 to 20%\. Nothing was written\.\n/,
    )
    expect(summary).toContain('```diff\n--- a/')
    expect(summary).toContain('+          weight: 95')
    expect(summary).toContain('pauses of 2 min in all')
    expect(summary).toContain('a chance of at most 1%')
    expect(summary).toContain('closes the connections that were open before')
    expect(summary.match(/^\| [123] \|/gm)).toHaveLength(3)
    expect(reportOf(record, outcome)).toMatchObject({
      manifest: path,
      change: { diff: expect.stringContaining('+          weight: 5'), pausesMs: 120_000 },
      server: null,
    })
  })

  test('warns of a destination that is added, because nothing tells whether it exists', async () => {
    const { record } = await run({ mode: 'plan' })
    expect(record.findings.map(({ what }) => what)).toEqual([
      'Whether v2, which is new in the rule, exists and has ready Pods was not checked, because no cluster is used.',
    ])
  })

  test('warns of a new host that Istio does not resolve, as a run on a cluster does', async () => {
    const { record } = await run({ mode: 'plan', subset: 'other.demo' })
    expect(record.findings.map(({ what }) => what)).toEqual([
      'Whether host other.demo exists was not checked, because it is not the name of a Service.',
    ])
  })

  test('of weights that are there is unchanged, with nothing to show', async () => {
    await run({ mode: 'shift' })
    const { outcome, record } = await run({ mode: 'plan' })
    expect(outcome).toMatchObject({ verdict: 'planned', reason: 'unchanged' })
    expect(record.change?.diff).toBe('')
  })
})

describe('a run on a manifest', () => {
  test.each(['plan', 'shift'])('reads no kubeconfig, so %s needs none', async (mode) => {
    const { outcome } = await run({ mode, kubeconfig: '', 'gateway-kubeconfig': '' })
    expect(outcome.verdict).toBe('planned')
  })

  test('does not list a destination that the file lacks and that would get nothing', async () => {
    const { outcome, record } = await run({ mode: 'shift', weight: '0' })
    expect(outcome).toMatchObject({
      reason: 'unchanged',
      previousWeights: { v1: 100 },
      weights: { v1: 100 },
    })
    expect(outcome.message).toContain('already has v1 100%, without v2.')
    expect(record.findings).toEqual([])
    expect(text()).toBe(ONE)
  })
})

describe('shift of a manifest', () => {
  test('writes the weights into the file, and confirms nothing', async () => {
    const { outcome, files, intents } = await run({ mode: 'shift' })
    expect(outcome).toMatchObject({ verdict: 'planned', reason: 'edited', checks: [] })
    expect(load(text())).toMatchObject({
      spec: { tcp: [{ route: [{ weight: 80 }, { destination: { subset: 'v2' }, weight: 20 }] }] },
    })
    expect(text().startsWith(ONE.trimEnd())).toBe(true)
    expect(intents).toEqual([])
    expect(outputsOf(outcome, files)).toMatchObject({
      verdict: 'planned',
      'previous-weights': '{"v1":100}',
      weights: '{"v1":80,"v2":20}',
      observed: '',
      connections: '',
    })
  })

  test('goes one step a run, and stays at the last', async () => {
    const weights: unknown[] = []
    for (let count = 0; count < 4; count += 1) {
      const { outcome } = await run({ mode: 'shift', steps: '5, 10' })
      weights.push([outcome.reason, outcome.weights?.v2])
    }
    expect(weights).toEqual([
      ['edited', 5],
      ['edited', 10],
      ['edited', 20],
      ['unchanged', 20],
    ])
  })

  test('adds a Service by its host, and knows it again by any form of its name', async () => {
    await run({ mode: 'shift', subset: 'other.demo.svc.cluster.local' })
    expect(text()).toContain(
      'host: other.demo.svc.cluster.local\n            port: { number: 9000 }\n',
    )
    const again = await run({
      mode: 'shift',
      subset: 'other.demo.svc.cluster.local:9000',
      weight: '30',
    })
    expect(again.outcome.weights).toEqual({ v1: 70, 'other.demo.svc.cluster.local': 30 })
    const twin = await run({ mode: 'shift', subset: 'other:9000', weight: '40' })
    expect(twin.outcome.weights).toEqual({ v1: 60, 'other.demo.svc.cluster.local': 40 })
  })

  test('edits the file again if another run was faster, so neither edit is lost', async () => {
    const other = ONE.replace('name: tcp-echo', 'name: other')
    writeFileSync(path, `${ONE}---\n${other}`)
    const inputs: Readonly<Record<string, string>> = {
      namespace: 'demo',
      subset: 'tcp-echo/v2',
      weight: '20',
      manifest: path,
    }
    const shift = (name: string, file: ManifestFile) =>
      editManifest(
        readOptions((input) => (input === 'virtual-service' ? name : inputs[input])).options,
        file,
        { emit: () => undefined, cancelled: new AbortController().signal },
      )
    const file = manifestFile(path)
    let isFirst = true
    const outcome = await shift('tcp-echo', {
      ...file,
      write: async (before, after, signal) => {
        if (isFirst) expect(await shift('other', file)).toMatchObject({ verdict: 'planned' })
        isFirst = false
        return file.write(before, after, signal)
      },
    })
    expect(outcome).toMatchObject({ verdict: 'planned', reason: 'edited' })
    expect(text().match(/weight: 20/g)).toHaveLength(2)
  })

  test.each<[string, Record<string, string>, boolean, object]>([
    ['it is cancelled', {}, true, { verdict: 'error', reason: 'cancelled' }],
    [
      'its time is up',
      { timeout: '50ms' },
      false,
      { verdict: 'inconclusive', reason: 'limit-reached', code: 'ITS-MANIFEST-LOCKED' },
    ],
  ])('that waits for the lock of another run ends when %s', async (_, inputs, cancel, ended) => {
    const hash = createHash('sha256').update('route.yaml').digest('hex').slice(0, 16)
    writeFileSync(join(folder, `.istio-traffic-shift-${hash}.lock`), JSON.stringify(ownOwner()))
    const cancelled = new AbortController()
    const { outcome, log } = await runOn(
      NO_CLUSTER,
      { ...SHIFT, manifest: path, ...inputs },
      {
        cancelled: cancelled.signal,
        onLine: (line) => {
          if (cancel && line.includes('in the file')) cancelled.abort()
        },
      },
    )
    expect(outcome).toMatchObject(ended)
    expect(outcome.message).toContain(`${path}: `)
    expect(log).toMatch(/Nothing was written\./)
    expect(text()).toBe(ONE)
  })

  test('that changes nothing does not touch the file', async () => {
    await run({ mode: 'shift' })
    const before = statSync(path, { bigint: true }).mtimeNs
    await run({ mode: 'shift' })
    expect(statSync(path, { bigint: true }).mtimeNs).toBe(before)
  })
})

describe('an error of the input', () => {
  test.each<[string, () => void, Record<string, string | undefined>, string]>([
    ['a file that is missing', () => rmSync(path), {}, 'The file cannot be read: ENOENT'],
    ['a folder', () => undefined, { manifest: '/' }, '/: The file cannot be read: it is a folder.'],
    [
      'bytes that are no UTF-8',
      () => writeFileSync(path, Buffer.from([0x61, 0xff])),
      {},
      'cannot be read: The encoded data was not valid',
    ],
    [
      'UTF-16',
      () => writeFileSync(path, Buffer.from(ONE, 'utf16le')),
      {},
      'The file cannot be read: it is UTF-16. Convert it to UTF-8.',
    ],
    [
      'another object',
      () => undefined,
      { 'virtual-service': 'x' },
      'The file has no VirtualService demo/x. It has VirtualService demo/tcp-echo.',
    ],
    [
      'weights beside a subset',
      () => undefined,
      { weights: '{v1: 100}' },
      'weights cannot be combined with weight and subset. Use one or the other.',
    ],
    [
      'no such destination',
      () => undefined,
      { subset: 'V 2' },
      '"V 2" is not a destination of the rule (v1). To add a destination to a file, write HOST/SUBSET',
    ],
    [
      'a subset whose name has a dot',
      () => undefined,
      { subset: 'tcp-echo/1.0' },
      'A subset name has only lower-case letters, digits and dashes, and no dot.',
    ],
    [
      'a mapping that lacks a destination',
      () => undefined,
      { subset: undefined, weight: undefined, weights: '{v3: 100}' },
      'route.yaml: weights has no percent for v1.',
    ],
    [
      'a name that may be a subset or a Service',
      () => undefined,
      { subset: 'v2' },
      '"v2" is not a destination of the rule (v1). To add a destination to a file, write tcp-echo/v2 for a subset of tcp-echo, or the full host name (v2.NAMESPACE.svc.cluster.local) or v2:PORT for a Service.',
    ],
    [
      'a rule that the file has not',
      () => undefined,
      { route: 'tcp[1]' },
      'VirtualService tcp-echo has no rule tcp[1].\nSet route to one of these:\n  tcp:31400 (to tcp-echo/v1, at mesh)',
    ],
  ])('is %s', async (_, prepare, inputs, says) => {
    prepare()
    const { outcome, log } = await run({ mode: 'shift', ...inputs })
    expect(outcome).toMatchObject({ verdict: 'error', reason: 'input', weights: undefined })
    const { message, remedy } = outcome
    expect(`${message}${says.includes('\n') ? '\n' : ' '}${remedy}`).toContain(says)
    expect(message).not.toContain('kubeconfig')
    expect(log.match(/Nothing was written\./g)).toHaveLength(1)
  })
})

describe('verify beside a manifest', () => {
  let sandbox: Sandbox
  beforeEach(async () => {
    sandbox = await startSandbox({ weights: { v1: 80, v2: 20 } })
  })
  afterEach(() => sandbox.stop())

  const verify = () =>
    runOn(sandbox, {
      mode: 'verify',
      weights: 'current',
      manifest: path,
      tolerance: '8',
      confidence: SURE,
      'propagation-timeout': '0s',
    })

  test('confirms the weights that the file has, once the cluster has them', async () => {
    await run({ mode: 'shift' })
    expect((await verify()).outcome).toMatchObject({ verdict: 'pass', reason: 'within-tolerance' })
  })

  test('fails where the cluster still has others than the file, and says so', async () => {
    await run({ mode: 'shift', weight: '60' })
    const { outcome } = await verify()
    expect(outcome).toMatchObject({ verdict: 'fail', reason: 'not-propagated' })
    expect(outcome.message).toContain('v1 80%, v2 20%')
  })

  test.each([
    [
      'a weight in quotes, which counts as none',
      'weight: 80',
      'weight: "80"',
      'tcp[0].route[0].weight is "80", which is not a whole number',
    ],
    ['a template', 'weight: 80', 'weight: "{{ x }}"', 'is a template'],
  ])('is an error of the input where the file has %s', async (_, plain, odd, says) => {
    await run({ mode: 'shift' })
    writeFileSync(path, text().replace(plain, odd))
    const { outcome } = await verify()
    expect(outcome).toMatchObject({ verdict: 'error', reason: 'input' })
    expect(outcome.message).toContain(says)
    expect(sandbox.calls).toEqual([])
  })

  test('is an error of the input where the file cannot be read, before any call', async () => {
    rmSync(path)
    const { outcome } = await verify()
    expect(outcome).toMatchObject({ verdict: 'error', reason: 'input' })
    expect(outcome.message).toContain('The file cannot be read: ENOENT')
    expect(sandbox.calls).toEqual([])
  })
})
