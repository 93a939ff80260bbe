import { ConflictError } from '../journal/conflict-error.ts'
import { ownersCommand } from '../journal/manual-command.ts'
import type { ClusterFlags } from '../kube/kubectl.ts'
import { kindOf } from '../routes/kinds.ts'
import type { Hit, ProbeRequest } from '../routes/probe-request.ts'
import type { RouteObject } from '../routes/route-object.ts'
import { type Rule, trafficWord } from '../routes/rule.ts'
import { findRule, keyOf } from '../routes/rule-identity.ts'
import type { ShiftPlan } from './plan/shift-plan.ts'
import { isSame, nameIn, requestText } from './preflight/request/other-hit.ts'

/**
 * The error if what a run sends hits another rule now, although it hit the run's own rule in the object that the run
 * began with. Samples of another rule say nothing about the weights of this one. Only what is sure is reported.
 */
export function findOtherRuleHit(
  { object, rule }: Pick<ShiftPlan, 'object' | 'rule'>,
  request: ProbeRequest | undefined,
  now: RouteObject,
  cluster: ClusterFlags,
): ConflictError | undefined {
  if (request === undefined) return undefined
  const kind = kindOf(object)
  if (!mayHit(kind.hit(object, request), rule)) return undefined
  const own = findRule(now, keyOf(object, rule))
  const hit = kind.hit(now, request)
  if (own ? mayHit(hit, own) : hit.kind === 'unknown') return undefined
  const others = hit.kind === 'rule' ? [hit.rule] : hit.kind === 'unknown' ? hit.candidates : []
  const hits = others.length === 0 ? 'no rule' : others.map((one) => nameIn(now, one)).join(' or ')
  const which = own ? `instead of ${nameIn(now, own)}` : `and ${nameIn(object, rule)} is gone`
  return new ConflictError(
    'ITS-OTHER-RULE-HIT',
    `The ${trafficWord(rule)}s of this run now hit ${hits} of ${object.namespace}/${object.name}, ${which}: ${requestText(request)}. Another client changed its rules while the run was in progress.`,
    `Check which client wrote it, then run it again:\n  ${ownersCommand(cluster, now)}`,
    now,
  )
}

function mayHit(hit: Hit, rule: Rule): boolean {
  if (hit.kind === 'none') return false
  const rules = hit.kind === 'rule' ? [hit.rule] : hit.candidates
  return rules.some((one) => isSame(one, rule))
}
