import { EDITS, type Edit } from './hand.ts'
import type { HeldCall, Party } from './party.ts'
import {
  type RollbackParty,
  type RunOrder,
  type RunParty,
  startPost,
  startRollback,
  startRun,
} from './run-party.ts'
import { type Snapshot, snapshot } from './snapshot.ts'
import type { World } from './world.ts'

/** Who takes part, and what happens to them; each event once, at any point. */
export type Scenario = {
  name: string
  runs: Readonly<Record<string, RunOrder>>
  /** One after the other, in this order. */
  edits?: readonly Edit[]
  /** A run that is killed, with post after it where that comes. */
  killed?: { run: string; post: boolean }
  cancelled?: string
  /** Somebody runs `mode: rollback`. */
  rollback?: true
  /** Whether every journal may expire. */
  expiry?: boolean
}

/** Something that can happen next, and what it touches: two that touch nothing in common commute. */
export type Choice = {
  name: string
  parties: readonly string[]
  object: 'none' | 'read' | 'write'
  act: () => Promise<Happened>
}

/** What became of a choice: whose call it was, if any. */
export type Happened = { by: string; call?: HeldCall; answered?: string }

export type Moment = Happened & {
  choice: string
  before: Snapshot | undefined
  after: Snapshot | undefined
  nowMs: number
}

/** One course of a scenario, under way. */
export type Play = {
  choices(): Choice[]
  act(choice: Choice): Promise<void>
  history: readonly Moment[]
  runs: ReadonlyMap<string, RunParty>
  dead: ReadonlySet<string>
  rollback: RollbackParty | undefined
  /** Ends what is left of the dead. */
  close(): Promise<void>
}

/** The name of the party that rolls back. */
export const ROLLBACK = 'R'

/** Longer than any journal lasts. */
const EXPIRY_MS = 3_600_000

export async function startPlay(world: World, scenario: Scenario): Promise<Play> {
  world.reset()
  const runs = new Map<string, RunParty>()
  for (const [name, order] of Object.entries(scenario.runs))
    runs.set(name, await startRun(world, name, order))
  const rollback = scenario.rollback && startRollback(world, ROLLBACK)
  const parties: (Party & { over: Promise<void> })[] = [
    ...runs.values(),
    ...(rollback ? [rollback] : []),
  ]
  const dead = new Set<string>()
  const history: Moment[] = []
  const happened = new Set<string>()
  let edited = 0
  /** A write that its sender does not wait for any more. */
  let late: { run: string; call: HeldCall } | undefined

  function calls(): Choice[] {
    return parties.flatMap((party) => {
      const call = party.held()
      if (!call) return []
      const act = async () => {
        party.go()
        await party.rest()
        return { by: party.name, call, answered: party.answered() }
      }
      return [{ name: party.name, parties: [party.name], object: call.kind, act }]
    })
  }

  function lateWrite(): Choice[] {
    if (!late) return []
    const { run, call } = late
    const act = async () => {
      late = undefined
      const answered = await call.send(new AbortController().signal).then(
        () => 'ok',
        () => 'refused',
      )
      return { by: run, call, answered }
    }
    return [{ name: `late ${run}`, parties: ['network'], object: 'write', act }]
  }

  /** What befalls a run whose call may be lost on the way, or be late, where the stroke reaches it. */
  function strokes(
    what: string,
    name: string,
    strike: (run: RunParty) => Promise<boolean>,
  ): Choice[] {
    const run = runs.get(name)
    const call = run?.held()
    if (!run || !call || happened.has(what)) return []
    const act = (isLate: boolean) => async () => {
      happened.add(what)
      if ((await strike(run)) && isLate) late = { run: name, call }
      return { by: what }
    }
    const touched = { parties: [name, 'network'], object: 'none' as const }
    const lost = { name: `${what} ${name}`, ...touched, act: act(false) }
    if (call.kind === 'read') return [lost]
    return [lost, { ...lost, name: `${what} ${name}, write late`, act: act(true) }]
  }

  async function kill(run: RunParty): Promise<boolean> {
    run.die()
    dead.add(run.name)
    const intent = run.intent()
    if (!scenario.killed?.post || !intent) return true
    const post = startPost(world, `post of ${run.name}`, intent)
    parties.push(post)
    await post.rest()
    return true
  }

  async function cancel(run: RunParty): Promise<boolean> {
    const call = run.held()
    run.cancel()
    // A call that the cancel does not reach goes on waiting.
    if (!call?.signal.aborted) return false
    run.go()
    await run.rest()
    return true
  }

  function edits(): Choice[] {
    const edit = scenario.edits?.[edited]
    if (edit === undefined) return []
    const act = async () => {
      edited += 1
      // An object that is recreated is younger, by the API server's whole seconds.
      if (edit === 'recreate') world.pass(1000)
      EDITS[edit](world.sandbox)
      return { by: 'hand' }
    }
    return [{ name: edit, parties: ['hand'], object: 'write', act }]
  }

  function expiry(): Choice[] {
    if (!scenario.expiry || happened.has('expiry') || calls().length === 0) return []
    const act = async () => {
      happened.add('expiry')
      world.pass(EXPIRY_MS)
      return { by: 'clock' }
    }
    // Every answer carries the clock, so it commutes with none.
    return [{ name: 'expiry', parties: ['clock'], object: 'write', act }]
  }

  await Promise.all(parties.map((party) => party.rest()))
  return {
    choices: () => [
      ...calls(),
      ...lateWrite(),
      ...edits(),
      ...expiry(),
      ...(scenario.killed ? strokes('kill', scenario.killed.run, kill) : []),
      ...(scenario.cancelled ? strokes('cancel', scenario.cancelled, cancel) : []),
    ],
    async act(choice) {
      const before = snapshot(world.sandbox)
      const done = await choice.act()
      const after = snapshot(world.sandbox)
      history.push({ ...done, choice: choice.name, before, after, nowMs: world.now() })
    },
    history,
    runs,
    dead,
    rollback,
    async close() {
      for (const party of parties) party.bury()
      await Promise.all(parties.map(({ over }) => over))
    },
  }
}
