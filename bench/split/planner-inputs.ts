import { spentShare } from '../../src/split/judge/error-spending.ts'
import type { PlanRules } from '../../src/split/judge/judge-rules.ts'
import { defaultTolerance } from '../../src/split/plan/default-tolerance.ts'

export type PlannerInput = { name: string; kind: string; rules: PlanRules }

/** Percents and points, as a user gives them. `first` is the first attempt after a write. */
type Setting = {
  percents: readonly number[]
  /** Undefined for the default one. */
  points: number | undefined
  confidencePercent: number
  old: readonly number[] | undefined
  place: 'only' | 'first'
  hypotheses: number
}

const CONFIDENCES = [50.001, 60, 80, 90, 95, 99, 99.9, 99.999]
const POINTS = [undefined, 0.001, 0.1, 0.5, 1, 2, 5, 5, 10, 20, 50]
const HYPOTHESES = [1, 1, 3, 8, 20]

/** What has once taken long, or was far off. */
const KNOWN: readonly Setting[] = [
  setting([80, 10, 10], 5, 50),
  setting([34, 33, 33], 5, 50),
  setting([34, 33, 33], 5, 80),
  setting([98, 1, 1], 5, 80),
  setting([10, 10, 10, 10, 10, 10, 10, 10, 10, 10], 5, 50),
  setting([10, 10, 10, 10, 10, 10, 10, 10, 10, 10], 5, 99),
  setting([20, 80, 0], 5, 99, [10, 50, 40]),
  setting([30, 20, 20, 10, 10, 10], 0.1, 99.999, [0, 100, 0, 0, 0, 0]),
  setting([20, 80], 5, 99, [0, 100]),
  setting([5, 95], 5, 99, [10, 90]),
  setting([1, 99], 1, 80, [99, 1]),
  setting([97, 3], 3, 99, [50, 50]),
  setting([50, 50], 50, 99, [0, 100]),
  setting([0.1, 99.9], 0.001, 99),
  setting([0.1, 99.9], 5, 99),
  setting([99.9, 0.1], 0.2, 99),
  setting([20, 80], 5, 99.999),
]

function setting(
  percents: readonly number[],
  points: number,
  confidencePercent: number,
  old?: readonly number[],
): Setting {
  const place = old === undefined ? 'only' : 'first'
  return { percents, points, confidencePercent, old, place, hypotheses: 1 }
}

/** The known cases, then so many drawn at random. */
export function plannerInputs(howMany: number, random: () => number): PlannerInput[] {
  const sampled = Array.from({ length: howMany }, () => randomSetting(random))
  return [...KNOWN, ...sampled].map(inputOf)
}

function randomSetting(random: () => number): Setting {
  const pick = <T>(from: readonly T[], otherwise: T): T =>
    from[Math.floor(random() * from.length)] ?? otherwise
  const destinations = random() < 0.5 ? 2 : 3 + Math.floor(random() * 8)
  const writes = random() < 0.5
  return {
    percents: randomPercents(destinations, random),
    points: pick(POINTS, 5),
    confidencePercent: pick(CONFIDENCES, 99),
    old: writes ? randomPercents(destinations, random) : undefined,
    place: writes ? 'first' : 'only',
    hypotheses: pick(HYPOTHESES, 1),
  }
}

/** Whole percents, some of them 0, of very different sizes; in one of ten a destination has a fraction of a percent. */
function randomPercents(destinations: number, random: () => number): number[] {
  const parts = Array.from({ length: destinations }, () =>
    random() < 0.15 ? 0 : random() ** (random() < 0.5 ? 1 : 4),
  )
  const sum = parts.reduce((all, part) => all + part, 0)
  if (sum === 0) return parts.map((_, i) => (i === 0 ? 100 : 0))
  const percents = parts.map((part) => Math.round((100 * part) / sum))
  const largest = percents.indexOf(Math.max(...percents))
  const rest = 100 - percents.reduce((all, percent) => all + percent, 0)
  const rare = random() < 0.1 ? 10 ** (-2 * random()) : 0
  return percents.map((percent, i) => {
    if (i === largest) return percent + rest - rare
    return i === (largest + 1) % percents.length ? percent + rare : percent
  })
}

function inputOf({ percents, points, confidencePercent, old, place, hypotheses }: Setting) {
  const alpha = (100 - confidencePercent) / 100
  const target = percents.map((percent) => percent / 100)
  const before = old?.map((percent) => percent / 100)
  const beta = alpha * spentShare(1, place === 'only' ? 'only' : 'early')
  const rules: PlanRules = {
    target,
    tolerance:
      points === undefined ? defaultTolerance(target, before) : target.map(() => points / 100),
    ...(before === undefined ? {} : { old: before }),
    guardCrossing: place === 'first',
    alpha,
    beta,
    hypotheses,
  }
  const from = old === undefined ? '' : `${old.join('/')} -> `
  const name = `${from}${percents.join('/')} +-${points ?? 'default'} at ${confidencePercent}%, ${hypotheses} to confirm`
  return { name, kind: kindOf(rules, confidencePercent), rules }
}

function kindOf({ target, guardCrossing }: PlanRules, confidencePercent: number): string {
  const shared = target.filter((share) => share > 0).length
  const size = shared < 2 ? 'one' : shared === 2 ? 'two' : shared < 6 ? '3 to 5' : '6 to 10'
  const where = guardCrossing ? 'after a write' : 'no write'
  return `${size}, ${where}, ${confidencePercent < 90 ? 'below 90%' : '90% and more'}`
}
