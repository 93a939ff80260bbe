import { execFile } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { delimiter, join, resolve } from 'node:path'
import { CHILD_ENVIRONMENT } from '../../../kit/run/child-environment.ts'
import { kubeconfigsOf, refuseLeaks, release, writtenIn } from '../../../kit/run/leaks.ts'

/** Where an example runs: a workspace, the kubeconfig as a file, and substitutes for commands of a CI system. */
export type Place = {
  workspace: string
  /** Where the action's reports go. */
  reports: string
  kubeconfig: string
  /** Searched for commands first. */
  commands: string
  /** Inputs of this action that replace those of the example, for a test about other things than the shift itself. */
  replaced?: Readonly<Record<string, string>>
  /** Variables with which the runner starts each step of this action, for a test about its event. */
  variables?: Readonly<Record<string, string>>
  remove: () => void
}

const CLI = resolve(import.meta.dirname, '..', '..', '..', 'dist', 'cli', 'index.js')

/** The command as npm would install it, with enough samples for a test that does not fail by chance, as fast as they can be. */
const COMMAND = `#!/bin/sh
for word; do
  shift
  if [ "$before" != --rate ] && [ "$word" != --rate ]; then set -- "$@" "$word"; fi
  before="$word"
done
exec '${process.execPath}' '${CLI}' "$@" --confidence 99.99 --tolerance 15 --rate 100000
`

/** An npm that only installs the tarball of the repository, offline and without scripts. */
const NPM = `#!/bin/sh
case "$*" in
  "install --global --offline --ignore-scripts ./vendor/"*.tgz) bin="$COMMANDS" ;;
  "install --prefix .tools --offline --ignore-scripts ./vendor/"*.tgz) bin=.tools/node_modules/.bin ;;
  *) exit 64 ;;
esac
for file; do :; done
[ -f "$file" ] || exit 66
mkdir -p "$bin"
cp "$COMMANDS/installed" "$bin/istio-traffic-shift"
`

const TARBALL = 'istio-traffic-shift-0.1.0.tgz'

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
  writeFileSync(join(place.commands, 'npm'), NPM, { mode: 0o700 })
  writeFileSync(join(place.commands, 'installed'), COMMAND, { mode: 0o700 })
  mkdirSync(join(place.workspace, 'vendor'))
  writeFileSync(join(place.workspace, 'vendor', TARBALL), '')
  return place
}

/** Runs a script in the workspace as a CI system does: it ends at the first command that fails. */
export function runShell(
  script: string,
  environment: Readonly<Record<string, string>>,
  place: Place,
): Promise<{ status: number; text: string }> {
  const env = {
    ...CHILD_ENVIRONMENT,
    PATH: [place.commands, process.env.PATH].join(delimiter),
    HOME: place.workspace,
    COMMANDS: place.commands,
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
        release(check, () => done({ status: child.exitCode ?? -1, text }), leaks)
      },
    )
  })
}
