import { exercise } from './exercise.ts'
import { judge } from './judge.ts'
import type { Outcomes } from './outcomes.ts'
import type { Point } from './point.ts'
import type { Recording } from './record.ts'
import type { OpenWorld } from './world.ts'

/** A point of a scenario. */
export type Case = { recording: Recording; point: Point }

/** Exercises the cases, so many at a time, and adds what became of them. */
export async function strikeAll(
  cases: readonly Case[],
  atOnce: number,
  open: OpenWorld,
  outcomes: Outcomes,
): Promise<void> {
  await eachOf(cases, atOnce, async ({ recording, point }) => {
    const trace = await exercise(recording, point, open)
    outcomes.add(trace, judge(trace))
  })
}

/** Does something with each, so many at a time; results in the order of the items. */
export async function eachOf<Item, Result>(
  items: readonly Item[],
  atOnce: number,
  act: (item: Item) => Promise<Result>,
): Promise<Result[]> {
  const results: Result[] = []
  const left = items.entries()
  const worker = async () => {
    for (const [index, item] of left) results[index] = await act(item)
  }
  await Promise.all(Array.from({ length: atOnce }, worker))
  return results
}
