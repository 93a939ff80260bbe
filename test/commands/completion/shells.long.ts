import { execFile, execFileSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { CLI, runCli } from '../../../kit/run/cli.ts'
import { openTerminal, type Terminal } from '../../../kit/run/terminal.ts'
import { type Sandbox, startSandbox } from '../../../sandbox/sandbox.ts'

let sandbox: Sandbox
let folder: string
beforeAll(async () => {
  sandbox = await startSandbox()
  folder = mkdtempSync(join(tmpdir(), 'shells-'))
  writeFileSync(join(folder, 'kubeconfig'), sandbox.kubeconfig)
  writeFileSync(join(folder, 'odd'), sandbox.kubeconfig.replaceAll(': sandbox', ': CORP\\admin'))
  writeFileSync(join(folder, 'release.yaml'), 'namespace: demo\n')
  mkdirSync(join(folder, 'bin'))
  mkdirSync(join(folder, 'reports'))
  symlinkSync(CLI, join(folder, 'bin', 'istio-traffic-shift'))
  symlinkSync(process.execPath, join(folder, 'bin', 'node'))
})
afterAll(async () => {
  rmSync(folder, { recursive: true })
  await sandbox.stop()
})

/** The environment of a user who has no files of a shell. */
const user = () => ({
  PATH: `${join(folder, 'bin')}:${process.env.PATH}`,
  HOME: folder,
  KUBECONFIG: join(folder, 'kubeconfig'),
  TERM: 'vt100',
})

/** Whether the shell is installed. In CI it is: .ci/run installs it. */
function has(shell: string): boolean {
  try {
    execFileSync(shell, ['-c', ':'])
    return true
  } catch {
    return false
  }
}

/** What a person types in front of the tab key, and what the line then is. */
const LINES: readonly (readonly [typed: string, line: string])[] = [
  ['istio-traffic-shift roll', 'istio-traffic-shift rollback '],
  ['istio-traffic-shift completion f', 'istio-traffic-shift completion fish '],
  ['istio-traffic-shift shift --on-f', 'istio-traffic-shift shift --on-failure '],
  ['istio-traffic-shift shift --on-failure k', 'istio-traffic-shift shift --on-failure keep '],
  ['istio-traffic-shift shift --on-failure=k', 'istio-traffic-shift shift --on-failure=keep '],
  ['istio-traffic-shift plan -n dem', 'istio-traffic-shift plan -n demo '],
  ['istio-traffic-shift plan HTTPR', 'istio-traffic-shift plan HTTPRoute/'],
  ["istio-traffic-shift plan -n 'demo' vs/tcp", "istio-traffic-shift plan -n 'demo' vs/tcp-echo "],
  [
    'istio-traffic-shift shift vs/tcp-echo -n demo --subset ',
    'istio-traffic-shift shift vs/tcp-echo -n demo --subset v',
  ],
  [
    'istio-traffic-shift shift vs/tcp-echo -n demo --route tcp:',
    'istio-traffic-shift shift vs/tcp-echo -n demo --route tcp:31400 ',
  ],
  ['istio-traffic-shift plan --context ', 'istio-traffic-shift plan --context sandbox '],
  ['istio-traffic-shift plan --config rel', 'istio-traffic-shift plan --config release.yaml '],
  ['istio-traffic-shift plan --report=rep', 'istio-traffic-shift plan --report=reports/'],
  ['istio-traffic-shift plan --weight ', 'istio-traffic-shift plan --weight '],
]

/** Of a name with a backslash, which the shells whose lines are read here quote. */
const QUOTED: typeof LINES = [
  [
    'istio-traffic-shift plan --kubeconfig odd --context CO',
    'istio-traffic-shift plan --kubeconfig odd --context CORP\\\\admin ',
  ],
]

const BASH = 'source <(istio-traffic-shift completion bash)'
const SHELLS = [
  {
    name: 'bash',
    command: 'bash --norc -i',
    begin: `${BASH}; bind 'set bell-style none'; bind -x '"\\C-t": printf "{%s}" "$READLINE_LINE"'`,
  },
  {
    name: 'zsh',
    command: 'zsh -f -i',
    begin: `autoload -Uz compinit; compinit -u -d $HOME/dump; source <(istio-traffic-shift completion zsh); show() { print -nr -- "{$BUFFER}" }; zle -N show; bindkey '^T' show`,
  },
]
const CTRL_T = '\u0014'
const CTRL_U = '\u0015'

describe.each(SHELLS.filter(({ name }) => has(name)))('in $name', ({ command, begin }) => {
  let terminal: Terminal
  beforeAll(async () => {
    terminal = openTerminal(command, { cwd: folder, env: user() })
    terminal.type(`${begin}\necho "rea"dy\n`)
    await terminal.until(/ready/)
  })
  afterAll(() => terminal.close())

  test.each([...LINES, ...QUOTED])('%j and a tab is %j', async (typed, line) => {
    terminal.type(`${CTRL_U}${typed}\t${CTRL_T}`)
    const printed = await terminal.until(/\{.*\}/)
    expect(/\{(.*)\}/.exec(printed)?.[1]).toBe(line)
    terminal.type(CTRL_U)
  })
})

test.runIf(has('zsh'))('zsh loads the script from a folder of fpath too', async () => {
  const { stdout } = await runCli(['completion', 'zsh'], {})
  mkdirSync(join(folder, 'functions'))
  writeFileSync(join(folder, 'functions', '_istio-traffic-shift'), stdout)
  const terminal = openTerminal('zsh -f -i', { cwd: folder, env: user() })
  try {
    const begin =
      'fpath=($HOME/functions $fpath); autoload -Uz compinit; compinit -u -d $HOME/dump2'
    const show = `show() { print -nr -- "{$BUFFER}" }; zle -N show; bindkey '^T' show`
    terminal.type(`${begin}; ${show}\necho "rea"dy\n`)
    await terminal.until(/ready/)
    terminal.type(`istio-traffic-shift roll\t${CTRL_T}`)
    expect(await terminal.until(/\{.*\}/)).toContain('{istio-traffic-shift rollback }')
  } finally {
    terminal.close()
  }
})

describe.runIf(has('fish'))('in fish', () => {
  /** What fish proposes for each line, each candidate with what it is. A second text is what was on standard error. */
  function proposed(lines: readonly string[]): Promise<string[]> {
    const script =
      'source (istio-traffic-shift completion fish | psub); for line in $argv; complete -C $line; echo :; end'
    const words = ['--no-config', '-c', script, ...lines]
    return new Promise((done) =>
      execFile('fish', words, { cwd: folder, env: user() }, (_, ...texts) => done(texts)),
    )
  }

  test('each line is completed as in the other shells', async () => {
    const [printed = '', errors] = await proposed(LINES.map(([typed]) => typed))
    expect(errors).toBe('')
    const words = printed.split(':\n').map((each) => each.split(/[\t\n]/)[0])
    for (const [index, [typed, line]] of LINES.entries()) {
      const isUnchanged = typed === line || line.endsWith('--subset v')
      const last = line.trimEnd().split(' ').at(-1)
      expect(words[index]).toBe(isUnchanged ? (typed === line ? '' : 'v1') : last)
    }
  })

  test('each candidate has what it is beside it', async () => {
    const line = 'istio-traffic-shift shift vs/tcp-echo -n demo --subset '
    expect(await proposed([line])).toEqual([
      'v1\ttcp:31400, 100%\nv2\tnot in the rule yet\n:\n',
      '',
    ])
  })
})

test('a script is printed for each shell, and another word is refused with the nearest one', async () => {
  for (const [name, text] of [
    ['bash', 'complete -F'],
    ['zsh', '#compdef istio-traffic-shift'],
    ['fish', 'complete -c istio-traffic-shift'],
    ['kubectl', 'kubectl traffic-shift __complete_plugin "$@"'],
  ] as const)
    expect(await runCli(['completion', name], {})).toMatchObject({
      status: 0,
      stdout: expect.stringContaining(text),
      stderr: '',
    })
  expect(await runCli(['completion', 'fisch'], {})).toEqual({
    status: 2,
    stdout: '',
    stderr:
      'completion must be followed by bash, zsh, fish or kubectl, not "fisch". Did you mean fish?\n',
  })
})
