import { setTimeout as delay } from 'node:timers/promises'
import { parseArgs } from 'node:util'
import { hasJournal, weightsText } from '../../kit/crash/object-text.ts'
import { stepPrograms } from '../../kit/crash/programs.ts'
import { drawKill, killText } from '../../kit/jobs/kills/kill.ts'
import { ASKED, BEGAN } from '../../kit/jobs/kills/kinds.ts'
import { ROUTE } from '../../kit/run/object.ts'
import type { Running } from '../../kit/run/step.ts'
import { seededRandom } from '../../kit/split/samples.ts'
import { listAt, textAt } from '../../sandbox/objects/json.ts'
import { startJobs } from '../processes/jobs.ts'
import { adminKubeconfig } from '../processes/start-mesh.ts'
import { api, routeIs, routeText } from '../suite/support/route.ts'

/**
 * npm run e2e -- bench --jobs [--kills 100] [--from 1]: runs with `connect: job` on the real mesh, each ended at a random
 * moment, and followed by post, a post that is killed too, a later attempt, or the limits of the Job. The controllers of
 * Kubernetes then remove what is left. Ends with status 1 where a Job, Pod, Secret, journal or other weights are left.
 */
async function main(from: number, count: number): Promise<number> {
  await startJobs()
  let unclean = 0
  const usualMs = await measured()
  for (let number = from; number < from + count; number += 1) {
    const { words, faults } = await oneKill(number, usualMs)
    if (faults.length > 0) unclean += 1
    say(`${words}: ${faults.length > 0 ? faults.join('; ') : 'nothing left'}`)
  }
  say(`${count} kills on the real mesh: ${unclean} left something.`)
  return unclean === 0 ? 0 : 1
}

const GONE_MS = 60_000
const POST_MS = 1500
const SEED = 19
const LEFT = [
  '/apis/batch/v1/namespaces/demo/jobs',
  '/api/v1/namespaces/demo/secrets?fieldSelector=type%3DOpaque',
  '/api/v1/namespaces/demo/pods?labelSelector=batch.kubernetes.io%2Fjob-name',
]

/** How long a run takes that nothing stops. */
async function measured(): Promise<number> {
  await routeIs(BEGAN)
  const startedMs = performance.now()
  const { main } = stepPrograms(inputsOf(drawKill(1, seededRandom(SEED)).run.inputs), {})
  const { status, text } = await main.start().ended
  main.remove()
  if (![0, 1, 2].includes(status ?? -1))
    throw new Error(`a run that nothing stops ended otherwise:\n${text}`)
  return performance.now() - startedMs
}

function inputsOf(inputs: Readonly<Record<string, string>>) {
  return { payload: undefined, ...inputs, kubeconfig: adminKubeconfig() }
}

async function oneKill(number: number, usualMs: number) {
  const drawn = drawKill(number, seededRandom(SEED + 7919 * number), (run) => run.route === ROUTE)
  const kill = { ...drawn, program: 'action' as const, at: { ...drawn.at, of: 'time' as const } }
  const { run, blow, at, partOfPost } = kill
  await routeIs(BEGAN)
  const environment = { GITHUB_RUN_ID: String(10_000 + number) }
  const own = stepPrograms(inputsOf(run.inputs), environment)
  const running = own.main.start()
  const faults: string[] = []
  const endMs = await endedAfter(running, at.part * usualMs, blow)
  if (blow !== 'SIGKILL' && endMs > 7500) faults.push(`it took ${Math.round(endMs)} ms to end`)
  // The clock of a real mesh cannot be moved.
  const followers = kill.followers.map((one) =>
    one === 'a run after the expiry' ? 'a later attempt' : one,
  )
  for (const follower of followers) {
    if (follower === 'post') await own.post.start().ended
    else if (follower === 'killed post')
      await endedAfter(own.post.start(), partOfPost * POST_MS, 'SIGKILL')
    else if (follower === 'the limits') await passLimits()
    else await laterAttempt(run.inputs, environment)
  }
  faults.push(...(await leftAfter()))
  const text = await routeText()
  const weights = weightsText(text)
  const isKnown = [BEGAN, ASKED].some(({ v1, v2 }) => weights === `v1 ${v1}%, v2 ${v2}%`)
  if (!followers.includes('the limits') && (!isKnown || hasJournal(text)))
    faults.push(`the object has ${weights}${hasJournal(text) ? ' with a journal' : ''}`)
  own.main.remove()
  return { words: killText({ ...kill, followers }), faults }
}

async function laterAttempt(
  inputs: Readonly<Record<string, string>>,
  environment: Readonly<Record<string, string>>,
): Promise<void> {
  const { main } = stepPrograms(inputsOf(inputs), { ...environment, GITHUB_RUN_ATTEMPT: '2' })
  await main.start().ended
  main.remove()
}

/** Sends the signal after so long. Resolves to how long the process took to end then. */
async function endedAfter(running: Running, ms: number, blow: NodeJS.Signals): Promise<number> {
  const over = new AbortController()
  await Promise.race([running.ended, delay(ms, undefined, { signal: over.signal })])
  over.abort()
  const struckMs = performance.now()
  running.process.kill(blow)
  await running.ended
  return performance.now() - struckMs
}

/** Shortens the limits of all Jobs, whose controllers then act on them. */
async function passLimits(): Promise<void> {
  const [path = ''] = LEFT
  const { body } = await api.call('GET', path)
  for (const job of listAt(body, 'items')) {
    const spec = { activeDeadlineSeconds: 1, ttlSecondsAfterFinished: 0 }
    const name = textAt(job, 'metadata', 'name') ?? ''
    await api.call('PATCH', `${path}/${name}`, { spec }, 'application/merge-patch+json')
  }
}

async function leftAfter(): Promise<string[]> {
  const untilMs = performance.now() + GONE_MS
  for (;;) {
    const answers = await Promise.all(LEFT.map((path) => api.call('GET', path)))
    const names = answers.flatMap(({ body }) =>
      listAt(body, 'items').map((item) => textAt(item, 'metadata', 'name') ?? ''),
    )
    if (names.length === 0) return []
    if (performance.now() > untilMs) return [`what is left: ${names.join(', ')}`]
    await delay(200)
  }
}

function say(line: string): void {
  process.stdout.write(`${line}\n`)
}

const { values } = parseArgs({
  options: {
    jobs: { type: 'boolean' },
    kills: { type: 'string', default: '100' },
    from: { type: 'string', default: '1' },
  },
})
process.exit(await main(Number(values.from), Number(values.kills)))
