import { connect } from 'node:net'
import { join } from 'node:path'
import type { Affected, ReplyFault } from '../../sandbox/faults/destination-fault.ts'
import { POD_PORT, PODS, WEB_PODS } from '../processes/addresses.ts'
import { FILES } from '../processes/credentials.ts'
import { PREFIXES } from '../processes/echo.ts'
import {
  type FaultyProcessName,
  killProcess,
  type ProcessName,
  signalProcess,
  startAgain,
  startProcess,
} from '../processes/process.ts'
import { statePath } from '../processes/state.ts'
import { within } from '../processes/within.ts'
import type { Faulty } from './faulty-program.ts'
import type { Heal } from './stopped.ts'

export type Application = 'echo' | 'web' | 'grpc'
type Version = 'v1' | 'v2'

/**
 * Replaces the process of a version by one of the sandbox's, whose replies have a fault; undefined: none. Its Pod is ready.
 * Its replies name it as the real one's do, and in the header `x-version` too.
 */
export async function faultyVersion(
  application: Application,
  version: Version,
  fault: ReplyFault | undefined,
  affected: Affected = {},
): Promise<Heal> {
  const { heal } = await replacedVersion(application, version, { fault, affected, isLatent: false })
  return heal
}

/** The same with a fault that begins later. */
export async function latentFault(
  application: Application,
  version: Version,
  fault: ReplyFault,
  affected: Affected = {},
): Promise<{ begin: () => void; heal: Heal }> {
  const { name, heal } = await replacedVersion(application, version, {
    fault,
    affected,
    isLatent: true,
  })
  return { begin: () => signalProcess(name, 'SIGUSR2'), heal }
}

async function replacedVersion(
  application: Application,
  version: Version,
  given: Pick<Faulty, 'fault' | 'affected' | 'isLatent'>,
): Promise<{ name: FaultyProcessName; heal: Heal }> {
  const at = placeOf(application, version)
  const faulty: Faulty = {
    speaks: application === 'echo' ? 'lines' : 'web',
    at,
    name: application === 'echo' ? PREFIXES[version] : version,
    ...given,
    certificate: statePath(FILES.webCertificate),
    key: statePath(FILES.webKey),
  }
  const isOpen = async () => !(await isFree(at))
  await endProcess(`${application}-${version}`, at)
  const program = join(import.meta.dirname, 'faulty-program.ts')
  const name = `faulty-${application}-${version}` as const
  startProcess(name, [process.execPath, program, JSON.stringify(faulty)])
  await within(10_000, `${name} listening`, isOpen)
  const heal = async () => {
    await endProcess(name, at)
    startAgain(`${application}-${version}`)
    await within(10_000, `${application}-${version} listening`, isOpen)
  }
  return { name, heal }
}

/** A version of the web application that answers every request with this status and nothing that names it. */
export function brokenVersion(version: Version, status: number): Promise<Heal> {
  return faultyVersion('web', version, { kind: 'status', status, body: '', unnamed: true })
}

type Place = { host: string; port: number }

function placeOf(application: Application, version: Version): Place {
  if (application === 'echo') return { host: PODS[version], port: POD_PORT }
  const { address, http, grpc } = WEB_PODS[version]
  return { host: address, port: application === 'web' ? http : grpc }
}

/** Ends a process. The port of one whose first thread has ended may still be taken. */
async function endProcess(name: ProcessName, at: Place): Promise<void> {
  await killProcess(name)
  await within(5000, `port ${at.port} being free`, () => isFree(at))
}

export function isFree({ host, port }: Place): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ host, port })
    socket.on('connect', () => {
      socket.destroy()
      resolve(false)
    })
    socket.on('error', () => resolve(true))
  })
}
