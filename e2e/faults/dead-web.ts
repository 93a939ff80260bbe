import { WEB_PODS } from '../processes/addresses.ts'
import { killProcess, startAgain } from '../processes/process.ts'
import { type WebVersion, webReady } from '../processes/web.ts'
import { within } from '../processes/within.ts'
import { isFree } from './faulty.ts'
import type { Heal } from './stopped.ts'

/** A version of the web application whose Pod is ready, but whose process was killed. */
export async function deadWebVersion(version: WebVersion): Promise<Heal> {
  await killProcess(`web-${version}`)
  return async () => {
    startAgain(`web-${version}`)
    await webReady(version)
  }
}

/** The same for its gRPC service. */
export async function deadGrpcVersion(version: WebVersion): Promise<Heal> {
  await killProcess(`grpc-${version}`)
  return async () => {
    const { address, grpc } = WEB_PODS[version]
    const at = { host: address, port: grpc }
    startAgain(`grpc-${version}`)
    await within(10_000, `port ${grpc} being open`, async () => !(await isFree(at)))
  }
}
