import { createServer } from 'node:http'
import { expect, test } from 'vitest'
import { listening } from '../../../kit/build/listening.ts'
import { followPod } from '../../../src/evidence/jobs/follow-pod.ts'
import { encodeLine, type PodEvent } from '../../../src/evidence/jobs/job-log.ts'
import { apiOf, NEVER } from '../../kube/support/cluster.ts'
import { kubeconfigFor } from '../../kube/support/kubeconfig.ts'

const EVENTS: readonly PodEvent[] = [
  { kind: 'hello', atMs: 1 },
  { kind: 'outcome', id: 0, classified: { kind: 'destination', index: 0 } },
  { kind: 'samples', emittedMs: 9, launchesMs: [5], results: [{ outcome: 0, tookMs: 2.5 }] },
  { kind: 'ended', why: 'done' },
]
const LINES = EVENTS.map((event, number) => encodeLine({ number, event }))

/** What is handed over from a log. The API server sends each of these texts to one request, and then closes the connection. */
async function followed(...streams: string[]) {
  let requests = 0
  const server = createServer((_, response) => {
    response.end(streams[Math.min(requests, streams.length - 1)])
    requests += 1
  })
  const port = await listening(server)
  const taken: (PodEvent | { kind: 'lost'; why: string })[] = []
  const end = await followPod(
    apiOf(kubeconfigFor(`http://127.0.0.1:${port}`)),
    { namespace: 'demo', pod: 'probe-0', container: 'probe' },
    {
      take: (event) => taken.push(event),
      nowMs: () => performance.now(),
      signal: NEVER,
      pausesMs: [1, 1],
    },
  )
  return { taken, end }
}

test('the events of a Pod are handed over once and in order, in however many pieces its log comes', async () => {
  const [first, second, third, fourth] = LINES
  const { taken, end } = await followed(
    `banner of the image\n${first}\n${second}\n${third?.slice(0, 8)}`,
    `${first}\n${second}\n${third}\n`,
    `${second}\n${third}\n${fourth}\n`,
  )
  expect(taken).toEqual(EVENTS)
  expect(end).toEqual({ kind: 'ended' })
})

test('a Pod is lost when a line of its log is damaged, and nothing behind it counts', async () => {
  const [first, second, third, fourth] = LINES
  const { taken, end } = await followed(
    `${first}\n${second?.slice(0, 9)}${first}\n${third}\n${fourth}\n`,
  )
  expect(taken).toEqual([EVENTS[0], { kind: 'lost', why: 'lines of its log are missing' }])
  expect(end.kind).toBe('lost')
})

test('a log that others have written is lost without an event', async () => {
  const { taken } = await followed('~zz s 1 1 A\n~0 x;\n{"level":"info"}\n\u0000\n')
  expect(taken).toEqual([{ kind: 'lost', why: 'its log ended before the Pod was done' }])
})
