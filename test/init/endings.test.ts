import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { load } from 'js-yaml'
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest'
import { initWith, proposedFor } from '../../kit/run/init.ts'
import { interruptRun } from '../../kit/run/interrupted.ts'
import { MESH_RULES } from '../../kit/run/mesh-rules.ts'
import { ROUTE, WEB_ROUTE, writes } from '../../kit/run/object.ts'
import { runOn } from '../../kit/run/run.ts'
import { type Sandbox, startSandbox } from '../../sandbox/sandbox.ts'
import { scalar } from '../../src/init/print/step-text.ts'
import { sandboxWith } from '../kube/support/cluster.ts'

const WEIGHTS = { v1: 80, v2: 20 }
/** An expression of GitHub Actions. */
const expression = (text: string) => `\${{ ${text} }}`
const WEB = { namespace: 'demo', 'virtual-service': 'web' }
let sandbox: Sandbox

beforeAll(async () => {
  sandbox = await startSandbox({ debounceMs: 1, weights: WEIGHTS, web: { http: WEIGHTS } })
})
afterAll(() => sandbox.stop())

test('init lists several rules with the command that chooses each, and ends with status 2', async () => {
  const { status, printed, said } = await initWith(sandbox, {})
  expect(status).toBe(2)
  expect(said).toContain('Several rules are possible. Run one of these commands:')
  expect(printed).toContain(
    `# VirtualService/web -n demo: v1 80%, v2 20% (http to web/v1, web/v2, at demo/web-gateway)\nistio-traffic-shift init VirtualService/web -n demo\n`,
  )
})

test('init asks a person for the rule and the version by their numbers', async () => {
  const answers = ['7', '2', '']
  const { status, said, printed } = await initWith(sandbox, { namespace: 'demo' }, { answers })
  expect(status).toBe(0)
  expect(said).toContain('  1  VirtualService/tcp-echo -n demo')
  expect(said).toContain('Which of the rules? [1] Enter a number from 1 to 2.')
  expect(said).toContain('Which of the versions to shift to? [1] ')
  expect(printed).toMatch(/virtual-service: web\n +subset: v2\n/)
})

test('init prints a step that YAML reads back as the proposed inputs', async () => {
  const { inputs } = await proposedFor(sandbox, { ...WEB, 'virtual-service': 'tcp-echo' })
  const { printed } = await initWith(sandbox, { ...WEB, 'virtual-service': 'tcp-echo' })
  const step = /^- uses[\s\S]*?\n\n/m.exec(printed)?.[0] ?? ''
  const [{ with: given }] = load(step) as [{ with: Record<string, unknown> }]
  const { mode, kubeconfig, expect: mapping, ...others } = given
  expect([mode, kubeconfig]).toEqual(['plan', expression('secrets.KUBECONFIG')])
  expect(load(String(mapping))).toEqual(load(inputs.expect ?? ''))
  const { expect: _, ...rest } = inputs
  expect(Object.fromEntries(Object.entries(others).map(([k, v]) => [k, String(v)]))).toEqual(rest)
})

test('init writes a workflow with concurrency, permissions and inputs, and does not overwrite files', async () => {
  const folder = mkdtempSync(path.join(tmpdir(), 'init-'))
  onTestFinished(() => rmSync(folder, { recursive: true }))
  const file = path.join(folder, '.github', 'workflows', 'traffic-shift.yml')
  const { status, said } = await initWith(sandbox, WEB, { file })
  expect([status, said]).toEqual([0, expect.stringContaining(`Wrote ${file}.`)])
  const workflow = load(readFileSync(file, 'utf8'))
  expect(workflow).toMatchObject({
    permissions: { contents: 'read' },
    concurrency: { group: 'demo-web', 'cancel-in-progress': false },
    on: { workflow_dispatch: { inputs: { weight: { default: '40' }, mode: { default: 'plan' } } } },
    jobs: {
      shift: { steps: [{ with: { weight: expression('inputs.weight'), expect: 'stamp' } }, {}] },
    },
  })
  const again = await initWith(sandbox, WEB, { file })
  expect(again.status).toBe(2)
  expect(again.said).toContain(
    `${file} already exists. init does not overwrite files. (ITS-INIT-FILE)`,
  )
})

test('init masks a secret header in everything that it prints', async () => {
  const headers = { 'probe-headers': '{authorization: Bearer opensesame}' }
  const { status, printed, said } = await initWith(sandbox, { ...WEB, ...headers })
  expect(status).toBe(0)
  expect(printed + said).not.toContain('opensesame')
})

test('init reports everything that is wrong with the options at once', async () => {
  const { status, said } = await initWith(sandbox, { ...WEB, weight: '120', 'probe-path': 'x' })
  expect(status).toBe(2)
  expect(said).toMatch(/weight must be/)
  expect(said).toMatch(/probe-path must/)
})

