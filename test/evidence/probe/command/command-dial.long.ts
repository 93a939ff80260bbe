import { execFile, spawn } from 'node:child_process'
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { afterAll, describe, expect, onTestFinished, test, vi } from 'vitest'
import { isRunning } from '../../../../kit/run/is-running.ts'
import {
  type CommandDialSettings,
  commandDial,
} from '../../../../src/evidence/probe/command/command-dial.ts'
import type { ConnectionOutcome } from '../../../../src/evidence/probe/connection-outcome.ts'

const folder = mkdtempSync(path.join(tmpdir(), 'command-dial-'))
afterAll(() => rmSync(folder, { recursive: true }))

let scripts = 0

/** A command line that runs a shell script. */
function script(text: string): string {
  scripts += 1
  const file = path.join(folder, `script-${scripts}`)
  writeFileSync(file, text)
  return `sh ${file}`
}

function dialOf(commandLine: string, settings: Partial<CommandDialSettings> = {}) {
  return commandDial({
    commandLine,
    endpoint: { host: 'gateway.example', port: 31400 },
    timeoutMs: 5000,
    environment: { PATH: process.env.PATH },
    ...settings,
  })
}

/** What one run of a command meets. */
function met(
  commandLine: string,
  settings: Partial<CommandDialSettings> = {},
): Promise<ConnectionOutcome> {
  const dial = dialOf(commandLine, settings)
  return new Promise((resolve) => dial(resolve))
}

