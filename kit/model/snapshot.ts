import type { KubeObject } from '../../sandbox/objects/kube-object.ts'
import type { Sandbox } from '../../sandbox/sandbox.ts'
import { FENCE, JOURNAL, type Journal } from '../../src/journal/journal.ts'
import { type FoundJournal, readJournal } from '../../src/journal/read-journal.ts'
import { type Json, sameJson } from '../../src/kube/json.ts'
import { tcpRules } from '../../src/routes/istio/rules/virtual-service-rules.ts'
import { parseRouteObject, type RouteObject } from '../../src/routes/route-object.ts'
import type { Rule } from '../../src/routes/rule.ts'
import { itemsOf } from '../../src/routes/written-destinations.ts'
import { ROUTE } from '../run/object.ts'

/** The route object between two calls, taken apart into what runs may change and what they may not. */
export type Snapshot = {
  uid: string
  version: string
  generation: unknown
  /** The journal; unreadable if there is one that cannot be parsed. */
  journal: Journal | Exclude<FoundJournal['kind'], 'found'>
  fence: string | undefined
  /** Weights of the tutorial's rule by subset; undefined where the rule is gone. */
  weights: Readonly<Record<string, number>> | undefined
  /** The same as text, whole: the rule's route list. */
  routes: string
  /** Everything else of the object that is not the API server's own book-keeping. */
  rest: string
}

/** The weights of the tutorial's rule in an answer of the API server; undefined where it has none. */
export function weightsOf(answer: Json): Snapshot['weights'] {
  const rule = ruleOf(parseRouteObject(answer))
  return rule && weightsIn(itemsOf(rule.written))
}

/** The owner of the journal in an answer of the API server; undefined where it has none that can be read. */
export function ownerOf(answer: Json): string | undefined {
  const object = parseRouteObject(answer)
  const found = object && readJournal(object)
  return found?.kind === 'found' ? found.journal.owner : undefined
}

/** The tutorial's rule is found by this match. */
const MATCH: Json = [{ port: 31400 }]

/** undefined: there is no object. */
export function snapshot(sandbox: Sandbox): Snapshot | undefined {
  const object = sandbox.objects.get(ROUTE)
  return object === undefined ? undefined : snapshotOf(object)
}

function snapshotOf(object: KubeObject): Snapshot {
  const parsed = parseRouteObject(object as Json)
  if (!parsed) throw new Error('the route object lacks its metadata')
  const found = readJournal(parsed)
  const rule = ruleOf(parsed)
  const { spec, metadata, ...other } = object
  const { resourceVersion: _, generation, managedFields: __, annotations, ...named } = metadata
  const kept = Object.entries(annotations ?? {}).filter(([key]) => key !== JOURNAL && key !== FENCE)
  const tcp = tcpRules(parsed).map((one) =>
    one.index === rule?.index ? 'the rule' : [one.identity, one.written],
  )
  return {
    uid: parsed.uid,
    version: parsed.resourceVersion,
    generation,
    journal: found.kind === 'found' ? found.journal : found.kind,
    fence: parsed.annotations[FENCE],
    weights: rule && weightsIn(itemsOf(rule.written)),
    routes: JSON.stringify(rule?.written),
    rest: JSON.stringify([other, named, kept, { ...(spec as object), tcp }]),
  }
}

function ruleOf(object: RouteObject | undefined): Rule | undefined {
  return object && tcpRules(object).find(({ identity: match }) => sameJson(match, MATCH))
}

/** Weights by subset; a missing one is 0. */
export function weightsIn(routes: readonly Json[]): Readonly<Record<string, number>> {
  return Object.fromEntries(
    routes.map((route) => {
      const { destination, weight } = route as { destination: { subset: string }; weight?: number }
      return [destination.subset, weight ?? 0]
    }),
  )
}
