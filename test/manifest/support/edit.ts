import { type EditedText, editRoutes } from '../../../src/manifest/edit-routes.ts'
import { findInManifest } from '../../../src/manifest/find-route-object.ts'
import { findEntry } from '../../../src/mesh/find-entry.ts'
import { planEdit } from '../../../src/mesh/plan-edit.ts'
import { routesWith } from '../../../src/mesh/route-edits.ts'
import type { Wanted } from '../../../src/options/options.ts'

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
export function edit(text: string, wanted: Wanted): EditedText {
  const found = findInManifest(text, { namespace: 'demo', name: 'tcp-echo' })
  if (!found.ok) return found
  const chosen = findEntry(found.object, { kind: 'any' })
  if (!chosen.ok) throw new Error(chosen.wants)
  const planned = planEdit(chosen.entry, wanted)
  if (!planned.ok) throw new Error(JSON.stringify(planned.problems))
  const routes = routesWith(chosen.entry, planned.edit, planned.edit.targetPercents)
  return editRoutes(text, found.part, chosen.entry, routes)
}

/** The text after v2 was given this weight. */
export function withV2(text: string, percent: number, subset = 'v2'): string {
  const edited = edit(text, { kind: 'weight', subset, percent })
  if (!edited.ok) throw new Error(edited.wants)
  return edited.text
}

/** What a text must be like in which v2 could get a weight. */
export function refusal(text: string): string {
  const edited = edit(text, { kind: 'weight', subset: 'v2', percent: 20 })
  return edited.ok ? 'edited' : edited.wants
}
