import { at, type Json } from '../kube/json.ts'
import type { Problem } from '../problem/problem.ts'
import { destinationsPath, type JsonPath, type Rule } from '../routes/rule.ts'
import { manifestProblem } from './manifest-problem.ts'
import type { Part } from './part.ts'
import { lineNumber } from './splice.ts'
import { templateIn, templateProblem } from './template.ts'
import { pairOf, type YamlNode } from './yaml/yaml-node.ts'

/**
 * Why the weights of a rule do not mean in the file what a cluster would read; undefined where they do. A weight that is
 * not a whole number counts as missing, which would give the rule other shares than it means. A template is no value.
 */
export function unclearWeights(
  text: string,
  { value, node }: Pick<Part, 'value' | 'node'>,
  rule: Pick<Rule, 'path' | 'format'>,
): Problem | undefined {
  const { weight: field, largestWeight } = rule.format
  const path = destinationsPath(rule)
  const ruleNode = nodeAt(node, rule.path)
  const template = ruleNode && templateIn(ruleNode)
  if (template) return templateProblem(lineNumber(text, template.start))
  const items = at(value, ...path)
  const weights = Array.isArray(items) ? items.map((_, index) => at(items, index, field)) : []
  const odd = weights.findIndex((weight) => weight !== undefined && !isWhole(weight, largestWeight))
  if (odd < 0) return undefined
  const weight = weights[odd]
  const place = `${path.slice(1).map(step).join('')}[${odd}].${field}`.slice(1)
  const placed = nodeAt(node, [...path, odd, field])
  const line = placed ? `Line ${lineNumber(text, placed.start)}: ` : ''
  const what = `${line}${place} is ${JSON.stringify(weight)}`
  if (typeof weight === 'number' && weight > largestWeight)
    return manifestProblem(
      'ITS-MANIFEST-WEIGHT-INVALID',
      `${what}. Kubernetes accepts a weight of at most ${largestWeight.toLocaleString('en-US')}.`,
      'Write smaller weights in the same proportion.',
    )
  return manifestProblem(
    'ITS-MANIFEST-WEIGHT-INVALID',
    `${what}, which is not a whole number.`,
    remedyFor(weight),
  )
}

function step(one: string | number): string {
  return typeof one === 'number' ? `[${one}]` : `.${one}`
}

function remedyFor(weight: Json | undefined): string {
  return typeof weight === 'string' && weight.startsWith('$')
    ? 'If it is a placeholder, change its value where the variable is set, or name a file that has the weights.'
    : 'Write it as a whole number without quotes, such as 80.'
}

/** The node at a path; undefined where it is not written there, but comes from an alias or a merge key. */
function nodeAt(node: YamlNode, path: JsonPath): YamlNode | undefined {
  let here: YamlNode | undefined = node
  for (const one of path) {
    if (here?.kind === 'mapping') here = pairOf(here, String(one))?.value
    else here = here?.kind === 'sequence' && typeof one === 'number' ? here.items[one] : undefined
  }
  return here
}

function isWhole(value: Json, largest: number): boolean {
  return typeof value === 'number' && Number.isInteger(value) && value >= 0 && value <= largest
}
