import { labelKey, type Sample, unnamed } from './exposition.ts'
import { ParseError } from './parse.ts'
import { ExecutionError, type Value } from './value.ts'

const ARITHMETIC: Readonly<Record<string, (a: number, b: number) => number>> = {
  '+': (a, b) => a + b,
  '-': (a, b) => a - b,
  '*': (a, b) => a * b,
  '/': (a, b) => a / b,
}
const COMPARISONS: Readonly<Record<string, (a: number, b: number) => boolean>> = {
  '==': (a, b) => a === b,
  '!=': (a, b) => a !== b,
  '<': (a, b) => a < b,
  '>': (a, b) => a > b,
  '<=': (a, b) => a <= b,
  '>=': (a, b) => a >= b,
}

/** The value of a binary expression. Series are matched by all of their labels but the name. */
export function binary(operator: string, left: Value, right: Value): Value {
  if (operator === 'or') return union(operands(left), operands(right))
  const calculate = ARITHMETIC[operator]
  const compare = COMPARISONS[operator]
  const pick = (sample: Sample, a: number, b: number): Sample[] => {
    if (calculate) return [{ labels: unnamed(sample.labels), value: calculate(a, b) }]
    return compare?.(a, b) ? [sample] : []
  }
  if (left.kind === 'scalar' && right.kind === 'scalar') {
    if (!calculate) throw new ParseError('comparisons between scalars must use BOOL modifier')
    return { kind: 'scalar', value: calculate(left.value, right.value) }
  }
  if (right.kind === 'scalar')
    return vector(operands(left).flatMap((one) => pick(one, one.value, right.value)))
  if (left.kind === 'scalar')
    return vector(operands(right).flatMap((one) => pick(one, left.value, one.value)))
  const others = byKey(operands(right))
  const own = byKey(operands(left))
  return vector(
    [...own].flatMap(([key, one]) => {
      const other = others.get(key)
      return other === undefined ? [] : pick(one, one.value, other.value)
    }),
  )
}

function operands(value: Value): readonly Sample[] {
  if (value.kind === 'vector') return value.samples
  throw new ParseError('binary expression must contain only scalar and instant vector types')
}

/** Each side may have one series of the same labels. */
function byKey(samples: readonly Sample[]): Map<string, Sample> {
  const found = new Map<string, Sample>()
  for (const sample of samples) {
    const key = labelKey(sample.labels, ['__name__'])
    if (found.has(key)) throw new ExecutionError('found duplicate series for the match group')
    found.set(key, sample)
  }
  return found
}

function union(left: readonly Sample[], right: readonly Sample[]): Value {
  const known = new Set(left.map(({ labels }) => labelKey(labels, ['__name__'])))
  return vector([
    ...left,
    ...right.filter(({ labels }) => !known.has(labelKey(labels, ['__name__']))),
  ])
}

function vector(samples: readonly Sample[]): Value {
  return { kind: 'vector', samples }
}
