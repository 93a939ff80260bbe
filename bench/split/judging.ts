import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { sampleFrom, seededRandom, verifyRules } from '../../kit/split/samples.ts'
import { judgeAttempt, UNCLASSIFIED } from '../../src/split/judge/judge-attempt.ts'
import type { JudgeRules } from '../../src/split/judge/judge-rules.ts'

/** What it takes to judge many samples of an attempt that never decides; CPU time, as other work beside it does not count. */
export type Judging = { name: string; samples: number; cpuSeconds: number; heapGrowthBytes: number }

const SAMPLES = 1_000_000
const ROUNDS = 3

/** A band so narrow that it takes some hundred million samples to confirm it, at the default confidence. */
const NEVER = { tolerance: 1e-4, error: 0.01 }

type Case = { name: string; rules: JudgeRules; truth: readonly number[]; lost: number }

const CASES: readonly Case[] = [
  { name: 'two destinations', ...undecidable([0.2, 0.8]), lost: 0 },
  { name: 'three destinations', ...undecidable([0.8, 0.1, 0.1]), lost: 0 },
  { name: 'two, 1 in 200 lost', ...undecidable([0.2, 0.8]), lost: 0.005 },
  { name: 'three, 1 in 200 lost', ...undecidable([0.8, 0.1, 0.1]), lost: 0.005 },
  { name: 'two, guarded', ...undecidable([0.2, 0.8], [0, 1]), lost: 0 },
]

function undecidable(
  target: readonly number[],
  old?: readonly number[],
): { rules: JudgeRules; truth: readonly number[] } {
  const more = old === undefined ? {} : { old, guardCrossing: true }
  return { rules: verifyRules(target, NEVER.tolerance, NEVER.error, more), truth: target }
}

/** The fastest of a few rounds each, the first of which also warms up. */
export function measureJudging(samples = SAMPLES): Judging[] {
  return CASES.map((one) => {
    const rounds = Array.from({ length: ROUNDS }, () => judgeMany(one, samples))
    return rounds.reduce((best, round) => (round.cpuSeconds < best.cpuSeconds ? round : best))
  })
}

function judgeMany({ name, rules, truth, lost }: Case, samples: number): Judging {
  const random = seededRandom(1)
  // Drawn beforehand, so that the measure is of judging alone.
  const prepared = Int8Array.from({ length: samples }, () =>
    random() < lost ? UNCLASSIFIED : sampleFrom(truth, random),
  )
  const judge = judgeAttempt(rules)
  const heapBefore = heldBytes()
  const before = process.cpuUsage()
  for (let sample = 0; sample < samples; sample++) {
    if (judge.observe(prepared[sample] ?? UNCLASSIFIED) !== undefined)
      throw new Error(`${name}: decided after ${sample + 1} draws, so there is nothing to measure`)
  }
  const { user, system } = process.cpuUsage(before)
  const heapGrowthBytes = heldBytes() - heapBefore
  // The judge lives until here, so that what it holds is counted.
  if (judge.standing().samples !== samples) throw new Error(`${name}: not every draw was judged`)
  return { name, samples, cpuSeconds: (user + system) / 1e6, heapGrowthBytes }
}

/** What is still in use once all garbage is collected. */
function heldBytes(): number {
  setFlagsFromString('--expose-gc')
  const collect: unknown = runInNewContext('gc')
  if (typeof collect === 'function') collect()
  return process.memoryUsage().heapUsed
}
