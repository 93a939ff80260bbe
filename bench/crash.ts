import { availableParallelism } from 'node:os'
import { parseArgs } from 'node:util'
import { startOutcomes } from '../kit/crash/outcomes.ts'
import { allPoints, pointText } from '../kit/crash/point.ts'
import { record } from '../kit/crash/record.ts'
import { aftermathsOf, SCENARIOS } from '../kit/crash/scenarios.ts'
import { eachOf, strikeAll } from '../kit/crash/strike-all.ts'
import { embeddedWorld } from '../kit/crash/world.ts'

/**
 * node bench/crash.ts [--only REGEXP] [--point REGEXP] [--at-once N]: the built programs on embedded
 * meshes, struck at every call of every scenario, with every signal and everything that may come
 * after; or at those points alone whose words fit, of those scenarios whose names fit. Prints how the object ended; status 1 where one point was not clean.
 */
async function main(): Promise<number> {
  const { values } = parseArgs({
    options: {
      only: { type: 'string', default: '' },
      point: { type: 'string', default: '' },
      'at-once': { type: 'string', default: String(availableParallelism()) },
    },
  })
  const [named, worded] = [new RegExp(values.only), new RegExp(values.point)]
  const scenarios = SCENARIOS.filter(({ name }) => named.test(name))
  const atOnce = Number(values['at-once'])
  const startedMs = performance.now()
  const recordings = await eachOf(scenarios, atOnce, (one) => record(one, embeddedWorld))
  const cases = recordings.flatMap((recording) =>
    allPoints(recording.calls, aftermathsOf(recording.scenario))
      .filter((point) => worded.test(pointText(point)))
      .map((point) => ({ recording, point })),
  )
  say(`${scenarios.length} scenarios, ${cases.length} points`)
  const outcomes = startOutcomes()
  await strikeAll(cases, atOnce, embeddedWorld, outcomes)
  for (const words of outcomes.unclean()) say(words)
  say(outcomes.table())
  say(`${Math.round((performance.now() - startedMs) / 1000)} s`)
  return cases.length > 0 && outcomes.unclean().length === 0 ? 0 : 1
}

function say(line: string): void {
  process.stdout.write(`${line}\n`)
}

process.exitCode = await main()
