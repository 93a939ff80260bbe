/** A source of choices with a seed: the same seed gives the same choices. */
export type Choices = ReturnType<typeof choices>

/** Source: mulberry32 by Tommy Ettinger, in the public domain. */
export function choices(seed: number) {
  let state = seed >>> 0

  function fraction(): number {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = state
    mixed = Math.imul(mixed ^ (mixed >>> 15), mixed | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }

  return {
    /** True in this share of all calls. */
    chance: (share: number) => fraction() < share,
    oneOf: <T>(first: T, ...others: T[]): T => {
      const all = [first, ...others]
      return all[Math.floor(fraction() * all.length)] ?? first
    },
    between: (least: number, most: number) => least + Math.floor(fraction() * (most - least + 1)),
  }
}
