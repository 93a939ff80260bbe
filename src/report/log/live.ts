import type { Attempt, Check } from '../../rollout/model/check.ts'
import type { RunEvent } from '../../rollout/model/events.ts'
import { countText, percentText, samplesText } from '../../rollout/model/percents.ts'
import { theSplitter } from '../../rollout/model/splitter.ts'
import { shareOf } from '../facts/explanation.ts'
import { watchedBriefly } from '../facts/health/watched.ts'
import { jobText } from '../facts/job-text.ts'
import { shiftedIndex, splitterIn, unitIn } from '../facts/subject.ts'
import { timeText } from '../figures.ts'
import type { RunRecord } from '../record.ts'
import { bandBar } from './band-bar.ts'
import { type LiveNow, type LiveStep, liveBlock } from './live-block.ts'
import { settlingNow, watchingNow } from './live-health.ts'
import { drainingNow, proxiesNow } from './live-proxies.ts'
import type { LogLine } from './log-line.ts'
import { targetText } from './shares.ts'

/** Between the fields of a live line. A terminal leaves out a bar, and then fields at the end, where they do not fit. */
const BETWEEN = '  '

/**
 * What a terminal shows of a run in progress: a line for one step, a block with every step for a ramp. The number of
 * samples and the time never go down within a check.
 */
export function startLive(record: RunRecord): (event: RunEvent) => LogLine[] {
  const steps: LiveStep[] = []
  /** Samples of the attempts of the present check that are over. */
  let before = 0
  let now: LiveNow | undefined

  function take(event: RunEvent): void {
    switch (event.kind) {
      case 'planned':
        steps.push(...event.plan.checks.map((check) => stepOf(record, check)))
        return
      case 'job':
        now = saying(`preflight: ${jobText(event.progress)}`)
        return
      case 'preflight-progress':
        now = saying(`preflight: ${samplesText(event.samples, unitIn(record))} ended`)
        return
      case 'written': {
        const step = steps[event.number - 1]
        if (step) step.state = 'current'
        now = {
          about: step?.about ?? '',
          fields: [`waiting for ${theSplitter(splitterIn(record))}`],
        }
        return
      }
      case 'proxies':
        now = proxiesNow(record, event, sinceCheckBegan(record)) ?? now
        return
      case 'draining':
        now = drainingNow(event.now)
        return
      case 'attempt-started':
        if (event.number === 1) before = 0
        return
      case 'progress':
        now = progressOf(record, event.check, event.now, before)
        return
      case 'attempt-ended':
        now = progressOf(record, event.check, event.ended, before)
        before += event.ended.samples
        return
      case 'check-ended':
        end(event.check)
        return
      case 'settling':
        now = settlingNow(record, event)
        return
      case 'watching':
        takeWatch(event)
        return
      case 'restoring':
        now = saying(`restoring the ${event.isStep ? 'last confirmed step' : 'previous weights'}`)
    }
  }

  /** The step before the next one is watched. */
  function takeWatch(event: Extract<RunEvent, { kind: 'watching' }>): void {
    const step = steps.findLast(({ state }) => state !== 'waiting')
    now = event.now.ended === undefined ? watchingNow(record, event) : undefined
    if (!step) return
    if (event.now.ended === undefined) step.state = 'watched'
    else {
      step.state = event.now.ended === 'over' ? 'confirmed' : 'failed'
      step.took = [...step.took, watchedBriefly(event.now)]
    }
  }

  function end(check: Check): void {
    const step = steps.find(({ state }) => state === 'current')
    now = undefined
    if (!step) return
    step.state = check.ended === 'pass' ? 'confirmed' : 'failed'
    step.took = [samplesText(before, check.unit), timeText(sinceCheckBegan(record))]
  }

  return (event) => {
    take(event)
    if (!SHOWN.has(event.kind)) return []
    const isRamp = steps.length > 1 && steps.some(({ state }) => state !== 'waiting')
    if (isRamp) return [{ level: 'live', text: liveBlock(record, steps, now) }]
    if (now === undefined) return []
    const line = [now.about, ...now.fields].filter((field) => field !== '').join(BETWEEN)
    return [{ level: 'live', text: [line, ...(now.below ?? [])].join('\n') }]
  }
}

/** Events after which there is something new to show. */
const SHOWN: ReadonlySet<RunEvent['kind']> = new Set([
  'job',
  'preflight-progress',
  'written',
  'proxies',
  'draining',
  'progress',
  'attempt-ended',
  'check-ended',
  'settling',
  'watching',
  'restoring',
] as const)

function saying(text: string): LiveNow {
  return { about: '', fields: [text] }
}

function stepOf(record: RunRecord, check: Check): LiveStep {
  const index = shiftedIndex(record, check)
  const name = `${check.names[index] ?? ''} ${percentText(check.target[index] ?? 0)}`
  return { name, about: targetText(check, index), state: 'waiting', took: [] }
}

/** The time since the write before a check was answered, or the check began. */
function sinceCheckBegan({ ramp, tookMs }: RunRecord): number {
  const check = ramp.findLast(({ kind }) => kind === 'check' || kind === 'restore-check')
  return tookMs - (check?.startMs ?? tookMs)
}

/** `v2 -> 20%  now 21% ±5  [···▕==●==▏···]  1,050/~1,060  3.5 s` */
function progressOf(record: RunRecord, check: Check, attempt: Attempt, before: number): LiveNow {
  const index = shiftedIndex(record, check)
  const target = check.target[index] ?? 0
  const recognized = attempt.samples - attempt.unclassified
  const observed = recognized === 0 ? undefined : (attempt.counts[index] ?? 0) / recognized
  const [low, high] = attempt.intervals[index] ?? [0, 1]
  const reach = observed === undefined ? 1 : Math.max(observed - low, high - observed)
  const expected = before + Math.round(check.plan.mean)
  return {
    about: targetText(check, index),
    fields: [
      observed === undefined
        ? check.counted === undefined
          ? 'no recognized reply'
          : `no ${check.unit} counted yet`
        : `now ${shareOf(observed * 100, recognized)} ±${Math.ceil(reach * 100)}`,
      bandBar(target, check.tolerance[index] ?? 0, observed),
      check.counted
        ? countText(before + attempt.samples)
        : `${countText(before + attempt.samples)}/~${countText(expected)}`,
      timeText(sinceCheckBegan(record)),
      ...(attempt.unclassified > 0
        ? [`${countText(attempt.unclassified)} ${check.counted ? 'in doubt' : 'unanswered'}`]
        : []),
    ],
  }
}
