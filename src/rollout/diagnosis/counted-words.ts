import { listText } from '../../problem/list-text.ts'
import type { Cause, Diagnosis } from '../../split/diagnosis/diagnosis.ts'
import { observedText, samplesText, weightsText } from '../model/percents.ts'
import { withCommands } from './commands.ts'
import type { Subject } from './subject.ts'

/** What to do where counters of proxies do not show the split that was asked for. */
export function countedAdvice(
  kind: Cause['kind'],
  { unit, commands, counted }: Pick<Subject, 'unit' | 'commands' | 'counted'>,
): string {
  if (kind === 'not-independent')
    return withCommands(
      `Look for what ties ${unit}s together: ${commands.affinity}, and retries. ${counted === 'users' ? 'Or use traffic: own' : 'Or use evidence: replies'}. These show what there is`,
      commands.show.policies,
      commands.show.routes,
    )
  return withCommands(
    `Look for what else sends ${unit}s to these destinations through the same proxies, such as mirrors, retries, and route objects that were changed during the run`,
    commands.show.routes,
  )
}

/** What shows the split. */
export function evidenceWord({ counted }: Pick<Subject, 'counted'>): string {
  return counted === undefined ? 'The replies' : 'The counts of the proxies'
}

/** What counters of proxies show of a cause of which replies show something else; undefined for all other causes. */
export function countedText(
  { cause, seen }: Diagnosis,
  subject: Pick<Subject, 'names' | 'target' | 'unit' | 'counted'>,
): string | undefined {
  const { names, target, unit, counted } = subject
  if (counted === undefined) return undefined
  switch (cause.kind) {
    case 'one-destination':
      return `${allCounted(cause.destination, seen, subject)} The proxies do not split by ${weightsText(names, target)}.`
    case 'not-independent':
      return `The counts of the proxies vary more than those of independent ${unit}s, so the split cannot be judged. Observed ${observedText(names, seen.counts, unit)}.`
    case 'unanswered':
      return `Some ${unit}s of this run are not answered. Which destination they went to is not known.`
    case 'nothing':
      return `Time ran out before the proxies counted a ${unit}. Nothing is known about the split.`
    default:
      return undefined
  }
}

/** `All 1,204 connections went to v1, although v1 and v2 both have weight.` */
function allCounted(
  destination: number,
  { counts }: Diagnosis['seen'],
  { names, target, unit }: Pick<Subject, 'names' | 'target' | 'unit'>,
): string {
  const weighted = names.filter((_, index) => (target[index] ?? 0) > 0)
  const all = counts.reduce((sum, count) => sum + count, 0)
  return `All ${samplesText(all, unit)} went to ${names[destination]}, although ${listText(weighted)} ${weighted.length === 2 ? 'both' : 'all'} have weight.`
}
