import { PAYLOAD, type Round } from '../../kit/bench/wire/exchange.ts'
import { startClassifying } from '../../src/evidence/probe/classify.ts'
import { startMatching } from '../../src/evidence/probe/match-replies.ts'
import { startProbing } from '../../src/evidence/probe/prober.ts'
import { tcpDial } from '../../src/evidence/probe/tcp/tcp-dial.ts'

const TIMEOUT_MS = 5000

/** The prober of a run, put together as a run does: with its time limit, its order and its classification. */
export function ourExchanges({ host, port, connections, inFlight }: Round): Promise<number> {
  const expect = [
    { destination: 'v1', pattern: /^one / },
    { destination: 'v2', pattern: /^two / },
  ]
  const match = startMatching(expect)
  const dial = tcpDial({
    addresses: [host],
    port,
    payload: PAYLOAD,
    replyUntil: 'newline',
    match,
    timeoutMs: TIMEOUT_MS,
  })
  const settings = {
    dial,
    classify: startClassifying({ expect, redact: (text) => text, match }),
    concurrency: inFlight,
    paces: [],
    nowMs: () => performance.now(),
    most: () => connections,
  }
  return new Promise((resolve) => {
    let samples = 0
    let errors = 0
    startProbing(settings, ({ classified }) => {
      samples += 1
      if (classified.kind !== 'destination') errors += 1
      if (samples === connections) resolve(errors)
    })
  })
}
