import { seededRandom } from '../../split/samples.ts'
import { drawKill, killText } from './kill.ts'
import { type KillWorld, startKillWorld } from './kill-world.ts'
import { JOB_RUNS } from './kinds.ts'
import { type Killed, measureRun, performKill } from './perform-kill.ts'
import type { Usual } from './strike-run.ts'

export type KillOrder = {
  /** The number of the first kill, and how many there are. */
  from: number
  count: number
  seed: number
  atOnce: number
  /** Called with what is known of each kill. */
  onKill?: (words: string, killed: Killed) => void
}

/** Draws kills and performs them, so many at a time, each on a sandbox that serves one after the other. */
export async function killAll({ from, count, seed, atOnce, onKill }: KillOrder): Promise<Killed[]> {
  const worlds = await Promise.all(Array.from({ length: atOnce }, startKillWorld))
  const all: Killed[] = []
  let next = from
  try {
    const usual = new Map<string, Usual>()
    const runs = [...JOB_RUNS]
    await Promise.all(
      worlds.map(async (world) => {
        for (let run = runs.shift(); run; run = runs.shift())
          usual.set(run.name, await measureRun(world, run))
      }),
    )
    await Promise.all(worlds.map((world) => killOn(world, usual)))
  } finally {
    await Promise.all(worlds.map(({ sandbox }) => sandbox.stop()))
  }
  return all

  async function killOn(world: KillWorld, usual: ReadonlyMap<string, Usual>): Promise<void> {
    while (next < from + count) {
      const number = next
      next += 1
      // Each has its own seed, so that it can be repeated alone.
      const kill = drawKill(number, seededRandom(seed + 7919 * number))
      const killed = await performKill(
        world,
        kill,
        usual.get(kill.run.name) ?? { tookMs: 0, calls: 1 },
      )
      all.push(killed)
      onKill?.(killText(kill), killed)
    }
  }
}
