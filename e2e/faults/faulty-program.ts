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
  /** Files of its certificate and key, PEM. */
  certificate: string
  key: string
}

/** A version of the sandbox's application, with the sandbox's faults, on the real mesh. */
async function main({ speaks, at, name, fault, affected, ...files }: Faulty): Promise<void> {
  const seed = Math.floor(Math.random() * 2 ** 32)
  const ordered = fault === undefined ? [] : [{ fault, affected, seed }]
  const faultOf = (number: number) => replyFaultOf(ordered, number)
  if (speaks === 'lines') {
    await startEchoServer({ prefix: name, faultOf, at })
    return
  }
  const [certificate, key] = [files.certificate, files.key].map((file) =>
    readFileSync(file, 'utf8'),
  )
  const pair = { certificate: certificate ?? '', key: key ?? '' }
  await startWebServer({ version: name, faultOf, certificate: pair, at })
}

const given: Faulty = JSON.parse(process.argv[2] ?? '')
await main(given)