describe('a command', () => {
  test('is reported where to connect, and its standard output is the reply', async () => {
    const reply = await met(script('echo "two to $PROBE_HOST $PROBE_PORT"; echo aside >&2'))
    expect(reply).toEqual({ kind: 'reply', text: 'two to gateway.example 31400' })
  })

  test('does not see the inputs of the step, which may hold a kubeconfig, nor its state', async () => {
    const environment = {
      PATH: process.env.PATH,
      INPUT_KUBECONFIG: 'token: secret',
      'INPUT_PROBE-COMMAND': 'env',
      STATE_intent: '{}',
      GITHUB_REPOSITORY: 'o/r',
      ACTIONS_RUNTIME_TOKEN: 'hush',
      ACTIONS_ID_TOKEN_REQUEST_TOKEN: 'hush',
      GITHUB_TOKEN: 'hush',
      CI_JOB_TOKEN: 'hush',
      PROBE_HOST: 'not this one',
      NOT_SET: undefined,
    }
    const reply = await met('env', { environment })
    const names = reply.kind === 'reply' ? reply.text.match(/^[^=]+/gm) : []
    expect(new Set(names)).toEqual(
      new Set(['PATH', 'PWD', 'GITHUB_REPOSITORY', 'PROBE_HOST', 'PROBE_PORT']),
    )
    expect(reply).toMatchObject({ text: expect.stringContaining('PROBE_HOST=gateway.example\n') })
  })

  test('may have arguments with blanks in quotes', async () => {
    expect(await met(`printf %s,%s "a b" '$c'`)).toEqual({ kind: 'reply', text: 'a b,$c' })
  })

  test('has nothing to read', async () => {
    expect(await met('cat')).toEqual({ kind: 'closed' })
  })

  test('that says nothing and ends well closed without a reply', async () => {
    expect(await met('true')).toEqual({ kind: 'closed' })
  })

  test('that says something and ends badly has replied', async () => {
    expect(await met(script('printf one; exit 3'))).toEqual({ kind: 'reply', text: 'one' })
  })

  test('that ends badly without a word failed, with its status and what it complained of', async () => {
    expect(await met(script('echo no route >&2; exit 3'))).toEqual({
      kind: 'failed',
      why: 'the command ended with status 3: no route',
    })
    expect(await met(script('exit 124'))).toEqual({
      kind: 'failed',
      why: 'the command ended with status 124',
    })
  })

  test('that is killed failed', async () => {
    expect(await met(script('echo ouch >&2; kill -9 $$'))).toEqual({
      kind: 'failed',
      why: 'the command was killed: ouch',
    })
  })

  test.each([
    ['no-such-command --flag', 'no-such-command is not in PATH'],
    ['/no/such/command', '/no/such/command does not exist'],
    [folder, `${folder} is not an executable file`],
    ['/etc/passwd', '/etc/passwd is not an executable file'],
  ])(
    'that cannot be started is named, without the shell that starts it: %s',
    async (command, why) => {
      expect(await met(command)).toEqual({
        kind: 'failed',
        why: `the command could not be started: ${why}`,
      })
    },
  )

  test('whose interpreter is missing is named, without the shell that starts it', async () => {
    const file = path.join(folder, 'no-interpreter')
    writeFileSync(file, '#!/no/such/interpreter\n', { mode: 0o700 })
    const { kind, why } = { why: '', ...(await met(file)) }
    expect(kind).toBe('failed')
    expect(why).toMatch(new RegExp(`^the command could not be started: ${file}: .*not found$`))
    expect(why).not.toMatch(/probe|exec:/)
  })

  test('that ends with the status of a missing command has ended with it', async () => {
    expect(await met(script('exit 127'))).toEqual({
      kind: 'failed',
      why: 'the command ended with status 127',
    })
    expect(await met(script('no-such-tool'))).toEqual({
      kind: 'failed',
      why: expect.stringMatching(/^the command ended with status 127: .*no-such-tool.*not found$/),
    })
  })

  test('that writes more than 64 KiB has its reply cut there', async () => {
    const reply = await met(script('head -c 100000 /dev/zero | tr "\\0" x'))
    expect(reply).toEqual({ kind: 'reply', text: 'x'.repeat(64 * 1024), truncated: true })
  })

  test('whose output never ends is ended when its reply is as long as any may be', async () => {
    const endless = script('cat /dev/zero | tr "\\0" x')
    const reply = await met(endless, { timeoutMs: 60_000 })
    expect(reply).toEqual({ kind: 'reply', text: 'x'.repeat(64 * 1024), truncated: true })
  })

  test('whose error output never ends is ended too, and has failed', async () => {
    const reply = await met(script('echo why >&2; cat /dev/zero >&2'), { timeoutMs: 60_000 })
    expect(reply).toMatchObject({
      kind: 'failed',
      why: expect.stringMatching(/^the command wrote a megabyte to standard error: why\n/),
    })
  })

  test('that replies and leaves something running has replied, and nothing is left running', async () => {
    const file = path.join(folder, 'left')
    const reply = await met(script(`sleep 60 & echo $! >'${file}'; echo one`))
    expect(reply).toEqual({ kind: 'reply', text: 'one' })
    const left = Number(readFileSync(file, 'utf8'))
    await vi.waitUntil(() => !isRunning(left))
  })

  test('has replied at the end of its output, however long after its own end that comes', async () => {
    const file = script('sleep 0.3; echo one').replace('sh ', '')
    const reply = await met(script(`setsid sh '${file}' & sleep 0.1`))
    expect(reply).toEqual({ kind: 'reply', text: 'one' })
  })

  test('has replied by probe-timeout where a process of another session holds its output open', async () => {
    const file = path.join(folder, 'apart')
    const text = `setsid sh -c 'echo $$ >"${file}"; exec sleep 60' & while ! test -s '${file}'; do :; done; echo one`
    const reply = await met(script(text), { timeoutMs: 1000 })
    process.kill(Number(readFileSync(file, 'utf8')))
    expect(reply).toEqual({ kind: 'reply', text: 'one' })
  })

  test('runs once for each connection, several at a time', async () => {
    const dial = dialOf(script('echo $$'))
    const replies = await Promise.all(
      Array.from({ length: 4 }, () => new Promise<ConnectionOutcome>((resolve) => dial(resolve))),
    )
    const texts = replies.map((reply) => (reply.kind === 'reply' ? reply.text : ''))
    expect(new Set(texts).size).toBe(4)
  })
})

