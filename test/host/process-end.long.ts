import { type ChildProcess, spawn } from 'node:child_process'
import { existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, onTestFinished, test, vi } from 'vitest'

const PROGRAM = fileURLToPath(new URL('support/much-output.ts', import.meta.url))
const PATIENT = { timeout: 10_000 }

function folderOfTest(): string {
  const folder = mkdtempSync(path.join(tmpdir(), 'process-end-'))
  onTestFinished(() => rmSync(folder, { recursive: true }))
  return folder
}

function running(child: ChildProcess) {
  onTestFinished(() => void child.kill('SIGKILL'))
  const ended = new Promise<number | NodeJS.Signals | null>((resolve) => {
    child.once('close', (status, signal) => resolve(status ?? signal))
  })
  return { child, ended }
}

function repliesFrom({ child }: { child: ChildProcess }): () => string {
  let text = ''
  child.stdout?.on('data', (chunk) => {
    text += chunk
  })
  return () => text
}

describe('fault 44: a reader of the output that stalls', () => {
  test('gets the last line and the exit status when it continues to read', async () => {
    const folder = folderOfTest()
    const program = running(
      spawn(process.execPath, [PROGRAM, folder], { stdio: ['ignore', 'pipe', 'inherit'] }),
    )
    await vi.waitUntil(() => existsSync(path.join(folder, 'leaving')), PATIENT)
    const text = repliesFrom(program)
    expect(await program.ended).toBe(3)
    expect(text().length).toBeGreaterThan(1024 * 1024)
    expect(text()).toMatch(/the last line\n$/)
  })

  test('delays the end only for a short time after a signal', async () => {
    const folder = folderOfTest()
    const program = running(
      spawn(process.execPath, [PROGRAM, folder, 'signal'], {
        stdio: ['ignore', 'pipe', 'inherit'],
      }),
    )
    await vi.waitUntil(() => existsSync(path.join(folder, 'stalled')), PATIENT)
    program.child.kill('SIGINT')
    const exited = new Promise((resolve) => program.child.once('exit', resolve))
    expect(await exited).toBe(3)
  })

  test('because of Ctrl-S at a terminal does not prevent the process from handling a signal', async () => {
    const folder = folderOfTest()
    const command = `exec ${process.execPath} ${PROGRAM} ${folder} signal`
    // script(1) gives the program a terminal, and passes on what is typed.
    const terminal = running(
      spawn('script', ['-qefc', command, '/dev/null'], { stdio: ['pipe', 'pipe', 'inherit'] }),
    )
    repliesFrom(terminal)
    await vi.waitUntil(() => pidIn(folder) !== undefined, PATIENT)
    terminal.child.stdin?.write('\x13')
    await vi.waitUntil(() => existsSync(path.join(folder, 'stalled')), PATIENT)
    process.kill(pidIn(folder) ?? 0, 'SIGINT')
    await vi.waitUntil(() => existsSync(path.join(folder, 'leaving')), PATIENT)
    expect(existsSync(path.join(folder, 'signal'))).toBe(true)
    expect(await terminal.ended).toBe(3)
  })
})

function pidIn(folder: string): number | undefined {
  const file = readdirSync(folder).find((name) => name.startsWith('started-'))
  return file === undefined ? undefined : Number(file.slice('started-'.length))
}

describe('the run restores the weights and ends by itself after', () => {
  test.each(['SIGQUIT', 'SIGUSR2', 'SIGALRM', 'SIGXCPU'] as const)('%s', async (signal) => {
    const folder = folderOfTest()
    const program = running(
      spawn(process.execPath, [PROGRAM, folder, 'signal'], {
        stdio: ['ignore', 'pipe', 'inherit'],
      }),
    )
    await vi.waitUntil(() => existsSync(path.join(folder, 'stalled')), PATIENT)
    program.child.kill(signal)
    const text = repliesFrom(program)
    expect(await program.ended).toBe(3)
    expect(text()).toMatch(/the last line\n$/)
  })
})
