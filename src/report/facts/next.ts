import { listText } from '../../problem/list-text.ts'
import type { Outcome } from '../../rollout/model/outcome.ts'
import { percentsText } from '../../rollout/model/percents.ts'
import type { RunRecord } from '../record.ts'
import { expectToFillIn, isKubeconfig, placeholder, replyOf } from '../shift-command.ts'
import { toneOf } from './headline.ts'
import { seenAfterRestore } from './seen-after-restore.ts'
import { editsFile } from './subject.ts'

/** What to do next; empty where it is not known. */
export function nextText(record: RunRecord, outcome: Outcome): string {
  if (outcome.remedy !== '') return outcome.remedy
  const isOfRestored = outcome.verdict === 'planned' && record.plan?.inForce !== undefined
  if (outcome.reason === 'planned' || isOfRestored) return afterPlan(record)
  if (outcome.reason === 'edited') return afterEdit(record)
  if (outcome.reason === 'input')
    return record.manifest === undefined
      ? 'Correct the inputs. Then run it again.'
      : 'Correct the file, or the inputs. Then run it again.'
  if (outcome.reason === 'cancelled') return afterCancel(record, outcome)
  return toneOf(outcome) === 'good' || outcome.verdict === 'planned' ? 'Nothing to do.' : ''
}

/** A shift on a cluster needs `expect`, which a plan can do without. */
function afterPlan(record: RunRecord): string {
  const names = Object.keys(record.plan?.weights ?? {})
  const lacksExpect = !editsFile(record) && record.inputs.expect === undefined
  const runs = runsText(record)
  if (record.shiftCommand === undefined) {
    const expect = lacksExpect ? expectInWords(record, names) : ''
    return [`To apply this plan, run it again with mode: shift${expect}.`, runs].join(' ').trim()
  }
  const { command, omitted } = record.shiftCommand
  const stamps = mayStamp(record)
  const toFillIn = [...omitted.map(fillInText), lacksExpect && !stamps ? replaceText(names) : '']
  const expect = stamps ? '--expect stamp' : expectToFillIn(names)
  return [
    [...toFillIn, 'To apply this plan:'].filter((text) => text !== '').join(' '),
    `  ${[command, lacksExpect ? expect : ''].join(' ').trim()}`,
    runs,
  ]
    .filter((line) => line !== '')
    .join('\n')
}

/** Of requests each write can make the replies name their destination. */
function mayStamp({ plan }: RunRecord): boolean {
  return plan?.unit === 'request'
}

function expectInWords(record: RunRecord, names: readonly string[]): string {
  return mayStamp(record)
    ? ' and expect: stamp'
    : ` and expect, which must have a regular expression for the replies of ${listText(names)}`
}

function fillInText(name: string): string {
  return isKubeconfig(name)
    ? `The value of ${name} is not shown. Give it on standard input.`
    : `The value of ${name} is not shown. Replace ${placeholder(name)} with it.`
}

function replaceText(names: readonly string[]): string {
  const texts = listText(names.map((name) => replyOf(name)))
  return `A shift needs expect too. Replace ${texts} with regular expressions that match these replies.`
}

/** A run on a file writes one step. */
function runsText(record: RunRecord): string {
  const count = record.plan?.steps.length ?? 1
  return editsFile(record) && count > 1
    ? `Each run writes one step to the file, so ${goalText(record)} takes ${count} runs.`
    : ''
}

/** `mode: verify` in a workflow, `the mode verify` on the command line; likewise with the weights of the object. */
function verifyText({ shiftCommand }: RunRecord, weights?: 'current'): string {
  const isCommand = shiftCommand !== undefined
  const mode = isCommand ? 'the mode verify' : 'mode: verify'
  if (weights === undefined) return mode
  return `${mode} and ${isCommand ? `--weights ${weights}` : `weights: ${weights}`}`
}

function afterEdit(record: RunRecord): string {
  const steps = record.plan?.steps ?? []
  const apply = 'Let your delivery tool apply the file.'
  const [first] = steps
  if (first === undefined || steps.length < 2)
    return `${apply} Then confirm the split with ${verifyText(record)}.`
  return `${apply} Then confirm ${percentsText(first)} with ${verifyText(record, 'current')}. This was step 1 of ${steps.length}. To get to ${goalText(record)}, run it again after each step.`
}

function afterCancel(record: RunRecord, { rolledBack }: Outcome): string {
  return rolledBack && seenAfterRestore(record) !== 'confirmed'
    ? `Confirm the restored weights with ${verifyText(record, 'current')}. Then run it again when you want to continue.`
    : 'Run it again when you want to continue.'
}

function goalText({ plan }: RunRecord): string {
  return percentsText(plan?.steps.at(-1) ?? plan?.weights ?? {})
}
