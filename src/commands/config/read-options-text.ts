import { loadAll } from 'js-yaml'
import { yamlErrorText } from '../../kube/credentials/kubeconfig/yaml-error.ts'
import type { Json } from '../../kube/json.ts'
import type { MappingNode, ScalarNode, YamlNode } from '../../manifest/yaml/yaml-node.ts'
import { parseDocuments } from '../../manifest/yaml/yaml-tree.ts'
import type { OptionsFile } from '../../options/command-line/options-file.ts'
import type { InputProblem } from '../../options/input-problem.ts'
import type { Option } from '../../options/option.ts'
import { namesOf, OPTIONS } from '../../options/table.ts'
import type { Code } from '../../problem/codes.ts'
import { nearest, suggestion } from '../../problem/suggestion.ts'
import { textOfValue } from './text-of-value.ts'

/** Options in YAML, by the names of the inputs. Values have the types of YAML. `name`: of the file. */
export function readOptionsText(name: string, text: string): OptionsFile {
  const wrong = (what: string): OptionsFile => ({
    name,
    texts: new Map(),
    lines: new Map(),
    problems: [problem('--config', 'ITS-CONFIG-INVALID', `${name}: ${what}`)],
  })
  try {
    // The message of this parser never quotes the text, which may have secrets.
    loadAll(text, { json: true })
  } catch (error) {
    return wrong(`${sentence(yamlErrorText(error))}.`)
  }
  const [document, second] = parseDocuments(text)
  if (second !== undefined) return wrong('It has several YAML documents. Use one.')
  const { node, value } = document ?? {}
  if (node?.kind !== 'mapping' || !isMapping(value))
    return wrong('It must be a YAML mapping of names of options to values, such as weight: 20.')
  return readMapping(name, text, node, value)
}

function readMapping(
  name: string,
  text: string,
  node: MappingNode,
  values: { [key: string]: Json },
): OptionsFile {
  const texts = new Map<string, string>()
  const lines = new Map<string, number>()
  const problems: InputProblem[] = []
  for (const { key, value: written } of node.pairs) {
    const line = lineOf(text, key.start)
    const option = key.kind === 'scalar' ? key.value : ''
    const refuse = (code: Code, what: string) =>
      problems.push(problem(option, code, `${name}:${line}: ${what}`))
    const described = OPTIONS.find((one) => namesOf(one).includes(option))
    if (described === undefined) refuse('ITS-INPUT-UNKNOWN', unknown(option))
    else if (lines.has(option)) refuse('ITS-INPUTS-CONFLICT', twice(option, lines.get(option) ?? 0))
    else {
      const read = textOfValue(described, option, written, values[option])
      if ('text' in read) {
        texts.set(option, read.text)
        for (const again of keysTwice(written))
          problems.push(
            problem(
              option,
              'ITS-INPUTS-CONFLICT',
              `${name}:${lineOf(text, again.start)}: ${twiceIn(option, again)}`,
            ),
          )
      } else refuse('ITS-INPUT-INVALID', read.what)
      lines.set(option, line)
    }
  }
  return { name, texts, lines, problems }
}

function lineOf(text: string, at: number): number {
  return text.slice(0, at).split('\n').length
}

/** Keys of mappings in a value that are there more than once. One of the values would be lost. */
function keysTwice(node: YamlNode): ScalarNode[] {
  if (node.kind === 'sequence') return node.items.flatMap(keysTwice)
  if (node.kind !== 'mapping') return []
  const seen = new Set<string>()
  return node.pairs.flatMap(({ key, value }) => {
    const inside = keysTwice(value)
    if (key.kind !== 'scalar') return inside
    const isThere = seen.has(key.value)
    seen.add(key.value)
    return isThere ? [key, ...inside] : inside
  })
}

function twiceIn(option: string, { value }: ScalarNode): string {
  return `${option} has ${JSON.stringify(value.slice(0, LONGEST_NAME))} more than once.`
}

function twice(option: string, first: number): string {
  return `${option} can be given only once. It is also on line ${first}.`
}

const NAMES: readonly string[] = OPTIONS.flatMap((option: Option) => namesOf(option))
const LONGEST_NAME = 60

function unknown(option: string): string {
  const shown = JSON.stringify(option.slice(0, LONGEST_NAME))
  return `There is no option ${shown}.${suggestion(nearest(option.slice(0, LONGEST_NAME), NAMES))}`
}

function problem(input: string, code: Code, what: string): InputProblem {
  return { input, code, what: () => what, remedy: '' }
}

function sentence(text: string): string {
  return `${text.slice(0, 1).toUpperCase()}${text.slice(1)}`
}

function isMapping(value: Json | undefined): value is { [key: string]: Json } {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
