import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest'
import { writes } from '../../../kit/run/object.ts'
import { type Sandbox, startSandbox } from '../../../sandbox/sandbox.ts'
import { COMMANDS } from '../../../src/commands/commands.ts'
import { completionText } from '../../../src/commands/completion/complete.ts'
import { pluginText } from '../../../src/commands/completion/plugin-text.ts'
import { namesOf, OPTIONS } from '../../../src/options/table.ts'

let sandbox: Sandbox
let folder: string
let kubeconfig: string
beforeAll(async () => {
  sandbox = await startSandbox({ web: true })
  folder = mkdtempSync(join(tmpdir(), 'completion-'))
  kubeconfig = join(folder, 'kubeconfig')
  writeFileSync(kubeconfig, sandbox.kubeconfig)
})
afterAll(async () => {
  rmSync(folder, { recursive: true })
  await sandbox.stop()
})

const complete = (...words: readonly string[]) =>
  completionText(words, COMMANDS, { KUBECONFIG: kubeconfig })

/** The candidates without what is said about them, and the last line. */
async function textsOf(...words: readonly string[]): Promise<string[]> {
  const lines = (await complete(...words)).trimEnd().split('\n')
  return lines.map((line) => line.split('\t')[0] ?? '')
}

describe('what may follow', () => {
  test.each<[string, string[], string[]]>([
    ['a mode or a command', ['ro'], ['rollback', ':']],
    ['a topic of help', ['help', 'pl'], ['plan', ':']],
    ['a shell', ['completion', ''], ['bash', 'zsh', 'fish', 'kubectl', ':']],
    ['an option by its beginning', ['shift', '--on-'], ['--on-failure', ':']],
    ['a flag of the command line', ['--ver'], ['--verbose', '--version', ':']],
    ['an option that the mode has', ['status', '--we'], [':']],
    ['a value', ['shift', '--on-failure', 'k'], ['keep', ':']],
    ['a value behind an equals sign', ['shift', '--on-failure=k'], ['--on-failure=keep', ':']],
    ['a boolean', ['--compare', ''], ['true', 'false', ':']],
    ['a value of a flag of the command line', ['plan', '--output', ''], ['text', 'json', ':']],
    ['a file', ['plan', '--config', 'x'], [':files']],
    ['a folder', ['plan', '--report='], [':folders']],
    ['a kubeconfig', ['plan', '--kubeconfig', ''], ['auto', ':files']],
    ['nothing behind an object', ['plan', 'vs/web', ''], [':']],
    ['no option behind two dashes', ['plan', '--', '--sub'], [':more']],
    ['nothing for a value that is free', ['plan', '--weight', ''], [':']],
  ])('is %s', async (_, words, texts) => {
    expect(await textsOf(...words)).toEqual(texts)
  })

  test('is every mode and every command, each with a sentence', async () => {
    const lines = (await complete('')).trimEnd().split('\n').slice(0, -1)
    const names = lines.map((line) => line.split('\t')[0])
    expect(names).toEqual([
      'shift',
      'verify',
      'plan',
      'rollback',
      'status',
      ...COMMANDS.map(({ name }) => name),
      'help',
      'version',
    ])
    for (const line of lines) expect(line).toMatch(/\t[A-Z]/)
  })

  test('is every option of the mode that is not there yet', async () => {
    const texts = await textsOf('shift', '--weight', '20', '--')
    for (const option of OPTIONS.filter(({ name }) => !['mode', 'weight'].includes(name)))
      for (const name of namesOf(option)) expect(texts).toContain(`--${name}`)
    expect(texts).not.toContain('--weight')
  })
})

