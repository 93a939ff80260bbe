import type { Check } from '../../rollout/model/check.ts'
import { countText } from '../../rollout/model/percents.ts'

/** The errors of one destination since the last write. */
export type DestinationErrors = {
  name: string
  errors: number
  /** Replies, with those that were errors. */
  replies: number
  example: string | undefined
  /** It is shown to err more often than the others. */
  isWorse: boolean
}

/** The errors of each destination; undefined where errors are not tested, or before any reply. */
export function errorsOf({
  names,
  health,
  errorExamples,
}: Pick<Check, 'names' | 'health' | 'errorExamples'>): DestinationErrors[] | undefined {
  if (health === undefined) return undefined
  const all = names.map((name, index) => {
    const { ok = 0, errors = 0 } = health.tallies[index] ?? {}
    const isWorse = health.failed?.destination === index
    return { name, errors, replies: ok + errors, example: errorExamples?.[index], isWorse }
  })
  return all.some(({ replies }) => replies > 0) ? all : undefined
}

/** `8 of 178`; empty of a destination without a reply. */
export function errorsText({ errors, replies }: DestinationErrors): string {
  return replies === 0 ? '' : `${countText(errors)} of ${countText(replies)}`
}

/** `Errors: v1 0 of 715 replies, v2 8 of 178 (for example "503 broken").`; nothing where errors are not tested. */
export function errorLines(check: Check): string[] {
  const all = errorsOf(check)
  if (all === undefined) return []
  const unattributed = check.health?.unattributedErrors ?? 0
  const loose = unattributed === 0 ? '' : ` ${countText(unattributed)} of no known destination.`
  if (all.every(({ errors }) => errors === 0) && unattributed === 0)
    return [noneText(all.reduce((sum, { replies }) => sum + replies, 0))]
  const texts = all
    .filter(({ replies }) => replies > 0)
    .map((one, index) => {
      const of = `${one.name} ${errorsText(one)}${index === 0 ? ' replies' : ''}`
      return one.example === undefined ? of : `${of} (for example ${JSON.stringify(one.example)})`
    })
  return [`Errors: ${texts.join(', ')}.${loose}`]
}

function noneText(replies: number): string {
  return `Errors: none in ${replies === 1 ? '1 reply' : `${countText(replies)} replies`}.`
}
