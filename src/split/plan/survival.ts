/**
 * How attempts get on: after `samples[i]` samples the part `undecided[i]` of them is undecided. The first entry
 * is the start.
 */
export type Survival = { samples: number[]; undecided: number[] }

/** Mean number of samples until a decision, by straight lines between the entries. */
export function meanSamples({ samples, undecided }: Survival): number {
  // The sum over all samples 0, 1, 2... is the area below the straight lines and half the first term.
  let sum = 0.5
  for (let i = 1; i < samples.length; i++) {
    const height = ((undecided[i - 1] ?? 0) + (undecided[i] ?? 0)) / 2
    sum += height * ((samples[i] ?? 0) - (samples[i - 1] ?? 0))
  }
  return sum
}

/** The fewest samples after which no more than this part is undecided, by straight lines between the entries. */
export function samplesUntil({ samples, undecided }: Survival, part: number): number {
  const next = undecided.findIndex((open) => open <= part)
  const end = samples[next] ?? samples.at(-1) ?? 0
  const start = samples[next - 1] ?? end
  const before = undecided[next - 1] ?? part
  const after = undecided[next] ?? part
  if (before === after) return end
  return Math.ceil(start + ((end - start) * (before - part)) / (before - after) - ROUNDING)
}

/** Keeps a whole number whole. */
const ROUNDING = 1e-9
