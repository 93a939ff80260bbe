import type { ConnectionOutcome } from '../connection-outcome.ts'
import type { MatchReply } from '../match-replies.ts'

/** The destination, and what is shown of its error. */
type CutReply = { index: number; detail: string }

/** Attributes connections that break off by what arrived of their replies. */
export type CutReplies = {
  /** The destination whose reply broke off; undefined where the connection shows none. */
  destinationOf(outcome: ConnectionOutcome): CutReply | undefined
  /** A complete reply of a destination. */
  complete(index: number): void
}

/**
 * Some servers never complete a reply as `reply-until` says it: their lines have no end, or their connections stay open.
 * So only a destination that has sent a complete reply can cut one short.
 *
 * @param shown cuts a text, and removes secrets
 */
export function startCutReplies(match: MatchReply, shown: (text: string) => string): CutReplies {
  const completing = new Set<number>()
  return {
    destinationOf(outcome) {
      const text = arrived(outcome)
      if (text === undefined || completing.size === 0) return undefined
      const [index, second] = match.whole(text) ?? []
      if (index === undefined || second !== undefined || !completing.has(index)) return undefined
      const detail = `${ENDS[outcome.kind] ?? 'closed'} after ${shown(text)}`
      return { index, detail }
    },
    complete: (index) => void completing.add(index),
  }
}

const ENDS: Partial<Record<ConnectionOutcome['kind'], string>> = {
  reset: 'reset',
  timeout: 'timeout',
}

/** What arrived of a reply before the connection broke off. */
function arrived(outcome: ConnectionOutcome): string | undefined {
  if (outcome.kind === 'reset' || outcome.kind === 'timeout') return outcome.incomplete
  return outcome.kind === 'reply' && outcome.unfinished === true ? outcome.text : undefined
}