test('init says that a cluster cannot be reached', async () => {
  const kubeconfig = sandbox.kubeconfig.replace(/server: .*/, 'server: https://127.0.0.1:1')
  const { status, said } = await initWith(sandbox, WEB, { kubeconfig })
  expect(status).toBe(4)
  expect(said).toMatch(/ECONNREFUSED[\s\S]*Check that this machine can reach the API server/)
})

test('init says which rights it lacks to find an object, and what to name instead', async () => {
  sandbox.tokens.set('none', { name: 'none', rules: [] })
  const kubeconfig = sandbox.kubeconfigFor('none')
  const everywhere = await initWith(sandbox, {}, { kubeconfig })
  expect(everywhere.status).toBe(4)
  expect(everywhere.said).toMatch(
    /may not list virtualservices.* in all namespaces\. \(ITS-FORBIDDEN\)\n.*-n NAMESPACE/,
  )
  const here = await initWith(sandbox, { namespace: 'demo' }, { kubeconfig })
  expect(here.said).toContain('Name the object with KIND/NAME.')
})

test('init says that a cluster has no route objects, and what to do', async () => {
  const { status, said } = await initWith(sandbox, { namespace: 'istio-system' })
  expect(status).toBe(4)
  expect(said).toMatch(
    /There is no VirtualService.* in namespace istio-system of .*\(ITS-INIT-NO-OBJECT\)\nCreate a route object/,
  )
})

test('init says that a rule has no second version', async () => {
  const only = await sandboxWith({ web: true })
  const rules = { ...WEB_ROUTE, resource: 'destinationrules' }
  only.objects.patch(rules, { spec: { subsets: [{ name: 'v1', labels: { version: 'v1' } }] } })
  const { status, said } = await initWith(only, WEB)
  expect(status).toBe(4)
  expect(said).toContain('define a subset for it in the DestinationRule of web.')
})

test('init proposes nothing while a run is in progress, and names status', async () => {
  const other = await sandboxWith({ weights: WEIGHTS })
  interruptRun(other, Date.now())
  const { status, said } = await initWith(other, { ...WEB, 'virtual-service': 'tcp-echo' })
  expect(status).toBe(5)
  expect(said).toContain('istio-traffic-shift status VirtualService/tcp-echo -n demo')
})

test('init proposes a port-forward for a gateway that cannot be reached from here', async () => {
  const other = await sandboxWith({ web: { http: WEIGHTS } })
  other.objects.patch(
    { group: '', resource: 'services', namespace: 'istio-system', name: 'istio-ingressgateway' },
    { spec: { type: 'ClusterIP' }, status: { loadBalancer: { ingress: [] } } },
  )
  const { inputs, rights } = await proposedFor(other, WEB)
  expect(inputs).toMatchObject({ connect: 'port-forward', expect: 'stamp' })
  expect(rights).toContainEqual(
    expect.objectContaining({ resource: 'pods/portforward', isRequired: true }),
  )
  const few = { tolerance: '15', expect: 'stamp', 'virtual-service': 'web' }
  const { outcome } = await runOn(other, { ...inputs, ...few })
  expect(outcome).toMatchObject({ verdict: 'pass' })
  expect(writes(other).length).toBeGreaterThan(0)
})

test('init proposes a Job for a rule of the mesh, and the counters of clients where no Job may be created', async () => {
  const other = await sandboxWith({ web: true })
  other.objects.create(MESH_RULES['a VirtualService with gateways [mesh]'].object(WEIGHTS))
  const mesh = { namespace: 'demo', 'virtual-service': 'web-mesh' }
  const { inputs } = await proposedFor(other, mesh)
  expect(inputs).toMatchObject({ connect: 'job', expect: 'stamp', subset: 'v2' })
  const rules = [{ apiGroups: ['', 'networking.istio.io'], resources: ['*'], verbs: ['*'] }]
  other.tokens.set('no-jobs', { name: 'no-jobs', rules })
  const kubeconfig = other.kubeconfigFor('no-jobs')
  const without = await initWith(other, mesh, { kubeconfig })
  expect(without.said).toMatch(/Name the clients with --client-pods/)
  const clients = await proposedFor(
    other,
    { ...mesh, 'client-pods': 'demo/app=client' },
    { kubeconfig },
  )
  expect(clients.inputs).toMatchObject({ evidence: 'counters', traffic: 'users' })
  expect(writes(other)).toEqual([])
})

test('init says in the step that the replies do not fit the weights, by Pods that were asked', async () => {
  const other = await sandboxWith({ weights: { v1: 90, v2: 10 } })
  await other.faults.gateway({ kind: 'shares', shares: { v2: 1 } })
  const { status, printed } = await initWith(other, { ...WEB, 'virtual-service': 'tcp-echo' })
  expect(status).toBe(0)
  expect(printed).toContain(
    '# DOES NOT FIT the weights v1 90%, v2 10%: by expect, the gateway sent 0 of v1, 20 of v2.',
  )
  expect(printed).toContain('# ONE POD of v1, v2 was asked.')
})

