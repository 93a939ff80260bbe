import type { Classified } from '../../../../src/evidence/probe/classify.ts'
import type { ConnectionOutcome, Dial } from '../../../../src/evidence/probe/connection-outcome.ts'

/** Connections that end when a test says so. */
export function heldDials() {
  const dials: { end: (met: ConnectionOutcome) => void; ended: boolean; dropped: boolean }[] = []
  const dial: Dial = (done) => {
    const held = {
      ended: false,
      dropped: false,
      end(met: ConnectionOutcome) {
        held.ended = true
        done(met)
      },
    }
    dials.push(held)
    return () => {
      held.dropped = true
    }
  }
  return {
    dial,
    launched: () => dials.length,
    inFlight: () => dials.filter(({ ended, dropped }) => !ended && !dropped).length,
    dropped: () => dials.filter(({ dropped }) => dropped).length,
    /** Ends the connection that was launched as the so many-th, from 0, with its number as the reply. */
    end(number: number, met: ConnectionOutcome = { kind: 'reply', text: String(number) }) {
      const held = dials[number]
      if (held === undefined) throw new Error(`connection ${number} was not launched`)
      held.end(met)
    },
  }
}

/** Takes the reply for the number of a destination. */
export function byNumber(met: ConnectionOutcome): Classified {
  if (met.kind === 'client-limit') return met
  if (met.kind === 'reply') return { kind: 'destination', index: Number(met.text) }
  return { kind: 'unclassified', why: met.kind, detail: '' }
}
