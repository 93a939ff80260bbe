import type { Wanted } from '../../routes/wanted.ts'
import { sumFor } from '../../routes/weights/weights.ts'
import { type Given, option } from '../option.ts'
import { parseMapping } from '../parse/mapping.ts'
import { parseNumber } from '../parse/number.ts'
import { anyText, duration, oneOf } from '../parsers.ts'
import type { Reader } from '../reader.ts'
import type { Mode, OnFailure } from '../values.ts'

const SUBSET = option({
  name: 'subset',
  alias: 'destination',
  type: 'destination name',
  placeholder: 'NAME',
  brief:
    'The destination that weight is for: subset, host, host:port or host/subset. A destination that the rule lacks is added.',
  text: 'The destination that weight is for. Name it by the first of subset, host, host:port and host/subset that is unique in the rule, or by its position [I] if none is. A destination that the rule lacks is added: a subset that a DestinationRule defines, or else a Service (host or host:port). In a manifest, write a new destination as host/subset, host:port, or a host with a dot.',
  shape: { text: true, names: 'destinations' },
  parse: anyText,
})

export const WEIGHT = option({
  name: 'weight',
  type: 'percent, 0 to 100, at most two decimals',
  placeholder: '0..100',
  text: 'Share of new connections or requests for subset. The other destinations keep their proportions.',
  shape: { number: { minimum: 0, maximum: 100 } },
  parse: readPercent,
})

export const WEIGHTS = option<Wanted>({
  name: 'weights',
  type: 'YAML mapping, destination: percent',
  placeholder: 'YAML',
  brief:
    'A percent for every destination, such as {v1: 80, v2: 20}, in place of weight and subset. verify also accepts current.',
  text: 'A percent for every destination, 100 in total, in place of weight and subset. With mode verify, also the word current.',
  shape: { words: ['current'], mapping: 'numbers' },
  parse: readWeights,
})

const STEPS = option({
  name: 'steps',
  type: 'percents, by comma or space',
  placeholder: 'PERCENTS',
  brief: 'Weights to confirm before weight, in this order, such as 5,25,50.',
  text: 'Weights of subset to confirm, in this order, before weight. Steps that are not between the current weight and weight are skipped.',
  modes: ['shift', 'plan'],
  shape: { number: { minimum: 0, maximum: 100 }, list: 'numbers', text: true },
  parse: readSteps,
})

export const STEP_INTERVAL = option({
  name: 'step-interval',
  type: 'duration',
  placeholder: 'TIME',
  default: '0s',
  text: 'Time between a confirmed step and the next one. The run watches the weights meanwhile and rolls back at an alarm.',
  modes: ['shift'],
  parse: duration,
})

export const ON_FAILURE = option<OnFailure>({
  name: 'on-failure',
  type: 'rollback, keep or last-step',
  placeholder: 'rollback|keep|last-step',
  default: 'rollback',
  brief:
    'What to do if the verdict is not pass: restore the previous weights, keep the new ones, or restore the last confirmed step.',
  text: 'What happens to the weights if the verdict is not pass. rollback: restore the previous weights. keep: leave the new weights in force. last-step: restore the last step that this run confirmed, or the previous weights if it confirmed none. A step counts as confirmed when its check has passed and step-interval is over.',
  modes: ['shift'],
  parse: oneOf('rollback', 'keep', 'last-step'),
})

export const WEIGHT_OPTIONS = {
  title: 'Weights',
  options: [SUBSET, WEIGHT, WEIGHTS, STEPS, STEP_INTERVAL, ON_FAILURE],
}

export type WeightOptions = {
  wanted: Wanted
  /** Percents to confirm before the last weight, in this order; empty without `steps`. */
  steps: readonly number[]
  stepIntervalMs: number
  onFailure: OnFailure
}

export function readWeightOptions(reader: Reader, mode: Mode): WeightOptions {
  const steps = reader.optional(STEPS) ?? []
  if (reader.given(STEPS) !== undefined && reader.given(WEIGHTS) !== undefined)
    reader.refuse(
      'steps',
      'ITS-INPUTS-CONFLICT',
      () => 'steps cannot be combined with weights. Use weight and subset.',
    )
  return {
    wanted: readWanted(reader, mode),
    steps,
    stepIntervalMs: reader.withDefault(STEP_INTERVAL),
    onFailure: reader.withDefault(ON_FAILURE),
  }
}