test('init prints commands and names of Roles that can be pasted, whatever is in the values', async () => {
  const folder = mkdtempSync(path.join(tmpdir(), 'a b-'))
  onTestFinished(() => rmSync(folder, { recursive: true }))
  const kubeconfig = path.join(folder, 'kc')
  writeFileSync(kubeconfig, sandbox.kubeconfig)
  const { printed } = await initWith(sandbox, { kubeconfig })
  expect(printed).toContain(`-n demo --kubeconfig '${kubeconfig}'\n`)
  const tcp = { ...WEB, 'virtual-service': 'tcp-echo' }
  const own = await initWith(sandbox, { ...tcp, payload: '--x\\n' })
  expect(own.printed).toContain(" --payload='--x\\n'")
  expect(own.printed).toContain('--role traffic-shift-demo-tcp-echo --user USER')
})

test('init writes to no folder and to no file without a name', async () => {
  const folder = mkdtempSync(path.join(tmpdir(), 'init-'))
  onTestFinished(() => rmSync(folder, { recursive: true }))
  const { status, said } = await initWith(sandbox, WEB, { file: folder })
  expect([status, said]).toEqual([2, expect.stringContaining(`${folder} is not a file.`)])
})

test('init says in the step that no reply was a success', async () => {
  const other = await sandboxWith({ web: { http: WEIGHTS } })
  for (const version of ['v1', 'v2'])
    await other.faults.destination(version, { kind: 'status', status: 404 })
  const { status, printed } = await initWith(other, WEB)
  expect(status).toBe(0)
  expect(printed).toContain(
    '# NO SUCCESS: the first reply had status 404. Name a path that succeeds with --probe-path.',
  )
  expect(printed).toContain('expect: |')
})

test('init ends when it is cancelled', async () => {
  const cancel = new AbortController()
  cancel.abort()
  const { status, said } = await initWith(sandbox, WEB, { cancelled: cancel.signal })
  expect([status, said]).toEqual([130, expect.stringContaining('Cancelled. Nothing was written.')])
})

test('the objects of a cluster are as they were before', () => {
  expect(writes(sandbox)).toEqual([])
  expect(sandbox.objects.get(ROUTE)?.metadata.generation).toBe(1)
})

test('init prints a step whose texts are those of the object, although YAML has numbers like them', () => {
  expect(['020', '1.10', '1e2', 'yes', 'null', '2026-01-01', '20', '0.5'].map(scalar)).toEqual([
    "'020'",
    "'1.10'",
    "'1e2'",
    "'yes'",
    "'null'",
    "'2026-01-01'",
    '20',
    '0.5',
  ])
})

test('init names the cluster of each Role where the gateway is in another one, and writes its notes into the workflow', async () => {
  const other = await sandboxWith({ web: { http: WEIGHTS }, separateClusters: true })
  const folder = mkdtempSync(path.join(tmpdir(), 'init-'))
  onTestFinished(() => rmSync(folder, { recursive: true }))
  const file = path.join(folder, 'shift.yml')
  const { status, printed, said } = await initWith(
    other,
    {
      ...WEB,
      'gateway-kubeconfig': other.gatewayKubeconfig,
      'gateway-context': 'sandbox',
      'probe-headers': '{authorization: Bearer opensesame}',
    },
    { file },
  )
  expect([status, said]).toEqual([0, expect.stringContaining('as GATEWAY_KUBECONFIG.')])
  const [own = '', gateway = ''] = printed.split('of the kubeconfig or context of the gateway')
  expect(own).toContain(
    '# 2. The Roles for the user of the secret KUBECONFIG, for the cluster of the',
  )
  expect(own).not.toContain('[services]')
  expect(gateway).toContain('resources: [services], verbs: [list]')
  expect(gateway).not.toContain('virtualservices]')
  const step = readFileSync(file, 'utf8')
  expect(step).toContain('# MASKED: ')
  expect(step).toContain('gateway-context: sandbox')
  expect(step).not.toContain('opensesame')
})

test('init says in the step where the replies do not fit a mapping that was given', async () => {
  const noted = async (expect: string) =>
    (await initWith(sandbox, { ...WEB, 'virtual-service': 'tcp-echo', expect })).printed
  expect(await noted('{v1: "^two", v2: "^one"}')).toContain('# DOES NOT FIT the weights v1 80%')
  expect(await noted('{v1: "^uno", v2: "^two"}')).toContain('replies match no version of expect')
  expect(await noted('{v1: "^one", v2: "^two"}')).not.toMatch(/DOES NOT FIT|NOT RECOGNIZED/)
})
