import { column, lineStart } from '../splice.ts'
import type { MappingNode, SequenceNode, YamlNode } from './yaml-node.ts'

/** What is written between the parts of a mapping or list in brackets. */
export type FlowStyle = {
  /** Behind the opening bracket. */
  open: string
  colon: string
  comma: string
  /** Before the closing bracket. */
  close: string
}

/** The style of a mapping or list in brackets: everything in one line, or each part in a line of its own. */
export function flowStyle(
  text: string,
  node: MappingNode | SequenceNode,
  lineBreak: string,
): FlowStyle {
  const parts = partsOf(node)
  const [first, second] = parts
  const last = parts.at(-1)
  const colon = colonOf(text, node)
  const blank = colon.endsWith(' ') ? ' ' : ''
  if (first === undefined || last === undefined)
    return { open: '', colon, comma: `,${blank}`, close: '' }
  const between = second ? text.slice(first.end, second.start) : undefined
  return {
    open: isOnOwnLine(text, first.start)
      ? newLine(text, lineBreak, first.start)
      : blanksIn(text.slice(node.start + 1, first.start)),
    colon,
    comma: isOnOwnLine(text, (second ?? first).start)
      ? `,${newLine(text, lineBreak, (second ?? first).start)}`
      : `,${between === undefined ? blank : blanksIn(between)}`,
    close: isOnOwnLine(text, node.end - 1)
      ? newLine(text, lineBreak, node.end - 1)
      : blanksIn(text.slice(last.end, node.end - 1)),
  }
}

/** Whether nothing but blanks is before it in its line. */
export function isOnOwnLine(text: string, position: number): boolean {
  return text.slice(lineStart(text, position), position).trim() === ''
}

function partsOf(node: MappingNode | SequenceNode): { start: number; end: number }[] {
  if (node.kind === 'sequence') return [...node.items]
  return node.pairs.map(({ key, value }) => ({ start: key.start, end: endOf(key, value) }))
}

function endOf(key: YamlNode, value: YamlNode): number {
  return Math.max(key.end, value.end)
}

/** The first colon of the mapping that has its value in the same line. Only behind quotes it needs no blank. */
function colonOf(text: string, node: MappingNode | SequenceNode): string {
  if (node.kind === 'sequence') return ': '
  const last = node.pairs.at(-1)?.key
  const isQuoted = last?.kind === 'scalar' && last.style === 'double'
  const written = node.pairs.map(({ key, value }) => text.slice(key.end, value.start))
  const pattern = isQuoted ? /^[ \t]*:[ \t]*$/ : /^[ \t]*:[ \t]+$/
  return written.find((between) => pattern.test(between)) ?? ': '
}

function newLine(text: string, lineBreak: string, position: number): string {
  const indent = text.slice(position - column(text, position), position)
  return `${lineBreak}${indent.replace('\uFEFF', '')}`
}

function blanksIn(between: string): string {
  return /[\r\n#]/.test(between) ? ' ' : between.replaceAll(/[^ \t]/g, '')
}
