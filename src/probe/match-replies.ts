import { type Context, createContext, Script } from 'node:vm'
import type { Expectation } from '../options/options.ts'

/** The expectations' indexes whose pattern a reply matches; undefined where it takes too long to tell. */
export type MatchReply = (text: string) => number[] | undefined

/** The longest that the expressions may work on one reply. */
export const SLOWEST_MS = 200
/** Replies that took too long may have cost so much together: a run that is cancelled must be gone in time. */
const SPENT_AT_MOST_MS = 1000
/** Times that a reply is matched anew because the machine, not the expressions, took the time. */
const RUNS_AT_MOST = 3

/** What repeats without a bound, or many times. An expression without any takes no longer than the reply is long. */
const REPEATS = /[*+{]/

/**
 * A function that tells which expectations a reply matches. A reply can be written so that an
 * expression such as `(a+)+$` backtracks for years, and whoever answers a probe is not to be
 * trusted: so expressions that repeat work under a time limit.
 */
export function startMatching(expect: readonly Expectation[]): MatchReply {
  const all = (text: string) =>
    expect.flatMap(({ pattern }, index) => (pattern.test(text) ? [index] : []))
  return expect.some(({ pattern }) => REPEATS.test(pattern.source)) ? limited(all) : all
}

function limited(all: (text: string) => number[]): MatchReply {
  const context = createContext({ __proto__: null, all, text: '' })
  const script = new Script('all(text)')
  let spentMs = 0
  return (text) => {
    if (spentMs >= SPENT_AT_MOST_MS) return undefined
    context.text = text
    for (let run = 1; run <= RUNS_AT_MOST; run += 1) {
      const indexes = runLimited(script, context)
      if (indexes !== 'stalled') return indexes ?? spend()
    }
    return spend()
  }

  function spend(): undefined {
    spentMs += SLOWEST_MS
  }
}

/**
 * The indexes; undefined where the expressions worked until the time was up; `stalled` where it was up
 * though they hardly worked, as on a machine that gave its processors to others.
 */
function runLimited(script: Script, context: Context): number[] | 'stalled' | undefined {
  const before = process.cpuUsage()
  try {
    return script.runInContext(context, { timeout: SLOWEST_MS })
  } catch (error) {
    if (!isTimeout(error)) throw error
    const { user, system } = process.cpuUsage(before)
    return (user + system) / 1000 < SLOWEST_MS / 2 ? 'stalled' : undefined
  }
}

/** It is an error of the script's own world, so no instance of this one's. */
function isTimeout(error: unknown): boolean {
  return (
    typeof error === 'object' &&
    error !== null &&
    'code' in error &&
    error.code === 'ERR_SCRIPT_EXECUTION_TIMEOUT'
  )
}
