import { expect, onTestFinished, test } from 'vitest'
import { respond } from '../sandbox/faults/api-acts.ts'
import { ADMIN_TOKEN } from '../sandbox/options.ts'
import { startSandbox } from '../sandbox/sandbox.ts'
import { execute, reportText } from '../src/execute.ts'
import { pageOf } from '../src/report/page.ts'
import { startRedacting } from '../src/report/redact.ts'
import { summaryOf } from '../src/report/summary.ts'
import { TUTORIAL } from './support/run.ts'

test('a secret in a text that is cut is not left over by half', async () => {
  const sandbox = await startSandbox()
  onTestFinished(() => sandbox.stop())
  // Of tokens without anything between them a cut at 8000 characters goes through one.
  const body = { message: `It is: ${ADMIN_TOKEN.repeat(5000)}` }
  await sandbox.faults.api({ match: { method: 'GET' }, act: respond(400, { body }) })
  const inputs: Readonly<Record<string, string>> = {
    ...TUTORIAL,
    kubeconfig: sandbox.kubeconfig,
    subset: 'v2',
    weight: '20',
  }
  const redactor = startRedacting()
  const { outcome, record } = await execute({
    raw: (name) => inputs[name],
    problems: [],
    environment: {},
    cancelled: new AbortController().signal,
    run: { id: 'test-run', attempt: 1 },
    terminal: false,
    print: () => undefined,
    onSecret: redactor.add,
    redact: redactor.redact,
    saveIntent: () => undefined,
    defaultReport: undefined,
  })
  const written = [
    reportText(record, outcome, redactor.redact),
    redactor.redact(pageOf(record, outcome)),
    redactor.redact(summaryOf(record, outcome)),
  ]
  for (const text of written) {
    expect(text).toContain('It is: ')
    expect(text).toContain('(cut here)')
    expect(text).not.toContain(ADMIN_TOKEN.slice(0, 4))
  }
})
