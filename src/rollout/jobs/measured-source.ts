import type { EvidenceSource } from '../../evidence/evidence-source.ts'
import type { JobSource } from '../../evidence/jobs/job-source.ts'
import type { ProbeSample } from '../../evidence/probe/probe-sample.ts'

/** The samples of Pods that take a few and end. They wait until they are asked for. */
export function measuredSource(source: JobSource): EvidenceSource<ProbeSample> {
  const waiting: ProbeSample[] = []
  let onSample = () => {}
  source.start({}, (sample) => {
    waiting.push(sample)
    onSample()
  })
  return {
    details: source.details,
    start({ most = () => Number.POSITIVE_INFINITY }, take) {
      let launched = 0
      let unopened = 0
      let isStopped = false
      const handOver = () => {
        while (!isStopped && launched - unopened < most()) {
          const sample = waiting.shift()
          if (sample === undefined) return
          launched += 1
          if (sample.classified.kind === 'client-limit') unopened += 1
          take(sample)
        }
      }
      onSample = handOver
      // A caller may stop it by what it returns.
      setImmediate(handOver)
      return {
        launched: () => launched,
        stop() {
          isStopped = true
        },
      }
    },
  }
}
