import { spawn } from 'node:child_process'

/** A program at a terminal of its own, for tests of what a person types and sees. */
export type Terminal = {
  type: (keys: string) => void
  /** Resolves to what was printed since the last call, as soon as it matches. Fails if nothing does for long. */
  until: (pattern: RegExp) => Promise<string>
  close: () => void
}

/** A busy machine is slow. How slow does not matter here. */
const LONGEST_MS = 30_000

/** Starts a command at a terminal with wide lines. `script`, which Debian always has, provides the terminal. */
export function openTerminal(
  command: string,
  { cwd, env }: { cwd: string; env: Readonly<Record<string, string>> },
): Terminal {
  const inTerminal = `stty rows 50 cols 200; exec ${command}`
  const child = spawn('script', ['--quiet', '--flush', '--command', inTerminal, '/dev/null'], {
    cwd,
    env: { ...env },
    stdio: ['pipe', 'pipe', 'inherit'],
  })
  let printed = ''
  let look: () => void = () => undefined
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    printed += text
    look()
  })
  return {
    type: (keys) => void child.stdin.write(keys),
    until: (pattern) =>
      new Promise((done, fail) => {
        const tooLate = () => fail(new Error(`${pattern} is not in ${JSON.stringify(printed)}`))
        const timer = setTimeout(tooLate, LONGEST_MS)
        look = () => {
          if (!pattern.test(printed)) return
          clearTimeout(timer)
          look = () => undefined
          const found = printed
          printed = ''
          done(found)
        }
        look()
      }),
    close: () => void child.kill('SIGKILL'),
  }
}
