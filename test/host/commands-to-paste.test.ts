import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { interruptRun } from '../../kit/run/interrupted.ts'
import { type Sandbox, startSandbox } from '../../sandbox/sandbox.ts'
import { execute } from '../../src/host/execute.ts'

const OBJECT: Readonly<Record<string, string>> = {
  namespace: 'demo',
  'virtual-service': 'tcp-echo',
}

/** A sandbox whose kubeconfig is in a file. */
async function startWithFile(): Promise<{ sandbox: Sandbox; file: string }> {
  const sandbox = await startSandbox()
  const folder = mkdtempSync(path.join(tmpdir(), 'kube-'))
  onTestFinished(async () => {
    rmSync(folder, { recursive: true })
    await sandbox.stop()
  })
  const file = path.join(folder, 'config.yaml')
  writeFileSync(file, sandbox.kubeconfig)
  return { sandbox, file }
}

async function remedyOf(inputs: Readonly<Record<string, string>>): Promise<string> {
  const { outcome } = await execute({
    raw: (name) => ({ ...OBJECT, ...inputs })[name],
    problems: [],
    isCommandLine: true,
    environment: {},
    cancelled: new AbortController().signal,
    run: { id: 'test-run', attempt: 1 },
    terminal: false,
    print: () => undefined,
    onSecret: () => undefined,
    redact: (text) => text,
    saveIntent: () => undefined,
    defaultReport: undefined,
  })
  return outcome.remedy
}

test('commands of kubectl and of this tool name the kubeconfig that was given', async () => {
  const { sandbox, file } = await startWithFile()
  const missing = { mode: 'plan', kubeconfig: file, 'virtual-service': 'missing' }
  expect(await remedyOf({ ...missing, subset: 'v2', weight: '20' })).toContain(
    `kubectl --kubeconfig '${file}' --context 'sandbox' --namespace 'demo' get`,
  )
  interruptRun(sandbox, Date.now())
  expect(await remedyOf({ mode: 'status', kubeconfig: file })).toContain(
    `rollback --namespace 'demo' --virtual-service 'tcp-echo' --kubeconfig '${file}' --context 'sandbox'`,
  )
})

test('commands of this tool name the kubeconfig of the gateway too', async () => {
  const { sandbox, file } = await startWithFile()
  interruptRun(sandbox, Date.now())
  const remedy = await remedyOf({ mode: 'status', kubeconfig: file, 'gateway-kubeconfig': file })
  expect(remedy).not.toContain('--gateway-kubeconfig')
  const copy = `${file}.yaml`
  writeFileSync(copy, sandbox.kubeconfig)
  expect(
    await remedyOf({ mode: 'status', kubeconfig: file, 'gateway-kubeconfig': copy }),
  ).toContain(
    ` --kubeconfig '${file}' --context 'sandbox' --gateway-kubeconfig '${copy}' --gateway-context 'sandbox'`,
  )
})

test('no command shows a kubeconfig that was given as YAML', async () => {
  const { sandbox } = await startWithFile()
  interruptRun(sandbox, Date.now())
  const remedy = await remedyOf({ mode: 'status', kubeconfig: sandbox.kubeconfig })
  expect(remedy).toContain("--context 'sandbox'")
  expect(remedy).not.toContain('kubeconfig')
})

test('every command to paste in the sources takes the flags of its cluster', () => {
  const files = readdirSync('src', { recursive: true, encoding: 'utf8' })
  const bare = files
    .filter((file) => file.endsWith('.ts'))
    .flatMap((file) => readFileSync(path.join('src', file), 'utf8').split('\n'))
    .filter((line) => /\\n {2}(?:kubectl|istioctl|flux|istio-traffic-shift) /.test(line))
  // This one is for another machine, where the kubeconfig has another path.
  expect(bare.map((line) => line.trim())).toEqual([
    expect.stringContaining('run this there and use the output as kubeconfig'),
  ])
})
