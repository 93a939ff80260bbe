import type { Mode, Wanted } from './options.ts'
import { parseMapping } from './parse/mapping.ts'
import { parseNumber, type Reader } from './reader.ts'

const WEIGHT = 'an integer from 0 to 100'

function isWeight(n: number): boolean {
  return Number.isInteger(n) && n >= 0 && n <= 100
}

/** What a weight wants to be, with what is plainly wrong with this one. */
function wantsWeight(text: string): string {
  return text.endsWith('%') ? `${WEIGHT}, without a percent sign` : WEIGHT
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
  const percent = weightText === undefined ? undefined : parseNumber(weightText)
  if (weightText !== undefined && percent !== undefined && !isWeight(percent))
    reader.wrong('weight', weightText, wantsWeight(weightText))
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
  if ('why' in mapping) {
    const current = mode === 'verify' ? ', or the word current' : ''
    reader.wrong(
      'weights',
      text,
      `a YAML mapping such as {v1: 80, v2: 20}${current} (${mapping.why})`,
    )
    return { kind: 'weights', percents }
  }
  let sum = 0
  for (const [destination, percentText] of mapping) {
    const percent = parseNumber(percentText.trim())
    if (!isWeight(percent))
      reader.wrong(`weights.${destination}`, percentText, wantsWeight(percentText))
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
  const pieces = text.split(/[\s,]+/).filter((piece) => piece !== '')
  const steps = pieces.map((piece) => parseNumber(piece.replace(/%$/, '')))
  const unfit = new Set(pieces.filter((_, index) => !isWeight(steps[index] ?? Number.NaN)))
  if (unfit.size > 0) {
    const wants = 'integers from 0 to 100, separated by commas or spaces, as in 5, 25, 50'
    reader.wrong('steps', text, `${wants} (not ${[...unfit].join(', ')})`)
  }
  if (reader.given('weights') !== undefined) {
    reader.wrong('steps', text, 'weight and subset; steps cannot go with weights')
  }
  return steps
}
