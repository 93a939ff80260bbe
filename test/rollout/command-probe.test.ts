import { afterEach, beforeEach, expect, test } from 'vitest'
import { runOn } from '../../kit/run/run.ts'
import { type Sandbox, startSandbox } from '../../sandbox/sandbox.ts'

let sandbox: Sandbox
beforeEach(async () => {
  sandbox = await startSandbox()
})
afterEach(() => sandbox.stop())

/** A client as a user may have one: connects, sends a line, prints the answer. */
const CLIENT = `${process.execPath} -e "const s=require('net').connect(process.env.PROBE_PORT,process.env.PROBE_HOST);s.write('x\\n');s.once('data',(d)=>{process.stdout.write(d);s.destroy()})"`

test('a shift is confirmed by the command that opens the connections', async () => {
  const { outcome } = await runOn(sandbox, {
    subset: 'v2',
    weight: '100',
    probe: 'command',
    'probe-command': CLIENT,
    concurrency: '4',
    confidence: '90',
    tolerance: '20',
  })
  expect(outcome.message).toContain('; 100 ± 20 confirmed at 90% confidence.')
  expect(outcome.verdict).toBe('pass')
})

test('a command that does not exist is found before anything is written', async () => {
  const { outcome } = await runOn(sandbox, {
    subset: 'v2',
    weight: '100',
    probe: 'command',
    'probe-command': 'no-such-client --at all',
  })
  expect(outcome).toMatchObject({ verdict: 'error', reason: 'preflight' })
  expect(outcome.message).toContain(
    'failed (for example "the command could not be started: no-such-client is not in PATH")',
  )
  expect(outcome.remedy).toMatch(
    /PROBE_HOST='127\.[\d.]+' PROBE_PORT=31400 no-such-client --at all/,
  )
})
