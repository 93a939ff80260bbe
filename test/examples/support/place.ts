import { execFile } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { delimiter, join, resolve } from 'node:path'
import { kubeconfigsOf, refuseLeaks, settle, writtenIn } from '../../support/leaks.ts'

/** Where an example runs: a workspace, the kubeconfig as a file, and commands that stand in for those of a CI. */
export type Place = {
  workspace: string
  /** Where the action's reports go. */
  reports: string
  kubeconfig: string
  /** Searched for commands first. */
  commands: string
  remove: () => void
}

const CLI = resolve(import.meta.dirname, '..', '..', '..', 'dist', 'cli', 'index.js')

/** npx as it is called for this package alone; connections enough for a test that does not fail by chance. */
const NPX = `#!/bin/sh
[ "$1 $2" = "--yes istio-traffic-shift@0" ] || exit 64
shift 2
exec '${process.execPath}' '${CLI}' "$@" --confidence 99.99 --tolerance 8 --rate 100000
`

/** gh that keeps the body of the comment. */
const GH = `#!/bin/sh
[ "$1 $2" = "pr comment" ] || exit 64
for file; do :; done
cp "$file" comment.md
`

export function makePlace(kubeconfig: string): Place {
  const folder = mkdtempSync(join(tmpdir(), 'example-'))
  const below = (name: string) => {
    mkdirSync(join(folder, name))
    return join(folder, name)
  }
  const place = {
    workspace: below('workspace'),
    reports: below('reports'),
    commands: below('commands'),
    kubeconfig: join(folder, 'kubeconfig'),
    remove: () => rmSync(folder, { recursive: true }),
  }
  writeFileSync(place.kubeconfig, kubeconfig, { mode: 0o600 })
  writeFileSync(join(place.commands, 'npx'), NPX, { mode: 0o700 })
  writeFileSync(join(place.commands, 'gh'), GH, { mode: 0o700 })
  return place
}

/** Runs a script in the workspace as a CI does: the first command that fails ends it. */
export function runShell(
  script: string,
  environment: Readonly<Record<string, string>>,
  place: Place,
): Promise<{ status: number; text: string }> {
  const env = {
    PATH: [place.commands, process.env.PATH].join(delimiter),
    HOME: place.workspace,
    KUBECONFIG: place.kubeconfig,
    ...environment,
  }
  const kubeconfigs = kubeconfigsOf(env)
  return new Promise((done, leaks) => {
    const child = execFile(
      'sh',
      ['-e', '-c', script],
      { env, cwd: place.workspace },
      (_, stdout, stderr) => {
        const text = stdout + stderr
        const check = () =>
          refuseLeaks(kubeconfigs, { 'what is printed': text, ...writtenIn(place.workspace) })
        settle(check, () => done({ status: child.exitCode ?? -1, text }), leaks)
      },
    )
  })
}
