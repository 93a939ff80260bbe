import type { Sandbox } from '../../sandbox/sandbox.ts'
import { type Executed, execute } from '../../src/host/execute.ts'
import { reportText } from '../../src/host/write-report.ts'
import type { Intent } from '../../src/journal/intent.ts'
import type { LogLine } from '../../src/report/log/log-line.ts'
import { startRedacting } from '../../src/report/redact/redact.ts'
import type { StartTimer } from '../../src/rollout/model/context.ts'
import { kubeconfigsOf, refuseLeaks } from './leaks.ts'

/** A run in this process, as the action and the command line do it, with all that it said. */
export type RunResult = Executed & { lines: LogLine[]; log: string; intents: Intent[] }

export type RunExtras = {
  cancelled?: AbortSignal
  run?: { id: string; attempt: number }
  /** The inputs are those of a command line. */
  isCommandLine?: boolean
  /** Called with each line as it is printed, so that a test can act at a moment of the run. */
  onLine?: (text: string) => unknown
  /** Between the tries for the number of a metric; default: none. */
  metricPausesMs?: readonly number[]
  /** How often counters of proxies are read, in milliseconds; default: every 10. */
  countersEveryMs?: number
  /** After how long without counters a check by them ends, in milliseconds; default: as in a real run. */
  countersLostMs?: number
  /** Starts the clocks of the run's time limits; default: timers of the system. */
  startTimer?: StartTimer
}

/** Inputs of the tutorial's job; each may be replaced, or removed with undefined. */
export const TUTORIAL: Readonly<Record<string, string>> = {
  namespace: 'demo',
  'virtual-service': 'tcp-echo',
  expect: '{v1: "^one ", v2: "^two "}',
}

/** Inputs of a job for the application that speaks HTTP, on a sandbox with `web`. */
export const WEB: Readonly<Record<string, string>> = {
  namespace: 'demo',
  'virtual-service': 'web',
  expect: `{v1: '"version":"v1"', v2: '"version":"v2"'}`,
}

/** A confidence at which a check of the right split practically never fails, so that tests do not either. */
export const SURE = '99.99'

/** About an eighth of the samples that the defaults take, and no verdict by chance. Other modes take no samples. */
function quick({ mode = 'shift' }: Readonly<Record<string, string | undefined>>) {
  return mode === 'shift' || mode === 'verify' ? { confidence: SURE, tolerance: '20' } : {}
}

/** A run whose checks are quick and sure unless the inputs say otherwise; undefined in them stands for the default. */
export async function runOn(
  sandbox: Pick<Sandbox, 'kubeconfig'>,
  inputs: Readonly<Record<string, string | undefined>>,
  extras: RunExtras = {},
): Promise<RunResult> {
  const given: Readonly<Record<string, string | undefined>> = {
    ...TUTORIAL,
    ...quick(inputs),
    kubeconfig: sandbox.kubeconfig,
    ...inputs,
  }
  const lines: LogLine[] = []
  const intents: Intent[] = []
  const redactor = startRedacting()
  const executed = await execute({
    raw: (name) => given[name],
    problems: [],
    isCommandLine: extras.isCommandLine ?? false,
    environment: {},
    cancelled: extras.cancelled ?? new AbortController().signal,
    run: extras.run ?? { id: 'test-run', attempt: 1 },
    terminal: false,
    print: (said) => {
      const line = { ...said, text: redactor.redact(said.text) }
      lines.push(line)
      extras.onLine?.(line.text)
    },
    onSecret: redactor.add,
    redact: redactor.redact,
    saveIntent: (intent) => intents.push(intent),
    defaultReport: undefined,
    metricPausesMs: extras.metricPausesMs ?? [0, 0],
    countersEveryMs: extras.countersEveryMs ?? 10,
    countersLostMs: extras.countersLostMs,
    startTimer: extras.startTimer,
  })
  const log = lines.map(({ text }) => text).join('\n')
  const kubeconfigs = kubeconfigsOf({
    INPUT_KUBECONFIG: given.kubeconfig,
    'INPUT_GATEWAY-KUBECONFIG': given['gateway-kubeconfig'],
  })
  refuseLeaks(kubeconfigs, {
    log,
    outcome: JSON.stringify(executed.outcome),
    'report.json': reportText(executed.record, executed.outcome, redactor.redact),
    'what post is left': JSON.stringify(intents),
  })
  return { ...executed, lines, log, intents }
}

/** A run on a sandbox with `web`. Inputs of WEB may be replaced, or removed with undefined. */
export function runHttp(
  sandbox: Pick<Sandbox, 'kubeconfig'>,
  inputs: Readonly<Record<string, string | undefined>>,
  extras: RunExtras = {},
): Promise<RunResult> {
  return runOn(sandbox, { ...WEB, ...inputs }, extras)
}
