import { at, type JsonObject, objectsAt, replacedAt, sameJson } from '../../src/kube/json.ts'
import { edit } from './edit.ts'
import { expectedBackends } from './expected-backends.ts'
import { expectedRoutes } from './expected-routes.ts'
import type { Generated } from './generated.ts'
import { foreignChanges, meaning } from './second-opinion.ts'

/** `refused`: the code of the problem, where the edit was refused as it must be. */
export type Judgement = { wrong: string } | { refused: string } | { edited: string }

/** Edits a generated manifest and judges the result. */
export function judged(given: Generated): Judgement {
  const edited = edit(given.text, given.wanted, given.route, given.name)
  const before = meaning(given.text)
  const routes = objectsAt(before, ...given.place)
  const expected = expectedOf(given, routes)
  // Of several reasons to refuse an edit, the first that is found is named.
  const refusals = [given.refusal, expected]
  if (!edited.ok) {
    const codes = edited.problems.map(({ code }): string => code).join()
    const texts = edited.problems.map(({ what }) => what).join(' ')
    return refusals.includes(codes) ? { refused: codes } : { wrong: `refused: ${codes} ${texts}` }
  }
  if (given.refusal !== undefined || typeof expected === 'string')
    return { wrong: `not refused, expected ${refusals.join(' or ')}` }
  const now = meaning(edited.value)
  if (!sameJson(replacedAt(before, given.place, [...expected]), now))
    return { wrong: `means ${JSON.stringify(at(now, ...given.place))}` }
  const foreign = foreignChanges(given.text, edited.value)
  return foreign.length === 0
    ? { edited: edited.value }
    : { wrong: `changed too: ${JSON.stringify(foreign)}` }
}

/** What is wrong with the edit of a generated manifest; undefined where nothing is. */
export function wrongEdit(given: Generated): string | undefined {
  const judgement = judged(given)
  return 'wrong' in judgement ? judgement.wrong : undefined
}

/** The expected destinations, or the code of the problem for which the edit must be refused. */
function expectedOf({ name, wanted }: Generated, routes: readonly JsonObject[]) {
  if (name.kind !== 'VirtualService') return expectedBackends(routes, wanted)
  return wanted.kind === 'weight' ? expectedRoutes(routes, wanted) : []
}
