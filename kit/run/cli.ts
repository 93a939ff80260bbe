import { execFile } from 'node:child_process'
import { resolve } from 'node:path'
import { CHILD_ENVIRONMENT } from './child-environment.ts'
import { kubeconfigsOf, refuseLeaks, release } from './leaks.ts'

/** How the command line ended. */
export type EndedCli = { status: number; stdout: string; stderr: string }

export const CLI = resolve(import.meta.dirname, '..', '..', 'dist', 'cli', 'index.js')

/** Runs the built command line with nothing in its environment but what is given; PWD is its folder too. */
export function runCli(
  words: readonly string[],
  environment: Readonly<Record<string, string>>,
): Promise<EndedCli> {
  const env = { ...CHILD_ENVIRONMENT, ...environment }
  const kubeconfigs = kubeconfigsOf(env, words)
  return new Promise((done, leaks) => {
    const child = execFile(
      process.execPath,
      [CLI, ...words],
      { env, cwd: environment.PWD },
      (_, stdout, stderr) => {
        const check = () =>
          refuseLeaks(kubeconfigs, { 'standard output': stdout, 'standard error': stderr })
        release(check, () => done({ status: child.exitCode ?? -1, stdout, stderr }), leaks)
      },
    )
  })
}
