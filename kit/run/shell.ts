import { execFile } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { delimiter, join, resolve } from 'node:path'

/** How commands ended that were pasted into a shell. */
export type Pasted = { status: number; text: string }

/** Pastes commands into a shell that has this kubeconfig, and a kubectl: its own, or the stand-in beside this file. */
export function paste(
  commands: string,
  kubeconfig: string,
  kubectl: 'own' | 'stand-in',
): Promise<Pasted> {
  const folder = mkdtempSync(join(tmpdir(), 'shell-'))
  const file = (name: string, text: string, mode: number) =>
    writeFileSync(join(folder, name), text, { mode })
  file('kubeconfig', kubeconfig, 0o600)
  const standIn = resolve(import.meta.dirname, 'kubectl.ts')
  if (kubectl === 'stand-in')
    file('kubectl', `#!/bin/sh\nexec '${process.execPath}' '${standIn}' "$@"\n`, 0o700)
  const env = {
    ...process.env,
    PATH: [folder, process.env.PATH].join(delimiter),
    KUBECONFIG: join(folder, 'kubeconfig'),
  }
  return new Promise((done) => {
    const child = execFile('sh', ['-c', commands], { env }, (_, stdout, stderr) => {
      rmSync(folder, { recursive: true })
      done({ status: child.exitCode ?? -1, text: stdout + stderr })
    })
  })
}
