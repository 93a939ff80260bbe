import { type JobProgress, waitingText } from '../../rollout/jobs/pods/waiting-text.ts'

/** `Job demo/shift-web-0a1b2c: 2 of 8 Pods probe. Not yet: 6 starting (image node:24-alpine).` */
export function jobText(progress: JobProgress): string {
  const { job, pods, probing } = progress
  const count = pods === 1 ? `${probing} of 1 Pod probes` : `${probing} of ${pods} Pods probe`
  return `Job ${job}: ${count}. ${waitingText(progress)}`.trimEnd()
}
