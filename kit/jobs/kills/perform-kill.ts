import { setTimeout as delay } from 'node:timers/promises'
import { commandLine, type Program, stepPrograms } from '../../crash/programs.ts'
import { hasJournal, weightsOn } from '../../run/object.ts'
import type { Running } from '../../run/step.ts'
import type { Follower, Kill } from './kill.ts'
import type { KillWorld } from './kill-world.ts'
import { ASKED, BEGAN, type JobRun, LIMITS_MS } from './kinds.ts'
import { type Struck, strikeRun, type Usual } from './strike-run.ts'

/** What became of one kill. */
export type Killed = {
  /** What is not as it must be. */
  faults: string[]
  /** The run had ended before its signal came. */
  cameLate: boolean
  /** From a signal that asks the run to end to its end; undefined: there was none. */
  cancelMs: number | undefined
  end: 'as it began' | 'as asked'
}

/** The runner waits for so long before it insists. */
const MOST_AFTER_CANCEL_MS = 7500
/** Pods have a grace period, and a busy machine needs time to end them. */
const GONE_MS = 15_000
/** Post takes up to this where it deletes Jobs that may not be there. */
const POST_MS = 1500

type Programs = {
  subject: Program
  post: Program | undefined
  later(environment: Record<string, string>): Program
  remove(): void
}

function programsFor(
  world: KillWorld,
  { number, run, program }: Pick<Kill, 'number' | 'run' | 'program'>,
): Programs {
  const inputs = { ...run.inputs, kubeconfig: world.sandbox.kubeconfig }
  const given = { payload: undefined, ...inputs }
  const ids = { GITHUB_RUN_ID: String(10_000 + number) }
  const started: Program[] = []
  const keep = (one: Program) => {
    started.push(one)
    return one
  }
  const of = (environment: Record<string, string>) =>
    keep(
      program === 'action'
        ? stepPrograms(given, { ...ids, ...environment }).main
        : commandLine(inputs),
    )
  const step = program === 'action' ? stepPrograms(given, ids) : undefined
  return {
    subject: step ? keep(step.main) : of({}),
    post: step?.post,
    later: of,
    remove() {
      for (const one of started) one.remove()
    },
  }
}

/** How long a run takes that nothing stops. Throws where it does not end as it must. */
export async function measureRun(world: KillWorld, run: JobRun): Promise<Usual> {
  const { subject, remove } = programsFor(world, { number: 0, run, program: 'action' })
  const startedMs = performance.now()
  const before = world.sandbox.calls.length
  const { text } = await subject.start().ended
  const usual = {
    tookMs: performance.now() - startedMs,
    calls: world.sandbox.calls.length - before,
  }
  remove()
  if (endOf(world, run) !== run.leaves)
    throw new Error(`a run ${run.name} ended otherwise:\n${text}`)
  world.reset()
  return usual
}

/** Kills a run, lets follow what follows, and looks at what is left. Leaves the world as it was. */
export async function performKill(world: KillWorld, kill: Kill, usual: Usual): Promise<Killed> {
  const programs = programsFor(world, kill)
  const before = world.sandbox.calls.length
  const struck = await strikeRun(world, kill, usual, programs.subject.start)
  const faults = await faultsOfRun(world, kill, struck, before)
  for (const follower of kill.followers)
    faults.push(...(await follow(world, kill, programs, follower)))
  const left = await world.leftAfter(GONE_MS)
  if (left.length > 0) faults.push(`what is left: ${left.join(', ')}`)
  const isBefore = kill.followers.includes('the limits')
  const end = endOf(world, kill.run)
  if (!isBefore && (end === undefined || hasJournal(world.sandbox, kill.run.route)))
    faults.push(
      `the object has ${JSON.stringify(weightsOn(world.sandbox, kill.run.route))}${hasJournal(world.sandbox, kill.run.route) ? ' with a journal' : ''}`,
    )
  programs.remove()
  world.reset()
  const isCancelled = kill.blow !== 'SIGKILL'
  return {
    faults: faults.length > 0 ? [...faults, struck.ended.text] : faults,
    cameLate: struck.tookMs === undefined,
    cancelMs: isCancelled ? struck.tookMs : undefined,
    end: end ?? 'as it began',
  }
}

