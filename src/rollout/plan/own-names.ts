import type { Options } from '../../options/options.ts'
import { meantIndex, ownName } from '../../routes/destination-names.ts'
import type { Rule } from '../../routes/rule.ts'
import type { Wanted } from '../../routes/wanted.ts'

/** The options with the rule's names for destinations that the inputs spell otherwise. */
export function withOwnNames(options: Options, rule: Rule, namespace: string): Options {
  const wanted = wantedIn(options.wanted, rule, namespace)
  return { ...options, wanted }
}

/** The same for the weights alone. */
export function wantedIn(wanted: Wanted, rule: Rule, namespace: string): Wanted {
  const own = (text: string) => ownName(rule, text, namespace)
  if (wanted.kind === 'weight') return { ...wanted, subset: own(wanted.subset) }
  if (wanted.kind === 'current') return wanted
  const indexes = Object.keys(wanted.percents).map((text) => meantIndex(rule, text, namespace))
  // Two spellings of one destination stay, and planning the edit says that they are the same.
  if (new Set(indexes).size < indexes.length) return wanted
  const percents: Record<string, number> = Object.create(null)
  for (const [text, percent] of Object.entries(wanted.percents)) percents[own(text)] = percent
  return { kind: 'weights', percents }
}
