import { isObject, type Json, parseJson, textAt } from '../../sandbox/objects/json.ts'

/** What a run said of itself at its end, in its outputs or its report. */
export type Said = {
  verdict: string
  reason: string
  /** Percents by destination; undefined where it did not know. */
  weights: Percents | undefined
  previousWeights: Percents | undefined
  rolledBack: boolean
}

type Percents = Readonly<Record<string, number>>

/** From the step's outputs; undefined where the run wrote none. */
export function fromOutputs(outputs: Readonly<Record<string, string>>): Said | undefined {
  const { verdict, reason, weights = '', 'previous-weights': previous = '' } = outputs
  if (verdict === undefined || reason === undefined) return undefined
  return {
    verdict,
    reason,
    weights: percents(weights === '' ? undefined : parseJson(weights)),
    previousWeights: percents(previous === '' ? undefined : parseJson(previous)),
    rolledBack: outputs['rolled-back'] === 'true',
  }
}

/** From report.json. */
export function fromReport(text: string): Said {
  const report = parseJson(text)
  const part = (field: string) => (isObject(report) ? report[field] : undefined)
  return {
    verdict: textAt(report, 'verdict') ?? '',
    reason: textAt(report, 'reason') ?? '',
    weights: percents(part('weights')),
    previousWeights: percents(part('previousWeights')),
    rolledBack: part('rolledBack') === true,
  }
}

function percents(value: Json | undefined): Percents | undefined {
  if (!isObject(value)) return undefined
  return Object.fromEntries(
    Object.entries(value).flatMap(([name, percent]) =>
      typeof percent === 'number' ? [[name, percent]] : [],
    ),
  )
}
