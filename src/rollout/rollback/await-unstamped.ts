import type { EvidenceSource, Sampling } from '../../evidence/evidence-source.ts'
import type { ProbeSample } from '../../evidence/probe/probe-sample.ts'

/** How a look for replies with stamps ended. */
export type Unstamped = {
  /** Whether so many replies in a row had none. */
  gone: boolean
  /** Replies in a row without a stamp. */
  inARow: number
  replies: number
}

/** So many replies in a row, of which 1 in 20 would be stamped, lack a stamp in 6 of 1,000 cases. */
export const ENOUGH_IN_A_ROW = 100

/** Takes samples until so many replies in a row have no stamp, for at most so many milliseconds. */
export async function awaitUnstamped(
  source: EvidenceSource<ProbeSample>,
  mostMs: number,
  signal: AbortSignal,
): Promise<Unstamped> {
  let [inARow, replies] = [0, 0]
  if (signal.aborted) return { gone: false, inARow, replies }
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
    sampling = source.start({}, ({ classified }) => {
      if (over || (classified.kind !== 'previous' && classified.kind !== 'destination')) return
      replies += 1
      const isStamped = classified.kind === 'destination' || classified.isStamped
      inARow = isStamped ? 0 : inARow + 1
      if (inARow >= ENOUGH_IN_A_ROW) finish()
    })
    if (over) sampling.stop()
  })
  return { gone: inARow >= ENOUGH_IN_A_ROW, inARow, replies }
}
