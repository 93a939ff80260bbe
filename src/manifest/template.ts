import { nodesOf, type YamlNode } from './yaml-tree.ts'

/** What actions of Helm, Jinja and their kin begin with. */
const ACTION = /\{\{|\{%/

export const TEMPLATE_REMEDY =
  'Only plain YAML can be edited. Change the weight where the template gets its values from (values.yaml, say), or name a file that holds the rendered VirtualService.'

/**
 * The number of the first line that has a template outside of comments; undefined where there is
 * none. Meant for texts that are no YAML: where they are, `templateIn` tells it exactly.
 */
export function templateLine(text: string): number | undefined {
  const index = text
    .split(/\r\n|\n|\r/)
    .findIndex((line) => ACTION.test(line.replace(/(^|\s)#.*$/, '')))
  return index < 0 ? undefined : index + 1
}

/** A part of a node that is a template: a text with an action in it, or an action that reads as a mapping. */
export function templateIn(node: YamlNode): YamlNode | undefined {
  return nodesOf(node).find(
    (one) => isAction(one) || (one.kind === 'scalar' && ACTION.test(one.value)),
  )
}

/** The first `{{ ... }}` without quotes, which YAML reads as a mapping whose key is a mapping. */
export function actionIn(node: YamlNode): YamlNode | undefined {
  return nodesOf(node).find(isAction)
}

export function isAction(node: YamlNode): boolean {
  return (
    node.kind === 'mapping' &&
    node.flow &&
    node.pairs.some(({ key }) => key.kind === 'mapping' && key.start === node.start + 1)
  )
}

/** A mapping or a list in the place of a key, which JSON has not. */
export function oddKeyIn(node: YamlNode): YamlNode | undefined {
  return nodesOf(node)
    .flatMap((one) => (one.kind === 'mapping' ? one.pairs.map(({ key }) => key) : []))
    .find(({ kind }) => kind === 'mapping' || kind === 'sequence')
}
