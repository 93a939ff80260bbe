import { availableParallelism } from 'node:os'
import { parseArgs } from 'node:util'
import { startOutcomes } from '../kit/crash/outcomes.ts'
import { allPoints, fewPoints, type Point, pointText } from '../kit/crash/point.ts'
import { type Recording, record } from '../kit/crash/record.ts'
import { aftermathsOf, SCENARIOS } from '../kit/crash/scenarios.ts'
import { eachOf, strikeAll } from '../kit/crash/strike-all.ts'
import { embeddedWorld } from '../kit/crash/world.ts'

/** After how many points the bench says how far it is. */
const POINTS_A_LINE = 200

/**
 * node bench/crash.ts [--only REGEXP] [--point REGEXP] [--part I/N] [--at-once N]: the built programs on
 * embedded meshes, struck at every call of every scenario, with every signal and everything that may
 * come after. --only and --point choose scenarios and points by their words; --part I/N takes every Nth
 * point from the Ith on, so that N sessions together strike all of them. Prints each point that is not
 * clean as soon as it is known, the count every 200 points, and how the objects ended. Exit status 1
 * where a point was not clean.
 */
async function main(): Promise<number> {
  const { values } = parseArgs({
    options: {
      only: { type: 'string', default: '' },
      point: { type: 'string', default: '' },
      part: { type: 'string', default: '1/1' },
      'at-once': { type: 'string', default: String(availableParallelism()) },
    },
  })
  const [named, worded] = [new RegExp(values.only), new RegExp(values.point)]
  const scenarios = SCENARIOS.filter(({ name }) => named.test(name))
  const atOnce = Number(values['at-once'])
  const startedMs = performance.now()
  const recordings = await eachOf(scenarios, atOnce, (one) => record(one, embeddedWorld))
  const cases = recordings
    .flatMap((recording) =>
      pointsOf(recording)
        .filter((point) => worded.test(pointText(point)))
        .map((point) => ({ recording, point })),
    )
    .filter(partOf(values.part))
  say(`${scenarios.length} scenarios, ${cases.length} points`)
  const outcomes = startOutcomes()
  for (let from = 0; from < cases.length; from += POINTS_A_LINE) {
    const known = outcomes.unclean().length
    await strikeAll(cases.slice(from, from + POINTS_A_LINE), atOnce, embeddedWorld, outcomes)
    for (const words of outcomes.unclean().slice(known)) say(words)
    say(`${outcomes.points()} points, ${secondsSince(startedMs)} s`)
  }
  say(outcomes.table())
  return cases.length > 0 && outcomes.unclean().length === 0 ? 0 : 1
}

function pointsOf({ calls, scenario }: Recording): Point[] {
  return (scenario.isLong ? fewPoints : allPoints)(calls, aftermathsOf(scenario))
}

/** Whether an item at this position belongs to the part `I/N`. Throws where the text is not one. */
function partOf(text: string): (_: unknown, index: number) => boolean {
  const [, part, of] = (/^(\d+)\/(\d+)$/.exec(text) ?? []).map(Number)
  if (!part || !of || part > of) throw new Error(`--part must be I/N, such as 2/8, not ${text}`)
  return (_, index) => index % of === part - 1
}

function secondsSince(ms: number): number {
  return Math.round((performance.now() - ms) / 1000)
}

function say(line: string): void {
  process.stdout.write(`${line}\n`)
}

process.exitCode = await main()
