import type { ApiServer } from '../../kube/api-server.ts'
import {
  type FollowEnd,
  type FollowSettings,
  followLog,
  type LineMeaning,
  type LoggingContainer,
} from '../../kube/jobs/follow-log.ts'
import { decodeLine } from './job-log.ts'
import type { PodEvent } from './pod-event.ts'
import type { PodGone } from './pod-streams.ts'

export type FollowPodSettings = Omit<FollowSettings, 'onLine'> & {
  /** @param arrivedMs when the line arrived, by the run's clock */
  take: (event: PodEvent | PodGone, arrivedMs: number) => void
  nowMs: () => number
}

/** Reads the log of a Pod, and hands over each of its events once and in order. If a line is missing, nothing behind it counts. */
export async function followPod(
  api: Pick<ApiServer, 'stream'>,
  container: LoggingContainer,
  { take, nowMs, ...settings }: FollowPodSettings,
): Promise<FollowEnd> {
  let next = 0

  function onLine(line: string): LineMeaning {
    const decoded = decodeLine(line)
    if (decoded === undefined || decoded.number < next) return 'known'
    if (decoded.number > next) return 'gap'
    next += 1
    take(decoded.event, nowMs())
    return decoded.event.kind === 'ended' ? 'last' : 'new'
  }

  const end = await followLog(api, container, { ...settings, onLine })
  if (end.kind === 'lost') take(end, nowMs())
  return end
}
