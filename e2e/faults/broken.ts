import { connect } from 'node:net'
import { join } from 'node:path'
import { WEB_PODS } from '../processes/addresses.ts'
import { killProcess, startAgain, startProcess } from '../processes/process.ts'
import { type WebVersion, webReady } from '../processes/web.ts'
import { within } from '../processes/within.ts'
import type { Heal } from './stopped.ts'

/** A version of the web application that answers every request with this status and nothing that names it. */
export async function brokenVersion(version: WebVersion, status: number): Promise<Heal> {
  const { address, http } = WEB_PODS[version]
  await killProcess(`web-${version}`)
  await within(5000, `port ${http} being free`, () => isFree(address, http))
  const program = join(import.meta.dirname, 'http-status.ts')
  startProcess(`broken-${version}`, [process.execPath, program, String(http), String(status)])
  await within(10_000, `the status ${status} of ${version}`, async () => {
    const reply = await fetch(`http://${address}:${http}/`)
    return reply.status === status
  })
  return async () => {
    await killProcess(`broken-${version}`)
    // The port of a process whose first thread has ended may still be taken.
    await within(5000, `port ${http} being free`, () => isFree(address, http))
    await revived(version)
  }
}

function isFree(host: string, port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ host, port })
    socket.on('connect', () => {
      socket.destroy()
      resolve(false)
    })
    socket.on('error', () => resolve(true))
  })
}

/** A version of the web application whose Pod is ready, but whose process was killed. */
export async function deadWebVersion(version: WebVersion): Promise<Heal> {
  await killProcess(`web-${version}`)
  return () => revived(version)
}

/** The same for its gRPC service. */
export async function deadGrpcVersion(version: WebVersion): Promise<Heal> {
  await killProcess(`grpc-${version}`)
  return async () => {
    const { address, grpc } = WEB_PODS[version]
    startAgain(`grpc-${version}`)
    await within(10_000, `port ${grpc} being open`, async () => !(await isFree(address, grpc)))
  }
}

async function revived(version: WebVersion): Promise<void> {
  startAgain(`web-${version}`)
  await webReady(version)
}
