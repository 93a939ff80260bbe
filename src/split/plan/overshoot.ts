/** Mean overshoot of a walk with normal steps, in standard deviations (Siegmund 1985, chapter 10). */
const NORMAL_OVERSHOOT = 0.5826

/**
 * How far, in hits, a walk that is evaluated every so many samples is beyond a line when it is seen to have crossed it,
 * compared with one that is evaluated after each sample. The line is drawn that much nearer. For normal steps the
 * overshoot is .5826 standard deviations to either side. For rare hits a third of E X^3 / Var X = 1 - 2 share more goes
 * upwards than downwards, whatever the step. The sum of the two is taken as the hypotenuse, which is right at either end.
 */
export function overshootHits(share: number, samplesPerStep: number): number {
  const normal = 2 * NORMAL_OVERSHOOT * Math.sqrt(share * (1 - share))
  const skew = (1 - 2 * share) / 3
  return (Math.hypot(normal * Math.sqrt(samplesPerStep), skew) - Math.hypot(normal, skew)) / 2
}

/** The same in standard deviations of a sample, where a sample is next to normal. */
export function overshootDeviations(samplesPerStep: number): number {
  return NORMAL_OVERSHOOT * (Math.sqrt(samplesPerStep) - 1)
}
