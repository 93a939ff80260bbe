/** The least milliseconds between the write's answer and the first attempt. An idle mesh has mostly switched by then. */
export const FIRST_ATTEMPT_DELAY_MS = 200
/** Milliseconds that the first attempt leaves for other replicas, once samples date the switch of the first. */
export const SWITCH_SPREAD_MS = 100
/** The most milliseconds that the first attempt waits for a switch that samples would show. */
export const LONGEST_WAIT_FOR_SWITCH_MS = 1000
/** Samples a second until then. A switch from 80/20 to 50/50 shows after about 30 of them. */
export const SAMPLES_PER_SECOND_BEFORE_SWITCH = 1000

const PAUSES_MS = [100, 200, 400]
const LONGEST_PAUSE_MS = 1000

/** Milliseconds to wait before an attempt that follows another: 100, 200, 400, then 1000 each. */
export function pauseBeforeAttemptMs(attemptNumber: number): number {
  return PAUSES_MS[attemptNumber - 2] ?? LONGEST_PAUSE_MS
}

/**
 * `only`: nothing was written, so there is one attempt. `early`: it began while the gateway may still serve the previous
 * weights. `last`: it began after that.
 */
export type Place = 'only' | 'early' | 'last'

/**
 * Error spending (Lan and DeMets 1983): the fraction of the error of a check that one attempt may spend. Whatever their
 * number, the early attempts and the last one together spend no more than all of it:
 * .7 + .1 (1/2 + 1/6 + 1/12 + ...) + .2 = 1.
 *
 * @param attemptNumber from 1
 */
export function spentShare(attemptNumber: number, place: Place): number {
  switch (place) {
    case 'only':
      return 1
    case 'last':
      return 0.2
    case 'early':
      return attemptNumber === 1 ? 0.7 : 0.1 / (attemptNumber * (attemptNumber - 1))
  }
}