test.each([
  'sh: 0: Cannot fork',
  'sh: fork: retry: Resource temporarily unavailable',
  "sh: can't fork",
])('a machine that has no more processes is the limit of this client: %s', async (complaint) => {
  const shell = path.join(mkdtempSync(path.join(folder, 'no-processes-')), 'setsid')
  writeFileSync(shell, `#!/bin/sh\necho "${complaint}" >&2\nexit 2\n`, { mode: 0o755 })
  vi.stubEnv('PATH', `${path.dirname(shell)}:${process.env.PATH}`)
  onTestFinished(() => void vi.unstubAllEnvs())
  expect(await met('true')).toEqual({ kind: 'client-limit', why: 'EAGAIN' })
})

describe('a command that takes too long', () => {
  test('timed out, and it is ended with everything that it started', async () => {
    const pids = path.join(folder, 'pids')
    const text = `sleep 60 & echo $! >>'${pids}'; (sleep 61) & echo $! >>'${pids}'; echo $$ >>'${pids}'; sleep 62`
    expect(await met(script(text), { timeoutMs: 300 })).toEqual({ kind: 'timeout' })
    const started = readFileSync(pids, 'utf8').trim().split('\n').map(Number)
    expect(started).toHaveLength(3)
    await vi.waitUntil(() => !started.some(isRunning))
  })

  test('timed out although it had begun to reply', async () => {
    const slow = script('echo one; sleep 60')
    expect(await met(slow, { timeoutMs: 200 })).toEqual({ kind: 'timeout' })
  })
})

test('a command that is dropped is ended, and never reports an outcome', async () => {
  const ends: ConnectionOutcome[] = []
  const file = path.join(folder, 'dropped')
  const drop = dialOf(script(`echo $$ >'${file}.new'; mv '${file}.new' '${file}'; sleep 60`))(
    (each) => ends.push(each),
  )
  await vi.waitUntil(() => existsSync(file))
  const pid = Number(readFileSync(file, 'utf8'))
  expect(isRunning(pid)).toBe(true)
  drop()
  await vi.waitUntil(() => !isRunning(pid))
  expect(ends).toEqual([])
})

test('commands that are dropped as soon as they are launched are ended too', async () => {
  const ends: ConnectionOutcome[] = []
  const file = path.join(folder, 'at-once')
  const dial = dialOf(script(`echo $$ >>'${file}'; sleep 60`))
  for (const _ of [1, 2, 3, 4, 5]) dial((each) => ends.push(each))()
  // These are launched later, so the others have begun when they end.
  for (const _ of [1, 2, 3]) await met(script('echo one'))
  const begun = existsSync(file) ? readFileSync(file, 'utf8').trim().split('\n').map(Number) : []
  await vi.waitUntil(() => !begun.some(isRunning))
  expect(ends).toEqual([])
})

test("commands beyond the client's own files are the client's limit", async () => {
  const program = fileURLToPath(new URL('support/few-files-commands.ts', import.meta.url))
  const words = ['-c', 'ulimit -n 40; exec "$0" "$@"', process.execPath, program, '30']
  const { stdout } = await promisify(execFile)('sh', words)
  const ends: ConnectionOutcome[] = JSON.parse(stdout)
  expect(ends).toContainEqual({ kind: 'client-limit', why: 'EMFILE' })
  expect(ends).toContainEqual({ kind: 'reply', text: 'one' })
  expect(new Set(ends.map(({ kind }) => kind))).toEqual(new Set(['client-limit', 'reply']))
})

describe('a command of a process that is killed', () => {
  test.each(['SIGKILL', 'SIGTERM'] as const)(
    'is ended with everything that it started (%s)',
    async (signal) => {
      const pids = path.join(folder, `pids-${signal}`)
      const text = `sleep 60 & echo $! >>'${pids}'; echo $$ >>'${pids}'; echo started >>'${pids}'; sleep 61`
      const dialer = fileURLToPath(new URL('support/one-command.ts', import.meta.url))
      const parent = spawn(process.execPath, [dialer, script(text)], { stdio: 'ignore' })
      const started = () => (existsSync(pids) ? readFileSync(pids, 'utf8') : '')
      await vi.waitUntil(() => started().includes('started'), { timeout: 10_000 })
      parent.kill(signal)
      const numbers = started().split('\n').slice(0, 2).map(Number)
      await vi.waitUntil(() => !numbers.some(isRunning), { timeout: 10_000 })
      expect(numbers.every((number) => number > 1)).toBe(true)
    },
  )
})
