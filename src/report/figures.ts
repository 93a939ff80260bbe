import type { Attempt, Check } from '../rollout/model/check.ts'
import type { PlannedRun } from '../rollout/model/events.ts'
import type { Outcome, Percents } from '../rollout/model/outcome.ts'
import { percentsText } from '../rollout/model/percents.ts'

/** `pass: within-tolerance`, and `planned` alone where the reason says nothing more. */
export function headline({ verdict, reason }: Pick<Outcome, 'verdict' | 'reason'>): string {
  return verdict === reason ? verdict : `${verdict}: ${reason}`
}

/** `v1 100%`, of a plan: what the object has, without a destination that the run adds. */
export function presentText({ present, added }: Pick<PlannedRun, 'present' | 'added'>): string {
  const there = Object.entries(present).filter(([name]) => name !== added)
  return percentsText(Object.fromEntries(there))
}

/** Percent to two decimals. */
export function percent(share: number): number {
  return Math.round(share * 1e4) / 100
}

/** Percents of the recognized samples of the last attempt of a check; undefined before any. */
export function observedPercents(check: Check): Percents | undefined {
  const last = check.attempts.at(-1)
  return last && observedIn(check.names, last)
}

/** Percents of the recognized samples; undefined where there is none. */
export function observedIn(
  names: readonly string[],
  { samples, unclassified, counts }: Pick<Attempt, 'samples' | 'unclassified' | 'counts'>,
): Percents | undefined {
  const classified = samples - unclassified
  if (classified === 0) return undefined
  return Object.fromEntries(
    names.map((name, index) => [name, percent((counts[index] ?? 0) / classified)]),
  )
}

/** The interval of each destination's share in percent, of the last attempt of a check; undefined before any. */
export function intervalPercents(
  check: Check,
): Readonly<Record<string, readonly [number, number]>> | undefined {
  const last = check.attempts.at(-1)
  if (last === undefined) return undefined
  return Object.fromEntries(
    check.names.map((name, index) => {
      const [low, high] = last.intervals[index] ?? [0, 1]
      return [name, outward([low, high])]
    }),
  )
}

/** An interval of shares in percent, rounded outward, so that what is said of it stays true. */
export function outward([low, high]: readonly [number, number]): readonly [number, number] {
  return [Math.floor(low * 1e4) / 100, Math.ceil(high * 1e4) / 100]
}

/** `450 ms`, `1.2 s`, `3 min`. */
export function timeText(ms: number): string {
  if (ms < 1000) return `${Math.round(ms)} ms`
  if (ms < 120_000) return `${Math.round(ms / 100) / 10} s`
  return `${Math.round(ms / 60_000)} min`
}

/** Percents of each destination's replies that were errors; undefined where errors are not tested, or before any reply. */
export function errorPercents({ names, health }: Check): Percents | undefined {
  const known = names.flatMap((name, index): [string, number][] => {
    const { ok = 0, errors = 0 } = health?.tallies[index] ?? {}
    return ok + errors === 0 ? [] : [[name, percent(errors / (ok + errors))]]
  })
  return known.length === 0 ? undefined : Object.fromEntries(known)
}
