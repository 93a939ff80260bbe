import { execFile, execFileSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { CLI, runCli } from '../../../kit/run/cli.ts'
import { type Sandbox, startSandbox } from '../../../sandbox/sandbox.ts'

let sandbox: Sandbox
let folder: string
beforeAll(async () => {
  sandbox = await startSandbox()
  folder = mkdtempSync(join(tmpdir(), 'shells-'))
  writeFileSync(join(folder, 'kubeconfig'), sandbox.kubeconfig)
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

/** Whether the shell is installed. In CI it is: .ci/run installs it. */
function has(shell: string): boolean {
  try {
    execFileSync(shell, ['-c', ':'])
    return true
  } catch {
    return false
  }
}

/** Runs a script in a shell that has no files of a user. What is on standard error is a defect, and fails. */
function shell(command: string, words: readonly string[]): Promise<string> {
  const env = {
    PATH: `${join(folder, 'bin')}:${process.env.PATH}`,
    HOME: folder,
    KUBECONFIG: join(folder, 'kubeconfig'),
    TERM: 'dumb',
  }
  return new Promise((done, fail) => {
    const child = execFile(command, words, { cwd: folder, env }, (error, stdout, stderr) => {
      if (error || stderr !== '') fail(new Error(`${command}: ${error} ${stderr} ${stdout}`))
      else done(stdout)
    })
    child.stdin?.end()
  })
}

/** Lines that a person begins to type, and what the shell proposes. */
const CASES: readonly (readonly [line: string, texts: readonly string[]])[] = [
  ['istio-traffic-shift roll', ['rollback']],
  ['istio-traffic-shift completion ', ['bash', 'fish', 'zsh']],
  ['istio-traffic-shift shift --on-f', ['--on-failure']],
  ['istio-traffic-shift shift --on-failure ', ['keep', 'last-step', 'rollback']],
  ['istio-traffic-shift plan -n dem', ['demo']],
  ["istio-traffic-shift plan -n 'demo' vs/tcp", ['vs/tcp-echo']],
  ['istio-traffic-shift shift vs/tcp-echo -n demo --subset ', ['v1', 'v2']],
  ['istio-traffic-shift shift --context ', ['sandbox']],
  ['istio-traffic-shift plan --config rel', ['release.yaml']],
  ['istio-traffic-shift plan --weight ', []],
]

const BASH = 'source <(istio-traffic-shift completion bash)'

describe.runIf(has('bash'))('in bash', () => {
  /** Splits a line as bash does for a completion, and prints what the function of the script proposes. */
  async function proposed(line: string): Promise<string[]> {
    const script = `${BASH}
      compopt() { :; }
      COMP_LINE=$1 COMP_POINT=\${#1} COMP_WORDBREAKS=$' \\t\\n"\\'><=;|&(:'
      shift
      COMP_WORDS=("$@") COMP_CWORD=$(($# - 1))
      __istio_traffic_shift
      printf '%s\\n' "\${COMPREPLY[@]}"`
    const words = line.split(/\s+|(?<=[=:])|(?=[=:])/)
    const printed = await shell('bash', ['--norc', '-c', script, 'bash', line, ...words])
    return printed.split('\n').filter((text) => text !== '')
  }

  test.each(CASES)('%j is completed', async (line, texts) => {
    expect((await proposed(line)).sort()).toEqual(texts)
  })

  test.each([
    ['istio-traffic-shift shift --on-failure=k', ['keep']],
    ['istio-traffic-shift shift vs/tcp-echo -n demo --route tcp:', ['31400']],
    ['istio-traffic-shift plan --report=rep', ['reports']],
  ])('%j is completed behind the character at which bash splits words', async (line, texts) => {
    expect(await proposed(line)).toEqual(texts)
  })

  test('a line that is typed at a terminal is completed', async () => {
    const typed = `${BASH}\nistio-traffic-shift rollb\t--hel\t > ${folder}/typed\nexit\n`
    writeFileSync(join(folder, 'keys'), typed)
    const command = `cat ${folder}/keys - | script --quiet --command 'bash --norc -i' /dev/null`
    const child = execFile('sh', ['-c', `${command} >/dev/null 2>&1`], {
      cwd: folder,
      env: { PATH: `${join(folder, 'bin')}:${process.env.PATH}`, HOME: folder, TERM: 'dumb' },
    })
    child.kill()
  })
})

describe.runIf(has('zsh'))('in zsh', () => {
  /** Types a line at a terminal of its own, and prints what the completion system is given. */
  async function proposed(line: string): Promise<string[]> {
    const script = `
      autoload -Uz compinit && compinit -u -d ${folder}/zcompdump
      source <(istio-traffic-shift completion zsh)
      zmodload zsh/zpty
      shell() {
        compadd() {
          local -a out
          builtin compadd -O out "$@"
          print -rl -- "\${out[@]}" >>${folder}/proposed
          builtin compadd "$@"
        }
        bindkey '^I' complete-word
        zle -C complete-word complete-word complete_once
        complete_once() { _main_complete; print -r -- end >>${folder}/proposed }
        vared typed
      }
      : >${folder}/proposed
      typed=$1
      zpty keys shell
      zpty -w -n keys $'\\t'
      for ((tries = 0; tries < 500; tries++)); do
        [[ $(<${folder}/proposed) == *end ]] && break
        zpty -r -t keys >/dev/null
        sleep 0.02
      done
      zpty -d keys
      print -r -- "$(<${folder}/proposed)"`
    const printed = await shell('zsh', ['-f', '-c', script, 'zsh', line])
    return [...new Set(printed.split('\n'))].filter((text) => text !== '' && text !== 'end')
  }

  test.each(CASES)('%j is completed', async (line, texts) => {
    expect((await proposed(line)).sort()).toEqual(texts)
  })
})

describe.runIf(has('fish'))('in fish', () => {
  async function proposed(line: string): Promise<string[]> {
    const script = 'source (istio-traffic-shift completion fish | psub); complete -C $argv[1]'
    const printed = await shell('fish', ['--no-config', '-c', script, line])
    return printed
      .split('\n')
      .filter((text) => text !== '')
      .map((text) => text.split('\t')[0] ?? '')
  }

  test.each(CASES)('%j is completed', async (line, texts) => {
    expect((await proposed(line)).sort()).toEqual(texts)
  })

  test('a value behind an equals sign is completed', async () => {
    const line = 'istio-traffic-shift shift --on-failure=k'
    expect(await proposed(line)).toEqual(['--on-failure=keep'])
  })
})

test('a script is printed for each shell, and another word is refused with the nearest one', async () => {
  for (const [name, text] of [
    ['bash', 'complete -F'],
    ['zsh', '#compdef istio-traffic-shift'],
    ['fish', 'complete -c istio-traffic-shift'],
  ] as const)
    expect(await runCli(['completion', name], {})).toMatchObject({
      status: 0,
      stdout: expect.stringContaining(text),
      stderr: '',
    })
  expect(await runCli(['completion', 'fisch'], {})).toEqual({
    status: 2,
    stdout: '',
    stderr: 'completion must be followed by bash, zsh or fish, not "fisch". Did you mean fish?\n',
  })
})
