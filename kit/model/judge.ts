import type { Moment, Play, Scenario } from './play.ts'
import { judgeRollback } from './rollbacks.ts'
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
  return [
    ...writes,
    ...verdicts,
    ...(play.rollback ? judgeRollback(play.rollback, history, [...play.runs.values()]) : []),
    ...judgeEnd(play, scenario, history.at(-1)?.after),
  ]
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

/**
 * Nothing of a run is left after its end. What is left of a killed one without a later run is its
 * journal; and a journal that was recreated with the object is on one that no run wrote to.
 */
function judgeEnd(play: Play, { killed }: Scenario, end: Snapshot | undefined): string[] {
  if (end === undefined) return []
  const { journal, fence, uid } = end
  const runs = [...play.runs.values()]
  const fencer = runs.find(({ owner }) => owner === fence)
  const isFenced = fence !== undefined && fencer?.intent()?.uid === uid
  const wrong = isFenced ? ['a fence is left at the end'] : []
  // The journal of another object is not a run's to remove.
  if (journal === 'none' || journal === 'foreign') return wrong
  const run =
    typeof journal === 'string' ? undefined : runs.find(({ owner }) => owner === journal.owner)
  const isDead = run !== undefined && play.dead.has(run.name) && !killed?.post
  const isRecreated = run !== undefined && run.intent()?.uid !== uid
  return isDead || isRecreated ? wrong : [...wrong, 'a journal is left at the end']
}
