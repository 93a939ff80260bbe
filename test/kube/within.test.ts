import { setMaxListeners } from 'node:events'
import { readdirSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { describe, expect, test } from 'vitest'
import { within } from '../../src/kube/within.ts'

const FOREVER = new AbortController().signal
const never = () => new Promise<never>(() => undefined)

describe('work within a limit', () => {
  test('ends with its result, or with its own error', async () => {
    const limit = { ms: 60_000, signal: FOREVER }
    expect(await within(limit, async () => 'done')).toBe('done')
    await expect(
      within(limit, async () => {
        throw new Error('its own')
      }),
    ).rejects.toThrow('its own')
  })

  test('ends with a TimeoutError when the time is up, and its signal aborts', async () => {
    let given: AbortSignal | undefined
    const work = within({ ms: 5, signal: FOREVER }, (signal) => {
      given = signal
      return never()
    })
    await expect(work).rejects.toMatchObject({ why: { kind: 'time-limit' } })
    expect(given?.aborted).toBe(true)
  })

  test("ends when the caller's signal aborts, even before it begins", async () => {
    const stop = new AbortController()
    const work = within({ ms: 60_000, signal: stop.signal }, never)
    stop.abort(new Error('stopped'))
    await expect(work).rejects.toThrow('stopped')
    await expect(within({ ms: 60_000, signal: stop.signal }, never)).rejects.toThrow('stopped')
  })

  test('never makes Node warn of a leak, however much of it is in progress on one signal', async () => {
    const warnings: Error[] = []
    const onWarning = (warning: Error) => warnings.push(warning)
    process.on('warning', onWarning)
    const stop = new AbortController()
    const { signal } = stop
    // The limit of Node 20. Later versions have none for a signal.
    setMaxListeners(10, signal)
    const work = Array.from({ length: 20 }, () =>
      within({ ms: 60_000, signal: stop.signal }, never),
    )
    const ended = Promise.allSettled(work)
    await new Promise((resolve) => setImmediate(resolve))
    stop.abort()
    await ended
    process.off('warning', onWarning)
    expect(warnings).toEqual([])
  })

  test('has its whole time, even if that is longer than the longest delay of a timer', async () => {
    const limit = { ms: 1e12, signal: FOREVER }
    const later = () => new Promise((resolve) => setTimeout(resolve, 20, 'done'))
    expect(await within(limit, later)).toBe('done')
  })
})

test('no source file uses AbortSignal.timeout(), which Node 20 garbage-collects behind AbortSignal.any()', () => {
  const source = path.resolve(import.meta.dirname, '../../src')
  for (const file of readdirSync(source, { recursive: true, encoding: 'utf8' })) {
    if (!file.endsWith('.ts')) continue
    const code = readFileSync(path.join(source, file), 'utf8').replace(/\/\*.*?\*\/|\/\/.*$/gms, '')
    expect(code, file).not.toMatch(/AbortSignal\s*\.\s*timeout/)
  }
})
