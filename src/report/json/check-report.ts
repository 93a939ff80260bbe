import type { Attempt, Check } from '../../rollout/model/check.ts'
import { shareInterval } from '../../split/numeric/interval.ts'
import { evidenceReport } from '../evidence.ts'
import { countedOf, observedPercent } from '../facts/counted.ts'
import { outward, percent } from '../figures.ts'
import { healthReports } from './health-report.ts'
import { placesReport } from './places-report.ts'
import { proxiesReport } from './proxies-report.ts'
import { rounded } from './rounded.ts'

/** What a check's attempts are dated and judged by. */
export type CheckContext = {
  /** 1 - confidence. */
  alpha: number
  /** Milliseconds since a check's write, as RFC 3339. */
  clock: (sinceMs: number) => string | null
}

/** Of a step that is confirmed, the evidence of its deciding attempt is enough; of the last one, that of all of them. */
export type EvidenceKept = 'of-the-last' | 'of-all-attempts'

/** A check, as report.json has it. */
export function checkReport(check: Check, evidence: EvidenceKept, context: CheckContext): object {
  const counted = countedOf(check, context.alpha)
  return {
    ended: check.ended ?? null,
    unit: check.unit,
    traffic: check.counted ?? null,
    destinations: check.names.map((name, index) => {
      const hits = counted.counts[index] ?? 0
      const interval = shareInterval(hits, counted.recognized, context.alpha, check.plan.mean)
      return {
        name,
        before: check.old ? percent(check.old[index] ?? 0) : null,
        asked: percent(check.target[index] ?? 0),
        tolerancePoints: percent(check.tolerance[index] ?? 0),
        samples: hits,
        observed: observedPercent(counted, index) ?? null,
        interval: counted.recognized === 0 ? null : outward(interval),
      }
    }),
    samples: counted.samples,
    unclassified: counted.unclassified,
    furtherSamples: counted.further,
    samplesLeftOut: counted.leftOut,
    ...sizesReport(check),
    ...healthReports(check, context.alpha, evidence === 'of-all-attempts'),
    propagationMs: check.propagationMs ?? null,
    proxies: check.proxies
      ? proxiesReport(check, check.proxies, evidence === 'of-all-attempts')
      : null,
    places: placesReport(check, evidence === 'of-all-attempts'),
    attempts: check.attempts.map((one, index) => ({
      number: one.number,
      place: one.place,
      superseded: one.samples > 0 && !counted.includes(one),
      startedAt: context.clock(one.startedMs),
      startedMs: rounded(one.startedMs),
      tookMs: rounded(one.tookMs),
      samples: one.samples,
      unclassified: one.unclassified,
      counts: Object.fromEntries(check.names.map((name, at) => [name, one.counts[at] ?? 0])),
      failures: one.outcomes,
      examples: one.examples,
      previous: one.previous,
      clientLimits: one.clientLimits,
      dependent: one.dependent,
      decision: one.decision ?? null,
      evidence: isKept(evidence, check, index) ? evidenceReport(check.names, one.evidence) : null,
    })),
    attemptsLeftOut: check.attemptsLeftOut,
  }
}

/** A weight of the plan, as report.json has it. */
export function plannedReport(check: Check): object {
  return {
    destinations: check.names.map((name, index) => ({
      name,
      asked: percent(check.target[index] ?? 0),
      tolerancePoints: percent(check.tolerance[index] ?? 0),
    })),
    ...sizesReport(check),
  }
}

function sizesReport(check: Check): object {
  return {
    expectedSamples: Math.round(check.plan.mean),
    p90Samples: check.plan.p90,
    upperSamples: check.limit,
  }
}

function isKept(kept: EvidenceKept, { attempts }: { attempts: readonly Attempt[] }, index: number) {
  const has = (attempts[index]?.evidence.length ?? 0) > 0
  return has && (kept === 'of-all-attempts' || index === attempts.length - 1)
}
