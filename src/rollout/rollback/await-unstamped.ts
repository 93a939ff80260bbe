import type { EvidenceSource, Sampling } from '../../evidence/evidence-source.ts'
import type { ProbeSample } from '../../evidence/probe/probe-sample.ts'

/** What replies after a restore show of the stamps of the run. */
export type StampsSeen =
  /** So many replies in a row had none. */
  | 'gone'
  /** Replies to later requests still have them. */
  | 'there'
  /** The last replies had none, but they are too few. */
  | 'too-few'
  /** No reply was recognized, or none any more. */
  | 'unanswered'
  /** No sample ended. */
  | 'no-samples'

/** How a look for replies with stamps ended. */
export type Unstamped = {
  seen: StampsSeen
  /** Replies in a row without a stamp. */
  inARow: number
  replies: number
}

/** So many replies in a row, of which 1 in 20 would be stamped, lack a stamp in 6 of 1,000 cases. */
export const ENOUGH_IN_A_ROW = 100

/** Takes samples until so many replies in a row have no stamp, for at most so many milliseconds. */
export async function awaitUnstamped(
  source: EvidenceSource,
  mostMs: number,
  signal: AbortSignal,
): Promise<Unstamped> {
  const tally = newTally()
  if (signal.aborted) return endOf(tally)
  await new Promise<void>((resolve) => {
    let sampling: Sampling | undefined
    let over = false
    const finish = () => {
      over = true
      sampling?.stop()
      clearTimeout(timer)
      signal.removeEventListener('abort', finish)
      resolve()
    }
    const timer = setTimeout(finish, mostMs)
    signal.addEventListener('abort', finish)
    sampling = source.start({}, (sample) => {
      if (over || sample.kind === 'counts') return
      count(tally, sample)
      if (tally.inARow >= ENOUGH_IN_A_ROW) finish()
    })
    if (over) sampling.stop()
  })
  return endOf(tally)
}

type Tally = {
  samples: number
  replies: number
  inARow: number
  /** When the first and the last sample, and the last one whose reply had a stamp, were launched. */
  firstMs: number
  lastMs: number
  stampedMs: number
}

function newTally(): Tally {
  const never = Number.NEGATIVE_INFINITY
  return { samples: 0, replies: 0, inARow: 0, firstMs: -never, lastMs: never, stampedMs: never }
}

function count(tally: Tally, { classified, launchedMs }: ProbeSample): void {
  if (classified.kind === 'client-limit') return
  tally.samples += 1
  tally.firstMs = Math.min(tally.firstMs, launchedMs)
  tally.lastMs = Math.max(tally.lastMs, launchedMs)
  if (classified.kind !== 'previous' && classified.kind !== 'destination') return
  tally.replies += 1
  const isStamped = classified.kind === 'destination' || classified.isStamped
  tally.inARow = isStamped ? 0 : tally.inARow + 1
  if (isStamped) tally.stampedMs = Math.max(tally.stampedMs, launchedMs)
}

function endOf(tally: Tally): Unstamped {
  return { seen: seenIn(tally), inARow: tally.inARow, replies: tally.replies }
}

/** What counts is when a request was launched: the first ones may be answered before the gateway switches. */
function seenIn({ samples, inARow, firstMs, lastMs, stampedMs }: Tally): StampsSeen {
  if (inARow >= ENOUGH_IN_A_ROW) return 'gone'
  if (samples === 0) return 'no-samples'
  if (inARow === 0 && stampedMs <= (firstMs + lastMs) / 2) return 'unanswered'
  return stampedMs > (firstMs + lastMs) / 2 ? 'there' : 'too-few'
}
