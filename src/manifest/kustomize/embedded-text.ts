import type { Splice } from '../splice.ts'
import type { ScalarNode } from '../yaml/yaml-node.ts'

/** A text that is written in a scalar of another text, such as a patch in a Kustomization. */
export type EmbeddedText = {
  text: string
  /** A splice of this text as one of the text around it. */
  outer: (splice: Splice) => Splice
}

/** The text itself. */
export function wholeText(text: string): EmbeddedText {
  return { text, outer: (splice) => splice }
}

/**
 * The text in a scalar, with its own line ends. undefined where it cannot be edited in place: it is folded, or it has
 * escapes.
 */
export function embeddedText(around: string, scalar: ScalarNode): EmbeddedText | undefined {
  return scalar.style === 'block' ? inBlock(around, scalar) : inOneLine(around, scalar)
}

function inOneLine(around: string, { value, valueStart, valueEnd }: ScalarNode) {
  const text = around.slice(valueStart, valueEnd)
  if (text !== value) return undefined
  return { text, outer: (splice: Splice) => ({ ...splice, at: splice.at + valueStart }) }
}

function inBlock(around: string, { value, valueStart, valueEnd }: ScalarNode) {
  const lines = around.slice(valueStart, valueEnd).match(/[^\r\n]*(?:\r\n|\n|\r|$)/g) ?? []
  const [first = ''] = value.split('\n').filter((line) => line !== '')
  const [written = ''] = lines.map(withoutEnd).filter((line) => line.trim() !== '')
  const indent = written.length - first.length
  const stripped = lines.map((line) => line.slice(Math.min(indent, withoutEnd(line).length)))
  const text = stripped.join('')
  if (!written.endsWith(first) || !isSame(text, value)) return undefined
  const outerAt = (at: number) => {
    let [inner, outer] = [0, valueStart]
    for (const [index, line] of stripped.entries()) {
      const whole = lines[index] ?? ''
      if (at < inner + line.length || index === lines.length - 1)
        return outer + (whole.length - line.length) + (at - inner)
      inner += line.length
      outer += whole.length
    }
    return outer
  }
  const pad = ' '.repeat(indent)
  const outer = ({ at, remove, insert }: Splice) => ({
    at: outerAt(at),
    remove,
    insert: insert.replaceAll(/\r\n|\n|\r/g, (end) => `${end}${pad}`),
  })
  return { text, outer }
}

function withoutEnd(line: string): string {
  return line.replace(/[\r\n]+$/, '')
}

/** A folded text differs from its value in more than the empty lines at its end. */
function isSame(text: string, value: string): boolean {
  const bare = (one: string) => one.replaceAll(/\r\n|\r/g, '\n').replace(/\n+$/, '')
  return bare(text) === bare(value)
}
