import { readFileSync } from 'node:fs'
import { type Json, parseJson } from '../../sandbox/objects/json.ts'
import { startStep } from '../../test/support/step.ts'
import { adminKubeconfig } from '../processes/start-mesh.ts'

/** How a step with the built action ended, by its outputs and its report. */
export type Measured = { outputs: Record<string, string>; report: Json; text: string }

/** Runs a step with the built action to its end. */
export async function measure(inputs: Readonly<Record<string, string>>): Promise<Measured> {
  const step = startStep({ kubeconfig: adminKubeconfig(), ...inputs })
  try {
    const { text } = await step.main().ended
    const outputs = step.outputs()
    return { outputs, text, report: parseJson(readFileSync(outputs.report ?? '', 'utf8')) }
  } finally {
    step.remove()
  }
}
