import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { CHILD_ENVIRONMENT } from '../run/child-environment.ts'
import { TUTORIAL } from '../run/run.ts'
import { type Running, type Step, startEntry, startStep } from '../run/step.ts'
import { fromOutputs, fromReport, type Said } from './said.ts'

type Texts = Readonly<Record<string, string>>

/** A program that is started once, and what it said at its end; undefined where it did not get so far. */
export type Program = { start(): Running; said(): Said | undefined; remove(): void }

/** The action's main, and its post. Inputs undefined are not given. */
export function stepPrograms(
  inputs: Readonly<Record<string, string | undefined>>,
  environment: Texts,
): { main: Program; post: Program } {
  const step: Step = startStep(inputs, environment)
  const main = { start: step.main, said: () => fromOutputs(step.outputs()), remove: step.remove }
  const post = { start: step.post, said: () => undefined, remove: () => undefined }
  return { main, post }
}

/** The command line, with its report in a folder of its own. */
export function commandLine({ kubeconfig = '', mode = 'shift', ...inputs }: Texts): Program {
  const folder = mkdtempSync(join(tmpdir(), 'line-'))
  const file = join(folder, 'kubeconfig')
  const report = join(folder, 'report.json')
  writeFileSync(file, kubeconfig, { mode: 0o600 })
  const given = { ...TUTORIAL, ...inputs, kubeconfig: file, report: folder }
  const words = Object.entries(given).flatMap(([name, value]) => [`--${name}`, value])
  return {
    start: () => startEntry('cli', CHILD_ENVIRONMENT, [mode, ...words]),
    said: () => (existsSync(report) ? fromReport(readFileSync(report, 'utf8')) : undefined),
    remove: () => rmSync(folder, { recursive: true }),
  }
}
