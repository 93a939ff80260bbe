import { at, type Json } from '../kube/json.ts'
import type { Part } from './find-route-object.ts'
import { lineNumber } from './splice.ts'
import { TEMPLATE_REMEDY, templateIn } from './template.ts'
import { pairOf, type YamlNode } from './yaml/yaml-tree.ts'

/**
 * Why the values of a route list are not what a cluster would take them for; undefined where they
 * are. A weight that is no whole number counts as none, which would make other shares of the list
 * than it means; a template is no value at all.
 *
 * @param path the steps to the list from the object
 */
export function unclearRoutes(
  text: string,
  { value, node }: Part,
  path: readonly (string | number)[],
): string | undefined {
  const rule = nodeAt(node, path.slice(0, -1))
  const template = rule && templateIn(rule)
  if (template) return `Line ${lineNumber(text, template.start)} is a template. ${TEMPLATE_REMEDY}`
  const routes = at(value, ...path)
  const weights = Array.isArray(routes) ? routes.map((_, index) => at(routes, index, 'weight')) : []
  const odd = weights.findIndex((weight) => weight !== undefined && !isWhole(weight))
  if (odd < 0) return undefined
  const written = JSON.stringify(weights[odd])
  const place = `${path.slice(1).map(step).join('')}[${odd}].weight`.slice(1)
  const placed = nodeAt(node, [...path, odd, 'weight'])
  const line = placed ? `Line ${lineNumber(text, placed.start)}: ` : ''
  if (typeof weights[odd] === 'number' && weights[odd] > MOST)
    return `${line}${place} is ${written}. Kubernetes takes a weight of 2,147,483,647 at most. Write smaller weights in the same proportion.`
  return `${line}${place} is ${written}, which is not a whole number. ${remedyFor(weights[odd])}`
}

function step(one: string | number): string {
  return typeof one === 'number' ? `[${one}]` : `.${one}`
}

function remedyFor(weight: Json | undefined): string {
  return typeof weight === 'string' && weight.startsWith('$')
    ? 'If it is a placeholder, set the variable where its value comes from, or name a file that has the weights.'
    : 'Write it as a whole number without quotes, such as 80.'
}

/** The node at a path; undefined where it is not written there, but comes by an alias or a merge key. */
function nodeAt(node: YamlNode, path: readonly (string | number)[]): YamlNode | undefined {
  let here: YamlNode | undefined = node
  for (const one of path) {
    if (here?.kind === 'mapping') here = pairOf(here, String(one))?.value
    else here = here?.kind === 'sequence' && typeof one === 'number' ? here.items[one] : undefined
  }
  return here
}

/** A weight is an int32 in Istio's API. */
const MOST = 2 ** 31 - 1

function isWhole(value: Json): boolean {
  return typeof value === 'number' && Number.isInteger(value) && value >= 0 && value <= MOST
}
