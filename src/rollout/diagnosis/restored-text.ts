import type { ReplyCounts } from '../../split/judge/unanswered-destinations.ts'
import type { Check } from '../model/check.ts'
import { countText, observedText, samplesText } from '../model/percents.ts'
import { type OfSplitter, TheSplitter, theSplitter } from '../model/splitter.ts'
import { outcomesSummary } from '../preflight/outcomes-text.ts'
import { lostIn } from './evidence-of.ts'
import { behindProxies, behindRestoreText, namedProxies } from './proxy-words.ts'
import { samplesIn, seenOf } from './seen-of.ts'
import { furtherText } from './words.ts'

/** What was seen of what splits after a restore, in a word. */
export type RestoreSeen =
  | 'confirmed'
  | 'fits'
  | 'fits-both'
  | 'fits-swapped'
  | 'refuted'
  | 'unanswered'
  | 'not-judged'
  | 'unhealthy'
  | 'stale-proxies'
  | 'not-seen'

/** @param check of the restored weights; undefined where there was none */
export function restoreSeen(check: Check | undefined): RestoreSeen {
  if (check === undefined) return 'not-seen'
  if (check.ended === 'pass') return 'confirmed'
  if (check.ended === undefined && check.proxies && behindProxies(check.proxies).length > 0)
    return 'stale-proxies'
  switch (check.diagnosis?.cause.kind) {
    case 'target':
      return 'fits'
    case 'target-or-previous':
      return 'fits-both'
    case 'swapped':
      return check.diagnosis.cause.of === 'target' ? 'fits-swapped' : 'refuted'
    case undefined:
    case 'nothing':
    case 'client-limits':
      return 'not-seen'
    case 'unanswered':
    case 'unrecognized':
    case 'gateway-refuses':
      return 'unanswered'
    case 'not-independent':
    case 'one-destination':
      return 'not-judged'
    case 'more-errors':
    case 'above-limit':
    case 'no-success':
      return 'unhealthy'
    case 'stale-proxies':
      return 'stale-proxies'
    default:
      return 'refuted'
  }
}

/** Restored weights, such as `v1 80%, v2 20%`. `isStep`: those of the last confirmed step, and not those from before the run. */
export type RestoredWeights = OfSplitter & { weights: string; isStep: boolean }

/** `The previous weights are restored (v1 80%, v2 20%)`, without its end. */
export function restoredSentence({ weights, isStep }: RestoredWeights): string {
  return `${restoredSubject(isStep)} are restored (${weights})`
}

function restoredSubject(isStep: boolean): string {
  return isStep ? 'The weights of the last confirmed step' : 'The previous weights'
}

/**
 * Whether they are in use, in a sentence or a few.
 *
 * @param alpha 1 - confidence, 0 < alpha < 1
 * @param failed the check before the restore
 */
export function restoredText(
  weights: RestoredWeights,
  check: Check | undefined,
  alpha: number,
  failed?: Pick<Check, 'ended' | 'proxies'>,
): string {
  const text = restoredSentences(weights, { check, alpha, failed })
  const further = check ? furtherText({ further: samplesIn(check.further), unit: check.unit }) : ''
  return further === '' ? text : `${text} ${further}`
}

type Restored = {
  check: Check | undefined
  alpha: number
  failed: Pick<Check, 'ended' | 'proxies'> | undefined
}

