/** Chances of further events below this are left out. */
const NEGLIGIBLE = 1e-17

/** Chances of numbers of events from `first` on. */
export type EventChances = { first: number; chances: readonly number[] }

/** The chances after so many more samples, each an event with the chance `rate`. */
export function afterSamples(
  { first, chances }: EventChances,
  samples: number,
  rate: number,
): EventChances {
  const more = binomialChances(samples, rate)
  const sums = new Array<number>(chances.length + more.chances.length - 1).fill(0)
  for (let i = 0; i < chances.length; i++) {
    const here = chances[i] ?? 0
    if (here < NEGLIGIBLE) continue
    for (let j = 0; j < more.chances.length; j++)
      sums[i + j] = (sums[i + j] ?? 0) + here * (more.chances[j] ?? 0)
  }
  let last = sums.length
  while (last > 1 && (sums[last - 1] ?? 0) < NEGLIGIBLE) last -= 1
  return { first: first + more.first, chances: sums.slice(0, last) }
}

/** All chances that are worth counting, computed from the likeliest number of events to either side. */
function binomialChances(samples: number, rate: number): EventChances {
  if (rate <= 0 || samples === 0) return { first: 0, chances: [1] }
  if (rate >= 1) return { first: samples, chances: [1] }
  const odds = rate / (1 - rate)
  const likeliest = Math.min(samples, Math.floor((samples + 1) * rate))
  const above = [1]
  for (let k = likeliest, chance = 1; k < samples; k++) {
    chance *= ((samples - k) / (k + 1)) * odds
    if (chance < NEGLIGIBLE) break
    above.push(chance)
  }
  const below: number[] = []
  for (let k = likeliest, chance = 1; k > 0; k--) {
    chance *= k / ((samples - k + 1) * odds)
    if (chance < NEGLIGIBLE) break
    below.push(chance)
  }
  const all = [...below.reverse(), ...above]
  const sum = all.reduce((total, chance) => total + chance, 0)
  return { first: likeliest - below.length, chances: all.map((chance) => chance / sum) }
}