describe('names in the cluster', () => {
  test.each<[string, string[], string[]]>([
    ['contexts', ['plan', '--context', ''], ['sandbox', ':']],
    ['namespaces', ['plan', '-n', 'dem'], ['demo', ':']],
    ['namespaces behind --namespace', ['plan', '--namespace=dem'], ['--namespace=demo', ':']],
    ['kinds', ['plan', 'HT'], ['HTTPRoute/', ':more']],
    ['kinds in lower case', ['plan', 'v'], ['virtualservice/', 'vs/', ':more']],
    ['objects', ['plan', '-n', 'demo', 'vs/t'], ['vs/tcp-echo', ':']],
    ['objects of all namespaces', ['plan', 'VirtualService/t'], ['VirtualService/tcp-echo', ':']],
    ['VirtualServices', ['-n', 'demo', '--virtual-service', 't'], ['tcp-echo', ':']],
    ['rules', ['plan', 'vs/tcp-echo', '-n', 'demo', '--route', ''], ['tcp:31400', ':']],
    [
      'destinations, with subsets that the rule lacks',
      ['shift', 'vs/tcp-echo', '-n', 'demo', '--subset', ''],
      ['v1', 'v2', ':'],
    ],
    ['namespaces of Services', ['--gateway-service', 'istio-s'], ['istio-system/', ':more']],
    [
      'Services',
      ['--gateway-service', 'istio-system/istio-in'],
      ['istio-system/istio-ingressgateway', ':'],
    ],
  ])('are %s', async (_, words, texts) => {
    expect(await textsOf(...words)).toEqual(texts)
  })

  test('come with what they are', async () => {
    const words = ['shift', 'vs/tcp-echo', '-n', 'demo', '--subset', '']
    expect(await complete(...words)).toBe('v1\ttcp:31400, 100%\nv2\tnot in the rule yet\n:\n')
    expect(await complete('plan', 'vs/t')).toBe('vs/tcp-echo\tin demo\n:\n')
  })

  test('are in the cluster and namespace that an options file names', async () => {
    const file = join(folder, 'release.yaml')
    writeFileSync(file, 'namespace: demo\nobject: vs/tcp-echo\nkubeconfig: kubeconfig\n')
    const text = await completionText(['shift', '--config', file, '--subset', ''], COMMANDS, {})
    expect(text.split('\n').slice(0, 2)).toEqual(['v1\ttcp:31400, 100%', 'v2\tnot in the rule yet'])
  })

  test('are read without any write', () => {
    expect(writes(sandbox)).toEqual([])
  })
})

describe('for kubectl, what may follow', () => {
  const plugin = (...words: readonly string[]) =>
    completionText(words, COMMANDS, { KUBECONFIG: kubeconfig }, 'kubectl')

  test.each<[string, string[], string]>([
    ['a mode', ['rollb'], 'rollback\tRestore the weights from before an interrupted run.\n:4\n'],
    ['a namespace', ['plan', '-n', 'dem'], 'demo\tvalue\n:4\n'],
    ['the beginning of an object', ['plan', 'HT'], 'HTTPRoute/\tvalue\n:6\n'],
    ['only the value behind an equals sign', ['plan', '--namespace=dem'], 'demo\tvalue\n:4\n'],
    ['a file, for which there is no word beside it', ['plan', '--kubeconfig', ''], ':0\n'],
    ['a folder', ['plan', '--report', ''], ':16\n'],
  ])('is %s', async (_, words, text) => {
    expect(await plugin(...words)).toBe(text)
  })

  test.each([
    '$(touch x)',
    '`touch x`',
    'a;touch x',
    'a b',
    '~root',
    '{a,b}',
    "it's",
    'a\\b',
    '=ls',
    '*',
  ])('leaves out %j, which a shell would take for more than a name', (text) => {
    const candidates = [text, 'http[1]', 'arn:aws:eks:eu-west-1:1:cluster/a'].map((one) => ({
      text: one,
      about: '',
    }))
    expect(pluginText({ candidates })).toBe(
      'http[1]\tvalue\narn:aws:eks:eu-west-1:1:cluster/a\tvalue\n:4\n',
    )
  })
})

describe('a completion that cannot look names up', () => {
  test.each([
    ['the kubeconfig does not exist', { KUBECONFIG: '/nowhere' }],
    ['there is no kubeconfig', { HOME: '/nowhere' }],
    ['the kubeconfig is no YAML', { KUBECONFIG: import.meta.filename }],
  ])('has no names and no error if %s', async (_, environment) => {
    expect(await completionText(['plan', '-n', ''], COMMANDS, environment)).toBe(':\n')
    expect(await completionText(['shift', '--on-f'], COMMANDS, environment)).toContain(
      '--on-failure',
    )
  })

  test('ends within its time limit if the API server does not answer', async () => {
    const server = createServer((socket) => onTestFinished(() => void socket.destroy()))
    await new Promise<void>((done) => server.listen(0, '127.0.0.1', done))
    onTestFinished(() => void server.close())
    const address = server.address()
    const port = typeof address === 'object' ? address?.port : 0
    const silent = join(folder, 'silent')
    const text = sandbox.kubeconfig.replaceAll(/https:\/\/[^\s"]+/g, `https://127.0.0.1:${port}`)
    writeFileSync(silent, text)
    const begun = performance.now()
    const names = await completionText(['plan', '-n', ''], COMMANDS, { KUBECONFIG: silent })
    expect(names).toBe(':\n')
    expect(performance.now() - begun).toBeLessThan(6000)
  })

  test('never fails, whatever the words are', async () => {
    const word = fc.oneof(
      fc.string({ maxLength: 8 }),
      fc.constantFrom('--', '-', '-n', '--weight=', '--config', 'help', 'completion', 'vs/', '='),
    )
    await fc.assert(
      fc.asyncProperty(fc.array(word, { maxLength: 5 }), async (words) => {
        const text = await completionText(words, COMMANDS, { KUBECONFIG: '/nowhere' })
        expect(text).toMatch(/(?:^|\n):(?:files|folders|more)?\n$/)
      }),
    )
  })
})