function restoredSentences(weights: RestoredWeights, { check, alpha, failed }: Restored): string {
  const restored = restoredSentence(weights)
  const the = theSplitter(weights)
  const seen = check && seenOf(check, alpha)
  const observed =
    check && seen && samplesOf(seen) > 0 ? observedText(check.names, seen.counts, check.unit) : ''
  const unit = check?.unit ?? 'connection'
  const before =
    check?.diagnosis?.ended === 'connections'
      ? `but the ${unit}s that were allowed did not confirm them`
      : 'but time ran out before they were confirmed'
  switch (restoreSeen(check)) {
    case 'confirmed':
      return confirmedText({ weights, observed }, { check, failed })
    case 'fits':
      return `${restored}. The split fits them (${observed}), ${before}.`
    case 'fits-both':
      return `${restored}. The split fits them and this run's weights alike (${observed}), ${before}.`
    case 'fits-swapped':
      return `${restored}. The split fits them if expressions are swapped in expect: ${observed}.`
    case 'unanswered':
      return `${restored}. Whether ${the} uses them is not known, because ${unanswered(check)}: ${countText(seen?.unclassified ?? 0)} of ${samplesText(samplesOf(seen), unit)}${metIn(check)}.`
    case 'not-judged':
      return `${restored}. Whether ${the} uses them cannot be judged from its replies: ${observed}.`
    case 'unhealthy':
      return `${restored}. Whether ${the} uses them is not confirmed, because errors ended the check.`
    case 'stale-proxies':
      return `${restoredSubject(weights.isStep)} are restored on the object (${weights.weights}), but ${check ? behindRestoreText(check) : ''}`
    case 'not-seen':
      return `${restored}. Whether ${the} uses them was not checked.`
    case 'refuted':
      return `${restoredSubject(weights.isStep)} are restored on the object (${weights.weights}), but ${the} does not use them: observed ${observed}.`
  }
}

/** That the restored weights are in use. Where no sample was taken, the proxies alone show it. */
function confirmedText(
  { weights, observed }: { weights: RestoredWeights; observed: string },
  { check, failed }: Pick<Restored, 'check' | 'failed'>,
): string {
  const restored = restoredSentence(weights)
  const late = failed
    ? lateText(
        { ...failed, splitter: weights.splitter },
        weights.isStep,
        observed === '' ? TheSplitter(weights) : 'It',
      )
    : ''
  const end = late === '' ? '' : ` ${late}`
  if (observed === '') return `${restored}, and every proxy of the rule has them.${end}`
  const uses = failed && hasNeverSwitched(failed) ? 'still uses them' : 'uses them'
  const all = check?.proxies?.status === 'confirmed' ? ', and so does every proxy that is read' : ''
  return `${restored}, and ${theSplitter(weights)} ${uses}${all}: observed ${observed}.${end}`
}

/**
 * What may still come late: the gateway or the mesh, or some of its proxies, never used the weights of the check before the restore, so
 * what they have now does not show that they have seen the restore. Empty where all of them did.
 */
export function lateText(
  failed: Pick<Check, 'ended' | 'proxies' | 'splitter'>,
  isStep: boolean,
  who = 'It',
): string {
  const after = `${isStep ? 'the weights of the next step' : "this run's weights"}, so a late configuration push may still apply them for a moment. Verify the split again when ${theSplitter(failed)} is in sync.`
  if (hasNeverSwitched(failed)) return `${who} never used ${after}`
  if (failed.ended !== 'not-propagated' || failed.proxies === undefined) return ''
  const late = behindProxies(failed.proxies).filter(({ state }) => state === 'old')
  return late.length === 0 ? '' : `${namedProxies(late)} never used ${after}`
}

/** Whether the weights were not in use of a check at all: neither samples nor a proxy showed them. */
export function hasNeverSwitched({ ended, proxies }: Pick<Check, 'ended' | 'proxies'>): boolean {
  const isSeen = (proxies?.proxies ?? []).some(
    ({ state }) => state === 'confirmed' || state === 'mixed',
  )
  return ended === 'not-propagated' && !isSeen
}

function unanswered(check: Check | undefined): string {
  return check?.diagnosis?.cause.kind === 'gateway-refuses'
    ? check.splitter === 'mesh'
      ? 'connections are refused'
      : 'the gateway refuses connections'
    : `${check?.unit ?? 'connection'}s still get no recognized reply`
}

/** ` (2 refused)` */
function metIn(check: Check | undefined): string {
  const outcomes = check?.diagnosis
    ? outcomesSummary(lostIn(check, check.diagnosis), check.unit)
    : ''
  return outcomes === '' ? '' : ` (${outcomes})`
}

function samplesOf(seen: ReplyCounts | undefined): number {
  return seen === undefined ? 0 : seen.counts.reduce((sum, count) => sum + count, seen.unclassified)
}
