/**
 * What a user may do, as in an RBAC rule. `*` stands for all. Without `namespace` it applies everywhere, as with a
 * ClusterRoleBinding. A rule with names does not apply to `list` and `create`, which name no object.
 */
export type Rule = {
  apiGroups: readonly string[]
  resources: readonly string[]
  verbs: readonly string[]
  resourceNames?: readonly string[]
  namespace?: string
}

/** The user of a token. */
export type User = { name: string; rules: readonly Rule[] }

/** One request of a user, as rules see it. Missing parts are empty. */
export type Attempt = {
  verb: string
  group: string
  resource: string
  subresource: string
  namespace: string
  name: string
}

/** A rule that allows everything. */
export const EVERYTHING: Rule = { apiGroups: ['*'], resources: ['*'], verbs: ['*'] }

/** The user without a token. */
export const ANONYMOUS: User = { name: 'system:anonymous', rules: [] }

// Kubernetes binds these to every authenticated user (system:basic-user).
const BASIC: Rule = {
  apiGroups: ['authorization.k8s.io'],
  resources: ['selfsubjectaccessreviews', 'selfsubjectrulesreviews'],
  verbs: ['create'],
}

/** Whether a user may do this. */
export function may(user: User, attempt: Attempt): boolean {
  return ruleFor(user, attempt) !== undefined
}

/** The rule that lets a user do this. */
export function ruleFor(user: User, attempt: Attempt): Rule | undefined {
  const rules = user === ANONYMOUS ? user.rules : [...user.rules, BASIC]
  return rules.find((rule) => allows(rule, attempt))
}

/** The binding of a rule. A user who may do everything, as the group system:masters, needs none. */
export function whyAllowed(user: User, rule: Rule): { reason?: string } {
  if (rule === EVERYTHING) return {}
  const [kind, binding] =
    rule.namespace === undefined
      ? ['ClusterRole', 'sandbox']
      : ['Role', `sandbox/${rule.namespace}`]
  const [, namespace, account] = /^system:serviceaccount:(.+):(.+)$/.exec(user.name) ?? []
  const whom =
    account === undefined ? `User "${user.name}"` : `ServiceAccount "${account}/${namespace}"`
  return { reason: `RBAC: allowed by ${kind}Binding "${binding}" of ${kind} "sandbox" to ${whom}` }
}

function allows(rule: Rule, attempt: Attempt): boolean {
  const resource =
    attempt.subresource === '' ? attempt.resource : `${attempt.resource}/${attempt.subresource}`
  return (
    includes(rule.verbs, attempt.verb) &&
    includes(rule.apiGroups, attempt.group) &&
    includes(rule.resources, resource) &&
    (rule.resourceNames === undefined || rule.resourceNames.includes(attempt.name)) &&
    (rule.namespace === undefined || rule.namespace === attempt.namespace)
  )
}

function includes(allowed: readonly string[], wanted: string): boolean {
  return allowed.includes('*') || allowed.includes(wanted)
}

/** The text with which the API server refuses a request. */
export function refusalOf(user: User, attempt: Attempt): string {
  const resource =
    attempt.subresource === '' ? attempt.resource : `${attempt.resource}/${attempt.subresource}`
  const where =
    attempt.namespace === ''
      ? 'at the cluster scope'
      : `in the namespace ${JSON.stringify(attempt.namespace)}`
  return `User ${JSON.stringify(user.name)} cannot ${attempt.verb} resource ${JSON.stringify(resource)} in API group ${JSON.stringify(attempt.group)} ${where}`
}
