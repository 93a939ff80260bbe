import { readFileSync, writeFileSync } from 'node:fs'
import { delimiter, join } from 'node:path'
import { hasteFor } from '../../../kit/examples/haste.ts'
import { standInFor } from '../../../kit/examples/providers.ts'
import { type Running, startStep } from '../../../kit/run/step.ts'
import { at, type Json, textAt } from '../../../src/kube/json.ts'
import { OPTIONS, type Option } from '../../../src/options/table.ts'
import { filledIn, type World } from './expressions.ts'
import { type Place, runShell } from './place.ts'
import { inputsOf, isOurs, type Ran, textsOf, type Values } from './workflow.ts'

/** What a step did; nothing if it only matters on a runner. `exported`: variables for the steps after it. */
export type StepDone = { ran?: Ran; outputs?: Values; exported?: Values }

/** Runs a step: this action as the runner starts it, a shell step, or the stand-in of an action of a cloud. */
export async function runStep(
  step: Json,
  world: World,
  environment: Readonly<Record<string, string>>,
  place: Place,
): Promise<StepDone> {
  const name = textAt(step, 'name') ?? ''
  const inputs = filledInAll(inputsOf(step), world)
  if (isOurs(step))
    return runOurs(name, { ...filledInAll(defaults(), world), ...inputs }, environment, place)
  const script = textAt(step, 'run')
  if (script === undefined) return standInFor(step)?.(inputs, place) ?? {}
  const file = join(place.reports, 'github-env')
  const outputFile = join(place.reports, 'github-output')
  for (const each of [file, outputFile]) writeFileSync(each, '')
  const own = filledInAll(textsOf(at(step, 'env')), world)
  const runner = { RUNNER_TEMP: place.reports, GITHUB_ENV: file, GITHUB_OUTPUT: outputFile }
  const given = { ...environment, ...runner, ...own }
  const { status, text } = await runShell(filledIn(script, world), given, place)
  return { ran: { name, status, text }, exported: linesOf(file), outputs: linesOf(outputFile) }
}

/** Lines `name=value`, which a step writes for the runner. */
function linesOf(file: string): Values {
  const lines = readFileSync(file, 'utf8').matchAll(/^([\w-]+)=(.*)$/gm)
  return Object.fromEntries([...lines].map(([, key = '', value = '']) => [key, value]))
}

async function runOurs(
  name: string,
  given: Values,
  environment: Readonly<Record<string, string>>,
  place: Place,
): Promise<StepDone> {
  const inputs = { ...given, ...hasteFor(given.mode), ...place.replaced }
  const runner = {
    RUNNER_TEMP: place.reports,
    PATH: [place.commands, process.env.PATH].join(delimiter),
  }
  const variables = { ...place.variables, ...environment, ...runner }
  const started = startStep(inputs, variables, place.workspace)
  const running: Running = started.main()
  const { status, text } = await running.ended
  const outputs = started.outputs()
  started.remove()
  return { ran: { name, status, text, verdict: outputs.verdict ?? '' }, outputs }
}

/** Inputs that are not given, as action.yml has them. */
function defaults(): Record<string, string> {
  const options: readonly Option[] = OPTIONS
  return Object.fromEntries(
    options.map((option) => [option.name, option.inputDefault ?? option.default ?? '']),
  )
}

function filledInAll(texts: Record<string, string>, world: World): Values {
  return Object.fromEntries(
    Object.entries(texts).map(([key, text]) => [key, filledIn(text, world)]),
  )
}
