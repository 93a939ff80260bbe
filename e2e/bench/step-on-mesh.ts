import { readFileSync } from 'node:fs'
import { startStep } from '../../kit/run/step.ts'
import { type Json, parseJson } from '../../sandbox/objects/json.ts'
import { adminKubeconfig } from '../processes/start-mesh.ts'
import type { Inputs } from './benched.ts'

/** Runs a step with the built action and returns its report.json. */
export async function measure(
  inputs: Inputs,
  environment: Readonly<Record<string, string>> = {},
): Promise<Json> {
  const step = startStep({ kubeconfig: adminKubeconfig(), ...inputs }, environment)
  try {
    const { text } = await step.main().ended
    const { report } = step.outputs()
    if (!report) throw new Error(`a step without a report:\n${text}`)
    return parseJson(readFileSync(report, 'utf8'))
  } finally {
    step.remove()
  }
}
