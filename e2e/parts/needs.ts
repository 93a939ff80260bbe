import { spawnSync } from 'node:child_process'
import { accessSync, constants } from 'node:fs'
import { delimiter, join } from 'node:path'

/** What is missing on this machine, and the command that installs it on Debian and Ubuntu. */
export type Lack = { what: string; remedy: string }

const GO_AT_LEAST = [1, 21] as const

/** Tools without which the mesh cannot be started, and the packages that hold them. */
const TO_RUN = {
  curl: 'curl',
  ip: 'iproute2',
  mount: 'mount',
  openssl: 'openssl',
  setpriv: 'util-linux',
  unshare: 'util-linux',
}

/** What is missing to build the parts. */
export function lacksToBuild(environment: NodeJS.ProcessEnv): Lack[] {
  const lacks = lacksOfGo(environment)
  if (!isOnPath('python3', environment))
    lacks.push({ what: 'python3', remedy: 'sudo apt-get install python3 python3-pip' })
  else if (answerOf(['python3', '-m', 'pip', '--version'], environment) === undefined)
    lacks.push({ what: 'pip for python3', remedy: 'sudo apt-get install python3-pip' })
  return lacks
}

/** What is missing to build a Go program. */
export function lacksOfGo(environment: NodeJS.ProcessEnv): Lack[] {
  const go = answerOf(['go', 'env', 'GOVERSION'], environment)
  if (isGoNewEnough(go ?? '')) return []
  return [
    {
      what: `Go ${GO_AT_LEAST.join('.')} or later (it fetches the newer one that the modules ask for)${go === undefined ? '' : `; there is ${go}`}`,
      remedy: 'sudo snap install go --classic',
    },
  ]
}

/** What is missing to start the mesh. */
export function lacksToRun(environment: NodeJS.ProcessEnv): Lack[] {
  const lacks: Lack[] = []
  if (process.platform !== 'linux')
    lacks.push({ what: 'Linux, for its namespaces', remedy: 'run it on Linux' })
  for (const [tool, name] of Object.entries(TO_RUN))
    if (!isOnPath(tool, environment))
      lacks.push({ what: tool, remedy: `sudo apt-get install ${name}` })
  if (lacks.length === 0 && process.getuid?.() !== 0) {
    if (answerOf(['unshare', '-r', '-n', 'true'], environment) === undefined) {
      lacks.push({
        what: 'user namespaces for plain users (or root rights)',
        remedy: 'sudo sysctl --write kernel.apparmor_restrict_unprivileged_userns=0',
      })
    }
  }
  return lacks
}

/** Everything that is missing, as text; undefined if nothing is. */
export function lackText(lacks: readonly Lack[]): string | undefined {
  if (lacks.length === 0) return undefined
  return lacks.map(({ what, remedy }) => `missing: ${what}\n  ${remedy}\n`).join('')
}

/** go1.26.8, go1.27rc1, devel go1.28-...: the first two numbers count. */
function isGoNewEnough(version: string): boolean {
  const [, major = '0', minor = '0'] = /go(\d+)\.(\d+)/.exec(version) ?? []
  const [leastMajor, leastMinor] = GO_AT_LEAST
  return Number(major) > leastMajor || (Number(major) === leastMajor && Number(minor) >= leastMinor)
}

/** The standard output of a command; undefined if it fails or does not exist. */
function answerOf(command: readonly string[], environment: NodeJS.ProcessEnv): string | undefined {
  const [program = '', ...given] = command
  const { status, stdout } = spawnSync(program, given, { env: environment, encoding: 'utf8' })
  return status === 0 ? stdout.trim() : undefined
}

function isOnPath(program: string, environment: NodeJS.ProcessEnv): boolean {
  return (environment.PATH ?? '').split(delimiter).some((folder) => {
    try {
      accessSync(join(folder, program), constants.X_OK)
      return true
    } catch {
      return false
    }
  })
}
