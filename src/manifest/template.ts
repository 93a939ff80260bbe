import type { Problem } from '../problem/problem.ts'
import { manifestProblem } from './manifest-problem.ts'
import { lineNumber } from './splice.ts'
import { nodesOf, type YamlNode } from './yaml/yaml-node.ts'

/** How the actions of Helm, Jinja and similar templates begin. */
const ACTION = /\{\{|\{%/

/** A text in quotes is YAML, even with a template in it. */
const QUOTED = /"([^"\\]|\\.)*"|'([^']|'')*'/g

export const TEMPLATE_REMEDY =
  'Only plain YAML can be edited. Change the weight where the template gets its values from, such as values.yaml, or name a file that has the rendered route object.'

/** A parser reports a template in its own line or, where it reads as a mapping, in one of the next two. */
const NEAR = 2

/** A template where the edit needs plain YAML. */
export function templateProblem(line: number): Problem {
  return manifestProblem('ITS-MANIFEST-TEMPLATE', `Line ${line} is a template.`, TEMPLATE_REMEDY)
}

/**
 * The number of the line with the template that makes a text invalid YAML; undefined where the error in line `error`
 * has another cause. Comments and quoted texts do not count.
 */
export function templateLine(text: string, error: number): number | undefined {
  const lines = text.split(/\r\n|\n|\r/).slice(0, error)
  const index = lines.findLastIndex((line) =>
    ACTION.test(line.replaceAll(QUOTED, '').replace(/(^|\s)#.*$/, '')),
  )
  return index < 0 || index + 1 < error - NEAR ? undefined : index + 1
}

/** Actions that can leave out, repeat or add lines, unlike `{{ .Values.x }}` in a comment. */
const CONTROL =
  /(^|\s)#.*(\{\{-?\s*(if|else|end|range|with|define|block|template|include|tpl)\b|\{%-?\s*(if|elif|else|endif|for|endfor|include|macro|set|block)\b)/

/** The number of the first line of a node with such an action in a comment; undefined: none. */
export function controlInComment(text: string, { start, end }: YamlNode): number | undefined {
  const index = text
    .slice(start, end)
    .split(/\r\n|\n|\r/)
    .findIndex((line) => CONTROL.test(line.replaceAll(QUOTED, '')))
  return index < 0 ? undefined : lineNumber(text, start) + index
}

/** A part of a node that is a template: a text with an action in it, or an action that YAML reads as a mapping. */
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

/** A mapping or a list in the place of a key, which JSON cannot have. */
export function oddKeyIn(node: YamlNode): YamlNode | undefined {
  return nodesOf(node)
    .flatMap((one) => (one.kind === 'mapping' ? one.pairs.map(({ key }) => key) : []))
    .find(({ kind }) => kind === 'mapping' || kind === 'sequence')
}
