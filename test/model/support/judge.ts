import type { Moment, Play, Scenario } from './play.ts'
import type { RunParty } from './run-party.ts'
import type { Snapshot } from './snapshot.ts'
import { judgeVerdict } from './verdicts.ts'
import { judgeWrite, type Owners } from './writes.ts'

/** Everything that is wrong with a course that was played to its end; empty: nothing. */
export function judge(play: Play, scenario: Scenario): string[] {
  const { history } = play
  const owners = ownersOf(play)
  const writes = history.flatMap((moment, index) =>
    judgeMoment(moment, history.slice(0, index), owners).map(
      (wrong) => `move ${index + 1} (${moment.choice}): ${wrong}`,
    ),
  )
  const verdicts = [...play.runs.values()]
    .filter(({ name }) => !play.dead.has(name))
    .flatMap((run) => judgeVerdict(run, history).map((wrong) => `run ${run.name}: ${wrong}`))
  return [...writes, ...verdicts, ...judgeEnd(play, scenario, history.at(-1)?.after)]
}

function ownersOf(play: Play): Owners {
  const runs = [...play.runs.values()]
  return (by) => runs.find(({ name }) => by === name || by === `post of ${name}`)
}

function judgeMoment(moment: Moment, past: readonly Moment[], owners: Owners): string[] {
  const run = owners(moment.by)
  const isSame = moment.before?.version === moment.after?.version
  if (run === undefined) return []
  if (moment.call?.kind !== 'write' || moment.answered !== 'ok')
    return isSame ? [] : [`${moment.call?.label ?? 'nothing'} changed the object`]
  return judgeWrite(moment, past, run)
}

/** Nothing of a run is left after its end; what is left of a dead one is a mark that says so. */
function judgeEnd(play: Play, scenario: Scenario, end: Snapshot | undefined): string[] {
  if (end === undefined) return []
  const wrong: string[] = []
  const left = (run: RunParty) => play.dead.has(run.name) && !settledByPost(play, scenario, run)
  const marked =
    typeof end.journal === 'string'
      ? undefined
      : [...play.runs.values()].find(({ owner }) => end.journal !== 'none' && isOf(end, owner))
  if (end.journal !== 'none' && (!marked || !left(marked))) wrong.push('a mark is left at the end')
  if (end.fence !== undefined) wrong.push('a fence is left at the end')
  return wrong
}

function isOf({ journal }: Snapshot, owner: string): boolean {
  return typeof journal !== 'string' && journal.owner === owner
}

/** Whether post came, which it does where the run had saved what it needs. A made-anew object is no business of it. */
function settledByPost(play: Play, { killed }: Scenario, run: RunParty): boolean {
  const intent = run.intent()
  if (!killed?.post || !intent) return false
  return play.history.at(-1)?.after?.uid === intent.uid
}
