import { MOST_OUTCOMES } from '../evidence/jobs/pod-event.ts'
import type { Classified } from '../evidence/probe/classify.ts'

/** How a sample ended, as the log has it. */
export type Reported = { classified: Classified; stamp?: string | null }

/** Numbers the ways in which samples end. */
export type OutcomeIds = {
  /** Calls `onNew` before it returns an id for the first time. */
  idOf(reported: Reported): number
}

/** So many with details of their own for each one without. Replies may have a time or a number in them. */
const MOST_ALIKE = 8
/** For what comes when all others are used, as when a server sends another stamp with each reply. */
const ANYTHING_ELSE: Classified = { kind: 'unclassified', why: 'unknown reply', detail: '' }
const LAST_ID = MOST_OUTCOMES - 1

export function startNumbering(onNew: (id: number, reported: Reported) => void): OutcomeIds {
  const ids = new Map<string, number>()
  const alike = new Map<string, number>()
  let isFull = false

  function added(key: string, reported: Reported): number {
    const id = ids.size
    ids.set(key, id)
    onNew(id, reported)
    return id
  }

  return {
    idOf(reported) {
      const key = keyOf(reported)
      const known = ids.get(key)
      if (known !== undefined) return known
      const plain = { ...reported, classified: withoutDetails(reported.classified) }
      const plainKey = keyOf(plain)
      const count = alike.get(plainKey) ?? 0
      const isShown = count < MOST_ALIKE
      const knownPlain = isShown && !isFull ? undefined : ids.get(plainKey)
      if (knownPlain !== undefined) return knownPlain
      if (isFull) return LAST_ID
      if (ids.size === LAST_ID) {
        isFull = true
        return added('', { classified: ANYTHING_ELSE })
      }
      if (!isShown) return added(plainKey, plain)
      alike.set(plainKey, count + 1)
      return added(key, reported)
    },
  }
}

function keyOf({ classified, stamp }: Reported): string {
  return JSON.stringify([classified, stamp])
}

/** What is only shown. */
function withoutDetails(classified: Classified): Classified {
  switch (classified.kind) {
    case 'destination': {
      const { detail, ...rest } = classified
      return detail === undefined ? classified : { ...rest, detail: '' }
    }
    case 'unclassified': {
      const { beyond, ...rest } = classified
      return { ...rest, detail: '' }
    }
    case 'previous':
      return { ...classified, detail: '' }
    case 'client-limit':
      return classified
  }
}
