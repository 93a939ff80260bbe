import { join } from 'node:path'
import { POD_PORT, PODS } from './addresses.ts'
import { connect } from './connect.ts'
import { startProcess } from './process.ts'
import { within } from './within.ts'

export type Version = keyof typeof PODS

/** The prefix of each version's replies. */
export const PREFIXES = { v1: 'one', v2: 'two', v3: 'three' } as const

/** Starts a version of the tutorial's application at its Pod's address. */
export async function startEcho(version: Version): Promise<void> {
  const program = join(import.meta.dirname, 'tcp-echo.ts')
  const given = [PODS[version], String(POD_PORT), PREFIXES[version]]
  startProcess(`echo-${version}`, [process.execPath, program, ...given])
  await echoReady(version)
}

export async function echoReady(version: Version): Promise<void> {
  await within(10_000, `an answer of ${version}`, async () => {
    const reply = await connect(PODS[version], POD_PORT)
    return reply.startsWith(PREFIXES[version])
  })
}
