import { availableParallelism } from 'node:os'
import { parseArgs } from 'node:util'
import { killAll } from '../../kit/jobs/kills/kill-all.ts'

/** After how many kills the bench says how far it is. */
const KILLS_A_LINE = 50

/**
 * node bench/jobs/kills.ts [--kills N] [--from N] [--seed N] [--at-once N]: the built programs with `connect: job` on
 * sandboxes that run Pods as processes, each run ended at a random moment by SIGKILL, SIGINT or SIGTERM, and followed by
 * post, a post that is killed too, the next run, or nothing but the limits of the Job. Prints each kill after which a Job,
 * a Pod, a process, a Secret, a journal or other weights were left. Exit status 1 where there was one.
 */
async function main(): Promise<number> {
  const { values } = parseArgs({
    options: {
      kills: { type: 'string', default: '1000' },
      from: { type: 'string', default: '1' },
      seed: { type: 'string', default: '19' },
      'at-once': { type: 'string', default: String(availableParallelism()) },
    },
  })
  const startedMs = performance.now()
  let count = 0
  const killed = await killAll({
    from: Number(values.from),
    count: Number(values.kills),
    seed: Number(values.seed),
    atOnce: Number(values['at-once']),
    onKill(words, { faults }) {
      count += 1
      if (faults.length > 0) say(`${words}\n  ${faults.join('\n  ')}`)
      if (count % KILLS_A_LINE === 0)
        say(`${count} kills, ${Math.round((performance.now() - startedMs) / 1000)} s`)
    },
  })
  const unclean = killed.filter(({ faults }) => faults.length > 0).length
  const slowestMs = Math.max(0, ...killed.flatMap(({ cancelMs }) => cancelMs ?? []))
  const late = killed.filter(({ cameLate }) => cameLate).length
  const asked = killed.filter(({ end }) => end === 'as asked').length
  say(
    `${killed.length} kills (${late} after the end of the run): ${unclean} left something. ${asked} ended with the weights as asked. After a signal a run took at most ${Math.round(slowestMs)} ms.`,
  )
  return killed.length > 0 && unclean === 0 ? 0 : 1
}

function say(line: string): void {
  process.stdout.write(`${line}\n`)
}

process.exitCode = await main()
