import type { PlanRules } from '../judge/judge-rules.ts'
import { type ConnectionsPlan, planConnections } from './plan-connections.ts'

/** Plans that are kept, the oldest left out. */
const KEPT = 100

const known = new Map<string, ConnectionsPlan>()

/** The plan of these rules, computed once per process: it costs more than all else that a short run computes. */
export function knownPlan(rules: PlanRules): ConnectionsPlan {
  const key = JSON.stringify(rules)
  const before = known.get(key)
  if (before !== undefined) return before
  const plan = planConnections(rules)
  known.set(key, plan)
  const [oldest] = known.keys()
  if (known.size > KEPT && oldest !== undefined) known.delete(oldest)
  return plan
}
