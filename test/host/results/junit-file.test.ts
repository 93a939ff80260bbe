import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { SHORT, SPLIT } from '../../../kit/crash/usual-inputs.ts'
import { readJunit } from '../../../kit/report/junit.ts'
import { runOn } from '../../../kit/run/run.ts'
import { hooks } from '../../../sandbox/faults/api-acts.ts'
import { type Sandbox, startSandbox } from '../../../sandbox/sandbox.ts'

let sandbox: Sandbox
let folder: string
beforeEach(async () => {
  sandbox = await startSandbox(SPLIT)
  folder = mkdtempSync(path.join(tmpdir(), 'junit-'))
})
afterEach(async () => {
  await sandbox.stop()
  rmSync(folder, { recursive: true })
})

function results(file: string): [string | undefined, string][] {
  return readJunit(readFileSync(file, 'utf8'))
    .children.filter(({ name }) => name === 'testcase')
    .map(({ attributes, children: [result] }) => [attributes.name, result?.name ?? 'passed'])
}

describe('the file of the input junit', () => {
  test('is written with the folders above it, and replaces an older one', async () => {
    const junit = path.join(folder, 'a', 'b', 'junit.xml')
    await runOn(sandbox, { mode: 'plan', ...SHORT, junit })
    expect(results(junit)).toEqual([['Preflight checks', 'passed']])
    const { outcome } = await runOn(sandbox, { ...SHORT, junit })
    expect(outcome.verdict).toBe('pass')
    expect(results(junit)).toEqual([
      ['Preflight checks', 'passed'],
      ['Split: v1 40%, v2 60%', 'passed'],
      ['Split: v1 40%, v2 60%: health', 'passed'],
    ])
  })

  test('is written where inputs are wrong', async () => {
    const junit = path.join(folder, 'junit.xml')
    await runOn(sandbox, { ...SHORT, weight: '120', junit })
    expect(results(junit)).toEqual([['Inputs', 'error']])
  })

  test('is written where a run is cancelled', async () => {
    const junit = path.join(folder, 'junit.xml')
    const cancel = new AbortController()
    const onLine = (text: string) => {
      if (/^Written at /.test(text)) cancel.abort()
    }
    await runOn(sandbox, { ...SHORT, rate: '5', junit }, { cancelled: cancel.signal, onLine })
    expect(results(junit)).toEqual([
      ['Preflight checks', 'passed'],
      ['Split: v1 40%, v2 60%', 'error'],
      ['Split: v1 40%, v2 60%: health', 'skipped'],
      ['Rollback: v1 80%, v2 20%', 'passed'],
    ])
  })

  test('is an input error before the first call where it cannot be written', async () => {
    const file = path.join(folder, 'file')
    writeFileSync(file, '')
    const link = path.join(folder, 'link')
    symlinkSync(path.join(folder, 'nothing', 'junit.xml'), link)
    for (const [junit, why] of [
      [link, 'it is a link into a folder that does not exist'],
      [folder, 'it is a folder'],
      [path.join(file, 'junit.xml'), `${file} is not a folder`],
      [`${path.join(folder, 'reports')}/`, 'it names a folder'],
    ] as const) {
      const { outcome } = await runOn(sandbox, { ...SHORT, junit })
      expect(outcome).toMatchObject({ reason: 'input', code: 'ITS-JUNIT-UNWRITABLE' })
      expect(outcome.message).toBe(`junit cannot be written to "${junit}": ${why}.`)
    }
    expect(sandbox.calls).toEqual([])
  })

  test('is an input error, and stays as it is, where it is another file', async () => {
    const manifest = path.join(folder, 'route.yaml')
    writeFileSync(manifest, 'kind: VirtualService\n')
    const report = path.join(folder, 'report')
    mkdirSync(report)
    const linked = path.join(folder, 'linked')
    symlinkSync(report, linked)
    const link = path.join(folder, 'link.xml')
    symlinkSync(path.join(report, 'report.json'), link)
    const ca = path.join(folder, 'ca.pem')
    for (const [junit, why] of [
      [link, 'the report is written to it'],
      [path.join(linked, 'report.html'), 'the report is written to it'],
      [report, 'the report needs a folder there'],
      [path.join(linked, '..', 'ca.pem'), 'probe-ca is the same file'],
      [manifest, 'it exists and is not a JUnit file'],
      [path.join(report, 'report.json'), 'the report is written to it'],
    ] as const) {
      const { outcome } = await runOn(sandbox, { ...SHORT, junit, report, 'probe-ca': ca })
      expect(outcome.message).toContain(`junit cannot be written to "${junit}": ${why}.`)
    }
    expect(readFileSync(manifest, 'utf8')).toBe('kind: VirtualService\n')
    const left = JSON.parse(readFileSync(path.join(report, 'report.json'), 'utf8'))
    expect(left).toMatchObject({ verdict: 'error', reason: 'input' })
    expect(sandbox.calls).toEqual([])
  })

  test('that cannot be written any more at the end is a warning, and the verdict stays', async () => {
    const above = path.join(folder, 'a')
    const after = async () => writeFileSync(above, '')
    await sandbox.faults.api({ times: 1, act: hooks({ after }) })
    const { outcome, lines } = await runOn(sandbox, { ...SHORT, junit: path.join(above, 'j.xml') })
    expect(outcome.verdict).toBe('pass')
    expect(lines.filter(({ level }) => level === 'warning').map(({ text }) => text)).toEqual([
      expect.stringMatching(/^The JUnit file cannot be written to .*j\.xml: /),
    ])
  })
  test('that is another file at the end is a warning, and the other file stays', async () => {
    const junit = path.join(folder, 'junit.xml')
    const after = async () => writeFileSync(junit, '<project/>')
    await sandbox.faults.api({ times: 1, act: hooks({ after }) })
    const { outcome, lines } = await runOn(sandbox, { ...SHORT, junit })
    expect(outcome.verdict).toBe('pass')
    expect(lines.filter(({ level }) => level === 'warning').map(({ text }) => text)).toEqual([
      `The JUnit file cannot be written to ${junit}: it exists and is not a JUnit file.`,
    ])
    expect(readFileSync(junit, 'utf8')).toBe('<project/>')
  })
})
