import { restoreSeen } from '../../rollout/diagnosis/restored-text.ts'
import type { Outcome } from '../../rollout/model/outcome.ts'
import { percentsText } from '../../rollout/model/percents.ts'
import type { RunRecord } from '../record.ts'
import { toneOf } from './headline.ts'
import { editsFile } from './subject.ts'

/** What to do next; empty where it is not known. */
export function nextText(record: RunRecord, outcome: Outcome): string {
  if (outcome.remedy !== '') return outcome.remedy
  if (outcome.reason === 'planned')
    return `To apply this plan, run it again with mode: shift.${runsText(record)}`
  if (outcome.reason === 'edited') return afterEdit(record)
  if (outcome.reason === 'input')
    return record.manifest === undefined
      ? 'Correct the inputs. Then run it again.'
      : 'Correct the file, or the inputs. Then run it again.'
  if (outcome.reason === 'cancelled') return afterCancel(record, outcome)
  return toneOf(outcome) === 'good' || outcome.verdict === 'planned' ? 'Nothing to do.' : ''
}

/** A run on a file writes one step. */
function runsText(record: RunRecord): string {
  const count = record.plan?.steps.length ?? 1
  return editsFile(record) && count > 1
    ? ` Each run writes one step to the file, so ${goalText(record)} takes ${count} runs.`
    : ''
}

function afterEdit(record: RunRecord): string {
  const steps = record.plan?.steps ?? []
  const apply = 'Let your delivery tool apply the file.'
  const [first] = steps
  if (first === undefined || steps.length < 2)
    return `${apply} Then confirm the split with mode: verify.`
  return `${apply} Then confirm ${percentsText(first)} with mode: verify and weights: current. This was step 1 of ${steps.length}. To get to ${goalText(record)}, run it again after each step.`
}

function afterCancel({ restoreCheck }: RunRecord, { rolledBack }: Outcome): string {
  return rolledBack && restoreSeen(restoreCheck) !== 'confirmed'
    ? 'Confirm the restored weights with mode: verify and weights: current. Then run it again when you want to continue.'
    : 'Run it again when you want to continue.'
}

function goalText({ plan }: RunRecord): string {
  return percentsText(plan?.steps.at(-1) ?? plan?.weights ?? {})
}
