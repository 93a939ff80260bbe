const NAMESPACE = /^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/i

/** The findings of istiod's validating webhook about an `exportTo`. */
export function exportToProblems(
  exportTo: readonly string[],
  namespace: string,
  isRuleForWorkloads: boolean,
): string[] {
  const valid = new Set<string>()
  const problems = exportTo.flatMap((one) => {
    const key = one === '.' ? namespace : one
    const problem = valid.has(key) ? duplicateOf(one, namespace) : problemOf(key)
    if (problem === undefined) valid.add(key)
    return problem ?? []
  })
  if (isRuleForWorkloads && valid.size > 0) {
    if (!valid.has(namespace))
      problems.push(
        'destination rule with workload selector cannot have exportTo beyond current namespace',
      )
    else if (valid.size > 1)
      problems.push(
        'destination rule with workload selector cannot have multiple entries in exportTo',
      )
  }
  if (valid.has('*') && exportTo.length > 1)
    problems.push('cannot have both public (*) and non-public exportTo values for a resource')
  return problems
}

function duplicateOf(one: string, namespace: string): string {
  return one === '.'
    ? `duplicate entries in exportTo: . and current namespace ${namespace}`
    : `duplicate entries in exportTo for entry ${one}`
}

function problemOf(key: string): string | undefined {
  if (key === '*') return undefined
  if (key === '~') return 'exportTo ~ (none) is not allowed for Istio configuration objects'
  return NAMESPACE.test(key)
    ? undefined
    : 'only .,*, or a valid DNS 1123 label is allowed as exportTo entry'
}
