import type { Proposal } from '../propose/proposal.ts'
import { expression, PIN_COMMENT, scalar, stepText } from './step-text.ts'

/** A workflow that is started by a person, who chooses the mode and the weight. */
export function workflowText(
  proposal: Proposal,
  how: { version: string; gatewayKubeconfig: boolean },
): string {
  const {
    candidate: { object },
    version,
    inputs,
  } = proposal
  const step = stepText(proposal, {
    ...how,
    replaced: { mode: expression('inputs.mode'), weight: expression('inputs.weight') },
  })
  const runner = expression('runner.temp')
  return `# Shifts traffic of ${object.kind} ${object.namespace}/${object.name} to ${version}. Proposed by istio-traffic-shift init.
# ${PIN_COMMENT}
name: ${scalar(`Shift ${object.name}`)}

on:
  workflow_dispatch:
    inputs:
      mode:
        description: plan writes nothing and shows the edit. shift writes the weights and confirms them.
        type: choice
        options: [plan, shift]
        default: plan
      weight:
        description: ${scalar(`Percentage of the traffic for ${version}`)}
        required: true
        default: '${inputs.weight}'

permissions:
  contents: read

# One shift of this object at a time. A second run waits and does not cancel the first one.
concurrency:
  group: ${object.namespace}-${object.name}
  cancel-in-progress: false

jobs:
  shift:
    name: Shift traffic
    runs-on: ubuntu-24.04
    timeout-minutes: 15
    steps:
${[...proposal.notes.map((note) => `# ${note}`), step]
  .join('\n')
  .replaceAll(/^(?=.)/gm, '      ')
  .trimEnd()}
      - name: Keep the report
        if: always()
        uses: actions/upload-artifact@043fb46d1a93c77aae656e7c1c64a875d1fc6a0a # v7.0.1
        with:
          name: traffic-shift
          path: ${runner}/istio-traffic-shift-*
`
}
