import { expect, onTestFinished, test } from 'vitest'
import { TUTORIAL } from '../../kit/run/run.ts'
import { respond } from '../../sandbox/faults/api-acts.ts'
import { ADMIN_TOKEN } from '../../sandbox/options.ts'
import { startSandbox } from '../../sandbox/sandbox.ts'
import { execute } from '../../src/host/execute.ts'
import type { Host } from '../../src/host/host.ts'
import { reportText } from '../../src/host/write-report.ts'
import { fromArguments } from '../../src/options/arguments.ts'
import { pageOf } from '../../src/report/page/page.ts'
import { type Redactor, startRedacting } from '../../src/report/redact/redact.ts'
import { summaryOf } from '../../src/report/summary/summary.ts'

function hostOf(inputs: Readonly<Record<string, string>>, redactor: Redactor): Host {
  return {
    raw: (name) => inputs[name],
    problems: [],
    isCommandLine: false,
    environment: {},
    cancelled: new AbortController().signal,
    run: { id: 'test-run', attempt: 1 },
    terminal: false,
    print: () => undefined,
    onSecret: redactor.add,
    redact: redactor.redact,
    saveIntent: () => undefined,
    defaultReport: undefined,
  }
}

test('a secret is redacted before a reply is cut', async () => {
  const sandbox = await startSandbox()
  onTestFinished(() => sandbox.stop())
  const redactor = startRedacting()
  const inputs: Readonly<Record<string, string>> = {
    ...TUTORIAL,
    kubeconfig: sandbox.kubeconfig,
    subset: 'v2',
    weight: '20',
    expect: '{v1: "^eins", v2: "^zwei"}',
    payload: `${ADMIN_TOKEN.repeat(50)}\\n`,
  }
  const { outcome } = await execute(hostOf(inputs, redactor))
  expect(outcome.reason).toBe('preflight')
  expect(outcome.message).toContain('for example "one ***')
  expect(outcome.message).not.toContain('admi')
})

test('a secret is redacted before an input is cut', async () => {
  const sandbox = await startSandbox()
  onTestFinished(() => sandbox.stop())
  const tooLong = `x${ADMIN_TOKEN.repeat(20)}`
  for (const wrong of [{ subset: tooLong }, { namespace: tooLong, subset: 'v2' }]) {
    const redactor = startRedacting()
    const inputs: Readonly<Record<string, string>> = {
      ...TUTORIAL,
      kubeconfig: sandbox.kubeconfig,
      weight: '20',
      ...wrong,
    }
    const { outcome } = await execute(hostOf(inputs, redactor))
    expect(outcome.reason).toBe('input')
    expect(outcome.message).not.toContain('admi')
  }
})

test('a secret is redacted before a text of the report is cut', async () => {
  const sandbox = await startSandbox()
  onTestFinished(() => sandbox.stop())
  // Of tokens without anything between them a cut at 2000 characters goes through one.
  const body = { message: `It is: ${ADMIN_TOKEN.repeat(5000)}` }
  await sandbox.faults.api({ match: { method: 'GET' }, act: respond(400, { body }) })
  const inputs: Readonly<Record<string, string>> = {
    ...TUTORIAL,
    kubeconfig: sandbox.kubeconfig,
    subset: 'v2',
    weight: '20',
  }
  const redactor = startRedacting()
  const { outcome, record } = await execute(hostOf(inputs, redactor))
  const written = [
    reportText(record, outcome, redactor.redact),
    redactor.redact(pageOf(record, outcome)),
    redactor.redact(summaryOf(record, outcome)),
  ]
  for (const text of written) {
    expect(text).toContain('It is: ')
    expect(text).toContain('characters in all)')
    expect(text).not.toContain(ADMIN_TOKEN.slice(0, 4))
  }
})

test('the summary names no folder of a report that could not be written', async () => {
  const redactor = startRedacting()
  const inputs = { mode: 'shift', report: '/dev/null/report' }
  const { outcome, record, files } = await execute(hostOf(inputs, redactor))
  expect(files).toBeUndefined()
  expect(summaryOf(record, outcome)).not.toContain('full report')
})

test('an object of a kind that cannot be shifted is not reported as missing too', async () => {
  const redactor = startRedacting()
  const { problems, raw } = fromArguments(['status', 'UDPRoute/x', '-n', 'demo'], () => '')
  const { outcome } = await execute({ ...hostOf({}, redactor), raw, problems })
  expect(outcome.message).toContain('"UDPRoute/x" cannot be shifted. Use KIND/NAME')
  expect(outcome.message).not.toContain('is required')
})

test('a mode that does not exist is not reported as the mode of the run', async () => {
  const lines: string[] = []
  const redactor = startRedacting()
  const host = hostOf({ ...TUTORIAL, mode: 'foo' }, redactor)
  const print = ({ text }: { text: string }) => lines.push(text)
  const { outcome, record } = await execute({ ...host, print })
  expect(outcome.message).toContain('not "foo"')
  expect(JSON.parse(reportText(record, outcome, redactor.redact))).toMatchObject({ mode: null })
  const shown = [lines.join('\n'), summaryOf(record, outcome), pageOf(record, outcome)]
  for (const text of shown) expect(text).not.toMatch(/mode:? shift[^,]/)
})
