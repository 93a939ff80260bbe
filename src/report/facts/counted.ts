import { attemptsOf } from '../../rollout/diagnosis/evidence-of.ts'
import { samplesIn, seenOf } from '../../rollout/diagnosis/seen-of.ts'
import type { Attempt, Check } from '../../rollout/model/check.ts'
import { countText, samplesText } from '../../rollout/model/percents.ts'
import type { SampleUnit } from '../../rollout/model/sample-unit.ts'
import { percent } from '../figures.ts'

/**
 * The samples of a check that count: those since the gateway last changed its split. An attempt may decide by a few
 * samples, and attempts before it met the weights from before the write, so neither the last attempt nor all of them
 * together is what was observed.
 */
export type Counted = {
  /** What a sample is called. */
  unit: SampleUnit
  counts: readonly number[]
  unclassified: number
  /** Samples with a recognized reply. */
  recognized: number
  samples: number
  /** Of the samples, those that were taken after the decision, only to find its cause. They are in no attempt. */
  further: number
  /** Of the samples, those of attempts that the check does not keep one by one. */
  leftOut: number
  /** Samples that do not count, of attempts that met another split. */
  superseded: number
  /** Whether an attempt is part of it. Those that are not met another split. */
  includes: (attempt: Attempt) => boolean
}

/** @param alpha 1 - confidence, 0 < alpha < 1 */
export function countedOf(check: Check, alpha: number): Counted {
  const all = attemptsOf(check)
  const { attemptsBefore, ...seen } = seenOf(check, alpha)
  const recognized = seen.counts.reduce((sum, count) => sum + count, 0)
  return {
    ...seen,
    unit: check.unit,
    recognized,
    samples: recognized + seen.unclassified,
    further: samplesIn(check.further),
    leftOut: all.indexOf(check.leftOut) >= attemptsBefore ? samplesIn(check.leftOut) : 0,
    superseded: all.slice(0, attemptsBefore).reduce((sum, one) => sum + samplesIn(one), 0),
    includes: (attempt) => all.indexOf(attempt) >= attemptsBefore,
  }
}

/**
 * What the samples that count are, where they are not simply those of all attempts: `548 connections count: 248
 * until the decision, and 300 after it, only to find its cause.`; else empty.
 */
export function countedText({ unit, samples, further, superseded }: Counted): string {
  const parts = [
    ...(further === 0
      ? []
      : [
          `${samplesText(samples, unit)} count: ${countText(samples - further)} until the decision, and ${countText(further)} after it, only to find its cause.`,
        ]),
    ...(superseded === 0
      ? []
      : [
          `${samplesText(superseded, unit)} of earlier attempts ${superseded === 1 ? 'does' : 'do'} not count, because the split was different then.`,
        ]),
  ]
  return parts.join(' ')
}

/** Percent of the recognized samples; undefined where there is none. */
export function observedPercent(
  { counts, recognized }: Counted,
  index: number,
): number | undefined {
  return recognized === 0 ? undefined : percent((counts[index] ?? 0) / recognized)
}

type OfRun = { options: { confidencePercent: number } | undefined }

/** 1 - confidence of a run. */
export function alphaOf(record: OfRun): number {
  return (100 - confidenceOf(record)) / 100
}

/** The confidence of a run in percent, or the default where its inputs are not valid. */
export function confidenceOf({ options }: OfRun): number {
  return options?.confidencePercent ?? 99
}
