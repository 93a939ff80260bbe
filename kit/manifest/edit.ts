import { type EditedText, editRoutes } from '../../src/manifest/edit-routes.ts'
import { findInManifest } from '../../src/manifest/find-route-object.ts'
import { unclearRoutes } from '../../src/manifest/unclear-routes.ts'
import type { Problem } from '../../src/problem/problem.ts'
import { parseNewDestination } from '../../src/routes/new-destination.ts'
import { destinationsPath } from '../../src/routes/rule.ts'
import { selectRule } from '../../src/routes/select-rule.ts'
import type { RouteSelector, Wanted } from '../../src/routes/wanted.ts'
import { weighed } from '../../src/routes/weights/weigh.ts'
import { planWeights } from '../../src/routes/weights/weight-edit.ts'

/** The tutorial's object with another route list, each line as written below `route:`. */
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

/** The text after the edit that a run would make for these weights. */
export function edit(text: string, wanted: Wanted, route: RouteSelector = ANY): EditedText {
  const found = findInManifest(text, { namespace: 'demo', name: 'tcp-echo' })
  if (!found.ok) return found
  const chosen = selectRule(found.object, route)
  if (!chosen.ok) return { ok: false, says: sentences(chosen.problems) }
  const rule = chosen.value
  const unclear = unclearRoutes(text, found.part, destinationsPath(rule))
  if (unclear !== undefined) return { ok: false, says: unclear }
  const place = wanted.kind === 'weight' ? parseNewDestination(wanted.subset) : undefined
  const planned = planWeights(rule, wanted, place)
  if (!planned.ok) throw new Error(JSON.stringify(planned.problems))
  const routes = weighed(rule, planned.value, planned.value.targetPercents)
  return editRoutes(text, found.part, rule, routes)
}

function sentences(problems: readonly Problem[]): string {
  return problems.map(({ what, remedy }) => `${what} ${remedy}`.trim()).join('\n')
}

const ANY: RouteSelector = { kind: 'any' }

/** The text after v2 was given this weight. */
export function withV2(text: string, percent: number, subset = 'v2'): string {
  const edited = edit(text, { kind: 'weight', subset, percent })
  if (!edited.ok) throw new Error(edited.says)
  return edited.text
}

/** What is said of a text in which v2 can get no weight. */
export function refusal(text: string): string {
  const edited = edit(text, { kind: 'weight', subset: 'v2', percent: 20 })
  return edited.ok ? 'edited' : edited.says
}