/** A run that is asked to end restores the weights, then deletes its Job, and leaves nothing by itself. */
async function faultsOfRun(
  world: KillWorld,
  { blow, run }: Kill,
  { ended, tookMs }: Struck,
  before: number,
): Promise<string[]> {
  const faults: string[] = []
  if (/bug in this tool|UnhandledPromise|^ +at .*:\d+:\d+\)?$/im.test(ended.text))
    faults.push('a fault of its own')
  if (blow === 'SIGKILL' && tookMs !== undefined) return faults
  if (ended.signal === 'SIGABRT') faults.push('it hung')
  if (tookMs !== undefined && tookMs > MOST_AFTER_CANCEL_MS)
    faults.push(`it took ${Math.round(tookMs)} ms to end`)
  // A signal that comes before the program handles it ends it at once; it has called nothing by then.
  if (ended.signal !== null && world.sandbox.calls.length > before)
    faults.push(`it was ended by ${ended.signal}`)
  const left = await world.leftAfter(GONE_MS)
  if (left.length > 0) faults.push(`it left ${left.join(', ')}`)
  if (hasJournal(world.sandbox, run.route)) faults.push('it left its journal')
  if (!isRestoredFirst(world, before)) faults.push('it deleted its Job before its last write')
  return faults
}

/** Whether no write of the route object came after the deletion of the last Job. */
function isRestoredFirst({ sandbox }: KillWorld, before: number): boolean {
  const calls = sandbox.calls.slice(before)
  const isOfJob = (path: string) => path.includes('/jobs')
  const created = calls.findLastIndex(({ method, path }) => method === 'POST' && isOfJob(path))
  const removed = calls.findIndex(
    ({ method, path }, index) => index > created && method === 'DELETE' && isOfJob(path),
  )
  const wrote = calls.findLastIndex(({ method, dryRun }) => method === 'PATCH' && !dryRun)
  const isLastOne =
    calls.slice(created).filter(({ method, path }) => method === 'DELETE' && isOfJob(path))
      .length === 1
  return created < 0 || removed < 0 || !isLastOne || wrote < removed
}

async function follow(
  world: KillWorld,
  { run, partOfPost }: Kill,
  { post, later }: Programs,
  follower: Follower,
): Promise<string[]> {
  if (follower === 'the limits') {
    world.sandbox.jobs.pass(LIMITS_MS)
    return []
  }
  if (follower === 'killed post' && post) {
    const running = post.start()
    await killAfter(running, partOfPost * POST_MS)
    return []
  }
  if (follower === 'post' && post) {
    const { status, text } = await post.start().ended
    return status === 0 ? [] : [`post ended with status ${status}:\n${text}`]
  }
  if (follower === 'a run after the expiry') world.expire()
  const environment: Record<string, string> =
    follower === 'a later attempt' ? { GITHUB_RUN_ATTEMPT: '2' } : { GITHUB_RUN_ID: 'another' }
  const { text } = await later(environment).start().ended
  const end = endOf(world, run)
  // Where the killed run had passed, the next one has nothing to shift.
  return end === 'as asked' || end === run.leaves ? [] : [`the next run ended otherwise:\n${text}`]
}

async function killAfter(running: Running, ms: number): Promise<void> {
  const over = new AbortController()
  await Promise.race([running.ended, delay(ms, undefined, { signal: over.signal })])
  over.abort()
  running.process.kill('SIGKILL')
  await running.ended
}

/** Which weights the object has; undefined: others than those. */
function endOf({ sandbox }: KillWorld, { route }: JobRun): 'as it began' | 'as asked' | undefined {
  const weights = JSON.stringify(weightsOn(sandbox, route))
  if (weights === JSON.stringify(BEGAN)) return 'as it began'
  return weights === JSON.stringify(ASKED) ? 'as asked' : undefined
}
