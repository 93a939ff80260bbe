import { spawn } from 'node:child_process'
import { closeSync, openSync, readFileSync, writeFileSync } from 'node:fs'
import { isRunning } from '../../kit/run/is-running.ts'
import { isObject, type Json, numberAt, parseJson, textsAt } from '../../sandbox/objects/json.ts'
import { statePath } from './state.ts'
import { within } from './within.ts'

/** The processes that a mesh can have. */
export type ProcessName =
  | 'etcd'
  | 'kube-apiserver'
  | 'config-apiserver'
  | 'kubelet'
  | 'kube-controller-manager'
  | 'pods'
  | 'istiod'
  | 'envoy'
  | 'envoy-second'
  | 'envoy-client'
  | 'envoy-other-client'
  | 'envoy-waypoint'
  | 'echo-v1'
  | 'echo-v2'
  | 'echo-v3'
  | `${'web' | 'grpc'}-${'v1' | 'v2'}`
  | 'prometheus'
  | FaultyProcessName

/** Those that take the place of a version of an application, and answer with a fault. */
export type FaultyProcessName = `faulty-${'echo' | 'web' | 'grpc'}-${'v1' | 'v2'}`

type Environment = Readonly<Record<string, string>>

/**
 * Starts one of the mesh's processes. Its log is in `logs/NAME`, and what is needed to start it again in
 * `processes/NAME.json`. It outlives the process that started it, and ends with the namespace.
 */
export function startProcess(
  name: ProcessName,
  command: readonly string[],
  environment: Environment = {},
): void {
  const [program = '', ...given] = command
  const log = openSync(statePath('logs', name), 'a')
  const child = spawn(program, given, {
    env: { PATH: process.env.PATH ?? '', TMPDIR: statePath(), ...environment },
    cwd: statePath(),
    stdio: ['ignore', log, log],
    detached: true,
  })
  closeSync(log)
  child.unref()
  if (child.pid === undefined) throw new Error(`${name} could not be started`)
  writeFileSync(recordPath(name), JSON.stringify({ pid: child.pid, command, environment }))
}

/** Starts the same process again, after it was killed. */
export function startAgain(name: ProcessName): void {
  const { command, environment } = readRecord(name)
  startProcess(name, command, environment)
}

/** Sends a signal, such as SIGSTOP: the process exists and does nothing until SIGCONT. */
export function signalProcess(name: ProcessName, signal: NodeJS.Signals): void {
  process.kill(readRecord(name).pid, signal)
}

/** SIGKILL; resolves when the process has ended. */
export async function killProcess(name: ProcessName): Promise<void> {
  const { pid } = readRecord(name)
  process.kill(pid, 'SIGKILL')
  await within(5000, `the end of ${name}`, () => !isRunning(pid))
}

function recordPath(name: ProcessName): string {
  return statePath('processes', `${name}.json`)
}

function readRecord(name: ProcessName): {
  pid: number
  command: string[]
  environment: Environment
} {
  const record: Json = parseJson(readFileSync(recordPath(name), 'utf8'))
  const pid = numberAt(record, 'pid')
  if (pid === undefined || !isObject(record)) throw new Error(`${name} was never started`)
  const environment: Record<string, string> = {}
  if (isObject(record.environment)) {
    for (const [key, value] of Object.entries(record.environment))
      if (typeof value === 'string') environment[key] = value
  }
  return { pid, command: textsAt(record, 'command'), environment }
}
