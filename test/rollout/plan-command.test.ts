import { execFileSync } from 'node:child_process'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { runOn, SURE } from '../../kit/run/run.ts'
import { type Sandbox, startSandbox } from '../../sandbox/sandbox.ts'
import { fromArguments } from '../../src/options/arguments.ts'
import { nextText } from '../../src/report/facts/next.ts'

let sandbox: Sandbox
beforeEach(async () => {
  sandbox = await startSandbox()
})
afterEach(() => sandbox.stop())

type Inputs = Readonly<Record<string, string | undefined>>

/** What a plan on the command line, or in a workflow, says to do next. */
async function nextOf(inputs: Inputs, isCommandLine = true): Promise<string> {
  const given = { mode: 'plan', subset: 'v2', weight: '20', ...inputs }
  const { record, outcome } = await runOn(sandbox, given, { isCommandLine })
  return nextText(record, outcome)
}

/** The command in an advice. */
function commandIn(advice: string): string {
  const commands = advice.split('\n').filter((line) => line.startsWith('  '))
  expect(commands).toHaveLength(1)
  return commands[0]?.trim() ?? ''
}

/** The words of a command, as a shell hands them to a program. */
function wordsOf(command: string): string[] {
  const text = execFileSync('sh', ['-c', `printf '%s\\0' ${command}`], { encoding: 'utf8' })
  return text.split('\0').slice(0, -1)
}

describe('a plan on the command line ends with a command that', () => {
  test('shifts as planned when it is pasted', async () => {
    const inputs = {
      confidence: SURE,
      tolerance: '15',
      payload: "it's 100%\\n",
      steps: '10',
      route: 'tcp',
    }
    const next = await nextOf(inputs)
    expect(next).toMatch(/The value of kubeconfig is not shown\. Give it on standard input\./)
    const [program, ...words] = wordsOf(commandIn(next))
    expect(program).toBe('istio-traffic-shift')
    const { raw, problems } = fromArguments(words, () => sandbox.kubeconfig)
    expect(problems).toEqual([])
    expect(raw('payload')).toBe(inputs.payload)
    const names = ['mode', 'kubeconfig', 'expect', 'weight', 'subset', ...Object.keys(inputs)]
    const shift = Object.fromEntries(names.map((name) => [name, raw(name)]))
    const { outcome } = await runOn(sandbox, shift)
    expect(outcome).toMatchObject({ verdict: 'pass', weights: { v1: 80, v2: 20 } })
  })

  test('has expect to fill in where the plan had none', async () => {
    const next = await nextOf({ expect: undefined })
    expect(next).toContain(
      'A shift needs expect too. Replace REPLY OF v1 and REPLY OF v2 with regular expressions that match these replies. To apply this plan:',
    )
    const words = wordsOf(commandIn(next))
    expect(words.at(-1)).toBe('{"v1": "REPLY OF v1", "v2": "REPLY OF v2"}')
    expect(words.at(-2)).toBe('--expect')
  })

  test('leaves out a value that cannot be read on a command line, and says so', async () => {
    const next = await nextOf({ payload: '\u0007'.repeat(3) })
    expect(next).toContain('The value of payload is not shown. Replace PAYLOAD with it.')
    expect(commandIn(next)).toContain('--payload PAYLOAD')
  })

  test('takes a value that begins with a dash for a value', async () => {
    const words = wordsOf(commandIn(await nextOf({ payload: '--x' })))
    expect(words).toContain('--payload=--x')
  })
})

test('a plan in a workflow names the inputs to change', async () => {
  expect(await nextOf({}, false)).toBe('To apply this plan, run it again with mode: shift.')
  expect(await nextOf({ expect: undefined }, false)).toBe(
    'To apply this plan, run it again with mode: shift and expect, which must have a regular expression for the replies of v1 and v2.',
  )
})

test('a plan of an http rule without expect advises stamps, which need nothing to fill in', async () => {
  const web = await startSandbox({ web: { http: { v1: 80, v2: 20 } } })
  try {
    const inputs = { mode: 'plan', 'virtual-service': 'web', expect: undefined }
    const given = { ...inputs, subset: 'v2', weight: '50' }
    const { record, outcome } = await runOn(web, given, { isCommandLine: true })
    expect(commandIn(nextText(record, outcome))).toMatch(/ --expect stamp$/)
    const job = await runOn(web, given)
    expect(nextText(job.record, job.outcome)).toContain('with mode: shift and expect: stamp.')
  } finally {
    await web.stop()
  }
})
