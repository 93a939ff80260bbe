/** One test of the suite: a part of the run that passes or does not. */
export type TestCase = {
  name: string
  /** Milliseconds; undefined: not known, or too short to matter. */
  tookMs?: number | undefined
  result: TestResult
}

export type TestResult =
  | { kind: 'passed' }
  /** `failure`: what was asked is refuted or not confirmed. `error`: the run could not find out. */
  | { kind: 'failure' | 'error'; type: string; message: string; text: string }
  | { kind: 'skipped'; message: string }

export const PASSED: TestResult = { kind: 'passed' }
