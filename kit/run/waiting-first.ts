import type { TestSpecification } from 'vitest/node'
import { BaseSequencer } from 'vitest/node'

/** Files whose tests wait for real time, or for programs that they start. */
const WAITING =
  /\/test\/(?:faults|examples|docs|crash|rollout|build|sandbox\/serve|action|cli|package)\b/

/** They begin first. What only computes fills all cores at the end, when few files are left. */
export class WaitingFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const sorted = await super.sort(files)
    const waits = ({ moduleId }: TestSpecification) => WAITING.test(moduleId)
    return [...sorted.filter(waits), ...sorted.filter((file) => !waits(file))]
  }
}
