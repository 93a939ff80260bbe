import { parseMapping } from './mapping.ts'
import type { Mode, Wanted } from './options.ts'
import { parseNumber, type Reader } from './reader.ts'

const WEIGHT = 'an integer from 0 to 100'

function isWeight(n: number): boolean {
  return Number.isInteger(n) && n >= 0 && n <= 100
}

/** The weights that are asked for. */
export function readWanted(reader: Reader, mode: Mode): Wanted {
  const subset = reader.given('subset')
  const weightText = reader.given('weight')
  const weightsText = reader.given('weights')
  if (weightsText !== undefined) {
    if (weightText !== undefined)
      reader.wrong('weight', weightText, 'nothing where weights is given')
    if (subset !== undefined) reader.wrong('subset', subset, 'nothing where weights is given')
    return readWeights(reader, mode, weightsText)
  }
  const percent = reader.number('weight', isWeight, WEIGHT)
  if (weightText === undefined) {
    const current = mode === 'verify' ? ', or the word current' : ''
    reader.wrong(
      'weight',
      undefined,
      `${WEIGHT}; or give weights, a mapping of every destination to a percent${current}`,
    )
  }
  if (subset === undefined) reader.wrong('subset', undefined, 'the destination that weight is for')
  return { kind: 'weight', subset: subset ?? '', percent: percent ?? 0 }
}

function readWeights(reader: Reader, mode: Mode, text: string): Wanted {
  if (text === 'current' && mode === 'verify') return { kind: 'current' }
  const mapping = parseMapping(text)
  const percents: Record<string, number> = Object.create(null)
  if (!mapping.ok) {
    const current = mode === 'verify' ? ', or the word current' : ''
    const wants = `a YAML mapping such as {v1: 80, v2: 20}${current}`
    reader.wrong('weights', text, `${wants} (${mapping.why})`)
    return { kind: 'weights', percents }
  }
  let sum = 0
  for (const [destination, percentText] of mapping.values) {
    const percent = parseNumber(percentText.trim())
    if (!isWeight(percent)) reader.wrong(`weights.${destination}`, percentText, WEIGHT)
    percents[destination] = percent
    sum += percent
  }
  if (sum !== 100 && !Number.isNaN(sum)) {
    reader.wrong('weights', text, `percents that sum to 100; these sum to ${sum}`)
  }
  return { kind: 'weights', percents }
}

/** The weights to be proven before them, in percent. */
export function readSteps(reader: Reader): number[] {
  const text = reader.given('steps')
  if (text === undefined) return []
  const steps: number[] = []
  for (const piece of text.split(/[\s,]+/).filter((part) => part !== '')) {
    const percent = parseNumber(piece.replace(/%$/, ''))
    if (isWeight(percent)) steps.push(percent)
    else reader.wrong('steps', piece, `each step ${WEIGHT}, separated by commas or spaces`)
  }
  if (reader.given('weights') !== undefined) {
    reader.wrong('steps', text, 'weight and subset; steps cannot go with weights')
  }
  return steps
}