function readWanted(reader: Reader, mode: Mode): Wanted {
  // Modes that act on the journal take no weights.
  if (mode === 'rollback' || mode === 'status') return { kind: 'current' }
  const hasWeight = reader.given(WEIGHT) !== undefined
  const hasSubset = reader.given(SUBSET) !== undefined
  const weights = reader.given(WEIGHTS)
  if (weights !== undefined) {
    const others = [hasWeight && 'weight', hasSubset && 'subset'].filter((name) => name !== false)
    if (others.length > 0)
      reader.refuse(
        'weights',
        'ITS-INPUTS-CONFLICT',
        () => `weights cannot be combined with ${others.join(' and ')}. Use one or the other.`,
      )
    if (weights === 'current' && mode === 'verify') return { kind: 'current' }
    return reader.optional(WEIGHTS) ?? { kind: 'weights', percents: {} }
  }
  const current = mode === 'verify' ? ', or the word current' : ''
  const alternative = `Or use weights: a mapping of every destination to a percent${current}.`
  if (!hasWeight && !hasSubset)
    reader.refuse(
      'weight',
      'ITS-INPUT-REQUIRED',
      () => `weight and subset are required. ${alternative}`,
    )
  else if (!hasWeight)
    reader.refuse(
      'weight',
      'ITS-INPUT-REQUIRED',
      () => `weight is required with subset. ${alternative}`,
    )
  else if (!hasSubset)
    reader.refuse('subset', 'ITS-INPUT-REQUIRED', () => 'subset is required with weight.')
  const percent = reader.optional(WEIGHT) ?? 0
  return { kind: 'weight', subset: reader.optional(SUBSET) ?? '', percent }
}

/** Weights that are written add up to 10,000 at most, so that a percent has two decimals at most. */
function isPercent(n: number): boolean {
  return sumFor([n]) !== undefined && n >= 0 && n <= 100
}

function readPercent({ text, mustBe }: Given): number | undefined {
  const percent = parseNumber(text)
  if (isPercent(percent)) return percent
  const sign = text.endsWith('%') ? ', without a percent sign' : ''
  return mustBe(`a percent from 0 to 100 with at most two decimals${sign}`, 'ITS-WEIGHT-INVALID')
}

function readWeights(given: Given): Wanted | undefined {
  const mapping = parseMapping(given.text)
  if ('why' in mapping)
    return given.refuse(
      'ITS-WEIGHTS-INVALID',
      (shown) =>
        `weights must be a YAML mapping such as {v1: 80, v2: 20}, not ${shown(given.text)}. ${mapping.why}`,
    )
  const percents: Record<string, number> = Object.create(null)
  let sum = 0
  for (const [destination, text] of mapping) {
    const percent = parseNumber(text.trim())
    if (!isPercent(percent)) readPercent(given.part(destination, text))
    percents[destination] = percent
    sum += percent
  }
  // Sums of decimals are off by less than the last digit.
  const rounded = Number(sum.toFixed(6))
  if (rounded !== 100 && !Number.isNaN(sum))
    given.refuse(
      'ITS-WEIGHTS-SUM',
      (shown) =>
        `weights must add up to 100. ${unquoted(shown(given.text))} adds up to ${rounded}.`,
    )
  return { kind: 'weights', percents }
}

/** A mapping on one line reads well without quotes. */
function unquoted(shown: string): string {
  return /^"\{[^"\\]*\}"$/.test(shown) ? shown.slice(1, -1) : shown
}

function readSteps({ text, refuse }: Given): readonly number[] | undefined {
  const pieces = text.split(/[\s,]+/).filter((piece) => piece !== '')
  const steps = pieces.map((piece) => parseNumber(piece.replace(/%$/, '')))
  const unfit = new Set(pieces.filter((_, index) => !isPercent(steps[index] ?? Number.NaN)))
  if (unfit.size === 0) return steps
  return refuse(
    'ITS-STEPS-INVALID',
    (shown) =>
      `steps must be percents from 0 to 100 with at most two decimals, separated by commas or spaces, such as 5, 25, 50. ${shown(text)} contains ${[...unfit].map(shown).join(', ')}.`,
  )
}
