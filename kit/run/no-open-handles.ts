import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll } from 'vitest'

/** Servers, sockets and processes; timers are left out, for vitest has its own. */
const HANDLES = /^(TCP|TLS|UDP|Process|FSEvent)/

/** What was closed, or is about to end by itself, may take so many looks until it is gone. */
const LOOKS = 300
const BETWEEN_LOOKS_MS = 10

let before: string[] = []
beforeAll(() => {
  before = openHandles()
})

/** A file of tests that leaves a server, a connection or a process behind has failed. */
afterAll(async () => {
  for (let look = 0; look < LOOKS && more().length > 0; look += 1) await sleep(BETWEEN_LOOKS_MS)
  const left = more()
  if (left.length > 0) throw new Error(`left open: ${left.join(', ')}`)
})

function openHandles(): string[] {
  return process.getActiveResourcesInfo().filter((kind) => HANDLES.test(kind))
}

/** Handles beyond those that were there before. */
function more(): string[] {
  const known = [...before]
  return openHandles().filter((kind) => {
    const index = known.indexOf(kind)
    if (index >= 0) known.splice(index, 1)
    return index < 0
  })
}
