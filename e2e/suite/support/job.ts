import { readFileSync } from 'node:fs'
import { onTestFinished } from 'vitest'
import { SURE } from '../../../kit/run/run.ts'
import { type Step, startStep } from '../../../kit/run/step.ts'
import { type Json, listAt, numberAt, parseJson, textAt } from '../../../sandbox/objects/json.ts'
import { adminKubeconfig } from '../../processes/start-mesh.ts'

type Inputs = Readonly<Record<string, string | undefined>>
type Variables = Readonly<Record<string, string>>

/** A finished step, with everything that it left for the runner. */
export type Ended = {
  status: number | null
  /** The log as people see it, with the runner's commands unescaped. */
  text: string
  outputs: Record<string, string>
  summary: string
  /** report.json. */
  report: Json
}

/** At the default confidence, one check of the right split in a hundred may fail, and a test with it. */
function defaultsOf({ mode }: Inputs): Inputs {
  return mode === 'rollback' || mode === 'status' ? {} : { confidence: SURE }
}

/**
 * A step with the built action on the real mesh, as administrator and with a confidence at which chance decides nothing,
 * unless the inputs say otherwise.
 */
export function step(inputs: Inputs, environment: Variables = {}): Step {
  const given = { ...defaultsOf(inputs), kubeconfig: adminKubeconfig(), ...inputs }
  const started = startStep(given, environment)
  onTestFinished(() => started.remove())
  return started
}

/** Runs the step's main to its end. */
export async function runJob(inputs: Inputs, environment: Variables = {}): Promise<Ended> {
  return ended(step(inputs, environment))
}

export async function ended(of: Step, running = of.main()): Promise<Ended> {
  const { status, text } = await running.ended
  const outputs = of.outputs()
  if (!outputs.report) throw new Error(`a step without a report:\n${unescaped(text)}`)
  const report = parseJson(readFileSync(outputs.report, 'utf8'))
  return { status, text: unescaped(text), outputs, summary: of.summary(), report }
}

/** Warnings and errors are commands to the runner, each on one line. */
function unescaped(text: string): string {
  return text.replaceAll('%0A', '\n').replaceAll('%0D', '\r').replaceAll('%25', '%')
}

/** The time of the run's first event of a kind, in milliseconds since its start; undefined without such an event. */
export function momentMs(report: Json, event: string): number | undefined {
  const found = listAt(report, 'timeline').find((one) => textAt(one, 'event') === event)
  return numberAt(found, 'atMs')
}

/** The warnings of the run. */
export function warnings(report: Json): string[] {
  return listAt(report, 'warnings').flatMap((warning) => textAt(warning, 'what') ?? [])
}

/** The writes of a run: PATCH calls that were not dry runs. */
export function writesIn(report: Json): string[] {
  return listAt(report, 'apiCalls')
    .filter((call) => textAt(call, 'method') === 'PATCH')
    .flatMap((call) => textAt(call, 'path') ?? [])
    .filter((path) => !path.includes('dryRun'))
}
