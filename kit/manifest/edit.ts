import { editDestinations } from '../../src/manifest/edit-destinations.ts'
import { findObject } from '../../src/manifest/find-object.ts'
import { unclearWeights } from '../../src/manifest/unclear-weights.ts'
import type { Problem } from '../../src/problem/problem.ts'
import { failure, type Result } from '../../src/problem/result.ts'
import type { ObjectName } from '../../src/routes/object-name.ts'
import { selectRule } from '../../src/routes/select-rule.ts'
import type { RouteSelector, Wanted } from '../../src/routes/wanted.ts'
import { weighed } from '../../src/routes/weights/weigh.ts'
import { planWeights } from '../../src/routes/weights/weight-edit.ts'

/** The tutorial's object with another list of destinations, each line as written below `route:`. */
export function manifest(routes: string): string {
  return `apiVersion: networking.istio.io/v1
kind: VirtualService
metadata:
  name: tcp-echo
  namespace: demo
spec:
  hosts:
    - "*"
  tcp:
    - match:
        - port: 31400
      route:
${routes}`
}

const TUTORIAL: ObjectName = { kind: 'VirtualService', namespace: 'demo', name: 'tcp-echo' }
const ANY: RouteSelector = { kind: 'any' }

/** The text after the edit that a run would make for these weights. */
export function edit(
  text: string,
  wanted: Wanted,
  route: RouteSelector = ANY,
  name: ObjectName = TUTORIAL,
): Result<string> {
  const found = findObject(text, name)
  if (!found.ok) return found
  const { object, part } = found.value
  const selected = selectRule(object, route)
  if (!selected.ok) return selected
  const rule = selected.value
  const unclear = unclearWeights(text, part, rule)
  if (unclear !== undefined) return failure(unclear)
  const place = wanted.kind === 'weight' ? rule.format.newDestination(wanted.subset) : undefined
  const planned = planWeights(rule, wanted, place)
  if (!planned.ok) return planned
  return editDestinations(text, part, rule, weighed(rule, planned.value, planned.value.target))
}

/** What is wrong and what to do, as one text. */
export function sentences(problems: readonly Problem[]): string {
  return problems.map(({ what, remedy }) => `${what} ${remedy}`.trim()).join('\n')
}

/** The text after v2 was given this weight. */
export function withV2(text: string, percent: number, subset = 'v2'): string {
  const edited = edit(text, { kind: 'weight', subset, percent })
  if (!edited.ok) throw new Error(sentences(edited.problems))
  return edited.value
}

/** The problem of a text in which v2 cannot get a weight. */
export function refusal(text: string): string {
  const edited = edit(text, { kind: 'weight', subset: 'v2', percent: 20 })
  return edited.ok ? 'edited' : sentences(edited.problems)
}
