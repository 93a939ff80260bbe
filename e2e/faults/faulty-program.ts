import { readFileSync } from 'node:fs'
import { startEchoServer } from '../../sandbox/echo/echo-server.ts'
import { startWebServer } from '../../sandbox/echo/web-server.ts'
import {
  type Affected,
  type ReplyFault,
  replyFaultOf,
} from '../../sandbox/faults/destination-fault.ts'

/** What a faulty version is, as its only argument: JSON. */
export type Faulty = {
  /** `lines`: the tutorial's application; `web`: the one that speaks HTTP and gRPC. */
  speaks: 'lines' | 'web'
  at: { host: string; port: number }
  /** The prefix of its lines, or the name of the version. */
  name: string
  /** Without one it is healthy. */
  fault: ReplyFault | undefined
  affected: Affected
  /** It begins with SIGUSR2. */
  isLatent: boolean
  /** Files of its certificate and key, PEM. */
  certificate: string
  key: string
}

/** A version of the sandbox's application, with the sandbox's faults, on the real mesh. */
async function main({ speaks, at, name, isLatent, ...given }: Faulty): Promise<void> {
  const faultOf = faultsOf(given, isLatent)
  if (speaks === 'lines') {
    await startEchoServer({ prefix: name, faultOf, at })
    return
  }
  const [certificate, key] = [given.certificate, given.key].map((file) =>
    readFileSync(file, 'utf8'),
  )
  const pair = { certificate: certificate ?? '', key: key ?? '' }
  await startWebServer({ version: name, faultOf, certificate: pair, at })
}

function faultsOf({ fault, affected }: Pick<Faulty, 'fault' | 'affected'>, isLatent: boolean) {
  const seed = Math.floor(Math.random() * 2 ** 32)
  const ordered = fault === undefined ? [] : [{ fault, affected, seed }]
  let hasBegun = !isLatent
  process.once('SIGUSR2', () => {
    hasBegun = true
  })
  return (number: number) => (hasBegun ? replyFaultOf(ordered, number) : undefined)
}

const given: Faulty = JSON.parse(process.argv[2] ?? '')
await main(given)
