import { plainTable } from '../../kit/bench/split/text-table.ts'
import {
  type Judged,
  judgeAttempts,
  judgeByArrival,
  readJob,
  takeAsTheyArrive,
  takeSamples,
} from '../../kit/jobs/judged-job.ts'
import { withHangingVersion, withSlowVersion } from '../../kit/jobs/pods-of-a-job.ts'
import { runJob } from '../../kit/jobs/simulated-job.ts'
import { verifyRules } from '../../kit/split/samples.ts'

const ERROR = 0.01
const RULES = verifyRules([0.8, 0.2], 0.05, ERROR)

/** Samples before a hanging one ends. */
const FIRST_SAMPLES = 800

/** Prints how often attempts on 64 Pods pass and fail. Returns which promises are broken. */
export function rates(attempts: number): string[] {
  const rows = [
    { name: 'in rounds, at the margin', share: 0.25, judged: inRounds(0.25, attempts) },
    { name: 'in rounds, exact', share: 0.2, judged: inRounds(0.2, attempts) },
    { name: 'as they arrive, exact', share: 0.2, judged: byArrival(0.2, Math.ceil(attempts / 20)) },
  ]
  process.stdout.write(
    plainTable({
      title: '64 Pods, a version ten times slower than the other, 20 +/- 5 at 99%',
      explained: `Attempts one after the other on one running Job; by arrival each on a Job that has just begun.`,
      headings: ['order', 'true share', 'attempts', 'pass', 'fail', 'mean samples'],
      rows: rows.map(({ name, share, judged }) => [
        name,
        percent(share),
        judged.length.toLocaleString('en'),
        percent(part(judged, 'pass')),
        percent(part(judged, 'off-target')),
        mean(judged).toFixed(0),
      ]),
    }),
  )
  const [margin, exact, arrival] = rows
  return [
    ...beyond('a share at the margin passes', part(margin?.judged ?? [], 'pass'), attempts),
    ...beyond('the exact share fails', 1 - part(exact?.judged ?? [], 'pass'), attempts),
    ...(part(arrival?.judged ?? [], 'pass') > 0.5
      ? ['samples as they arrive do not break the promise, so this shows nothing']
      : []),
  ]
}

/** The example of 64 Pods of which a fifth of v2 hangs: what the first samples show. */
export function hanging(repeats: number): string[] {
  const rounds = [0, 0, 0]
  const arrival = [0, 0, 0]
  const count = (counts: number[]) => {
    let left = FIRST_SAMPLES
    return (outcome: number) => {
      counts[outcome] = (counts[outcome] ?? 0) + 1
      left -= 1
      return left === 0
    }
  }
  for (let repeat = 0; repeat < repeats; repeat++) {
    const take = count(rounds)
    takeSamples(readJob(withHangingVersion(repeat)), ({ destination = 2 }) => take(destination))
    takeAsTheyArrive(runJob(withHangingVersion(repeat)), count(arrival))
  }
  const shares = (counts: readonly number[]) => {
    const [v1 = 0, v2 = 0, lost = 0] = counts
    return [(v2 + lost) / (v1 + v2 + lost), lost / (v1 + v2 + lost), v2 / (v1 + v2)] as const
  }
  const rows = [
    { name: 'in rounds', found: shares(rounds) },
    { name: 'as they arrive', found: shares(arrival) },
  ]
  process.stdout.write(
    plainTable({
      title: `64 Pods, 20% to v2, of which 20% hang for 5 s: the first ${FIRST_SAMPLES} samples`,
      explained: `The mean of ${repeats} Jobs. The true figures are 20%, 4% and 16.7%.`,
      headings: ['order', 'v2 with those that hang', 'hanging', 'v2 of the answered'],
      rows: rows.map(({ name, found }) => [name, ...found.map(percent)]),
    }),
  )
  const [all, lost] = shares(rounds)
  const sigma = Math.sqrt(0.16 / (FIRST_SAMPLES * repeats))
  const isRight = Math.abs(all - 0.2) < 4 * sigma && Math.abs(lost - 0.04) < 4 * sigma
  return isRight ? [] : ['the samples in rounds do not have the true shares']
}

let seed = 1
function inRounds(share: number, attempts: number): Judged[] {
  seed += 1
  return judgeAttempts(withSlowVersion(share, seed), RULES, attempts)
}

function byArrival(share: number, attempts: number): Judged[] {
  const job = () => {
    seed += 1
    return withSlowVersion(share, seed)
  }
  return judgeByArrival(job, RULES, attempts)
}

function part(judged: readonly Judged[], wanted: Judged['decision']): number {
  return judged.filter(({ decision }) => decision === wanted).length / judged.length
}

function mean(judged: readonly Judged[]): number {
  return judged.reduce((sum, { samples }) => sum + samples, 0) / judged.length
}

/** Beyond what a chance of the promised error does in all but 1 in 10,000 benches. */
function beyond(what: string, found: number, attempts: number): string[] {
  const most = ERROR + 3.7 * Math.sqrt((ERROR * (1 - ERROR)) / attempts)
  return found > most ? [`${what} in ${percent(found)} of attempts`] : []
}

function percent(share: number): string {
  return `${(100 * share).toFixed(1)}%`
}
