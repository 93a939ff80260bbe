import { readFileSync } from 'node:fs'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { HOSTILE } from '../../kit/report/run.ts'
import { hasJournal, ROUTE, routeText } from '../../kit/run/object.ts'
import { runOn } from '../../kit/run/run.ts'
import { type Step, startStep } from '../../kit/run/step.ts'
import { deniedBy, respond } from '../../sandbox/faults/api-acts.ts'
import { isObject, type Json } from '../../sandbox/objects/json.ts'
import { ADMIN_TOKEN } from '../../sandbox/options.ts'
import { type Sandbox, startSandbox } from '../../sandbox/sandbox.ts'
import { OUTPUTS } from '../../src/report/outputs.ts'

let sandbox: Sandbox
let step: Step | undefined
beforeEach(async () => {
  sandbox = await startSandbox({ proxies: true, debounceMs: 10 })
})
afterEach(async () => {
  step?.remove()
  step = undefined
  await sandbox.stop()
})

const MIB = 1024 * 1024
const EVIL = HOSTILE.join('\n')

/** Runs the built action, and finds nothing in all that it left that others could have meant as more than text. */
async function harmless(inputs: Readonly<Record<string, string>>): Promise<string> {
  const given = { kubeconfig: sandbox.kubeconfig, subset: 'v2', weight: '20', ...inputs }
  step = startStep(given)
  const { text, status } = await step.main().ended
  expect(status).toBe(1)
  const commands = text.split('\n').flatMap((line) => /^\s*::([\w-]+)/.exec(line)?.[1] ?? [])
  for (const command of commands)
    expect(['add-mask', 'debug', 'group', 'endgroup', 'warning', 'error']).toContain(command)
  for (const line of text.split('\n').filter((one) => /^::(warning|error|group)/.test(one)))
    expect(line).toMatch(/^::(warning|error|group)( title=[^:]*)?::/)
  expect(Object.keys(step.outputs())).toEqual(Object.keys(OUTPUTS))
  expect(step.outputs().verdict).not.toBe('pass')
  const page = readFileSync((step.outputs().report ?? '').replace(/json$/, 'html'), 'utf8')
  for (const shown of [text, step.summary(), page]) {
    expect(shown).not.toContain('##[')
    expect(shown).not.toMatch(/[^\P{Cc}\n\t]|[\u2028\u2029\u202e]/u)
  }
  expect(page).not.toMatch(/<script|<img/)
  expect(step.summary().replace(/^(`{3,})text\n[\s\S]*?\n\1$/gm, '')).not.toMatch(
    /<script|<img|\]\(/,
  )
  expect(text.length).toBeLessThan(100_000)
  return text
}

describe('fault 24: a reply as an attacker would write it', () => {
  test.each([
    [
      'commands to the runner and escapes of a terminal',
      `${HOSTILE[0]}\r${HOSTILE[2]}${HOSTILE[3]}${HOSTILE[13]}\n`,
    ],
    ['HTML and Markdown', `${HOSTILE[4]} ${HOSTILE[5]} ${HOSTILE[12]}\n`],
    ['a megabyte', `::error::${'<b>|'.repeat(MIB / 4)}`],
  ])('is text and no more in all that is printed and written: %s', async (_, bytes) => {
    await sandbox.faults.destination('v2', { kind: 'reply', bytes })
    const text = await harmless({})
    expect(text).toContain('with a reply that no expression matches')
    expect(hasJournal(sandbox)).toBe(false)
  })

  test('of many lines is too', async () => {
    const bytes = `${EVIL}\n`.repeat(200)
    await sandbox.faults.destination('v2', { kind: 'reply', bytes })
    await harmless({ 'reply-until': 'match' })
  })

  test.each([
    ['repetitions in repetitions', '^(a+)+$'],
    ['alternatives that are the same', `^${'(a|a)'.repeat(48)}$`],
    ['many optional parts', `^${'a?'.repeat(48)}${'a'.repeat(48)}$`],
  ])(
    'that would keep a backtracking engine busy for years is only unrecognized, and the run rolls back: %s',
    async (_, v2) => {
      const before = routeText(sandbox)
      const bytes = `${'a'.repeat(48)}!\n`
      await sandbox.faults.destination('v2', { kind: 'reply', bytes })
      const { outcome, record } = await runOn(sandbox, {
        subset: 'v2',
        weight: '50',
        expect: JSON.stringify({ v1: '^one ', v2 }),
      })
      expect(outcome).toMatchObject({ verdict: 'fail', reason: 'no-reply', rolledBack: true })
      expect(outcome.message).toContain('with a reply that no expression matches')
      expect(routeText(sandbox)).toBe(before)
      expect(record.restoreCheck?.ended).toBe('pass')
    },
  )

  test('that costs an expression too much work before the write is an error of the input', async () => {
    const letters = Array.from({ length: 60_000 }, (_, at) => (Math.sin(at * at) > 0 ? 'a' : 'b'))
    await sandbox.faults.destination('v1', { kind: 'reply', bytes: `${letters.join('')}\n` })
    const inputs = { subset: 'v2', weight: '50', expect: '{v1: "a[ab]{300}c", v2: "^two "}' }
    const { outcome } = await runOn(sandbox, inputs)
    expect(outcome).toMatchObject({ verdict: 'error', reason: 'input' })
    expect(outcome.message).toContain('An expression of expect takes too much work')
  })
})

describe('what an API server says', () => {
  test('in a refusal is text and no more', async () => {
    await sandbox.faults.api({ match: { method: 'PATCH' }, act: deniedBy('evil', EVIL) })
    await harmless({})
  })

  test('of a megabyte is cut', async () => {
    const body = `<h1>${EVIL}</h1>`.repeat(MIB / EVIL.length)
    await sandbox.faults.api({ match: { method: 'PATCH' }, act: respond(400, { body }) })
    await harmless({})
  })

  test("has no secret of the kubeconfig in it any more, a plugin's token included", async () => {
    const credential = { kind: 'ExecCredential', status: { token: ADMIN_TOKEN } }
    const exec = {
      apiVersion: 'client.authentication.k8s.io/v1',
      command: 'echo',
      args: [JSON.stringify(credential)],
      env: [{ name: 'PLUGIN_SECRET', value: 'plugin-secret' }],
    }
    const kubeconfig = sandbox.kubeconfig.replace(
      `token: ${ADMIN_TOKEN}`,
      `exec: ${JSON.stringify(exec)}`,
    )
    const base64 = Buffer.from(ADMIN_TOKEN).toString('base64')
    const body = `${ADMIN_TOKEN} <b>${base64}</b> plugin-secret`
    await sandbox.faults.api({ match: { method: 'PATCH' }, act: respond(400, { body }) })
    const text = await harmless({ kubeconfig })
    expect(text).toContain('*** <b>***</b> ***')
    const unmasked = text.replace(/^::add-mask::.*$/gm, '')
    const report = readFileSync(step?.outputs().report ?? '', 'utf8')
    for (const shown of [unmasked, step?.summary(), report])
      for (const secret of [ADMIN_TOKEN, base64, 'plugin-secret'])
        expect(shown).not.toContain(secret)
  })

  test('in the fields of an object is text and no more', async () => {
    const evil = (value: Json, field = ''): Json => {
      if (Array.isArray(value)) return value.map((each) => evil(each, field))
      if (isObject(value))
        return Object.fromEntries(
          Object.entries(value).map(([key, each]) => [key, evil(each, key)]),
        )
      return ['host', 'subset', 'manager'].includes(field) ? `${EVIL}` : value
    }
    const object = sandbox.objects.get(ROUTE)
    if (object === undefined) throw new Error('no VirtualService')
    await sandbox.faults.api({
      match: { method: 'GET', path: /virtualservices\/tcp-echo/ },
      act: respond(200, { body: evil(object) }),
    })
    await harmless({})
  })
})

describe('a gateway that', () => {
  test('holds every connection open is not given more of them than concurrency says', async () => {
    await sandbox.faults.destination('v2', { kind: 'silent' })
    let most = 0
    const watch = setInterval(() => {
      most = Math.max(most, sandbox.connections.open)
    }, 1)
    const { outcome } = await runOn(sandbox, {
      subset: 'v2',
      weight: '50',
      concurrency: '256',
      'probe-timeout': '300ms',
      'on-failure': 'keep',
    })
    clearInterval(watch)
    expect(outcome).toMatchObject({ verdict: 'fail', reason: 'no-reply' })
    expect(most).toBeGreaterThan(16)
    // Those that the client has closed are open here until the next turn.
    expect(most).toBeLessThanOrEqual(2 * 256)
  })
})
