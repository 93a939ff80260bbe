import type { Verdict } from '../../problem/verdict.ts'
import type { Tone } from '../facts/headline.ts'

/** Marks of verdicts where there is colour of its own. */
export const VERDICT_MARKS: Readonly<Record<Verdict, string>> = {
  pass: '✅',
  planned: '📝',
  restored: '↩️',
  idle: '✅',
  'in-progress': '⏳',
  fail: '❌',
  inconclusive: '⚠️',
  error: '⛔',
}

export const MARKS: Readonly<Record<Tone, string>> = {
  good: '✅',
  warning: '⚠️',
  bad: '❌',
  neutral: 'ℹ️',
}
