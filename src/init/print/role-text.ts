import type { Right } from '../rights/rights-of.ts'

/** The Roles with these rights, one for each namespace, as YAML. */
export function rolesText(rights: readonly Right[], name: string): string {
  const namespaces = [...new Set(rights.map(({ namespace }) => namespace))]
  return namespaces
    .map((namespace) =>
      roleText(
        rights.filter((one) => one.namespace === namespace),
        name,
      ),
    )
    .join('---\n')
}

function roleText(rights: readonly Right[], name: string): string {
  const namespace = rights[0]?.namespace ?? ''
  const optional = rights.filter(({ isRequired }) => !isRequired)
  return [
    'apiVersion: rbac.authorization.k8s.io/v1',
    'kind: Role',
    'metadata:',
    `  name: ${name}`,
    `  namespace: ${quoted(namespace)}`,
    'rules:',
    ...rights.filter(({ isRequired }) => isRequired).map(ruleText),
    ...(optional.length > 0
      ? [
          '  # Optional: more checks before the write. Without them, warnings say what was not checked.',
        ]
      : []),
    ...optional.map(ruleText),
    '',
  ].join('\n')
}

/** A rule of a Role on one line. */
export function ruleText({ group, resource, names, verbs }: Right): string {
  const only = names === undefined ? '' : `, resourceNames: [${names.map(quoted).join(', ')}]`
  return `  - {apiGroups: [${group === '' ? '""' : group}], resources: [${resource}]${only}, verbs: [${verbs.join(', ')}]}`
}

/** A colon would make a mapping of it. */
function quoted(name: string): string {
  return /^[a-z][a-z0-9.-]*$/.test(name) && !/^(?:true|false|null|yes|no|on|off|y|n)$/.test(name)
    ? name
    : `"${name}"`
}
